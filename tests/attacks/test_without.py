"""Records of what happens without an assumption: false or undefined only by a proof, and of what the statement says.

Each cheat was once recorded as false or undefined where it is neither, or where nothing shows it; its twin is.
"""

import re
from typing import Any

import pytest
from sympy import Abs, Expr, Integer, Integral, Max, Rational, S, Symbol, exp, expand, log, sqrt, tanh

from derivations.form.claim import Claim
from derivations.form.statement import Below, Equal, Statement, Tends
from derivations.judge.necessity.search import necessities, unneeded
from derivations.notation.named import Named
from derivations.probability.density import Density, Positive, Real
from derivations.probability.expected import Expected
from derivations.probability.mean import Mean
from derivations.probability.smooth import smooth_positive
from tests.support.forged import a, b, c, h, replace, stated

u, y = Symbol("u", real=True), Symbol("y", real=True)
x, z = Symbol("x", real=True), Symbol("z", real=True)
G, TINY = smooth_positive("G"), Integer(10) ** -600
STAYS, COMES = h * (Abs(u) - u) / (h + TINY), (Abs(u) - u) * (1 + h)
THIN, F_X = Density("thin", x), Real("F", x)


class Size(Named):
    """A named object that SymPy opens by a sign: the root of a square."""

    def meaning(self) -> Expr:
        return sqrt(self.args[0] ** 2)  # type: ignore[operator]

    def _sympystr(self, printer: Any) -> str:
        return f"size({self.args[0]})"


class Area(Named):
    """A named object that opens to an integral over a positive variable."""

    def meaning(self) -> Expr:
        v = Symbol("v", positive=True)
        return Integral(sqrt(v**2), (v, 0, self.args[0]))


def without(text: str, says: Statement, *given: Below) -> Any:
    """Return what is recorded of one assumption."""
    claim: Claim = stated(lambda q: says, a, "equality", *given, convenience={})
    return next(row["necessary"] for row in necessities(claim) if row["text"] == text)


LOW = Below(S.One, a)
RECORDS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...], str]] = {
    "a named object opened by a sign": (
        ("0 < c", Below(Integer(-1), Size(c))), ("0 < c", Below(Integer(-1), c)), "false",
    ),
    "a multiple of one": (
        ("0 < c", Below(Integer(-1), a + b * Size(c))), ("0 < c", Below(Integer(-1), a + b * c)), "false",
    ),
    "a truth that fails beyond": (
        ("0 < c", Equal(Size(c) ** 2 * a, c**2 * a)), ("0 < c", Equal(Size(c) * a, c * a)), "false",
    ),
    "an integral over a positive variable, backwards": (
        ("0 < c", Below(Integer(-1), Area(c))), ("0 < c", Below(Integer(-1), c**3)), "false",
    ),
    "a stand-in for a positive function, below 0": (
        ("0 < a", Below(S.Zero, G(a))), ("0 < a", Below(S.Zero, G(a) * a)), "false",
    ),
    "the same where an assumption is stated": (
        ("0 < u", Below(S.Zero, G(u)), Below(S.Zero, u)),
        ("0 < u", Below(S.Zero, G(u) * u), Below(S.Zero, u)),
        "false",
    ),
    "a removable factor beside |y|": (
        ("1 < a", Equal(Abs(y) * (a**2 - 1) / (a - 1), Abs(y) * (a + 1)), LOW),
        ("1 < a", Equal(Abs(y) * (a**2 + 1) / (a - 1), Abs(y) * (a**2 + 1) / (a - 1)), LOW),
        "undefined",
    ),
    "a removable factor beside a maximum": (
        ("1 < a", Equal(Max(y, b) * (a**2 - 1) / (a - 1), Max(y, b) * (a + 1)), LOW),
        ("1 < a", Equal(y * (a**2 + 1) / (a - 1), y * (a**2 + 1) / (a - 1)), LOW),
        "undefined",
    ),
    "a small power of 0": (
        ("1 < a", Equal(c * ((a - 1) ** 2) ** Rational(1, 200), c * ((a - 1) ** 2) ** Rational(1, 200)), LOW),
        ("1 < a", Equal(c * (a - 1) ** Rational(1, 3), c * (a - 1) ** Rational(1, 3)), LOW),
        "undefined",
    ),
    "what goes to 0 more slowly than any power": (
        ("1 < a", Equal(b / log((a - 1) ** 2) * c, c * b / log((a - 1) ** 2)), LOW),
        ("1 < a", Equal(b * log((a - 1) ** 2) * c, c * b * log((a - 1) ** 2)), LOW),
        "undefined",
    ),
    "what goes to 0 faster than any power": (
        ("1 < a", Equal(exp(-1 / (a - 1) ** 2) / (a - 1), exp(-1 / (a - 1) ** 2) / (a - 1)), LOW),
        ("1 < a", Equal(exp(1 / (a - 1)), exp(1 / (a - 1))), LOW),
        "undefined",
    ),
    "two different limits of one side": (
        ("1 < a", Equal(tanh(1 / (a - 1) ** 2) * b, b * tanh(1 / (a - 1) ** 2)), LOW),
        ("1 < a", Equal(tanh(1 / (a - 1)) * b, b * tanh(1 / (a - 1))), LOW),
        "undefined",
    ),
    "a limit that no sample sees": (
        ("0 < u", Tends(a * u + STAYS, h, a * u), Below(S.Zero, u)),
        ("0 < u", Tends(a * u + COMES, h, a * u), Below(S.Zero, u)),
        "false",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
def test_only_what_is_shown_is_recorded(name: str) -> None:
    cheat, twin, kind = RECORDS[name]
    found = without(*cheat)
    assert found is None, found
    assert without(*twin)["kind"] == kind


LESS = Below(Integer(-1), Mean(F_X**2, (x, THIN)))
NOTHING: dict[str, tuple[str, Statement, str]] = {
    "a density": ("0 < thin_{x}", LESS, "undefined"),
    "a law of two values": ("0 < c", Below(Integer(-1), Expected(z**2, (z, ((a, S.One), (b, c))))), "undefined"),
    "a positive function": ("0 < g_1", Below(Integer(-1), Mean(Positive("g", x), (x, THIN))), "false"),
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_fails_of_nothing_is_not_false(name: str) -> None:
    """A density or weight below 0 is none; a function need not be positive, and the statement fails of it."""
    text, says, kind = NOTHING[name]
    assert without(text, says)["kind"] == kind


def test_a_function_that_need_not_be_positive_makes_it_false() -> None:
    assert without("0 < G.0", Below(S.Zero, G(a)))["kind"] == "false"


SIGNS = Below(Integer(-1), c)
REASONS = {
    "only its square occurs": False, "true for any c": False, "c may have either sign": False,
    "the sign of c does not matter": False, "at c = 0 nothing moves": True, "for a negative c it fails": True,
}  # fmt: skip


@pytest.mark.parametrize("why", REASONS)
def test_a_reason_that_a_counterexample_gainsays_is_refused(why: str) -> None:
    one = stated(lambda q: SIGNS, a, "inequality", convenience={"0 < c": why})
    assert (unneeded(necessities(one)) == []) is REASONS[why]
    square = stated(lambda q: Below(Integer(-1), c**2), a, "inequality", convenience={"0 < c": why})
    assert unneeded(necessities(square)) == []


ANYWAY = {
    "it holds without it": False, "the bound is true in any order": False, "not needed": False,
    "redundant": False, "true whichever is larger": False, "holds as well beyond it": False,
    "it holds without it, but not where a is large": True, "b is the smaller by its name": True,
}  # fmt: skip


@pytest.mark.parametrize("why", ANYWAY)
def test_a_reason_that_the_claim_holds_all_the_same_is_gainsaid_where_it_is_false(why: str) -> None:
    given = Below(b, a)
    order = stated(lambda q: Below(b, q), a, "inequality", given, convenience={"b < a": why, "0 < a": "", "0 < b": ""})
    told = [
        c for c in unneeded(necessities(order)) if c.startswith(f"the reason why b < a is kept, {why!r}, says that")
    ]
    assert bool(told) is not ANYWAY[why]
    assert all(
        re.search(r"the claim is false there: .+ at a = \S+, b = \S+, where b < a alone fails\.", c) for c in told
    )
    sums = stated(lambda q: Equal((a - b) ** 2 * c, q), expand((a - b) ** 2) * c, "equality", given)
    rows = necessities(replace(sums, convenience={"b < a": why}))
    assert not any("the reason why" in c for c in unneeded(rows))
