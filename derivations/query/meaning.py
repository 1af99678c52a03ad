"""Whether the two sides of an equation are proved equal by what their symbols mean, without any claim.

Symbols are what others define them to be, as alpha = 1 - beta; a state is made of data and noise, as
z_t = alpha_t x + sigma_t eps; and a path may preserve variance, as most papers say elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sympy import Expr, Integer, Symbol

from derivations import symbols as o
from derivations.form.statement import Below
from derivations.obligations.obligation import changed
from derivations.obligations.owed import owed
from derivations.query.candidates.asked import Asked
from derivations.query.candidates.sides import PRESERVING
from derivations.query.confirm import Confirmed, judged
from derivations.query.index.identity import of_sides
from derivations.query.index.relations import Expressed, fewest
from derivations.query.index.views import DISCRETE, EXPLODING, STRAIGHT, Convention
from derivations.query.index.views import PATH as SCALED
from derivations.syntax.build import evaluated

_NAMES: Mapping[Symbol, Expr] = {o.x_0: o.x, o.x_t: o.z_t, o.abar: o.alpha_t**2}
_GUESSES: Mapping[Symbol, Expr] = {
    o.eps_hat: (o.z_t - o.alpha_t * o.x_hat) / o.sigma_t,
    o.v_hat: (o.alpha_t * o.z_t - o.x_hat) / o.sigma_t,
    o.score_hat: (o.alpha_t * o.x_hat - o.z_t) / o.sigma_t**2,
}
_STATES: Mapping[Symbol, Expr] = {
    o.z_t: o.alpha_t * o.x + o.sigma_t * o.eps,
    o.v: o.alpha_t * o.eps - o.sigma_t * o.x,
    o.score: -o.eps / o.sigma_t,
}
PATH = "the path preserves variance, alpha_t^2 + sigma_t^2 = 1"
LATENT = "z_t = alpha_t x + sigma_t eps"
UNSCALED = "data are not scaled, alpha_t = 1"
STRAIGHT_PATH = "the path is straight, z_t = (1 - t) x + t eps"
BAYES = "Bayes' rule: the score given y is that of the state alone plus the gradient of log p(y | x_t), guidance.bayes"
_SCALES = (SCALED | DISCRETE | {o.dalpha}) - {o.sigma_t, o.sigma_s, o.x_0, o.x_t, o.x_s}
_STATED = frozenset((*_STATES, *_GUESSES, o.x_t))


class Way(NamedTuple):
    """What is put for symbols on both sides, before one of them is proved to be the other, and how a reader is told."""

    put: Callable[[Expr], Expr]
    using: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


def same(left: Expr, right: Expr, convention: Convention, is_defined: bool = False) -> Confirmed | None:
    """Return the proof that two sides are equal by what their symbols mean; None where there is none.

    Two sides that are one symbol are not, nor two of a variance that is chosen: such an equation only names it. Unless
    the symbol `is_defined` by the other side, as alpha-bar by a product.
    """
    one, other = evaluated(left), evaluated(right)
    is_alone = one.is_Symbol and (left.is_Symbol and right.is_Symbol)
    is_named = one == other and (is_alone or one.has(o.var)) and not is_defined
    if is_named or not (one.free_symbols and other.free_symbols):
        return None
    for way in _ways(left.free_symbols | right.free_symbols, convention):
        one, other = way.put(left), way.put(right)
        is_same = evaluated(one) == evaluated(other) or Asked(one).agrees(Asked(other))
        grows = (Below(o.sigma_s, o.sigma_t),) if convention in EXPLODING else ()
        if is_same and (found := _proved(one, other, is_defined, grows)) is not None:
            return found._replace(using=(*way.using, *found.using), where=(*way.where, *found.where))
    return None


def _ways(own: set[Symbol], convention: Convention) -> Iterator[Way]:
    """Yield the ways: as it stands, on a path that preserves variance, if it may, and with states by data and noise.

    Where a convention has paths without a scale of the data, a formula without one may be of such a path.
    """
    preserving = convention not in EXPLODING | STRAIGHT
    yield Way(lambda e: e)
    if preserving and own & PRESERVING.keys():
        yield Way(_preserving, where=(PATH,))
    if convention in STRAIGHT and o.drift in own:
        yield Way(lambda e: _put(e, {o.drift: o.eps - o.x}), where=(STRAIGHT_PATH,))
    if {o.grad, o.score_c} <= own:
        yield Way(lambda e: _put(e, {o.score_c: o.score_u + o.grad}), using=(BAYES,))
    if own & _STATED:
        yield Way(_opened, using=(LATENT,))
        if convention in EXPLODING and not own & _SCALES:
            yield Way(lambda e: _put(_opened(e), {o.alpha_t: Integer(1)}), using=(LATENT,), where=(UNSCALED,))
        if preserving:
            yield Way(lambda e: _preserving(_opened(e)), using=(LATENT,), where=(PATH,))


def _opened(e: Expr) -> Expr:
    """The states and guesses by data and noise."""
    for put in (_NAMES, _GUESSES, _STATES):
        e = _put(e, put)
    return e


def _preserving(e: Expr) -> Expr:
    return _put(e, PRESERVING)


def _put(e: Expr, put: Mapping[Symbol, Expr]) -> Expr:
    """Put formulas for symbols and simplify nothing, so that what is owed stays to be seen."""
    if not (e.args and e.free_symbols & put.keys()):
        return put.get(e, e)  # type: ignore[call-overload]
    return e.func(*(_put(part, put) for part in e.args), evaluate=False)  # type: ignore[no-any-return, arg-type]


def _proved(left: Expr, right: Expr, is_defined: bool, ranges: Sequence[Below]) -> Confirmed | None:
    """Return the proof of both directions: each side owes what it owes as it is written, but for what the other does.

    What a convention says of the `ranges` of its symbols is given, where both of them are there.

    They are equal wherever both have a value: sqrt(1 - a - b) is c by its meaning, which has none elsewhere. A left
    side that the symbol `is_defined` by has a value where what it owes holds.
    """
    put = fewest(evaluated(left).free_symbols | evaluated(right).free_symbols)
    found = None
    mine = set(_owed(left, put))
    shared = mine if is_defined else mine & set(_owed(right, put))
    given = tuple(Below(Integer(0), e) for e, relation in sorted(shared, key=str) if relation in (">= 0", "> 0"))
    own = left.free_symbols | right.free_symbols
    given += tuple(Below(put(r.lesser), put(r.greater)) for r in ranges if (r.greater - r.lesser).free_symbols <= own)
    for one, other in ((left, right), (right, left)):
        identity = of_sides(one, other, put, given)
        identity = None if identity is None else identity._replace(settled=frozenset(shared))
        found = None if identity is None else judged(identity)
        if found is None or found.verdict != "proved":
            return None
    return found


def _owed(side: Expr, put: Expressed) -> Iterator[tuple[Expr, str]]:
    """Yield what a side owes as it is written, in the symbols that both are judged in."""
    for written in owed(side):
        yield from ((o.expr, o.relation) for o in changed(written, lambda e: evaluated(put(e))))
