"""What stands for a density or a function of which only the name is known, where engines need numbers."""

from collections.abc import Iterator
from itertools import product

from sympy import Expr, Symbol

from derivations.form.claim import Claim
from derivations.form.names import expressions
from derivations.notation.printing import text
from derivations.probability.density import TWO, Density, Lettered, Positive, States, at
from derivations.probability.smooth import Smooth


def in_numbers(claim: Claim) -> list[str]:
    """Return a sentence for each density and function with numbers that points have; in the order of their prints."""
    parts = (claim.said(), claim.answer, claim.proof, claim.printed)
    unknown = {x for e in expressions(parts) for x in e.atoms(Lettered, Positive, Smooth)}
    drawn = {*claim.symbols(), *(claim.printed_at or {})}
    named: dict[str, Expr] = {}  # a smooth function once, by variables of its own if it is anywhere of such
    for x in sorted(unknown, key=lambda e: (not _plain(e), text(e))):
        named.setdefault(str(x.args[0]) if isinstance(x, Smooth) else text(x), x)
    told = (_told(x, drawn) for x in sorted(named.values(), key=text))
    return [sentence for sentence in told if sentence]


def _plain(x: Expr) -> bool:
    return not isinstance(x, Smooth) or all(isinstance(e, Symbol) for e in x.place)


def _told(x: Expr, drawn: set[Symbol]) -> str:
    if isinstance(x, Smooth):
        return _polynomial(x, drawn)
    return _odds(x, drawn) if isinstance(x, Density) else _values(x, drawn)


def _odds(law: Density, drawn: set[Symbol]) -> str:
    """Say what the odds of state 1 are, in each state of what is given."""
    each = [(states, law.odds(states)) for states in _states(*law.given)]
    written = [f"{text(odds)}{_where(states)}" for states, odds in each if odds in drawn]
    return f"{text(law)}: the odds of {text(law.of)} = 1 against 0 are {', '.join(written)}" if written else ""


def _values(f: Expr, drawn: set[Symbol]) -> str:
    """Say what its value is, in each state of its variables."""
    variables = (*f.variables, *f.given) if isinstance(f, Lettered) else f.args[1:]
    each = [(states, at(f, states)) for states in _states(*variables)]  # type: ignore[arg-type]
    written = [f"{text(value)}{_where(states)}" for states, value in each if value in drawn]
    return f"{text(f)} is {', '.join(written)}" if written else ""


def _polynomial(f: Smooth, drawn: set[Symbol]) -> str:
    """Say which polynomial it is, in its own variables."""
    names = f.variables()
    value = f.polynomial(names)
    if not value.free_symbols & drawn:
        return ""
    return f"{f.args[0]}({', '.join(map(text, names))}) = {text(value)}"


def _states(*variables: Symbol) -> Iterator[States]:
    return (dict(zip(variables, run, strict=True)) for run in product(TWO, repeat=len(variables)))


def _where(states: States) -> str:
    return " where " + " and ".join(f"{text(v)} = {n}" for v, n in states.items()) if states else ""
