"""Elementary limits at h -> 0+ that don't follow by continuity: powers of 1/h, and functions that die faster.

exp(-c/h^n) h^-m tends to 0 for every m, where c > 0 and n >= 1, and so does h^a log(c h^n)^m for a > 0. Where E tends
to infinity as c/h^n does, erf(E) and tanh(E) tend to 1, atan(E) to pi/2 and erfc(E) to 0; where it tends to -infinity,
to -1, -1, -pi/2 and 2. These are the tails of integrals to infinity. Where u tends to 0, sin u is u times something
that tends to 1, or u - u^3/6 times that, so that a quotient by h may have a limit, also inside exp or tanh; a smooth
function has Taylor's polynomial. Signs of leading coefficients are obligations, as every sign is.
"""

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sympy import (
    Add,
    Dummy,
    Expr,
    Integral,
    Mul,
    Poly,
    S,
    Symbol,
    atan,
    cancel,
    cos,
    cosh,
    diff,
    erf,
    erfc,
    exp,
    factorial,
    fraction,
    log,
    nan,
    pi,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
    together,
    zoo,
)
from sympy.polys.polyerrors import PolynomialError

from derivations.obligations.obligation import Obligation
from derivations.obligations.owed import SMOOTH, TOTAL
from derivations.probability.smooth import Smooth

ODD = (1, 3, 5)
SERIES = MappingProxyType(  # the first terms of f(u) - f(0) as u -> 0, by their powers
    {sin: (ODD, (1, -S(1) / 6, S(1) / 120)), tan: (ODD, (1, S(1) / 3, S(2) / 15)),
     sinh: (ODD, (1, S(1) / 6, S(1) / 120)),
     tanh: (ODD, (1, -S(1) / 3, S(2) / 15)), atan: (ODD, (1, -S(1) / 3, S(1) / 5)),
     erf: (ODD, tuple(c / sqrt(pi) for c in (S(2), -S(2) / 3, S(1) / 5))), exp: ((1, 2, 3), (1, S(1) / 2, S(1) / 6)),
     cos: ((2, 4, 6), (-S(1) / 2, S(1) / 24, -S(1) / 720)), cosh: ((2, 4, 6), (S(1) / 2, S(1) / 24, S(1) / 720))}
)  # fmt: skip
OF_LOG = ((1, 2, 3), (1, -S(1) / 2, S(1) / 3))  # of log(1 + u)
TERMS = (1, 2, 3)
_AT = Dummy("at", real=True)
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
        if _slow(factors, h, tails.owed):
            return _tail(S.Zero, tails)
    if e.is_Pow and _slow((e,), h, tails.owed):
        return _tail(S.Zero, tails)
    if type(e) in FAR and (sign := _far(e.args[0], h, tails.owed)):
        return _tail(FAR[type(e)][sign > 0], tails)
    if e.is_Add or e.is_Mul or type(e) in (*TOTAL, log) or (e.is_Pow and e.args[1].is_Rational):
        return e.func(*(_name(a, h, tails) for a in e.args))  # type: ignore[arg-type]
    return e  # no limit is taken inside an integral, or a power with h in its exponent


def name_near(e: Expr, h: Symbol, terms: int = 1) -> Tails:
    """Replace each function of what tends to 0 by its first terms, which makes quotients by powers of h simple.

    The last of them is multiplied by something that tends to 1.
    """
    tails = name_tails(e, h)
    named = cancel(_first_terms(tails.expr, h, tails, terms))
    return Tails(named, tails.limits, list(dict.fromkeys(tails.owed)))


def _first_terms(e: Expr, h: Symbol, tails: Tails, terms: int) -> Expr:
    if not e.has(h) or not e.args or isinstance(e, Integral):
        return e
    if type(e) in SERIES and (u := _small(e.args[0], h, tails.owed)) is not None:
        return e.func(0) + _series(u, *SERIES[type(e)], tails, terms)
    if isinstance(e, Smooth):
        return _taylor(e, h, tails, terms)
    if e.is_Add or e.is_Mul or (e.is_Pow and e.args[1].is_Rational):
        return e.func(*(_first_terms(a, h, tails, terms) for a in e.args))  # type: ignore[arg-type]
    if type(e) is log and (u := _small(e.args[0] - 1, h, tails.owed)) is not None:
        return _series(u, *OF_LOG, tails, terms)
    if type(e) in SMOOTH:  # as exp(log(1 + a h)/h), in whose argument the powers of h may cancel
        return e.func(cancel(_first_terms(e.args[0], h, tails, terms)))  # type: ignore[arg-type]
    return e


def _series(u: Expr, powers: Sequence[int], by: Sequence[Expr], tails: Tails, terms: int) -> Expr:
    each = [c * u**n for n, c in zip(powers[:terms], by, strict=False)]
    return Add(*each[:-1], each[-1] * _tail(S.One, tails))


def _taylor(f: Smooth, h: Symbol, tails: Tails, terms: int) -> Expr:
    """Return Taylor's polynomial of a smooth function of one variable, with a last coefficient that tends to its own.

    What tends to f^(n)/n! takes the last place, and no multiple of it, since that slope may be 0.
    """
    place = f.place[0]  # pyright: ignore[reportGeneralTypeIssues]
    there, near = place.subs(h, 0), _first_terms(place, h, tails, terms)
    if len(f.place) > 1 or there.has(nan, zoo) or (u := _small(near - there, h, tails.owed)) is None:
        return f
    slopes = [diff(f.xreplace({place: _AT}), _AT, n).xreplace({_AT: there}) / factorial(n) for n in range(terms + 1)]
    each = [c * u**n for n, c in enumerate(slopes[:-1])]
    return Add(*each, _tail(slopes[-1], tails) * u**terms)


def _small(u: Expr, h: Symbol, owed: list[Obligation]) -> Expr | None:
    """Return the rational function of h if it tends to 0, where it may be 0 all along."""
    lead = _leading(u, h)
    if lead is None or lead.above <= lead.below:
        return None
    owed.append(Obligation(lead.below_by, "!= 0", f"the leading coefficient of a denominator as {h} -> 0"))
    return u


def _slow(factors: Sequence[Expr], h: Symbol, owed: list[Obligation]) -> bool:
    """Return whether a product is a positive power of h times powers of logarithms of c h^n, and what is free of h.

    An exponent may be any real number, as in h^a, if the power of h is one that is positive: that is owed.
    """
    logs = [f.as_base_exp() for f in factors if f.has(h) and type(f.as_base_exp()[0]) is log]
    powers = [f.as_base_exp() for f in factors if f.has(h) and type(f.as_base_exp()[0]) is not log]
    within, outside = [_leading(e.args[0], h) for e, _ in logs], [_leading(e, h) for e, _ in powers]  # type: ignore[arg-type]
    real = [k for _, k in powers if not k.is_Rational and k.is_real and not k.has(h)]
    if not (logs or real) or None in within or None in outside:
        return False
    if not all(k.is_Integer and k.is_positive for _, k in logs):
        return False
    order = Add(*_orders(outside, powers))
    if not all(k.is_Rational or k in real for _, k in powers) or not (real or order > 0):
        return False
    if real:
        owed.append(Obligation(order, "> 0", f"the power of {h} in what tends to 0"))
    for lead, (_, k) in zip(filter(None, outside), powers, strict=True):
        ends = (lead.below_by, lead.above_by) if k in real else (lead.below_by if k.is_positive else lead.above_by,)
        owed += [Obligation(e, "!= 0", f"the leading coefficient of a denominator as {h} -> 0") for e in ends]
    for lead in filter(None, within):
        ratio = lead.above_by / lead.below_by
        owed.append(Obligation(ratio, "> 0", f"the leading coefficient in a logarithm as {h} -> 0"))
    return True


def _orders(leads: Sequence["Leading | None"], powers: Sequence[tuple[Expr, Expr]]) -> Iterator[Expr]:
    return ((lead.above - lead.below) * k for lead, (_, k) in zip(filter(None, leads), powers, strict=True))


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
    lead = _leading(e, h)
    return lead and (lead.above - lead.below, lead.above_by / lead.below_by)


class Leading(NamedTuple):
    """The lowest powers of h, each with its coefficient, above and below the line of a rational function."""

    above: int
    above_by: Expr
    below: int
    below_by: Expr


def _leading(e: Expr, h: Symbol) -> Leading | None:
    """Return the lowest powers in a rational function of h; None for any other expression."""
    numer, denom = fraction(together(e))
    try:
        above, below = Poly(numer, h), Poly(denom, h)
    except PolynomialError:
        return None
    if above.is_zero or any(c.has(h) for p in (above, below) for c in p.coeffs()):
        return None
    (n,), a = above.terms()[-1]
    (m,), b = below.terms()[-1]
    return Leading(n, a, m, b)
