"""Formulas that are one slip from the one that is asked about: a sign, a power, a confused symbol, a factor of two.

Where one of them has the values of an answer, the formula is that answer with a slip. A slip is made inside: the sign,
the root or the reciprocal of the whole is another quantity, which may well be meant.
"""

from collections.abc import Iterator
from itertools import islice

from sympy import Add, Expr, Mul, Pow, Rational, Symbol, preorder_traversal

from derivations import symbols as o
from derivations.query.asked import Asked

MOST = 160  # of one formula, which take about a third of a second to look up
# Operations of the answer that a slip is of, at least: of 64 printed answers with fewer, 10 are one slip from another
# claim's right formula, so that "a slip" would accuse what is right; of 147 with as many or more, 4 are.
LEAST = 4
CONFUSED: tuple[tuple[Symbol, ...], ...] = (
    (o.alpha, o.abar, o.abar_s, o.beta), (o.alpha_s, o.alpha_t, o.alpha_ts), (o.sigma_s, o.sigma_t, o.sigma_ts),
    (o.gamma_s, o.gamma_t), (o.snr_s, o.snr_t), (o.beta, o.beta_tilde), (o.alpha_t, o.sigma_t), (o.alpha_s, o.sigma_s),
    (o.beta_min, o.beta_max), (o.sigma_min, o.sigma_max), (o.x_0, o.x_t), (o.x, o.z_t), (o.z_s, o.z_t), (o.x_s, o.x_t),
)  # fmt: skip
# No slips, although the symbols are confused: a bar is forgotten, but with one everywhere, many steps are meant.
APART = ((o.abar, o.alpha), (o.abar_s, o.alpha))
POWERS = (Rational(2), Rational(-2), Rational(1, 2), Rational(-1, 2))


def slips(asked: Asked, e: Expr) -> Iterator[Asked]:
    """Yield the formulas that are one slip away, each once; nothing vanishes in them but a symbol that is put right."""
    seen = {e}
    for v, other in islice(_all(e), MOST):
        if other not in seen and e.free_symbols - other.free_symbols <= {v}:
            seen.add(other)
            yield Asked(other, asked.convention)


def _all(e: Expr) -> Iterator[tuple[Symbol | None, Expr]]:
    """Yield the altered formulas, each with the symbol that is put right in it."""
    yield from ((None, other) for other in _signs(e))
    yield from ((None, other) for other in _powers(e))
    yield from _swaps(e)


def _signs(e: Expr) -> Iterator[Expr]:
    for part in _parts(e, Add):
        for term in part.args if len(part.args) > 2 else part.args[1:]:  # of two, the other sign is that of the whole
            yield e.xreplace({part: part - 2 * term})
            if len(part.args) == 2 and part is not e:
                yield e.xreplace({part: 2 * term - part})


def _powers(e: Expr) -> Iterator[Expr]:
    """Yield a root for a power of one, a square for a root, and the other way about."""
    for part in _parts(e, Pow):
        if part.exp in POWERS and part is not e:
            yield e.xreplace({part: part.base ** (2 * part.exp)})
            yield e.xreplace({part: part.base ** (part.exp / 2)})
    for part in _parts(e, Mul):
        for factor in (f for f in part.args if f.is_Symbol or f.is_Add):
            yield from (e.xreplace({part: part / factor * factor**p}) for p in (Rational(2), Rational(1, 2)))


def _swaps(e: Expr) -> Iterator[tuple[Symbol, Expr]]:
    """Yield another symbol for one, everywhere or at one place."""
    for family in CONFUSED:
        for v in (v for v in family if e.has(v)):
            for other in (w for w in family if w is not v):
                if (v, other) not in APART:
                    yield v, e.xreplace({v: other})
                for part in {p: None for p in preorder_traversal(e) if v in p.args and p is not e}:
                    yield v, e.xreplace({part: part.xreplace({v: other})})


def _parts(e: Expr, kind: type) -> list[Expr]:
    return list({part: None for part in preorder_traversal(e) if isinstance(part, kind)})
