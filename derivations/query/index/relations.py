"""What our symbols are to each other by definition: alpha_t = alpha_ts alpha_s, abar = abar_s alpha.

A formula that is asked about may use other symbols than the claim that it is compared with. What the claim has not is
expressed by what it has; a positive symbol that is expressed narrows the domain to where its expression is positive.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from sympy import Expr, Integer, Pow, S, Symbol, exp, log, sqrt, sympify

from derivations import symbols as o
from derivations.form.statement import Below

# Each symbol by others; the first definition leads to PRIMITIVE symbols, along which no circle runs.
DEFINED: Mapping[Symbol, tuple[Expr, ...]] = MappingProxyType(
    {
        o.alpha_t: (o.alpha_ts * o.alpha_s,),
        o.alpha_ts: (o.alpha_t / o.alpha_s,),
        o.alpha_s: (o.alpha_t / o.alpha_ts,),
        o.sigma_t: (sqrt(o.sigma_ts**2 + o.alpha_ts**2 * o.sigma_s**2),),
        o.sigma_ts: (sqrt(o.sigma_t**2 - o.alpha_ts**2 * o.sigma_s**2),),
        o.sigma_s: (sqrt(o.sigma_t**2 - o.sigma_ts**2) / o.alpha_ts,),
        o.snr_s: (o.alpha_s**2 / o.sigma_s**2, exp(-o.gamma_s), o.snr_t + o.dsnr),
        o.snr_t: (o.alpha_t**2 / o.sigma_t**2, exp(-o.gamma_t), o.snr_s - o.dsnr),
        o.gamma_s: (log(o.sigma_s**2 / o.alpha_s**2), -log(o.snr_s), o.gamma_t - o.gap),
        o.gamma_t: (log(o.sigma_t**2 / o.alpha_t**2), -log(o.snr_t), o.gamma_s + o.gap),
        o.gap: (o.gamma_t - o.gamma_s,),
        o.dsnr: (o.snr_s - o.snr_t,),
        o.fall: (sqrt(o.snr_s) - sqrt(o.snr_t),),
        o.snr_max: (exp(-o.gamma_0),),
        o.snr_min: (exp(-o.gamma_1),),
        o.gamma_0: (-log(o.snr_max),),
        o.gamma_1: (-log(o.snr_min),),
        o.lam: (log(o.snr),),
        o.snr: (exp(o.lam),),
        o.nsr: (1 / o.snr, exp(-o.lam)),
        o.abar: (o.abar_s * o.alpha,),
        o.abar_s: (o.abar / o.alpha,),
        o.alpha: (1 - o.beta, o.abar / o.abar_s),
        o.beta: (1 - o.alpha,),
        o.beta_tilde: ((1 - o.alpha) * (1 - o.abar_s) / (1 - o.alpha * o.abar_s),),
        o.odds: (o.beta / o.alpha,),
    }
)
PRIMITIVE = (o.alpha_s, o.alpha_ts, o.sigma_s, o.sigma_ts, o.abar_s, o.alpha, o.gamma_0, o.gamma_1, o.snr)

# Where symbols lie by what they mean, whatever is asked of them.
RANGES = (
    Below(o.alpha, Integer(1)), Below(o.abar, Integer(1)), Below(o.abar_s, Integer(1)), Below(o.beta, Integer(1)),
    Below(o.abar, o.abar_s), Below(o.gamma_s, o.gamma_t), Below(o.snr_t, o.snr_s),
)  # fmt: skip
# Below this, two numbers are one: computed to 30 digits, of a size below 1e6, they are within 1e-24 if they are equal,
# and at a point drawn at random others are as near by a chance of about 1e-20. Nothing is called equal by it.
SMALL = 1e-20


class Expressed(NamedTuple):
    """Symbols expressed by others: what is put for each, and where the positive ones are positive."""

    put: Mapping[Symbol, Expr]
    given: tuple[Below, ...]

    def __call__(self, e: Expr) -> Expr:
        return e.xreplace(dict(self.put)) if self.put else e


def expressed(foreign: Set[Symbol], have: Set[Symbol]) -> Expressed:
    """Express the foreign symbols by those that are there; one that no definition reaches is left as a free symbol."""
    have, put = set(have), dict[Symbol, Expr]()
    open_ = [v for v in (*PRIMITIVE, *sorted(foreign, key=str)) if v in foreign]
    for v in dict.fromkeys(open_):
        found = _by(v, have, frozenset())
        if found is None and v in PRIMITIVE:
            have.add(v)  # free: the others may be expressed by it
        elif found is not None:
            put[v] = found
    for v in foreign - put.keys() - have:
        if (found := _by(v, have, frozenset())) is not None:
            put[v] = found
    return Expressed(MappingProxyType(put), tuple(positive(put)))


def fewest(present: Set[Symbol]) -> Expressed:
    """Express those of some symbols that follow from the others."""
    have, put = set[Symbol](), dict[Symbol, Expr]()
    for v in (*PRIMITIVE, *sorted(present, key=str)):
        if v in present and v not in have:
            found = _by(v, have, frozenset())
            if found is None:
                have.add(v)
            else:
                put[v] = found
    return Expressed(MappingProxyType(put), tuple(positive(put)))


@cache
def primitive(v: Symbol) -> Expr:
    """Return the symbol by primitive ones, which it may be itself."""
    return v if v in PRIMITIVE else expressed(frozenset({v}), frozenset(PRIMITIVE)).put.get(v, v)


def is_possible(at: Mapping[str, str]) -> bool:
    """Whether a point, by the names of its symbols, has for each symbol the value that the others there give it."""
    put = {v: sympify(at[str(v)]) for v in _defining() if str(v) in at}
    gaps = (e - v for v in put for e in DEFINED.get(v, ()) if e.free_symbols <= put.keys())
    return all(abs(gap.xreplace(put).n(30)) < SMALL for gap in gaps)


@cache
def _defining() -> frozenset[Symbol]:
    """All symbols that are defined, and those that define them."""
    return frozenset(DEFINED).union(*(e.free_symbols for of in DEFINED.values() for e in of))


def _by(v: Symbol, have: Set[Symbol], above: frozenset[Symbol]) -> Expr | None:
    """Return the symbol in those that are there, by the first definition that leads to them."""
    for definition in DEFINED.get(v, ()):
        put = dict[Symbol, Expr]()
        for part in definition.free_symbols:
            by = part if part in have else None if part in above else _by(part, have, above | {v})
            if by is None or v in by.free_symbols:
                break
            put[part] = by
        else:
            return definition.xreplace(put)
    return None


def positive(put: Mapping[Symbol, Expr]) -> Iterator[Below]:
    """Yield where the expressions of positive symbols are positive, unless that is seen; of a root, its radicand."""
    for v, e in put.items():
        for radicand in _radicands(e):
            yield Below(Integer(0), radicand)
        if v.is_positive and not e.is_positive and not (isinstance(e, Pow) and e.exp == S.Half):
            yield Below(Integer(0), e)


def _radicands(e: Expr) -> Iterable[Expr]:
    """Yield what stands under a root and is not seen to be positive."""
    return (p.base for p in e.atoms(Pow) if p.exp.is_Rational and p.exp.q != 1 and not p.base.is_positive)
