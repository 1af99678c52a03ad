"""The cache: a digest finds its certificate, a change finds none, a torn file is as good as none."""

from dataclasses import replace
from pathlib import Path

import pytest

from derivations import store
from derivations.catalogue import claims
from derivations.certificate import Certificate
from derivations.digest import digest_of, digests
from derivations.verify import verify

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
def test_a_torn_file_is_made_again(place: Path, damage: str) -> None:
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
    same = replace(claim, title="another title", sources=())
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
    found = store.implementation(claim)
    assert found is not None and found["points"] == 48 and set(found["detail"]) == {"a", "b"}
    monkeypatch.setattr(store, "code_digest", lambda: "other code")
    assert store.implementation(claim) is None
    monkeypatch.undo()
    monkeypatch.setenv("UDM_CACHE", str(place))
    monkeypatch.setattr(store, "digest", lambda _: "other claim")
    assert store.implementation(claim) is None


def test_an_engine_that_breaks_is_a_complaint(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    def broken(*_: object) -> Certificate:
        raise RuntimeError("out of luck")

    monkeypatch.setattr("derivations.verify.certify", broken)
    found = verify([claims()[NAME]], use_cache=False)[NAME]
    assert not found.green and "out of luck" in found.complaints[0]


def test_a_folder_that_cannot_be_written_costs_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("UDM_CACHE", "/dev/null/udm")
    assert verify([claims()[NAME]])[NAME].green
    assert "expected a folder to keep evidence in" in caplog.text
