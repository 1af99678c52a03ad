"""A second place for an experiment: a process may agree with the answer at one place and with another answer elsewhere.

All parameters move at once, as far as assumptions and the process's own steps allow; what the process makes of them
follows. A symbol of the answer that the process never uses has one value, so nothing is learnt of how the answer
depends on it: it is named in the evidence and stays, and a field that has no other symbol is tested as a number, and
refused.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from random import Random

from sympy import Expr, Integer, Rational, Symbol

from derivations.engines.noise import At
from derivations.engines.sample import CHANGE
from derivations.form.claim import Answer, Below, Claim, leaves, with_leaf
from derivations.form.experiment import Check, Experiment, Residual
from derivations.obligations.obligation import Obligation
from derivations.obligations.owed import owed
from derivations.points.domain import holds
from derivations.symbols import COUNTS

SHARE, LEAST = 5, 1000  # of the sample at the first place; the least sample
FAR = tuple(Rational(*q) for q in ((2, 3), (3, 4), (4, 5), (5, 4), (4, 3), (3, 2)))
NEAR = tuple(Rational(*q) for q in ((19, 20), (14, 15), (9, 10), (10, 9), (15, 14), (20, 19)))
TRIES = 60  # with factors far from 1, and as many near it


def unused(experiment: Experiment, answer: Answer, name: str, leaf: Expr) -> set[Symbol]:
    """Return the symbols of a field that reach no check of it: neither what it measures nor what makes that.

    What the process draws varies by itself; what it makes of parameters varies with those that reach the check.
    """
    looking = [check for check in experiment.checks if _looks(check, with_leaf(answer, name, leaf + CHANGE))]
    reached = set(experiment.noise).union(*(set(_reached(experiment, check)) for check in looking))
    for sources in (_sources(experiment, v) for v in leaf.free_symbols):  # type: ignore[arg-type]
        reached |= sources if sources & reached else set()
    return {v for v in leaf.free_symbols if v not in reached and not _sources(experiment, v) & reached}  # type: ignore[misc]


def idle(experiment: Experiment, answer: Answer) -> Iterator[str]:
    """Yield the fields of which the process uses no symbol, so that a number alone is tested."""
    for name, leaf in leaves(answer):
        looked = any(_looks(check, with_leaf(answer, name, leaf + CHANGE)) for check in experiment.checks)
        if looked and leaf.free_symbols and leaf.free_symbols == unused(experiment, answer, name, leaf):
            yield name


def _sources(experiment: Experiment, v: Symbol) -> set[Symbol]:
    """Return the noise and the parameters of which a variable of the process is made; nothing for any other."""
    made, ahead, found = dict(experiment.process), [v], set[Symbol]()
    while ahead:
        for w in made.get(ahead.pop(), Integer(0)).free_symbols:
            (ahead.append if w in made else found.add)(w)  # type: ignore[arg-type]
    return found


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


def elsewhere(claim: Claim, at: At, fixed: Collection[Symbol] = ()) -> At | None:
    """Return another place within the assumptions, at which every parameter that can move has moved."""
    assert claim.experiment is not None
    rng, here = Random(f"elsewhere {claim.name}"), dict(at)
    used = set(claim.symbols()).union(*(made.free_symbols for _, made in claim.experiment.process))
    moving = [v for v in here if v in used and here[v] != 0 and v.name not in COUNTS and v not in fixed]
    for factors in (*(FAR,) * TRIES, *(NEAR,) * TRIES) if moving else ():
        new = here | {v: here[v] * rng.choice(factors) for v in moving}
        if _allowed(claim, claim.experiment, new):
            return tuple(new.items())
    return None


def _allowed(claim: Claim, experiment: Experiment, at: Mapping[Symbol, Expr]) -> bool:
    """Return whether all assumptions hold at a place, and what the process makes of parameters has real values."""
    made = experiment.derived()
    assumed = (Below(a.lesser.xreplace(made), a.greater.xreplace(made)) for a in claim.assumptions())
    steps = (replace(o, expr=o.expr.xreplace(made)) for _, line in experiment.process for o in owed(line))
    return all(holds(a, {**claim.example, **at}) for a in assumed) and all(
        _met(o, at) for o in steps if o.expr.free_symbols and o.expr.free_symbols <= at.keys()
    )


def _met(o: Obligation, at: Mapping[Symbol, Expr]) -> bool:
    """Return whether a number has the sign that is asked for; by balls, where it is not exactly 0."""
    value, zero = o.expr.subs(dict(at)), Integer(0)
    if value.is_zero or o.relation == "!= 0":
        return bool(value.is_zero) == (o.relation == ">= 0")
    return holds(Below(zero, value), {})


@lru_cache(maxsize=4)  # an experiment is equal to itself only, and so is its sample
def smaller(experiment: Experiment) -> Experiment:
    """Return the experiment with fewer samples."""
    return replace(experiment, size=min(experiment.size, max(experiment.size // SHARE, LEAST)))
