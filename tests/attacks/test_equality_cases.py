"""In an equality case a density becomes a density, and a positive function stays positive, everywhere in the domain."""

from typing import Any

from sympy import Expr, S, Symbol

from derivations.form.claim import Claim, by
from derivations.form.statement import AtMost, Equal
from derivations.probability.density import Density, Positive
from tests.support.forged import AT, LEFT, RIGHT, a, c, claim, replace
from tests.support.judged import green, red_for

z = Symbol("z", real=True)
q, r, f = Density("q", z), Density("r", z), Positive("f", z)


def least(excess: Expr, case: dict[Any, Any]) -> Claim:
    """Return the claim 0 <= an excess, with equality in this case alone, beside an identity."""
    chains = (by("", LEFT), by("", RIGHT)), (by("", S.Zero), by("", excess, more=excess))
    example = dict.fromkeys(excess.free_symbols, S.One) | AT
    kept = {f"0 < {v}": "kept" for v in example if v.is_positive}
    says = lambda w: (Equal(LEFT, w), AtMost(S.Zero, excess, case, True))  # noqa: E731
    return claim(says=says, proof=chains, example=example, convenience=kept)


def test_a_multiple_of_a_density_that_is_one_only_at_the_stored_point_is_refused() -> None:
    red_for(least((q - c * r) ** 2, {q: c * r}), "expected a density for q(z)")
    green(least((q - r) ** 2, {q: r}))


def test_a_positive_function_cannot_be_set_to_a_negative_number() -> None:
    red_for(least((f + c) ** 2, {f: -c}), "expected a positive function for f(z)")
    red_for(least((f + c - a) ** 2, {f: a - c}), "expected a positive function for f(z)")
    green(least((f - c) ** 2, {f: c}))


def test_a_blank_reason_does_not_justify_an_assumption() -> None:
    kept = dict(claim().convenience)
    red_for(replace(claim(), convenience=kept | {"0 < b": " "}), "neither shown necessary nor marked as convenience")
    green(claim())
