"""Python syntax is read to expressions, and refused where it is more than arithmetic."""

import re

import pytest
from sympy import Abs, Rational, cosh, exp, sqrt

from derivations.query.reading import Unread, readings
from derivations.symbols import abar, abar_s, alpha, beta, eps, gamma_s, gamma_t, x, x_0
from derivations.syntax.build import evaluated

READ = {
    "beta*(1 - abar_s)/(1 - abar_s*alpha)": beta * (1 - abar_s) / (1 - abar_s * alpha),
    "torch.sqrt(abar)*x_0 + (1 - abar).sqrt()*eps": sqrt(abar) * x_0 + sqrt(1 - abar) * eps,
    "-expm1(gamma_s - gamma_t)": 1 - exp(gamma_s - gamma_t),
    "x**0.5": sqrt(x),
    "1e-3*x - .25": x / 1000 - Rational(1, 4),
    "Rational(1, 3)*np.square(x)": x**2 / 3,
    "torch.minimum(x**2, x_0)": (x**2 + x_0 - Abs(x**2 - x_0)) / 2,
    "(x**2).clamp(max=x_0)": (x**2 + x_0 - Abs(x**2 - x_0)) / 2,
    "(x**2).clip(min=x_0)": (x**2 + x_0 + Abs(x**2 - x_0)) / 2,
    "torch.cosh(x**2)": cosh(x**2),
}


@pytest.mark.parametrize("text", READ)
def test_python_syntax_is_read(text: str) -> None:
    assert {evaluated(r.expr) for r in readings(text) if "ours" in r.convention} == {READ[text]}


def test_reading_keeps_the_domain_of_a_formula() -> None:
    (only,) = (r for r in readings("sqrt(x)**2") if "ours" in r.convention)
    assert only.expr != x and evaluated(only.expr) == x


REFUSED = (
    ("x**2 ^ 3", "is 'exclusive or' in Python"),
    ("9**9**9", "exponent of at most 64"),
    ("((x**60)**60)**60", "degree of at most"),
    ('__import__("os").system("ls")', "a name"),
    ('eval("1")*x**2', "of names, numbers and calls"),
    ("x**2 +", "an expression in Python"),
    ("x**2/0", "denominator other than 0"),
    ("(lambda: x**2)", "of names, numbers and calls"),
    ("[x**2 for x in x]", "of names, numbers and calls"),
    ("x**2 if x else y", "no choice between formulas"),
    ("x**2 or y", "of names, numbers and calls"),
    ("(y := x**2)", "of names, numbers and calls"),
    ("x**2 // y", "of names, numbers and calls"),
    ("x**1j", "of names, numbers and calls"),
    ("x**0x10", "a decimal number"),
    ("x**True", "of names, numbers and calls"),
    ("x**2\0", "characters of ASCII"),
    ("torch.relu(x)", "a function of one argument"),
    ("torch.log(x, 2)", "a function of one argument"),
    ("x.sum()**2", "no sum over steps"),
    ("torch.sqrt(input=x)", "a call without keywords"),
    ("(x**2).clamp(0, 1)", "one end by its name"),
    ("(x**2).clamp(min=0, max=1)", "one end by its name"),
    ("torch.clamp(x**2, max=1)", "a call without keywords"),
    ("min(x**2)", "a function of one argument"),
    ("torch.cumprod(alphas, dim=1)", "cumprod along the steps"),
    ("torch.cumprod(alphas, 0, 0)", "cumprod along the steps"),
    ("torch.cumprod(alphas, dim=0, dtype=torch.int64)", "cumprod along the steps"),
    ("torch.cumprod(alphas[t], dim=0)", "of a whole table"),
    ("torch.cumprod(betas, dim=0)", "a product of what code has a name for"),
    ("torch.cumprod(alphas_cumprod, dim=0)", "a product of what code has a name for"),
    ("-" * 3000 + "x**2", "expected"),
    ("x**2/" + "x/" * 1500 + "x", "expected"),
    ("x**" * 1000 + "2", "expected"),
    ("(" * 100 + "x**2" + ")" * 100, "deep"),
    ("x**" * 10**6, "at most 4000 characters"),
    ("x**2 + " * 700 + "x", "characters|at most 600"),
    ("alphas_cumprod[t].to(torch.int64)", "no conversion to whole numbers"),
    ("alphas_cumprod[t][()]", "a symbol that some convention has"),
    ("alphas_cumprod[t][0]", "a symbol that some convention has"),
    ("alphas_cumprod[t][:, 0]", "a symbol that some convention has"),
    ("alphas_cumprod[t].sum()", "no sum over steps"),
    ("alphas_cumprod[t + 1]", "a symbol that some convention has"),
    ("self.x.alphas_cumprod[t]", "a symbol that some convention has"),
    ("x_ ** 2", "a symbol that some convention has"),
    ("returned x**2", "an expression in Python"),
    ("x == y**2", "one = between"),
    ("x += y**2", "one = between"),
)


@pytest.mark.parametrize(("text", "why"), REFUSED, ids=[text[:20] for text, _ in REFUSED])
def test_python_beyond_arithmetic_is_refused(text: str, why: str) -> None:
    with pytest.raises(Unread) as fault:
        readings(text)
    assert re.search(why, f"expected {fault.value.expected}"), fault.value
