"""The index of searches: nothing is read twice, and nothing is shown that the sources no longer say."""

from pathlib import Path

import pytest

from derivations.catalogue import claims, modules
from derivations.judge import store
from derivations.judge.texts import LOADED
from derivations.papers import index
from derivations.papers.described import described
from derivations.papers.find import by_name, by_symbol, by_words, symbols_near
from derivations.papers.index import descriptions


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index of today."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UDM_CACHE", str(tmp_path_factory.mktemp("index")))
        descriptions()
        return store.root() / "index.json"


@pytest.fixture
def kept(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to write to."""
    monkeypatch.setenv("UDM_CACHE", str(tmp_path))
    (tmp_path / "index.json").write_bytes(written.read_bytes())
    return tmp_path / "index.json"


def read_again() -> list[str]:
    """The modules that a search has to read."""
    found: list[str] = []
    descriptions(lambda missing: found.extend(missing) or missing)
    return found


def test_what_is_kept_is_not_read_again(kept: Path) -> None:
    assert read_again() == []
    assert list(descriptions()) == list(claims())
    assert all(d == described(claims()[name]) for name, d in descriptions().items())


def test_an_index_that_is_no_more_the_sources_is_read_again(kept: Path) -> None:
    """A part made from other texts is neither read nor shown, and what was made anew is kept."""
    record = store.sealed(kept)
    assert record is not None
    part = record["parts"]["posterior.bayes"]
    part["made_from"]["claims/posterior/bayes.py"] = "another"
    part["claims"]["vdm.posterior"]["heading"] = "what it was called before"
    store.write(kept, record)
    assert [hit.why for hit in by_words("called before")] == []
    assert read_again() == []
    store.write(kept, record)
    assert read_again() == ["posterior.bayes"]


@pytest.mark.parametrize(
    ("file", "all_of_them"),
    [("claims/posterior/bayes.py", False), ("notation/printing.py", True), ("papers/described.py", True)],
)
def test_a_changed_source_is_read_again(
    file: str, all_of_them: bool, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = LOADED._replace(texts=LOADED.texts | {file: "changed"})
    monkeypatch.setattr(index, "read", lambda: now)
    again = read_again()
    assert "posterior.bayes" in again and (set(again) == set(modules())) == all_of_them


def test_an_index_of_other_libraries_or_altered_by_hand_is_not_read(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.write_text(kept.read_text().replace("posterior", "posterier"))
    assert read_again() == list(modules())
    assert read_again() == []
    monkeypatch.setattr(store, "versions", lambda: {"sympy": "0.1"})
    assert read_again() == list(modules())


def test_an_index_that_cannot_be_kept_costs_no_answer(
    kept: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("UDM_CACHE", str(kept))  # a file, where a folder should be
    assert len(descriptions()) == len(claims())
    assert "expected a folder to keep the index in" in caplog.text


def test_by_words_of_names_titles_and_wrong_forms(kept: Path) -> None:
    assert by_words("vdm.posterior")[0].entry.name == "vdm.posterior", "a name, first"
    assert "vdm.posterior.variance" in [h.entry.name for h in by_words("posterior variance")]
    assert "vdm.posterior" in [h.entry.name for h in by_words("weights swapped")], "a wrong form"
    assert "vdm.posterior" in [h.entry.name for h in by_words("leaves the segment")], "what it breaks"
    refuted = next(c for c in claims().values() if c.refutes)
    assert refuted.name in [h.entry.name for h in by_words(refuted.refutes)], "a false sentence"
    assert by_words("no such words anywhere") == [] == by_words("...")


def test_by_name_and_symbol(kept: Path) -> None:
    assert [h.entry.name for h in by_name("5bun")] == ["ddpm.posterior"] and by_name("posterior variance") == []
    assert {h.entry.name for h in by_name("ddpm.post*")} == {"ddpm.posterior", "ddpm.posterior.vdm"}
    assert "ddim.eta" in [h.entry.name for h in by_symbol("eta")] and by_symbol("bta_tilde") == []
    assert symbols_near("bta_tilde")[0] == "beta_tilde"
