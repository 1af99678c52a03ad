"""Random expressions, printed in four ways and read back: by SymPy in Python and LaTeX, by our own text and LaTeX."""

import random
from collections.abc import Callable

import pytest
import sympy
from sympy import Expr, Integer, Rational, Symbol, cos, exp, log, sin, sqrt, tanh

from derivations import symbols
from derivations.notation import printing
from derivations.query.reading import Unread, readings
from derivations.syntax.build import evaluated
from tests.support.equal import same

NAMES = (
    "x", "x_0", "x_t", "x_s", "z_t", "z_s", "eps_hat", "x_hat", "alpha", "alpha_t", "alpha_s", "alpha_ts",
    "sigma_t", "sigma_s", "sigma_ts", "beta", "beta_tilde", "gamma_t", "gamma_s", "T", "h", "w", "c", "k",
    "rho", "eta", "phi", "mu_hat", "beta_min", "sigma_max", "abar", "abar_s", "eps", "snr", "snr_t", "lam",
    "score", "dgamma", "gap", "var", "g2",
)  # fmt: skip
PLAIN = tuple(getattr(symbols, name) for name in NAMES)
# What SymPy has in LaTeX as a product of letters.
NOT_IN_SYMPY = {"abar", "abar_s", "eps", "eps_hat", "snr", "snr_t", "lam", "score", "dgamma", "gap", "var", "g2"}
SYMPY = tuple(v for v in PLAIN if str(v) not in NOT_IN_SYMPY)
PRINTERS: dict[str, tuple[Callable[[Expr], str], tuple[Symbol, ...]]] = {
    "SymPy's LaTeX": (sympy.latex, SYMPY),
    "Python": (str, PLAIN),
    "our LaTeX": (printing.latex, PLAIN),
    "our text": (printing.text, PLAIN),
}
DRAWS = 130


def drawn(draw: random.Random, depth: int, of: tuple[Symbol, ...]) -> Expr:
    """Return a random expression: small numbers, symbols, sums, products, powers, roots and functions."""
    if depth == 0 or draw.random() < 0.15:
        number = Rational(draw.randint(1, 9), draw.choice((1, 1, 2, 3)))
        return draw.choice(of) if draw.random() < 0.8 else number

    def part() -> Expr:
        return drawn(draw, depth - 1, of)

    match draw.randrange(10):
        case 0 | 1 | 2:
            return part() + draw.choice((1, -1)) * part()
        case 3 | 4:
            return part() * part()
        case 5:
            return part() / part()
        case 6:
            return part() ** Integer(draw.choice((2, 3, -1, -2)))
        case 7:
            return sqrt(part()) if draw.random() < 0.7 else draw.choice(of) ** Rational(1, 3)
        case 8:
            return draw.choice((exp, log))(part())
    return draw.choice((sin, cos, tanh))(part())


@pytest.mark.parametrize("printer", PRINTERS)
def test_what_is_printed_is_read_back(printer: str) -> None:
    written, of = PRINTERS[printer]
    draw = random.Random(f"reading {printer}")
    seen = refused = 0
    while seen < DRAWS:
        e = drawn(draw, 4, of)
        if e.has(sympy.zoo, sympy.nan, sympy.oo, sympy.E, sympy.I):  # no formula over the reals, or e alone
            continue
        text = written(e)
        try:
            found = [r for r in readings(text) if "ours" in r.convention]
        except Unread as fault:  # x (k + 1) may be a function of k + 1, and a (1/2) 3^(1/2) a number by a number
            assert fault.expected.startswith("an operation before"), text
            refused += 1
            continue
        assert len(found) == 1 or symbols.g2 in e.free_symbols or e.has(symbols.g**2), text  # which are one in print
        assert sum(same(evaluated(r.expr), e) for r in found) == 1, text
        seen += 1
    assert refused < DRAWS / 20


def test_a_wrong_print_is_detected() -> None:
    e = symbols.alpha_t * symbols.x + symbols.sigma_t
    (only,) = [r for r in readings(printing.latex(e.subs(symbols.x, symbols.z_t))) if "ours" in r.convention]
    assert not same(evaluated(only.expr), e)
