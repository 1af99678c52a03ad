"""Fourier features of levels x_i = (2i + 1)/K - 1, the midpoints of K bins of [-1, 1]: sin and cos of 2^n pi x.

Neighbours differ in phase by 2^(n+1) pi/K. Half a turn, at 2^(n+1) = K, puts them at opposite ends of the circle, and
the features give the last bit of i; at a whole turn, 2^n = K, all levels share the same features, up to noise.
"""

from typing import NamedTuple

from sympy import Expr, Integer, S, cos, pi, sin

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Equal
from derivations.notation.quantities import Quantity
from derivations.notation.values import QuantityAt
from derivations.symbols import freq, i, omega, u
from derivations.symbols import levels as K

f = freq  # the frequency 2^n


def level(number: Expr) -> Expr:
    """The midpoints of K bins."""
    return (2 * number + 1) / K - 1


ANGLE = Quantity("theta", (i,), f * pi * level(i))  # of a level's features
SINE, COSINE = Quantity("s", (f, i), sin(ANGLE)), Quantity("c", (f, i), cos(ANGLE))
STEP = (i, i + 1)
# of neighbours
APART = Quantity(
    "d^2", (f,), (QuantityAt(COSINE, STEP) - COSINE) ** 2 + (QuantityAt(SINE, STEP) - SINE) ** 2
)  # of neighbours
both = APART + QuantityAt(APART, (f, 2 * f))


class Features(NamedTuple):
    """The turn from a level to the next; the squared distance of their features, without and with those of 2f, and the
    least of the latter where half the turn is in (pi/4, pi/2]; sine and cosine of level i at K = 256, f = 128; how far
    its cosine at f = K = 256 is from that of level 0."""

    turn: Expr
    apart: Expr
    both: Expr
    least: Expr
    sine: Expr
    cosine: Expr
    whole: Expr


half = f * pi / K  # of the turn
A = Features(
    turn=2 * f * pi / K,
    apart=4 * sin(half) ** 2,
    both=4 + 4 * cos(half) ** 2 * (1 - 2 * cos(2 * half)),
    least=Integer(4),
    sine=cos(pi * i),
    cosine=-sin(pi * i),
    whole=1 - cos(2 * pi * i),
)
BYTE, LAST, NEXT = (K, Integer(256)), (f, Integer(128)), (f, Integer(256))
BY_COSINE = Quantity("D", (u,), 4 + 4 * u * (3 - 4 * u))  # the squared distance at both, by cos^2 of half the turn
ANY = omega / (2 * (1 + omega))  # cos^2 from pi/2 (omega = 0) to pi/4


def says(a: Features) -> tuple[Equal | AtMost, ...]:
    return (
        Equal(QuantityAt(ANGLE, STEP) - ANGLE, a.turn),
        Equal(APART, a.apart),
        Equal(both, a.both),
        Equal(both, QuantityAt(BY_COSINE, (u, cos(half) ** 2))),
        AtMost(a.least, QuantityAt(BY_COSINE, (u, ANY)), {omega: S.Zero}),
        Equal(QuantityAt(SINE, LAST, BYTE), a.sine),
        Equal(QuantityAt(COSINE, LAST, BYTE), a.cosine),
        Equal(QuantityAt(COSINE, NEXT, BYTE) - QuantityAt(COSINE, NEXT, (i, S.Zero), BYTE), a.whole),
    )


SAYS = says(A)

lsb = Claim(
    name="vdm.fourier.lsb",
    title=(
        "Features of frequency freq shift neighbouring levels in phase by 2 pi freq/K; at K = 256, by half a turn at "
        "freq = 128, by a whole one at freq = 256"
    ),
    kind="inequality",
    says=says,
    answer=A,
    example={freq: 8, K: 17, i: 1, omega: 1},
    convenience={
        "0 < freq": "at frequency 0 all levels coincide",
        "0 < i": "the phase difference is the same at every level",
    },
    proof=(
        (by("two neighbouring midpoints", SAYS[0][0]), by("they are 2/K apart", A.turn)),
        (by("two points of the circle", SAYS[1][0]), by("a chord is twice the sine of half the angle", A.apart)),
        (
            by("two squared distances", SAYS[2][0]),
            by("each is the square of a chord", A.apart + A.apart.subs(f, 2 * f)),
            by("sin^2 h + sin^2 2h = 1 + cos^2 h (1 - 2 cos 2h)", A.both),
        ),
        (
            by("two squared distances", SAYS[3][0]),
            by("each is the square of a chord", A.apart + A.apart.subs(f, 2 * f)),
            by("sin^2 h + sin^2 2h = 1 + cos^2 h (1 - 2 cos 2h)", A.both),
            by("cos 2h = 2 cos^2 h - 1 makes it a parabola in cos^2 h", SAYS[3][1]),
        ),
        (
            by("the value at half a turn", A.least),
            by(
                "the parabola is no less while cos^2 h <= 3/4, and here cos^2 h < 1/2",
                SAYS[4][1],
                more=2 * omega * (3 + omega) / (1 + omega) ** 2,
            ),
        ),
        (by("128 (2i + 1)/256 - 128 half turns", SAYS[5][0]), by("shift by a quarter turn", A.sine)),
        (by("128 (2i + 1)/256 - 128 half turns", SAYS[6][0]), by("shift by a quarter turn", A.cosine)),
        (by("256 (2i + 1)/256 - 256 half turns", SAYS[7][0]), by("subtract the cosine at level 0", A.whole)),
    ),
    wrong={
        "half the turn": Wrong(
            A._replace(turn=half, apart=4 * sin(half / 2) ** 2),
            "levels are taken to be 1/K apart, the half width of a bin",
        ),
        "n = 8 reads the last bit": Wrong(
            A._replace(whole=1 - cos(pi * i)), "at K = 256 the features of n = 8 are the same for all levels"
        ),
        "levels that reach the ends": Wrong(
            A._replace(turn=2 * f * pi / (K - 1)), "for DDPM's levels 2i/(K - 1) - 1, no power of two makes half a turn"
        ),
        "the chord for its arc": Wrong(A._replace(apart=A.turn**2), "levels a whole turn apart coincide"),
        "as far apart as two diameters": Wrong(
            A._replace(least=Integer(8)), "where f puts neighbours opposite, 2f does not separate them"
        ),
        "sine and cosine exchanged": Wrong(
            A._replace(sine=sin(pi * i), cosine=cos(pi * i)), "midpoints lie a quarter turn off, where the cosine is 0"
        ),
        "turns of 2^n, not of 2^n pi": Wrong(A._replace(turn=2 * f / K), "pi is left out, and no n makes half a turn"),
    },
    means="symbolic frequency, number of levels and level; the last bit at K = 256, with cos(pi i) for its signs",
)

CLAIMS = (lsb,)
