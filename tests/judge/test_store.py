"""The cache returns a certificate only for its own digest, and none after a change or from a damaged file."""

import json
from pathlib import Path

import pytest

from derivations.catalogue import claims, module_of
from derivations.judge import store
from derivations.judge.certificate import Certificate
from derivations.judge.digest import digest_of, digests
from derivations.judge.report import row, today
from derivations.judge.verify import below, judged, verify
from tests.support.forged import replace

NAME = "vdm.posterior"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("UDM_CACHE", str(tmp_path))
    return tmp_path


def test_a_kept_certificate_is_read_again(place: Path) -> None:
    (claim,) = [claims()[NAME]]
    first = verify([claim])[NAME]
    (path,) = (place / "certificates").iterdir()
    assert path.name.startswith("0C7K-")
    assert store.load(claim) == first
    assert verify([claim])[NAME] == first


@pytest.mark.parametrize("damage", ["", "{", '{"verdict": "proved"', '{"unknown": 1}', "[]"])
def test_a_damaged_file_is_made_again(place: Path, damage: str) -> None:
    claim = claims()[NAME]
    verify([claim])
    (path,) = (place / "certificates").iterdir()
    path.write_text(damage)
    assert store.load(claim) is None
    assert verify([claim])[NAME].green


def test_evidence_is_deterministic(place: Path) -> None:
    claim = claims()[NAME]
    a, b = (verify([claim], use_cache=False)[NAME] for _ in range(2))
    assert replace(a, seconds={}) == replace(b, seconds={})


def test_fresh_seeds_are_not_kept(place: Path) -> None:
    claim = claims()[NAME]
    assert verify([claim], salt="another")[NAME].green
    assert not (place / "certificates").exists()


def test_the_digest_follows_the_statement_and_not_the_prose() -> None:
    claim = claims()[NAME]
    same = replace(claim, title="another title")
    assert digest_of(same, digests()) == digests()[NAME]
    other = replace(claim, answer=claim.wrong["weights swapped"].answer)
    assert digest_of(other, digests()) != digests()[NAME]
    fewer = replace(claim, given=(*claim.given, *claim.assumptions()[:1]))
    assert digest_of(fewer, digests()) != digests()[NAME]


def test_the_digest_follows_what_a_claim_needs() -> None:
    claim = replace(claims()[NAME], needs=(NAME,))
    known = digests() | {NAME: "0" * 16}
    assert digest_of(claim, known) != digest_of(claim, digests())


def test_measurements_of_udm_are_merged_and_go_stale(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claim, row = claims()[NAME], {"max_ulp": 1.0, "bound": 8.0, "points": 24}
    assert store.implementation(claim) is None
    store.save_implementation(claim, {"a": row}, "gw0")
    store.save_implementation(claim, {"b": row}, "gw1")
    measured = store.implementation(claim)
    assert measured is not None and measured["points"] == 48 and set(measured["detail"]) == {"a", "b"}
    monkeypatch.setattr(store, "code_digest", lambda: "other code")
    assert store.implementation(claim) is None
    monkeypatch.undo()
    monkeypatch.setenv("UDM_CACHE", str(place))
    monkeypatch.setattr(store, "digest", lambda _: "other claim")
    assert store.implementation(claim) is None


def test_an_engine_that_breaks_is_a_complaint(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    def broken(*_: object) -> Certificate:
        raise RuntimeError("out of luck")

    monkeypatch.setattr("derivations.judge.verify.certify", broken)
    certificate = verify([claims()[NAME]], use_cache=False)[NAME]
    assert not certificate.green and "out of luck" in certificate.complaints[0]


def test_a_folder_that_cannot_be_written_does_no_harm(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("UDM_CACHE", "/dev/null/udm")
    assert verify([claims()[NAME]])[NAME].green
    assert "expected a folder to keep evidence in" in caplog.text


def test_evidence_is_not_kept_if_a_text_changes_meanwhile(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engines ran the code that was loaded; nothing has judged what is now on disk."""
    record = judged(NAME)
    store.keep(record)
    assert set(store.kept([NAME])) == {NAME}
    for changed in ("claims/posterior/bayes.py", "claims/forward/process.py"):  # its own text, and a needed one
        later = store.LOADED._replace(texts=dict(store.LOADED.texts) | {changed: "another"})
        monkeypatch.setattr(store, "sources_now", lambda state=later: state)
        assert store.kept([NAME]) == {}
        store.keep(record | {"row": {}})  # type: ignore[typeddict-item]
        monkeypatch.undo()
        monkeypatch.setenv("UDM_CACHE", str(place))
        assert store.kept([NAME]) == {NAME: record}
    other = store.LOADED._replace(texts=dict(store.LOADED.texts) | {"claims/langevin.py": "another"})
    monkeypatch.setattr(store, "sources_now", lambda: other)
    assert store.kept([NAME]) == {NAME: record}
    monkeypatch.setattr(store, "sources_now", lambda: store.LOADED._replace(judges="others"))
    assert store.kept([NAME]) == {}


def test_a_kept_row_is_printed_with_what_was_measured_since(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = judged(NAME)["row"]
    assert [e["engine"] for e in today(kept)["engines"]].count("implement") == 0
    store.save_implementation(claims()[NAME], {"a": {"max_ulp": 1.0, "bound": 8.0, "points": 24}})
    (path,) = (place / "implement").iterdir()
    assert [e["points"] for e in today(kept)["engines"] if e["engine"] == "implement"] == [24]
    for altered in (lambda text: text[:99], lambda text: text.replace("8.0", "0.5"), lambda text: "{}"):
        whole = path.read_text()
        path.write_text(altered(whole))
        assert "implement" not in [e["engine"] for e in today(kept)["engines"]]
        path.write_text(whole)
    monkeypatch.setattr(store, "code_digest", lambda: "other code")
    assert "implement" not in [e["engine"] for e in today(kept)["engines"]]
    assert (today(kept)["tag"], kept["tag"]) == ("0C7K", "")
    assert "udm.process.posterior" in today(kept)["implemented_by"]


def test_the_certificate_and_the_row_agree(place: Path) -> None:
    record, claim = judged(NAME), claims()[NAME]
    certificate = Certificate.of_record(record["certificate"])
    assert json.loads(json.dumps(row(claim, certificate))) == today(record["row"])
    assert record["row"]["green"] == certificate.green and record["row"]["digest"] == digests()[NAME]
    assert {module_of(n) for n in below(NAME)} <= {
        f.removeprefix("claims/").removesuffix(".py").replace("/", ".") for f in record["made_from"]
    }
