"""A second place for an experiment: a process may agree with the answer at one place and with another answer elsewhere.

All parameters of the claim move at once, as far as its assumptions allow. A symbol of the answer that the process never
uses has one value, so nothing is learnt of how the answer depends on it; it is named in the evidence.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from random import Random

from sympy import Expr, Rational, Symbol

from derivations.engines.noise import At
from derivations.engines.sample import CHANGE
from derivations.form.claim import Answer, Claim, with_leaf
from derivations.form.experiment import Check, Experiment, Residual
from derivations.points.domain import holds
from derivations.symbols import COUNTS

SHARE, LEAST = 5, 1000  # of the sample at the first place; the least sample
FAR = tuple(Rational(*q) for q in ((2, 3), (3, 4), (4, 5), (5, 4), (4, 3), (3, 2)))
NEAR = tuple(Rational(*q) for q in ((19, 20), (14, 15), (9, 10), (10, 9), (15, 14), (20, 19)))
TRIES = 60  # with factors far from 1, and as many near it


def unused(experiment: Experiment, answer: Answer, name: str, leaf: Expr) -> set[Symbol]:
    """Return the symbols of a field that reach no check of it: neither what it measures nor what makes that."""
    looking = [check for check in experiment.checks if _looks(check, with_leaf(answer, name, leaf + CHANGE))]
    return leaf.free_symbols - set().union(*(set(_reached(experiment, check)) for check in looking))  # type: ignore[return-value]


def _looks(check: Check, changed: Answer) -> bool:
    parts = check.law(changed) if isinstance(check, Residual) else (check.value(changed),)
    parts = (parts.mean, parts.var) if isinstance(check, Residual) else parts  # type: ignore[union-attr]
    return any(CHANGE in e.free_symbols for e in parts)


def _reached(experiment: Experiment, check: Check) -> Iterator[Symbol]:
    """Yield the symbols from which what a check measures and what is given in it are made."""
    made, seen = dict(experiment.process), set[Symbol]()
    where = check.where if isinstance(check, Residual) else None
    ahead = [check.of, *getattr(check, "given", ()), *([] if where is None else [where])]
    while ahead:
        new = ahead.pop().free_symbols - seen
        seen |= new
        ahead += [made[v] for v in new if v in made]
        yield from new


def elsewhere(claim: Claim, at: At) -> At | None:
    """Return another place within the assumptions, at which every parameter of the claim that can move has moved."""
    rng, here = Random(f"elsewhere {claim.name}"), dict(at)
    moving = [v for v in claim.symbols() if here.get(v, 0) != 0 and v.name not in COUNTS]
    for factors in (*(FAR,) * TRIES, *(NEAR,) * TRIES) if moving else ():
        new = here | {v: here[v] * rng.choice(factors) for v in moving}
        if all(holds(a, {**claim.example, **new}) for a in claim.assumptions()):
            return tuple(new.items())
    return None


@lru_cache(maxsize=4)  # an experiment is equal to itself only, and so is its sample
def smaller(experiment: Experiment) -> Experiment:
    """Return the experiment with fewer samples."""
    return replace(experiment, size=min(experiment.size, max(experiment.size // SHARE, LEAST)))
