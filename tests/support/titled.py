"""Small claims by name, of each kind, that tests give titles: a law, a mean, a limit, bounds and a square."""

from typing import Any

from sympy import Integer, exp, sqrt, symbols

from derivations.form.claim import Claim
from derivations.form.law import Law, Made
from derivations.form.statement import AtMost, Below, Equal, Tends
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from tests.support.forged import a, b, claim, equation, h, replace, stated

x, z, eps = symbols("x z eps", real=True)
MADE: Any = Made(x + a * eps, (eps,))
Q = "a^2 + 2 a b + b^2"


def law() -> Claim:
    """z = x + a eps has the law N(x, a^2)."""
    one = claim(example={a: Integer(2), x: Integer(1)})
    return replace(one, kind="law", says=lambda n: Law(z, MADE, n), answer=Normal(x, a**2), proof=(), wrong={})


def mean() -> Claim:
    """E[(a eps + x)^2] = a^2 + x^2."""
    one = claim(example={a: Integer(2), x: Integer(1)})
    of = Expected((a * eps + x) ** 2, eps)
    return replace(one, kind="expectation", says=lambda e: Equal(of, e), answer=a**2 + x**2, proof=(), wrong={})


CLAIMS = {
    "law": law,
    "mean": mean,
    "limit": lambda: stated(lambda e: Tends((exp(a * h) - 1) / h, h, e), a, "limit"),
    "bound": lambda: stated(lambda e: AtMost(sqrt(a * b), e, {a: b}, only=True), (a + b) / 2, "inequality"),
    "strict": lambda: stated(lambda e: Below(a, e), a + b, "inequality"),
    "square": lambda: equation((a + b) ** 2, a**2 + 2 * a * b + b**2),
}
