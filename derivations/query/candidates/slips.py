"""Formulas that are one slip from the one that is asked about: a sign, a power, a confused symbol, a factor of two.

Where one of them has the values of an answer, the formula is that answer with a slip. A slip is made inside: the sign,
the root or the reciprocal of the whole is another quantity, which may well be meant. It is made at one place of what
was written, before anything cancels: of (1 - alpha)/sqrt(1 - alpha) one alpha may be that of another step.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice, product

from sympy import Add, Expr, Mul, Pow, Rational, S, Symbol, preorder_traversal, sqrt

from derivations import symbols as o
from derivations.query.candidates.asked import Asked
from derivations.syntax.build import evaluated

MOST = 320  # of one formula, which take about half a second to look up
# Operations of the answer that a slip is of, at least: of 64 printed answers with fewer, 10 are one slip from another
# claim's right formula, so that "a slip" would accuse what is right; of 147 with as many or more, 4 are.
LEAST = 4
LEAST_MEANT = 3  # where a left side has to allow it, which says what is meant
CONFUSED: tuple[tuple[Symbol, ...], ...] = (
    (o.alpha, o.abar, o.abar_s, o.beta), (o.alpha_s, o.alpha_t, o.alpha_ts), (o.sigma_s, o.sigma_t, o.sigma_ts),
    (o.gamma_s, o.gamma_t), (o.snr_s, o.snr_t), (o.beta, o.beta_tilde), (o.alpha_t, o.sigma_t), (o.alpha_s, o.sigma_s),
    (o.beta_min, o.beta_max), (o.sigma_min, o.sigma_max), (o.x_0, o.x_t), (o.x, o.z_t), (o.z_s, o.z_t), (o.x_s, o.x_t),
    (o.eps_c, o.eps_u),
)  # fmt: skip
EXCHANGED: tuple[tuple[Symbol, Symbol], ...] = (  # of data, states and noise
    (o.x_0, o.eps), (o.x, o.eps), (o.x_0, o.x_t), (o.x, o.z_t), (o.x_hat, o.eps_hat), (o.eps_hat, o.n_1),
    (o.x_0, o.n_1), (o.x, o.n_1), (o.x_s, o.n_1), (o.z_s, o.n_1), (o.eps, o.n_1), (o.eps_c, o.eps_u),
    (o.eps, o.eps_hat), (o.x_hat, o.z_t), (o.v_hat, o.z_t),
)  # fmt: skip
# Of coefficients: only where a left side says what is meant, since log(alpha^2/sigma^2) is as right as its negative.
TURNED: tuple[tuple[Symbol, Symbol], ...] = (
    (o.abar, o.abar_s), (o.alpha, o.abar), (o.alpha, o.beta), (o.alpha_t, o.sigma_t), (o.alpha_s, o.alpha_t),
    (o.sigma_s, o.sigma_t), (o.gamma_s, o.gamma_t), (o.snr_s, o.snr_t), (o.beta, o.beta_tilde),
    (o.sigma_min, o.sigma_max), (o.beta_min, o.beta_max),
)  # fmt: skip
# No slips, although the symbols are confused: a bar is forgotten, but with one everywhere, many steps are meant.
APART = ((o.abar, o.alpha), (o.abar_s, o.alpha))
POWERS = (Rational(2), Rational(-2), Rational(1, 2), Rational(-1, 2), Rational(-1))
# What stands under the roots of DDPM: the shares of signal and of noise, of a step and of many.
UNDER: tuple[Expr, ...] = (o.alpha, 1 - o.alpha, o.beta, o.abar, 1 - o.abar, o.abar_s, 1 - o.abar_s)
Altered = tuple[frozenset[Symbol], Expr]


def slips(asked: Asked, is_meant: bool = False) -> Iterator[Asked]:
    """Yield the formulas that are one slip away, each once; nothing vanishes in them but what is put right.

    It `is_meant` to be something if a left side says what.
    """
    e = evaluated(asked.raw)
    seen = {e}
    for gone, other in islice(_all(asked.raw, e, is_meant), MOST):
        if other not in seen and e.free_symbols - other.free_symbols <= gone:
            seen.add(other)
            yield Asked(other, asked.convention)


def _all(raw: Expr, e: Expr, is_meant: bool) -> Iterator[Altered]:
    """Yield the altered formulas, each with the symbols that are put right in it."""
    none = frozenset[Symbol]()
    yield from ((none, other) for other in _signs(e))
    yield from ((none, evaluated(other)) for _, other in _anywhere(e, _powered))
    yield from ((none, evaluated(other)) for _, other in _anywhere(e, _squares))
    yield from ((none, other) for other in _powers(e))
    yield from ((none, other) for other in _exchanged(e, (*EXCHANGED, *(TURNED if is_meant else ()))))
    yield from ((gone, evaluated(other)) for change in (_swaps, _roots, _turned) for gone, other in change(raw))
    yield from _everywhere(e)


def _signs(e: Expr) -> Iterator[Expr]:
    for part in _parts(e, Add):
        for term in part.args if len(part.args) > 2 else part.args[1:]:  # of two, the other sign is that of the whole
            yield e.xreplace({part: part - 2 * term})
            if len(part.args) == 2 and part is not e:
                yield e.xreplace({part: 2 * term - part})


def _powers(e: Expr) -> Iterator[Expr]:
    """Yield a root for a power of one, a square for a root, and the other way about: in all places."""
    for part in _parts(e, Pow):
        if part is not e:
            yield from (e.xreplace({part: other}) for _, other in _powered(part))
    for part in _parts(e, Mul):
        for factor in (f for f in part.args if f.is_Symbol or f.is_Add):
            yield from (e.xreplace({part: part / factor * factor**p}) for p in (Rational(2), Rational(1, 2)))
        quotients = product((f for f in part.args if f.is_Add), (f for f in part.args if (1 / f).is_Add))
        yield from (e.xreplace({part: part / sqrt(above) / sqrt(below)}) for above, below in quotients)
    for part in _parts(e, Add):  # a power that was forgotten in a term that is one symbol: 1 - a - var
        for term, v in ((t, v) for t in part.args for v in (t, -t) if isinstance(v, Symbol)):
            yield from (e.xreplace({part: part - term + term / v * v**p}) for p in (Rational(2), Rational(1, 2)))


def _squares(part: Expr) -> Iterable[Altered]:
    """Yield a sum of squares for one of symbols, as of two deviations under a root."""
    if part.is_Add and all(isinstance(v, Symbol) or isinstance(-v, Symbol) for v in part.args):
        yield frozenset(), part.func(*(v * _unsigned(v) for v in part.args))


def _unsigned(term: Expr) -> Expr:
    """Return the symbol that a term is, or is the negative of."""
    return term if isinstance(term, Symbol) else -term


def _powered(part: Expr) -> Iterable[Altered]:
    if isinstance(part, Pow) and part.exp in POWERS:
        yield from ((frozenset(), part.base ** (part.exp * k)) for k in (Rational(2), Rational(1, 2)))


def _exchanged(e: Expr, pairs: Iterable[tuple[Symbol, Symbol]]) -> Iterator[Expr]:
    """Yield two symbols in each other's places, as data and noise."""
    for a, b in pairs:
        if e.has(a) and e.has(b):
            yield e.xreplace({a: b, b: a})


def _swaps(raw: Expr) -> Iterator[Altered]:
    """Yield another symbol for one at one place."""

    def swapped(part: Expr) -> Iterable[Altered]:
        for family in CONFUSED if isinstance(part, Symbol) else ():
            if part in family:
                yield from ((frozenset({part}), other) for other in family if other is not part)

    return _anywhere(raw, swapped)


def _roots(raw: Expr) -> Iterator[Altered]:
    """Yield what another coefficient has under its root: sqrt(1 - abar) for sqrt(alpha)."""

    def other(part: Expr) -> Iterable[Altered]:
        if isinstance(part, Pow) and part.exp in (S.Half, -S.Half) and (base := evaluated(part.base)) in UNDER:
            gone = frozenset(v for v in base.free_symbols if isinstance(v, Symbol))
            yield from ((gone, Pow(b, part.exp)) for b in UNDER if b != base)

    return _anywhere(raw, other)


def _turned(raw: Expr) -> Iterator[Altered]:
    """Yield b/a for a quotient a/b of two symbols, at one place."""

    def turned(part: Expr) -> Iterable[Altered]:
        e = evaluated(part) if part.is_Mul and len(part.args) == 2 else part
        if e.is_Mul and sorted(str(f.as_base_exp()[1]) for f in e.args) == ["-1", "1"]:
            yield from ((frozenset(), 1 / e) for _ in (1,) if all(f.as_base_exp()[0].is_Symbol for f in e.args))

    return _anywhere(raw, turned)


def _anywhere(e: Expr, change: Callable[[Expr], Iterable[Altered]]) -> Iterator[Altered]:
    """Yield a formula with one of its parts changed, in each of its places; the whole is left as it is."""
    for n, part in enumerate(e.args):
        if isinstance(part, Expr):
            for gone, other in chain(change(part), _anywhere(part, change)):
                yield gone, e.func(*e.args[:n], other, *e.args[n + 1 :], evaluate=False)


def _everywhere(e: Expr) -> Iterator[Altered]:
    """Yield another symbol for one, wherever it stands."""
    for family in CONFUSED:
        for v in (v for v in family if e.has(v)):
            yield from (
                (frozenset({v}), e.xreplace({v: other}))
                for other in family
                if other is not v and (v, other) not in APART
            )


def _parts(e: Expr, kind: type) -> list[Expr]:
    return list({part: None for part in preorder_traversal(e) if isinstance(part, kind)})
