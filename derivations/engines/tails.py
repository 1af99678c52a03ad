"""Elementary limits at h -> 0+ that don't follow by continuity: powers of 1/h, and functions that die faster.

exp(-c/h^n) h^-m tends to 0 for every m, where c > 0 and n >= 1. Where E tends to infinity as c/h^n does, erf(E) and
tanh(E) tend to 1, atan(E) to pi/2 and erfc(E) to 0; where it tends to -infinity, to -1, -1, -pi/2 and 2. These are
the tails of integrals to infinity. The sign c > 0 is an obligation, as every sign is.
"""

from types import MappingProxyType
from typing import NamedTuple

from sympy import Dummy, Expr, Mul, Poly, S, Symbol, atan, erf, erfc, exp, fraction, pi, tanh, together
from sympy.polys.polyerrors import PolynomialError

from derivations.obligations.obligation import TOTAL, Obligation

FAR = MappingProxyType(  # at -oo, at +oo
    {atan: (-pi / 2, pi / 2), erf: (-S.One, S.One), tanh: (-S.One, S.One), erfc: (S(2), S.Zero)}
)


class Tails(NamedTuple):
    """An expression with a new symbol for each of its tails, what each tends to, and the signs that this owes.

    The symbols keep SymPy from multiplying what tends to 0 by what diverges: the expression must be continuous where
    h is 0 and each symbol is at its limit.
    """

    expr: Expr
    limits: dict[Symbol, Expr]
    owed: list[Obligation]


def name_tails(e: Expr, h: Symbol) -> Tails:
    """Replace each tail in the expression by a symbol; the rest stays."""
    tails = Tails(e, {}, [])
    named = _name(e, h, tails)
    return Tails(named, tails.limits, list(dict.fromkeys(tails.owed)))


def _name(e: Expr, h: Symbol, tails: Tails) -> Expr:
    if not e.has(h) or not e.args:
        return e
    if e.is_Mul or isinstance(e, exp):
        factors = Mul.make_args(e)
        if any(_dies(f, h, tails.owed) for f in factors) and all(_tame(f, h, tails.owed) for f in factors):
            return _tail(S.Zero, tails)
    if type(e) in FAR and (sign := _far(e.args[0], h, tails.owed)):
        return _tail(FAR[type(e)][sign > 0], tails)
    if e.is_Add or e.is_Mul or type(e).__name__ in (*TOTAL, "log") or (e.is_Pow and e.args[1].is_Rational):
        return e.func(*(_name(a, h, tails) for a in e.args))  # type: ignore[arg-type]
    return e  # no limit is taken inside an integral, or a power with h in its exponent


def _tail(limit: Expr, tails: Tails) -> Symbol:
    new = Dummy("tail", real=True)
    tails.limits[new] = limit
    return new


def _dies(f: Expr, h: Symbol, owed: list[Obligation]) -> bool:
    return isinstance(f, exp) and _far(f.args[0], h, owed) < 0


def _tame(f: Expr, h: Symbol, owed: list[Obligation]) -> bool:
    """Return whether a factor grows no faster than a power of 1/h: rational in h, dying, or bounded at a tail."""
    if not f.has(h) or _order(f, h) is not None or _dies(f, h, owed):
        return True
    return type(f) in FAR and bool(_far(f.args[0], h, owed))


def _far(e: Expr, h: Symbol, owed: list[Obligation]) -> int:
    """Return 1 or -1 if the expression tends to infinity of that sign as a power of 1/h does, and 0 if not."""
    order = _order(e, h)
    if order is None or order[0] >= 0:
        return 0
    lead = order[1]
    sign = -1 if lead.is_negative or (lead.could_extract_minus_sign() and not lead.is_positive) else 1
    owed.append(Obligation(sign * lead, "> 0", f"the leading coefficient of a tail as {h} -> 0"))
    return sign


def _order(e: Expr, h: Symbol) -> tuple[int, Expr] | None:
    """Return (n, c) if a rational function of h is c h^n to the first order; None for any other expression."""
    numer, denom = fraction(together(e))
    try:
        above, below = Poly(numer, h), Poly(denom, h)
    except PolynomialError:
        return None
    if above.is_zero or any(c.has(h) for p in (above, below) for c in p.coeffs()):
        return None
    (n,), a = above.terms()[-1]
    (m,), b = below.terms()[-1]
    return n - m, a / b
