"""Exact values: the noise levels that a target's own numbers make, and what the answers of claims are there.

Levels are Arb balls of 256 bits, from the binary numbers that the target has. The formula comes from the claim's
answer, and a wrong form from its wrong answers: nothing is written here a second time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

from flint import arb
from sympy import Expr, Symbol

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.catalogue import claims, tags

BITS = 256
NOWHERE = (Undefined, Imprecise, Unfinished, ZeroDivisionError)  # the exact value does not exist
Values = Mapping[str, arb]
Part = Callable[[Any], Expr]  # of a claim's answer, and so of its wrong answers


def value(expr: Expr, at: Values) -> arb:
    """Return the value of an expression whose symbols have their values by name.

    Raises:
        KeyError: a symbol has no value here.
        Undefined: there is none, as for a quotient by 0.
    """
    with precision(BITS):
        found = ball(expr, {v: at[v.name] for v in _symbols(expr)})
        if not found.is_finite():
            raise Undefined("an infinite value")
        return found


@cache
def _symbols(expr: Expr) -> tuple[Symbol, ...]:
    return tuple(v for v in expr.free_symbols if isinstance(v, Symbol))


@cache
def answer(claim: str) -> Any:
    """Return the answer of a claim."""
    return claims()[claim].answer


@cache
def wrong(claim: str) -> tuple[tuple[str, Any, str], ...]:
    """Return the wrong answers of a claim: what is wrong, the answer, and what it breaks."""
    return tuple((name, form.answer, form.breaks) for name, form in claims()[claim].wrong.items())


@cache
def slips(claim: str) -> tuple[tuple[str, Any, str], ...]:
    """Return the slips that a machine makes in a claim's answer, with what was altered."""
    from derivations.judge.mutate import mutants

    return tuple((name, form, "") for name, form in mutants(claims()[claim]).items())


def tag(claim: str) -> str:
    """Return the permanent tag of a claim, or "" for none."""
    return tags().get(claim, "")


@cache
def source(claim: str) -> str:
    """Return where a paper states a claim, in a confirmed copy if there is one, or ""; being about it is not enough."""
    if not claim:
        return ""
    from derivations.papers.sources import sources

    stating = [found for found in sources(claim) if found.states]
    sure = (found for found in stating if all(e.confirmed for e in found.main))
    return next((found.name for found in (*sure, *stating)), "")


class Levels:
    """The exact alpha-bar of each entry of a table; the entry before the first is the data, of alpha-bar 1."""

    def __init__(self, betas: Sequence[float] | None = None, alpha_bars: Sequence[float] | None = None) -> None:
        if (betas is None) == (alpha_bars is None):
            raise ValueError("Levels: expected either betas or alpha_bars")
        name, table = ("betas", betas) if betas is not None else ("alpha_bars", alpha_bars)
        for i, number in enumerate(table or ()):
            if not 0 <= number <= 1:
                raise ValueError(f"expected {name} between 0 and 1, got {number:g} at entry {i}")
        if not table:
            raise ValueError(f"expected {name}, got an empty table")
        self.betas, self.given = betas, alpha_bars

    def __len__(self) -> int:
        return len(self.given if self.betas is None else self.betas)  # type: ignore[arg-type]

    @cached_property
    def alpha_bars(self) -> tuple[arb, ...]:
        """Return the products of 1 - beta, or what was given."""
        with precision(BITS):
            if self.betas is None:
                return tuple(map(arb, self.given or ()))
            return tuple(_products(self.betas))

    def alpha_bar(self, t: int) -> arb:
        """Return alpha-bar after entry t, which is 1 at -1.

        Raises:
            Undefined: there is no such entry.
        """
        if not -1 <= t < len(self):
            raise Undefined(f"no entry {t}")
        return arb(1) if t == -1 else self.alpha_bars[t]

    def between(self, t: int, s: int) -> Values:
        """Return the value of every symbol of a step from entry t down to entry s."""
        return symbols(self.alpha_bar(t), self.alpha_bar(s))


def _products(betas: Sequence[float]) -> Iterator[arb]:
    product = arb(1)
    for beta in betas:
        product = product * (1 - arb(beta))
        yield product


def of_sigma(sigma: float) -> arb:
    """Return alpha-bar where sigma/alpha, the noise level of k-diffusion, is given."""
    with precision(BITS):
        return 1 / (1 + arb(sigma) ** 2)


def symbols(abar: arb, abar_s: arb) -> dict[str, arb]:
    """Return the values of the symbols of a variance-preserving process between two levels, by their names."""
    with precision(BITS):
        alpha = abar / abar_s
        found = {"abar": abar, "abar_s": abar_s, "alpha": alpha, "beta": 1 - alpha}
        for end, level in (("t", abar), ("s", abar_s)):
            found |= {f"alpha_{end}": level.sqrt(), f"sigma_{end}": (1 - level).sqrt()}
        found |= {"alpha_ts": alpha.sqrt(), "sigma_ts": (1 - alpha).sqrt()}
        if not (1 - abar).contains(0):
            found["snr"] = abar / (1 - abar)
        return found
