"""Expressions in a line of text, and in LaTeX, written as papers write them.

Products stand side by side, with one stroke for all that they are divided by, and what is random, or data, stands last:
alpha_ts sigma_s^2 / sigma_t^2 · z_t. In a sum what is subtracted comes after what is added: 1 - abar_t.
"""

from collections.abc import Sequence
from typing import Any

from sympy import Add, Basic, Expr, Integral, Mul, Pow, Rational, S, Symbol
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from derivations.notation.names import latex_of
from derivations.notation.quantities import Quantity, Slope, rooted

STATES = (
    "x",
    "z",
    "y",
    "eps",
    "v",
    "score",
    "mu",
    "n",
)  # bases of the names of what is random, or data, or a network's


def state(e: Basic) -> bool:
    """Whether it is a variable of a process, its noise, or a network's output."""
    return (isinstance(e, Symbol) and str(e).split("_")[0] in STATES) or getattr(e, "is_state", False)


def signed(e: Expr) -> tuple[bool, Expr]:
    """Whether a minus stands before it, and the rest."""
    coefficient = e.as_coeff_Mul()[0]
    return (True, -e) if coefficient.is_negative else (False, e)


def terms(e: Add, order: Any) -> list[tuple[bool, Expr]]:
    """The terms of a sum: those that are added first, and of these the ones in a latent."""
    return sorted((signed(t) for t in order(e)), key=lambda term: (term[0], not _latent(term[1])))


def _latent(e: Expr) -> bool:
    return any(str(f.as_base_exp()[0]).startswith("z_") for f in Mul.make_args(e))


def parts(e: Expr) -> tuple[Rational, list[Expr], list[Expr], list[Expr]]:
    """The number, factors, divisors and states that a product is made of."""
    number, rest = e.as_coeff_Mul()
    above: list[Expr] = []
    below: list[Expr] = []
    last: list[Expr] = []
    for f in Mul.make_args(rest):
        base, exponent = f.as_base_exp() if isinstance(f, Pow) else (f, S.One)
        if isinstance(f, Pow) and exponent.is_Rational and exponent.is_negative:
            below.append(Pow(base, -exponent, evaluate=False) if exponent != -1 else base)
        elif state(base) and (exponent == 1 or not above):
            last.append(f)
        elif f != 1:
            above.append(f)
    return number, above, below, last  # type: ignore[return-value]


class Sums:
    """Sums as text and LaTeX both write them."""

    def _print_Add(self: Any, expr: Add, order: Any = None) -> str:
        (first_minus, first), *rest = terms(expr, lambda e: self._as_ordered_terms(e, order=order))
        out = ("-" if first_minus else "") + self._term(first)
        for minus, term in rest:
            out += (" - " if minus else " + ") + self._term(term)
        return out


class Text(Sums, StrPrinter):
    """A line of text."""

    def _term(self, e: Expr) -> str:
        return f"({self._print(e)})" if isinstance(e, Add) else self._print(e)

    def _print_Mul(self, expr: Mul) -> str:
        minus, e = signed(expr)
        number, above, below, last = parts(e)
        top = [self._factor(f) for f in above]
        if below:
            written = self._over(number, top, below)
        else:
            written = " ".join(([self._print(number)] if number != 1 else []) + top)
        states = " ".join(map(self._factor, last))
        joint = " · " if below or (number.q != 1 and not top) else " "
        return ("-" if minus else "") + joint.join(filter(None, (written, states)))

    def _over(self, number: Rational, top: Sequence[str], below: Sequence[Expr]) -> str:
        numbers = [str(number.p)] if number.p != 1 or not top else []
        bottom = ([str(number.q)] if number.q != 1 else []) + [self._factor(f) for f in below]
        joined = " ".join(bottom)
        return f"{' '.join((*numbers, *top))} / {f'({joined})' if len(bottom) > 1 else joined}"

    def _factor(self, e: Expr) -> str:
        if isinstance(e, Add | Slope):
            return f"({self._print(e)})"
        if isinstance(e, Integral) or (isinstance(e, Rational) and e.q != 1):
            return f"[{self._print(e)}]"
        return self._print(e)

    def _print_Pow(self, expr: Pow, rational: bool = False) -> str:
        base, exponent = expr.base, expr.exp
        if (name := rooted(expr)) is not None and exponent.is_positive:
            return name if 2 * exponent == 1 else f"{name}^{2 * exponent}"
        if exponent.is_Rational and exponent.is_negative:
            return f"1 / {self._factor(Pow(base, -exponent, evaluate=exponent == -1))}"
        if exponent == S.Half:
            return f"sqrt({self._print(base)})"
        return f"{self._raised(base)}^{self._exponent(exponent)}"

    def _raised(self, base: Expr) -> str:
        written = self._print(base)
        plain = isinstance(base, Symbol | Quantity) or base.is_Function
        return written if plain or (base.is_Integer and base.is_nonnegative) else f"({written})"

    def _exponent(self, e: Expr) -> str:
        return self._print(e) if e.is_Integer or e.is_Symbol else f"({self._print(e)})"

    def _print_exp(self, expr: Expr) -> str:
        return f"exp({self._print(expr.args[0])})"

    def _print_ExpBase(self, expr: Expr) -> str:
        return self._print_exp(expr)

    def _print_Integral(self, expr: Integral) -> str:
        (var, *ends), *_ = expr.limits  # pyright: ignore[reportGeneralTypeIssues]
        span = f" from {self._print(ends[0])} to {self._print(ends[1])}" if len(ends) == 2 else ""
        return f"integral{span} of {self._term(expr.function)} d{self._print(var)}"

    def _print_Derivative(self, expr: Expr) -> str:
        return f"d/d{self._print(expr.args[1].args[0])} {self._factor(expr.args[0])}"  # type: ignore[arg-type]


class Latex(Sums, LatexPrinter):
    """LaTeX, in the same order as text."""

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> str:
        return latex_of(expr)

    def _term(self, e: Expr) -> str:
        return f"\\left({self._print(e)}\\right)" if isinstance(e, Add) else self._print(e)

    def _print_Mul(self, expr: Mul) -> str:
        minus, e = signed(expr)
        number, above, below, last = parts(e)
        top = ([str(number.p)] if number.p != 1 or not above else []) + [self._factor(f) for f in above]
        bottom = ([str(number.q)] if number.q != 1 else []) + [self._factor(f) for f in below]
        if bottom:
            sole = len(above) == 1 and number.p == 1 and isinstance(above[0], Add)
            over = self._print(above[0]) if sole else " ".join(top)
            lone = self._print(below[0]) if len(bottom) == 1 and below else " ".join(bottom)
            written = f"\\frac{{{over}}}{{{lone}}}"
        else:
            written = " ".join(top if above or number != 1 else [])
        return ("-" if minus else "") + " ".join(filter(None, (written, *map(self._factor, last))))

    def _factor(self, e: Expr) -> str:
        return f"\\left({self._print(e)}\\right)" if isinstance(e, Add | Integral | Slope) else self._print(e)

    def _print_Pow(self, expr: Pow) -> str:
        name = rooted(expr)
        if name is not None and expr.exp.is_positive:
            return latex_of(name) if 2 * expr.exp == 1 else f"{latex_of(name)}^{{{2 * expr.exp}}}"
        return super()._print_Pow(expr)  # type: ignore[no-any-return]


_TEXT = Text({"abbrev": False})
_LATEX = Latex({})


def text(e: Basic) -> str:
    """The expression in a line of text."""
    return str(_TEXT.doprint(e))


def latex(e: Basic) -> str:
    """The expression in LaTeX."""
    return str(_LATEX.doprint(e))
