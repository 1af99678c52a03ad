"""Integrals over the line of expressions in an unknown density, functions of its variable, and their slopes.

`Whole(body, v)` is the integral of the body over all v. It has three rules: it is linear; its slope in a parameter is
the integral of the slope; and the integral of a slope in v is 0 if what the slope is of vanishes at both ends, which a
proof claims by name (`derivations.engines.ends`). A proof uses nothing else of the functions, so it holds for all of
which these are true. Engines that need numbers take a normal density of free mean and variance for an unknown one, and
polynomials for functions: each integral is then one of a polynomial times the exponential of a parabola.
"""

from functools import lru_cache
from typing import Any

from sympy import (
    Add,
    Basic,
    Dummy,
    Expr,
    Mul,
    Poly,
    PolynomialError,
    S,
    Symbol,
    default_sort_key,
    diff,
    exp,
    expand,
    factor,
    log,
    pi,
    sqrt,
)
from sympy.core.symbol import Str

from derivations.probability.density import Abstract, States, at
from derivations.probability.expected import Unopened, moments
from derivations.probability.gaussian import Normal
from derivations.probability.smooth import SmoothPositive, Unknown, _places

NORMAL = Dummy("normal", real=True)  # no symbol of a claim
REGULAR = "integrals over the line converge, and their slopes in a parameter are those of the integrands"


class LineDensity(SmoothPositive):
    """A density on the line, or its slope: in numbers, a normal one."""

    def polynomial(self, names: tuple[Symbol, ...]) -> Expr:
        """Return the normal density that stands for it where numbers are wanted."""
        mean = Symbol(f"{self.args[0]}.mean", real=True)
        var = Symbol(f"{self.args[0]}.var", positive=True)
        return exp(Normal(mean, var).log_density(names[0]))


def line_density(name: str) -> Unknown:
    """Return a density on the line to be called at a place, as `p(x)`."""
    return lambda *place: LineDensity(Str(name), 0, *_places(name, place))


class Whole(Abstract):
    """The integral of `body` over all real values of a variable."""

    def __new__(cls, body: Expr, over: Symbol) -> "Whole":
        if not isinstance(over, Symbol) or not over.is_real or over.is_positive is not None:
            raise ValueError(f"Whole: expected a variable that may be any real number, got {over!r}")
        return Expr.__new__(cls, body, over)

    @property
    def body(self) -> Expr:
        return self.args[0]  # type: ignore[return-value]

    @property
    def over(self) -> Symbol:
        return self.args[1]  # type: ignore[return-value]

    @property
    def free_symbols(self) -> set[Symbol]:  # type: ignore[override]
        """What the body has, and no less: an integral that is constant for a normal density need not be for others."""
        return self.body.free_symbols - {self.over}  # type: ignore[return-value]

    def _eval_derivative(self, s: Symbol) -> Expr:
        """Differentiate under the integral."""
        return S.Zero if s == self.over else Whole(diff(self.body, s), self.over)

    def _eval_subs(self, old: Basic, new: Basic) -> "Whole | None":
        """Leave the variable, which is bound, and refuse what it would bind."""
        if old == self.over:
            return self
        self._fresh({old: new})
        return None

    def _xreplace(self, rule: Any) -> tuple[Basic, bool]:
        self._fresh(rule)
        return super()._xreplace(rule)  # type: ignore[misc]

    def _fresh(self, rule: Any) -> None:
        for old, new in rule.items():
            if new.has(self.over) and not old.has(self.over) and self.body.has(old):
                raise ValueError(f"Whole: expected something free of {self.over}, over which is integrated, got {new}")

    def _eval_is_positive(self) -> bool | None:
        return True if self.body.is_positive else None

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.body.is_nonnegative else None

    def _eval_is_real(self) -> bool | None:
        return True if self.body.is_real else None

    def at(self, states: States) -> Expr:
        """Return the integral with normal densities for unknown ones; nan where it has no closed form so."""
        try:
            return Add(*(_of_term(t, self.over) for t in _terms(at(self.body, states))))
        except (Unopened, PolynomialError):
            return S.NaN

    def _sympystr(self, printer: Any) -> str:
        return f"[integral of {printer.doprint(self.body)} d{printer.doprint(self.over)}]"

    def _latex(self, printer: Any) -> str:
        body, over = map(printer.doprint, self.args)
        return f"\\left[\\int {body}\\, d{over}\\right]"


def _terms(e: Expr) -> tuple[Expr, ...]:
    """Return the terms of a sum, with logarithms taken apart, and exponentials of one parabola each."""
    logs = {x: expand(x, force=True) for x in e.atoms(log)}
    return Add.make_args(expand(e.xreplace(logs), power_exp=False, power_base=False))  # type: ignore[return-value]


def _of_term(term: Expr, v: Symbol) -> Expr:
    """Return the integral of a polynomial times the exponential of a parabola that opens downwards."""
    exponents = [f.args[0] for f in Mul.make_args(term) if isinstance(f, exp)]
    rest = Mul(*(f for f in Mul.make_args(term) if not isinstance(f, exp)))
    mass, place = _bell(Add(*exponents), v)
    return mass * moments(Poly(rest, v).as_expr().subs(v, place), NORMAL)


@lru_cache(maxsize=4096)  # the terms of one integrand share few exponents
def _bell(exponent: Expr, v: Symbol) -> tuple[Expr, Expr]:
    """Return the integral of the exponential of a parabola, and the variable by a standard normal one."""
    parabola = Poly(exponent, v)
    a, b, c = (factor(parabola.coeff_monomial(v**n)) for n in (2, 1, 0))
    if parabola.degree() != 2 or not (-a).is_positive:
        raise Unopened(f"expected a parabola in {v} that opens downwards, got {exponent}")
    return sqrt(-pi / a) * exp(c - b**2 / (4 * a)), -b / (2 * a) + NORMAL / sqrt(-2 * a)


def vanishing(of: Expr, v: Symbol) -> str:
    """Return what a claim says that it trusts where an integral of a slope is left out."""
    return f"{of} tends to 0 as {v} tends to infinity of either sign"


def canonical(e: Whole) -> Expr:
    """Return the integral as a sum of integrals of products, with what is free of the variable before each."""
    return Add(*(_one(term, e.over) for term in Add.make_args(expand(_inner(e.body)))))


def _inner(e: Expr) -> Expr:
    """Return an expression with its own integrals as sums, innermost first."""
    if isinstance(e, Whole):
        return canonical(e)
    return e.func(*map(_inner, e.args)) if e.has(Whole) else e  # type: ignore[arg-type]


def _one(term: Expr, v: Symbol) -> Expr:
    """Return the integral of a product, with its constants before it, in the first of the variable's two directions."""
    inside = [f for f in Mul.make_args(term) if contains(f, v)]
    outside = Mul(*(f for f in Mul.make_args(term) if not contains(f, v)))
    if not inside:
        return outside * Whole(S.One, v)
    there = Mul(*inside)
    sign, back = expand(_inner(there.xreplace({v: -v}))).as_coeff_Mul()
    turned = back.is_Mul and default_sort_key(back) < default_sort_key(there)
    return outside * (sign * Whole(back, v) if turned else Whole(there, v))


def contains(e: Expr, v: Symbol) -> bool:
    """Return whether a variable is free in an expression, as it is written."""
    if isinstance(e, Whole) and e.over == v:
        return False
    return e == v or any(contains(a, v) for a in e.args if isinstance(a, Expr))
