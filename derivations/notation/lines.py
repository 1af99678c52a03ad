"""Expressions in a line of text, written as papers write them: alpha_ts sigma_s^2 / sigma_t^2 · z_t."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sympy import Add, Basic, Expr, Integral, Mul, Pow, Rational, S, Symbol
from sympy.printing.str import StrPrinter

from derivations.notation.arranged import Parts, parts, shared, signed, terms
from derivations.notation.brackets import POWER, closed, factor
from derivations.notation.names import text_of, written_as
from derivations.notation.quantities import rooted
from derivations.obligations.watch import paused


class Arranged:
    """Sums and products as text and LaTeX both arrange them."""

    def _print_Add(self: Any, expr: Add, order: Any = None) -> str:
        size, rest = shared(expr)
        if size != 1:
            minus = all(term.as_coeff_Mul()[0].is_negative for term in rest.args)  # type: ignore[attr-defined]
            whole = Mul(size, -rest if minus else rest, evaluate=False)
            return ("-" if minus else "") + self._print_Mul(whole)
        (first_minus, first), *others = terms(expr)
        out = ("-" if first_minus else "") + self._term(first)
        for minus, term in others:
            out += (" - " if minus else " + ") + self._term(term)
        return out

    def _print_Mul(self: Any, expr: Mul) -> str:
        minus, e = signed(expr)
        return ("-" if minus else "") + self._product(parts(e))


class Text(Arranged, StrPrinter):
    """A line of text."""

    def _print_Symbol(self, expr: Symbol) -> str:
        return written_as(expr, self._print, text_of)

    def _term(self, e: Expr) -> str:
        return f"({self._print(e)})" if isinstance(e, Add) else self._print(e)

    def _product(self, p: Parts) -> str:
        if p.bare and (p.below or p.number.q != 1):
            return self._over(p.number, [self._factor(f) for f in p.last], p.below)
        top = [self._factor(f) for f in p.above]
        if p.below:
            written = self._over(p.number, top, p.below)
        else:
            if p.above and not p.last:
                top[-1] = self._ending(p.above[-1])
            written = " ".join(([self._print(p.number)] if p.number != 1 else []) + top)
        joint = " · " if p.below else " "
        return joint.join(filter(None, (written, " ".join(map(self._factor, p.last)))))

    def _over(self, number: Rational, top: Sequence[str], below: Sequence[Expr]) -> str:
        numbers = [str(number.p)] if number.p != 1 or not top else []
        bottom = ([str(number.q)] if number.q != 1 else []) + [self._factor(f) for f in below]
        joined = " ".join(bottom)
        return f"{' '.join((*numbers, *top))} / {f'({joined})' if len(bottom) > 1 else joined}"

    def _factor(self, e: Expr) -> str:
        written = self._print(e)
        if isinstance(e, Pow | Symbol) or e.is_Integer or factor(written):
            return written
        return f"[{written}]" if isinstance(e, Integral) or e.is_Rational else f"({written})"

    def _ending(self, e: Expr) -> str:
        """The last factor of all: nothing follows that a slope, or a logarithm, could be taken of."""
        written = self._print(e)
        grouped = isinstance(e, Add | Integral | Rational) or written.startswith("-")
        return self._factor(e) if grouped else written

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
        plain = closed(written) and not (POWER.search(written) or written[0] in "(-")
        return written if plain else f"({written})"

    def _exponent(self, e: Expr) -> str:
        return self._print(e) if e.is_Integer or e.is_Symbol else f"({self._print(e)})"

    def _print_exp(self, expr: Expr) -> str:
        return f"exp({self._print(expr.args[0])})"

    def _print_ExpBase(self, expr: Expr) -> str:
        return self._print_exp(expr)

    def _print_log(self, expr: Expr) -> str:
        written = self._print(expr.args[0])
        return f"log {written}" if named_of_field(expr.args[0]) and closed(written) else f"log({written})"

    def _print_AppliedUndef(self, expr: Expr) -> str:
        """A function of which only the name is known: alpha(t), log p(z_t)."""
        return f"{expr.func.__name__.replace('log_', 'log ')}({', '.join(map(self._print, expr.args))})"

    def _print_Mod(self, expr: Expr) -> str:
        number, by = expr.args
        return f"({self._factor(number)} mod {self._factor(by)})"  # type: ignore[arg-type]

    def _print_Abs(self, expr: Expr) -> str:
        return f"|{self._print(expr.args[0])}|"

    def _print_Integral(self, expr: Integral) -> str:
        (var, *ends), *_ = expr.limits  # pyright: ignore[reportGeneralTypeIssues]
        span = f" from {self._print(ends[0])} to {self._print(ends[1])}" if len(ends) == 2 else ""
        return f"integral{span} of {self._term(expr.function)} d{self._print(var)}"

    def _print_Derivative(self, expr: Expr) -> str:
        of, *by = expr.args
        slopes = (f"{_order('d', k)}/d{_order(self._print(v), k)}" for v, k in (pair.args for pair in by))
        return f"{' '.join(slopes)} {self._factor(of)}"  # type: ignore[arg-type]


def _order(name: str, k: Basic) -> str:
    return name if k == 1 else f"{name}^{k}"


def named_of_field(e: Basic) -> bool:
    """Whether it is written by a name of the field, and no operation or function of SymPy's."""
    return not (e.is_Atom or isinstance(e, Add | Mul | Pow | Integral) or getattr(e, "is_Function", False))


_TEXT = Text({"abbrev": False})


@lru_cache(maxsize=2**14, typed=True)  # pages, digests and obligations print the same parts
def text(e: Basic) -> str:
    """The expression in a line of text."""
    with paused():  # a text owes nothing
        return str(_TEXT.doprint(e))
