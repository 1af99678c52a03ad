"""Expressions in LaTeX, in the order of a line of text."""

from functools import lru_cache

from sympy import Add, Basic, Expr, Integral, Pow, Symbol
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter

from derivations.notation.arranged import SLOPE, Parts
from derivations.notation.brackets import closed
from derivations.notation.lines import Arranged, named_of_field, text
from derivations.notation.names import latex_of, written_as
from derivations.notation.quantities import rooted
from derivations.notation.stretched import stretched
from derivations.obligations.watch import paused


class Latex(Arranged, LatexPrinter):
    """LaTeX, in the same order as text."""

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> str:
        return written_as(expr, self._print, latex_of)

    def _print_Mod(self, expr: Expr, exp: str | None = None) -> str:
        number, by = map(self._factor, expr.args)  # type: ignore[arg-type]
        written = f"\\left({number} \\bmod {by}\\right)"
        return written if exp is None else f"{written}^{{{exp}}}"

    def _term(self, e: Expr) -> str:
        return f"\\left({self._print(e)}\\right)" if isinstance(e, Add) else self._print(e)

    def _product(self, p: Parts) -> str:
        above, last = (p.last, []) if p.bare else (p.above, p.last)
        top = ([str(p.number.p)] if p.number.p != 1 or not above else []) + [self._factor(f) for f in above]
        bottom = ([str(p.number.q)] if p.number.q != 1 else []) + [self._factor(f) for f in p.below]
        if bottom:
            sole = len(above) == 1 and p.number.p == 1
            over = self._print(above[0]) if sole else " ".join(top)
            lone = self._print(p.below[0]) if len(bottom) == 1 and p.below else " ".join(bottom)
            written = f"\\frac{{{over}}}{{{lone}}}"
        else:
            if above and not last:
                top[-1] = self._ending(above[-1], len(top) == 1)
            written = " ".join(top if above or p.number != 1 else [])
        return " ".join(filter(None, (written, *map(self._factor, last))))

    def _factor(self, e: Expr) -> str:
        written = self._print(e)
        return (
            f"\\left({written}\\right)" if isinstance(e, Add | Integral) or getattr(e, "rank", 0) == SLOPE else written
        )

    def _ending(self, e: Expr, sole: bool) -> str:
        return self._print(e) if not isinstance(e, Add) or sole else self._factor(e)

    def _print_Pow(self, expr: Pow) -> str:
        name = rooted(expr)
        if name is not None and expr.exp.is_positive:
            return latex_of(name) if 2 * expr.exp == 1 else f"{latex_of(name)}^{{{2 * expr.exp}}}"
        if expr.exp.is_Integer and expr.exp.is_positive and not isinstance(expr.base, Symbol):
            return f"{self._raised(expr.base)}^{{{expr.exp}}}"
        if expr.exp.is_Rational and expr.exp.is_positive and expr.exp.p > 1 and "^" in self._print(expr.base):  # type: ignore[attr-defined]
            return f"{self._raised(expr.base)}^{{{self._print(expr.exp)}}}"  # one power above another is no LaTeX
        return super()._print_Pow(expr)  # type: ignore[no-any-return]

    def _raised(self, base: Expr) -> str:
        written = self._print(base)
        simple = (named_of_field(base) or isinstance(base, AppliedUndef)) and closed(text(base)) and "^" not in written
        return written if simple else f"\\left({written}\\right)"

    def _print_AppliedUndef(self, expr: Expr, exp: str | None = None) -> str:
        """A function of which only the name is known: alpha(t), F'(t)."""
        name = expr.func.__name__
        bare = name.rstrip("'")
        letter, index, below = latex_of(bare).partition("_{")
        inside = ", ".join(map(self._print, expr.args))
        brackets = ("\\left(", "\\right)") if "\\frac" in inside else "()"
        applied = f"{letter}{name[len(bare) :]}{index}{below}{inside.join(brackets)}"
        return applied if exp is None else f"{applied}^{{{exp}}}"

    def _print_log(self, expr: Expr, exp: str | None = None) -> str:
        inner = expr.args[0]
        lone = exp is None and named_of_field(inner) and closed(text(inner))
        return f"\\log {self._print(inner)}" if lone else super()._print_log(expr, exp)  # type: ignore[misc]


_LATEX = Latex({})


@lru_cache(maxsize=2**14, typed=True)
def latex(e: Basic) -> str:
    """The expression in LaTeX."""
    with paused():  # a text owes nothing
        return stretched(str(_LATEX.doprint(e)))
