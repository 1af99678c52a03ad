"""The index of formulas is kept until what it is made of changes, and then only what has changed is made anew."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Integer, Symbol

from derivations.catalogue import claims, module_of, modules
from derivations.form.claim import Claim
from derivations.form.statement import Below
from derivations.judge import store
from derivations.query.index import described as described_of
from derivations.query.index import digest, parts
from derivations.query.index import tables as indexing
from derivations.query.index.described import Described
from derivations.query.index.digest import digest_of
from derivations.symbols import sigma_s, sigma_t, sigma_ts

NAMES = ("vdm.posterior.variance", "vdm.posterior.mean", "vdm.param.eps")
VARIANCE = sigma_s**2 * sigma_ts**2 / sigma_t**2


def empty(heading: str = "") -> Described:
    return Described(heading=heading, kind="equality", sources=[], entries=[], wrong={}, lefts={}, named={}, draws=[])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """Return the names of the claims that are read, while reading one takes no time."""
    made: list[str] = []

    def make(claim: Claim) -> Described:
        made.append(claim.name)
        return empty()

    monkeypatch.setenv("UDM_CACHE", str(tmp_path))
    monkeypatch.setattr(indexing.PARTS.how, "make", make)
    monkeypatch.setattr(indexing.PARTS.how, "digest", lambda claim: claim.name)
    monkeypatch.setattr(indexing.PARTS.how, "said", lambda name: name)
    yield made


def heard(modules: Sequence[str], of: list[str]) -> Iterator[str]:
    of.extend(modules)
    return iter(modules)


def test_the_index_is_kept_until_its_texts_change(few: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    indexing.index()
    assert few == list(claims())
    few.clear()
    assert list(indexing.index()) == list(claims()) and few == []
    file = store.root() / "formulas.json"
    file.write_text(file.read_text().replace("equality", "equalitx"))
    indexing.index()
    assert few == list(claims()), "a file that was altered by hand is not read"
    assert len(modules()) > 50


def test_an_update_makes_anew_only_what_it_changes(few: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    indexing.index()
    few.clear()
    one, looked = "vdm.posterior.mean", list[str]()
    how = indexing.PARTS.how
    monkeypatch.setattr(how, "data", lambda: "other papers")
    indexing.index(lambda modules: heard(modules, looked))
    assert few == looked == [], "papers that say the same of every claim"
    monkeypatch.setattr(how, "data", lambda: "yet other papers")
    monkeypatch.setattr(how, "said", lambda name: name + "!" * (name == one))
    indexing.index(lambda modules: heard(modules, looked))
    assert few == [] and looked == [module_of(one)], "its module is looked at, and the claim is made of the same"
    monkeypatch.setattr(how, "data", lambda: "papers that say otherwise")
    monkeypatch.setattr(how, "said", lambda name: name + "!!" * (name == one))
    monkeypatch.setattr(how, "digest", lambda claim: claim.name + "!" * (claim.name == one))
    indexing.index(lambda modules: heard(modules, looked))
    assert few == [one] and looked == [module_of(one)] * 2
    few.clear()
    indexing.index()
    assert few == [], "what was made anew is kept"


def test_a_text_that_changes_has_its_modules_looked_at(few: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    indexing.index()
    few.clear()
    now, looked = parts.read(), list[str]()
    changed = now._replace(texts=now.texts | {"symbols/core.py": "another"})
    monkeypatch.setattr(parts, "read", lambda: changed)
    indexing.PARTS.last = None
    indexing.index(lambda modules: heard(modules, looked))
    assert looked == list(modules()) and few == [], "every claim has symbols; none is made of anything else than before"


def test_what_an_earlier_version_kept_is_not_read(few: list[str]) -> None:
    record = {"libraries": store.versions(), "data": indexing.PARTS.how.data(), "parts": {"posterior.mean": {"old": 1}}}
    store.write(store.root() / "formulas.json", record)
    indexing.index()
    assert few == list(claims())


@pytest.mark.parametrize(
    "change",
    [
        {"answer": 2 * VARIANCE}, {"given": ()}, {"title": "another"},
        {"wrong": {}}, {"name": "vdm.posterior.mean"}, {"answer": VARIANCE.subs(sigma_s, Symbol("sigma_s", real=True))},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_the_digest_of_a_claim_changes_with_what_is_made_of_it(change: dict[str, object]) -> None:
    claim = claims()["vdm.posterior.variance"]
    if "given" in change:
        change = {"given": (*claim.given, Below(Integer(0), sigma_ts))}
    assert digest_of(claim) == digest_of(replace(claim))
    assert digest_of(claim) != digest_of(replace(claim, **change))


def test_what_papers_say_of_a_claim_changes_its_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: digest.said(name) for name in NAMES}
    assert len(set(before.values())) == len(NAMES)
    told = described_of.said_of("vdm.posterior.mean")
    monkeypatch.setattr(digest, "said_of", lambda name: told._replace(sources=("another paper",)))
    assert all(digest.said(name) != of for name, of in before.items())
