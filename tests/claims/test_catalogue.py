"""In the catalogue, tags are permanent and unique, needs are acyclic, and all sources and tags that udm names exist."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import pytest

from derivations import catalogue
from derivations.catalogue import ORDER, TAGS, Unknown, claims, families, family_of, find, select, tags
from derivations.judge.digest import digests
from derivations.judge.implemented import implemented_by

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims

ROWS = [line.split(maxsplit=2) for line in TAGS.read_text().splitlines() if line and line[0] != "#"]


def test_tags_are_unique_and_well_formed() -> None:
    assert all(re.fullmatch(r"[0-9][0-9A-Z]{3}", row[0]) for row in ROWS)
    assert max(Counter(row[0] for row in ROWS).values()) == 1
    assert max(Counter(row[1] for row in ROWS).values()) == 1


def test_every_tag_has_its_claim_and_every_claim_its_tag() -> None:
    standing = {row[1] for row in ROWS if len(row) == 2}
    assert standing == set(claims())
    assert set(claims()) <= set(tags())


def test_withdrawn_rows_are_marked() -> None:
    assert all(row[2].startswith("withdrawn: ") for row in ROWS if len(row) == 3)


def test_needs_are_known_acyclic_and_end_in_definitions() -> None:
    assert set(digests()) == set(claims())
    for claim in claims().values():
        assert set(claim.needs) <= set(claims()), claim.name
        assert not (claim.is_definition and claim.needs), "a definition is a root"


def test_at_least_forty_claims_in_each_sense() -> None:
    proved = [c for c in claims().values() if not c.is_definition]
    assert len(proved) >= 40
    assert {family_of(c.name) for c in proved} == set(families()) == set(ORDER)
    assert {c.kind for c in proved} >= {"equality", "inequality", "law", "expectation", "induction", "limit", "refuted"}


def test_every_name_tagged_in_udm_is_a_claim() -> None:
    assert set(implemented_by()) <= set(claims()), set(implemented_by()) - set(claims())


def named_by_tests() -> set[str]:
    """Return the claims' names in udm's tests, in marks or tables; claims()[name] only reads one."""
    root, names = Path(__file__).parents[2], set[str]()
    for path in (p for folder in ("property_tests", "tests/udm") for p in sorted((root / folder).rglob("*.py"))):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        read = {id(n.slice) for n in nodes if isinstance(n, ast.Subscript)}
        strings = (n for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))
        names |= {n.value for n in strings if id(n) not in read}
    return names & set(claims())


def without_test(tagged: Iterable[str], tests: set[str]) -> list[str]:
    return sorted(set(tagged) - tests)


def test_every_claim_tagged_in_udm_has_a_test() -> None:
    assert without_test(implemented_by(), named_by_tests()) == []


def test_a_tag_without_a_test_is_reported_by_name() -> None:
    tagged, name = implemented_by(), "vdm.loss.score"
    assert name in tagged
    assert without_test(tagged, named_by_tests() - {name}) == [name]


def test_patterns_select_claims_by_name_and_tag() -> None:
    assert [c.name for c in find("0C7K")] == ["vdm.posterior"]
    assert {c.name for c in find("vdm.posterior*")} >= {"vdm.posterior", "vdm.posterior.mean"}
    assert len(select([])) == len(claims())
    with pytest.raises(Unknown, match="expected a tag, a name, a prefix or a glob"):
        find("no.such.claim")


def test_a_withdrawn_tag_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivations.catalogue.tags", lambda: {"old.claim": "0ZZZ"})
    monkeypatch.setattr("derivations.catalogue.withdrawn", lambda: {"0ZZZ": "withdrawn: false at s = t"})
    with pytest.raises(Unknown, match="false at s = t"):
        find("0ZZZ")


def test_one_claim_loads_one_module() -> None:
    """The names in the sources' files are those in all modules."""
    script = (
        "import sys, derivations.catalogue as k\n"
        "from derivations.judge.digest import digest\n"
        "digest('vdm.posterior.mean')\n"
        "print(sum(m.startswith('derivations.claims.') for m in sys.modules), len(k.modules()))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded, there = map(int, run.stdout.split())
    assert 1 <= loaded < there / 4
    assert [claim.name for claim in claims().values()] == list(claims())


def test_a_claim_without_a_source_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    home = import_module("derivations.claims.bound.prior")
    monkeypatch.setattr(home, "CLAIMS", home.CLAIMS[:-1])
    catalogue._loaded.cache_clear()
    with pytest.raises(AssertionError, match=r"bound\.prior: expected CLAIMS as its names stand"):
        catalogue._loaded("bound.prior")
    catalogue._loaded.cache_clear()
