"""A bound of the degree of an expression in the random numbers that stand for its atoms in a prime field."""

from sympy import Expr, Rational, expand, pi

from derivations.probability.density import Abstract, finite

GRAIN = 8  # exponents and angles are taken in eighths


def degree(e: Expr) -> int:
    """Bound the degree, of numerator and denominator together, in the random numbers that stand for atoms."""
    if e.is_Rational or not (e.args or e.is_Symbol or e is pi):
        return 0
    if e.is_Symbol or e is pi:
        return 2
    if e.is_Pow and e.args[1].is_Rational:
        return abs(int(e.args[1].p)) * (1 + degree(e.args[0]))  # type: ignore[attr-defined, arg-type]
    if isinstance(e, Abstract):
        return degree(finite(e))
    inside = sum(degree(a) for a in e.args)  # type: ignore[arg-type]
    return inside if e.is_Add or e.is_Mul else inside + _turns(e)


def _turns(e: Expr) -> int:
    """Return the degree of an exponential or an angle in its atoms: two for each grain of each term."""
    terms = [Rational(c) for a in e.args for c in expand(a).as_coefficients_dict().values()]
    return 1 + sum(2 * GRAIN * int(abs(c) + 1) for c in terms)
