"""The index of searches: nothing is read twice, and nothing outdated is shown."""

import json
from pathlib import Path
from typing import Any

import pytest

from derivations.catalogue import claims, modules
from derivations.judge import store
from derivations.judge.texts import LOADED
from derivations.papers import index
from derivations.papers.described import described
from derivations.papers.find import by_name, by_symbol, by_words, symbols_near
from derivations.papers.index import SHIPPED, descriptions

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims


@pytest.fixture(autouse=True)
def unshipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the package's own index, since most tests are of the one kept beside the evidence."""
    monkeypatch.setattr(index, "SHIPPED", tmp_path / "shipped.json")


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A writable copy of the package's own index, and no other index."""
    monkeypatch.setenv("UDM_CACHE", str(tmp_path / "cache"))
    (tmp_path / "shipped.json").write_bytes(SHIPPED.read_bytes())
    return tmp_path / "shipped.json"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a newly made index."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UDM_CACHE", str(tmp_path_factory.mktemp("index")))
        patch.setattr(index, "SHIPPED", tmp_path_factory.mktemp("none") / "none.json")
        descriptions()
        return store.root() / "index.json"


@pytest.fixture
def kept(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A writable copy of the newly made index."""
    monkeypatch.setenv("UDM_CACHE", str(tmp_path))
    (tmp_path / "index.json").write_bytes(written.read_bytes())
    return tmp_path / "index.json"


def read_again() -> list[str]:
    """Return the modules that a search has to read."""
    found: list[str] = []
    descriptions(lambda missing: found.extend(missing) or missing)
    return found


def stale(parts: dict[str, Any]) -> list[str]:
    """Return the claims for which an index differs from their modules, or has no entry."""
    said = {name: d for part in parts.values() for name, d in part["claims"].items()}
    return [name for name in {*said, *claims()} if name not in claims() or said.get(name) != described(claims()[name])]


def test_the_shipped_index_says_what_the_claims_say() -> None:
    assert stale(json.loads(SHIPPED.read_text())) == [], "python -m derivations.papers.index writes it anew"


def test_a_shipped_index_that_differs_is_detected() -> None:
    parts = json.loads(SHIPPED.read_text())
    parts["posterior.bayes"]["claims"]["vdm.posterior"]["names"] += ["zeta"]
    del parts["forward.ddpm"]["claims"]["ddpm.forward"]
    parts["forward.ddpm"]["claims"]["nobody"] = {}
    assert set(stale(parts)) == {"vdm.posterior", "ddpm.forward", "nobody"}


def test_a_first_search_reads_the_shipped_index_alone(shipped: Path) -> None:
    """Only modules that were changed since are read, and the result is kept for the next search."""
    parts = json.loads(shipped.read_text())
    for module in parts:  # as if the index had been written after the last change
        parts[module]["made_from"] = {n: LOADED.texts[n] for n in parts[module]["made_from"]}
    shipped.write_text(json.dumps(parts))
    assert read_again() == [] and not store.root().exists()
    part = parts["posterior.bayes"]
    part["made_from"]["claims/posterior/bayes.py"] = "another"
    part["claims"]["vdm.posterior"]["heading"] = "what it was called before"
    shipped.write_text(json.dumps(parts))
    assert [hit.why for hit in by_words("called before")] == []
    assert read_again() == [] and (store.root() / "index.json").exists()


def test_the_shipped_index_describes_its_claims(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "modules", lambda: ["posterior.bayes"])
    index.ship()
    ((module, part),) = json.loads(shipped.read_text()).items()
    assert module == "posterior.bayes" and part["claims"]["vdm.posterior"] == described(claims()["vdm.posterior"])
    assert "claims/posterior/bayes.py" in part["made_from"] and index._shipped().keys() == {"posterior.bayes"}


def test_modules_in_the_index_are_not_read_again(kept: Path) -> None:
    assert read_again() == []
    assert list(descriptions()) == list(claims())
    assert all(d == described(claims()[name]) for name, d in descriptions().items())


def test_an_outdated_index_is_made_anew(kept: Path) -> None:
    """A part made from other texts is neither read nor shown; the new part is kept."""
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


def test_a_search_works_where_no_index_can_be_kept(
    kept: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("UDM_CACHE", str(kept))  # a file, where a folder should be
    assert len(descriptions()) == len(claims())
    assert "expected a folder to keep the index in" in caplog.text


def test_claims_are_found_by_words_of_names_titles_and_wrong_forms(kept: Path) -> None:
    assert by_words("vdm.posterior")[0].entry.name == "vdm.posterior", "a name, first"
    assert "vdm.posterior.variance" in [h.entry.name for h in by_words("posterior variance")]
    assert "vdm.posterior" in [h.entry.name for h in by_words("weights swapped")], "a wrong form"
    assert "vdm.posterior" in [h.entry.name for h in by_words("leaves the segment")], "what it breaks"
    refuted = next(c for c in claims().values() if c.refutes)
    assert refuted.name in [h.entry.name for h in by_words(refuted.refutes)], "a false sentence"
    assert by_words("no such words anywhere") == [] == by_words("...")


def test_claims_are_found_by_name_and_symbol(kept: Path) -> None:
    assert [h.entry.name for h in by_name("5bun")] == ["ddpm.posterior"] and by_name("posterior variance") == []
    assert {h.entry.name for h in by_name("ddpm.post*")} == {"ddpm.posterior", "ddpm.posterior.vdm"}
    assert "ddim.eta" in [h.entry.name for h in by_symbol("eta")] and by_symbol("bta_tilde") == []
    assert symbols_near("bta_tilde")[0] == "beta_tilde"
