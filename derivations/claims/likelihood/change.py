"""Change of variables, by which a normalising flow has a density: that of the latent times the slope of the map.

Where z = g(x) rises, x is at most a if z is at most g(a): so the distribution function of x is F(g(x)), for any F with
the slope p. Where it falls it is 1 - F(g(x)). The slopes of maps that follow one another are multiplied.
"""

from typing import NamedTuple

from sympy import Expr, Rational, Symbol, diff

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Tends
from derivations.notation.named import unnamed
from derivations.notation.quantities import Quantity
from derivations.notation.values import At
from derivations.probability.smooth import smooth
from derivations.symbols import h, x

F, g, k = smooth("F"), smooth("g"), smooth("k")
RISES = Quantity("up", (x,), F(g(x)))
FALLS = Quantity("down", (x,), 1 - F(g(x)))
LAYERS = Quantity("two", (x,), F(g(k(x))))


def gained(of: Quantity) -> Expr:
    """Return the probability that lies between x and x + h, over h."""
    return (At(of, (x, x + h)) - of) / h


def slope_at(f: Expr, v: Symbol, place: Expr) -> Expr:
    """Return the slope of a function of v at another place."""
    return diff(f, v).xreplace({v: place})


class Densities(NamedTuple):
    """The density of x: where the map rises, where it falls, and after two maps that rise."""

    rising: Expr
    falling: Expr
    layers: Expr


p_at = slope_at(F(x), x, g(x))
A = Densities(
    rising=p_at * diff(g(x), x),
    falling=-p_at * diff(g(x), x),
    layers=slope_at(F(x), x, g(k(x))) * slope_at(g(x), x, k(x)) * diff(k(x), x),
)
MORE = "of the first order in h"

change = Claim(
    name="flow.change",
    title=(
        "The probability between x and x + h, over h, tends to the slope of the distribution function "
        "at the latent times that of the map"
    ),
    kind="limit",
    says=lambda a: (
        Tends(gained(RISES), h, a.rising),
        Tends(gained(FALLS), h, a.falling),
        Tends(gained(LAYERS), h, a.layers),
    ),
    answer=A,
    example={v: Rational(n, 4) for n, v in enumerate(sorted(unnamed(gained(LAYERS)).free_symbols, key=str), 1)},
    proof=(
        (by("of a map that rises", gained(RISES)), by(MORE, A.rising)),
        (by("of one that falls", gained(FALLS)), by(MORE, A.falling)),
        (by("of two, one after the other", gained(LAYERS)), by(MORE, A.layers)),
    ),
    wrong={
        "no slope": Wrong(A._replace(rising=p_at), "where the map stretches, the same probability is spread out less"),
        "divided by the slope": Wrong(
            A._replace(rising=p_at / diff(g(x), x)), "right for x = g(z), the map from latent to data"
        ),
        "the density at x": Wrong(
            A._replace(rising=diff(F(x), x) * diff(g(x), x)), "the latent of x is g(x), and not x"
        ),
        "the sign of a map that falls": Wrong(A._replace(falling=-A.falling), "no density is negative"),
        "slopes at x": Wrong(
            A._replace(layers=slope_at(F(x), x, g(k(x))) * diff(g(x), x) * diff(k(x), x)),
            "the second map is applied to k(x), and so is its slope",
        ),
    },
    means="for any smooth distribution function and maps of one variable",
)

CLAIMS = (change,)
