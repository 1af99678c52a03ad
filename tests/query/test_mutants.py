"""No wrong formula is called equal: altered answers, printed in LaTeX and read back, are recognised as different."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import pytest
from mpmath import mp
from sympy import Expr, N

from derivations.catalogue import claims
from derivations.form.claim import Claim, leaves
from derivations.judge.mutate import mutants
from derivations.notation.printing import latex
from derivations.points.domain import points
from derivations.query import confirm as confirming
from derivations.query.confirm import Confirmed
from derivations.query.index.formulas import plain
from derivations.query.index.views import OWN
from derivations.query.reading import Unread, readings

EVERY = 6  # claims whose answers are altered
AT_LEAST = 400


class Mutant(NamedTuple):
    """An altered field of an answer, as it is and as it is read back from its LaTeX."""

    claim: Claim
    how: str
    right: Expr
    altered: Expr
    read: Expr


def altered(step: int = EVERY) -> Iterator[Mutant]:
    for claim in list(claims().values())[::step]:
        right, seen = dict(leaves(claim.answer)), set[Expr]()
        for how, answer in mutants(claim).items():
            for field, e in leaves(answer):
                if e != right[field] and e not in seen and plain(e) and plain(right[field]):
                    seen.add(e)
                    yield from _read(claim, how, right[field], e)


def _read(claim: Claim, how: str, right: Expr, e: Expr) -> Iterator[Mutant]:
    """Return the mutant read in our symbols, unless it has something that no formula in a question may have."""
    try:
        own = [r.expr for r in readings(latex(e)) if "ours" in r.convention.split(", ")]
    except Unread:
        return
    yield from (Mutant(claim, how, right, e, raw) for raw in own[:1])


def told_apart(m: Mutant) -> Confirmed:
    """Return the engines' verdict, which must agree with numbers computed by another library."""
    found = confirming.confirm(m.claim, m.right, OWN, m.read)
    if found.verdict == "refuted":
        assert found.off.strip("-0.e") and (found.at or not (m.right - m.altered).free_symbols), m
    else:
        assert _same(m), f"{m.claim.name}, {m.how}: called {found.verdict}"
    return found


def _same(m: Mutant) -> bool:
    """Return whether both have the same values at points of the claim's domain, by SymPy and mpmath."""
    with mp.workdps(40):
        for at in islice(points(m.claim, "mutants by another library", far=0.5), 4):
            a, b = (N(e.subs(at), 30) for e in (m.right, m.altered))
            if abs(a - b) > 1e-20 * (1 + abs(a)):
                return False
    return True


def test_no_mutant_is_called_equal() -> None:
    verdicts = [told_apart(m).verdict for m in altered()]
    assert len(verdicts) >= AT_LEAST
    assert verdicts.count("refuted") >= 0.97 * len(verdicts), "few mutants are equivalent, or can't be decided"


def test_an_engine_that_calls_everything_equal_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirming, "confirm", lambda *_: Confirmed("proved", ("prove",)))
    with pytest.raises(AssertionError, match="called proved"):
        list(map(told_apart, islice(altered(), 8)))
