"""Whether an expression is a law of a variable, looked at on chains of two and of more states.

On two states 1 - q(x) is a law as q(x) is; on three its chances sum to 2. So a law must be one on chains of several
lengths: on two states symbolically, on others at random rational numbers, by exact arithmetic and with no chance below
0. What passes by accident would have to vanish at each of these numbers.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from random import Random

from sympy import Add, Expr, Mul, Rational, Symbol, cancel, together

from derivations.probability.density import TWO, Abstract, DataDensity, Density, Marginal, Positive, States, at
from derivations.probability.mean import Mean

LENGTHS = (3, 5)
DRAWS = 3  # of numbers on a chain of one length
UNEVEN = 12  # weights lie between 1 and 2^12, since a chance below 0 is one of uneven weights


@lru_cache(maxsize=4096)
def is_law(v: Symbol, e: Expr) -> bool:
    """Return whether an expression is a law of `v`: its chances sum to 1 and none is negative, whatever is given."""
    others = sorted({w for x in e.atoms(Abstract) for w in x.atoms(Symbol)} - {v}, key=str)
    each = (dict(zip(others, states, strict=True)) for states in product(TWO, repeat=len(others)))
    totals = (Add(*(at(e, {**states, v: i}) for i in TWO)) for states in each)
    return all(cancel(together(total)) == 1 for total in totals) and all(map(_is_whole, _chances(v, e, others)))


def _is_whole(chances: list[Expr]) -> bool:
    return cancel(together(Add(*chances))) == 1 and not any(c.is_negative for c in chances)


def _chances(v: Symbol, e: Expr, others: list[Symbol]) -> Iterator[list[Expr]]:
    """Yield the chances of all states of `v`, for several chains, with the other variables in some states."""
    for size in LENGTHS:
        for draw in range(DRAWS):
            chain = Chain(size, f"{size} states, draw {draw}")
            given = {w: n % size for n, w in enumerate(others, start=draw)}
            yield [chain.value(e, {**given, v: i}) for i in range(size)]


class Chain:
    """A chain of several states: random laws and functions of them, the same wherever they are asked for."""

    def __init__(self, size: int, seed: str) -> None:
        self.size, self.seed = size, seed

    def value(self, e: Expr, states: States) -> Expr:
        """Return the expression where its free variables are in these states."""
        if isinstance(e, Density):
            weights = [self._number(e, (e.of, *e.given), {**states, e.of: i}) for i in range(self.size)]
            return weights[states.get(e.of, 0)] / Add(*weights)
        if isinstance(e, DataDensity):
            return self._number(e, (*e.variables, *e.given), states)
        if isinstance(e, Positive):
            return self._number(e, e.args[1:], states)  # type: ignore[arg-type]
        if isinstance(e, Marginal):
            return self._sum((e.args[1],), Mul(*e.args[2:], evaluate=False), states)  # type: ignore[arg-type]
        if isinstance(e, Mean):
            return self._sum(tuple(w for w, _ in e.laws), Mul(e.body, *(law for _, law in e.laws)), states)
        if isinstance(e, Abstract):
            return at(e, states)
        return e.func(*(self.value(a, states) for a in e.args)) if e.args else e  # type: ignore[arg-type]

    def _sum(self, over: tuple[Symbol, ...], body: Expr, states: States) -> Expr:
        runs = product(range(self.size), repeat=len(over))
        return Add(*(self.value(body, {**states, **dict(zip(over, run, strict=True))}) for run in runs))

    def _number(self, e: Expr, variables: tuple[Symbol, ...], states: States) -> Expr:
        """Return a positive number of its own for each function and state; of a real function, of either sign."""
        return _drawn(self.seed, e, tuple(states.get(v, 0) for v in variables))


@lru_cache(maxsize=4096)
def _drawn(seed: str, e: Expr, states: tuple[int, ...]) -> Expr:
    rng = Random(f"{seed}: {e} {[*states]}")
    number = Rational(2 ** rng.randrange(UNEVEN) * 1009 + rng.randrange(1009), 1009)
    return number if e.is_positive or rng.random() < 1 / 2 else -number
