"""Python syntax read to expressions, and refused where it is more than arithmetic."""

import pytest
from sympy import Rational, exp, sqrt

from derivations.query.build import evaluated
from derivations.query.reading import Unread, readings
from derivations.symbols import abar, abar_s, alpha, beta, eps, gamma_s, gamma_t, x, x_0

READ = {
    "beta*(1 - abar_s)/(1 - abar_s*alpha)": beta * (1 - abar_s) / (1 - abar_s * alpha),
    "torch.sqrt(abar)*x_0 + (1 - abar).sqrt()*eps": sqrt(abar) * x_0 + sqrt(1 - abar) * eps,
    "-expm1(gamma_s - gamma_t)": 1 - exp(gamma_s - gamma_t),
    "x**0.5": sqrt(x),
    "1e-3*x - .25": x / 1000 - Rational(1, 4),
    "Rational(1, 3)*np.square(x)": x**2 / 3,
}


@pytest.mark.parametrize("text", READ)
def test_reads(text: str) -> None:
    assert {evaluated(r.expr) for r in readings(text) if r.convention == "ours"} == {READ[text]}


def test_a_domain_is_not_lost() -> None:
    (only,) = (r for r in readings("sqrt(x)**2") if r.convention == "ours")
    assert only.expr != x and evaluated(only.expr) == x


REFUSED = (
    ("x^2", "is 'exclusive or' in Python"),
    ("9**9**9", "exponent of at most 64"),
    ("((x**60)**60)**60", "degree of at most"),
    ('__import__("os")', "symbol of a convention"),
    ("x +", "an expression in Python"),
    ("x/0", "denominator other than 0"),
    ("lambda: x", "of names, numbers and calls"),
    ("x\0", "characters of ASCII"),
    ("-" * 3999 + "x", "expected"),
    ("x/" * 1999 + "x", "expected"),
    ("(" * 100 + "x" + ")" * 100, "deep"),
    ("x" * 10**6, "at most 4000 characters"),
)


@pytest.mark.parametrize(("text", "why"), REFUSED, ids=[text[:20] for text, _ in REFUSED])
def test_refuses(text: str, why: str) -> None:
    with pytest.raises(Unread, match=why):
        readings(text)
