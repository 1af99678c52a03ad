"""Hutchinson's estimate of a trace, v^T A v, for noise of mean 0 and unit variance: its mean and its variance.

They depend only on the second and fourth moments of the noise. Here each coordinate is independent, +-sqrt(k) with
probability 1/(2k) each and otherwise 0, so that E v = E v^3 = 0, E v^2 = 1 and E v^4 = k = 1 + omega. Random signs are
omega = 0, and a standard normal shares its moments up to the fifth with omega = 2. A mean other than 0 adds its square
times the sum of all entries.
"""

from typing import NamedTuple

from sympy import Expr, Matrix, Piecewise, Rational, S, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal
from derivations.notation.outcomes import Average, Outcomes
from derivations.notation.quantities import Quantity
from derivations.notation.values import At
from derivations.probability.opening import opened

# isort: off
from derivations.symbols import (
    a_11, a_12, a_13, a_21, a_22, a_23, a_31, a_32, a_33, n_0, n_1, n_2, shift, u_0, u_1, u_2, v_1, v_2, v_3, omega,
)  # fmt: skip

ENTRIES = (a_11, a_12, a_13, a_21, a_22, a_23, a_31, a_32, a_33)
A = Matrix(3, 3, ENTRIES)
NOISE = (v_1, v_2, v_3)
DIAGONAL = tuple(A[i, i] for i in range(3))
PAIRS = ((0, 1), (0, 2), (1, 2))


def form(v: tuple[Expr, ...]) -> Expr:
    """v^T A v."""
    return sum((A[i, j] * v[i] * v[j] for i in range(3) for j in range(3)), S.Zero)


TRACE = Quantity("tr(A)", (), sum(DIAGONAL, S.Zero))
OUTCOMES = (
    (-sqrt(1 + omega), 1 / (2 * (1 + omega))),
    (S.Zero, 1 - 1 / (1 + omega)),
    (sqrt(1 + omega), 1 / (2 * (1 + omega))),
)
LAWS = tuple(Outcomes(v, *OUTCOMES) for v in NOISE)  # three independent coordinates
QUADRATIC = Quantity("v^T A v", (), form(NOISE))
MOVED = At(QUADRATIC, *((v, v + shift) for v in NOISE))


class Trace(NamedTuple):
    """The mean of v^T A v, what a mean `shift` of v adds; its variance for signs, and what E v^4 = 1 + omega adds."""

    mean: Expr
    bias: Expr
    signs: Expr
    more: Expr


squares = sum((a**2 for a in DIAGONAL), S.Zero)
T = Trace(
    mean=sum(DIAGONAL, S.Zero),
    bias=shift**2 * sum(ENTRIES, S.Zero),
    signs=sum(((A[i, j] + A[j, i]) ** 2 for i, j in PAIRS), S.Zero),
    more=omega * squares,
)
ON, OFF = Average(QUADRATIC, *LAWS), Average(MOVED, *LAWS)
SPREAD = Average((QUADRATIC - TRACE) ** 2, *LAWS)
asymmetric = sum((A[i, j] ** 2 + A[j, i] ** 2 for i, j in PAIRS), S.Zero)
off_diagonal = sum((A[i, j] + A[j, i] for i, j in PAIRS), S.Zero)
SIGNS = tuple(Piecewise((-1, u < Rational(1, 2)), (1, True)) for u in (u_0, u_1, u_2))
by_normals, by_signs, by_moved = map(form, ((n_0, n_1, n_2), SIGNS, tuple(shift + e for e in SIGNS)))

hutchinson = Claim(
    name="sde.hutchinson",
    title=(
        "For independent v of mean 0 and variance 1, E[v^T A v] = tr(A); signs vary least, normals by twice the "
        "squared diagonal of A more"
    ),
    kind="expectation",
    says=lambda a: (
        Equal(ON, a.mean),
        Equal(OFF, a.mean + a.bias),
        Equal(SPREAD, a.signs + a.more),
        AtMost(a.signs, SPREAD, dict.fromkeys(DIAGONAL, S.Zero)),
    ),
    answer=T,
    example=dict(zip(ENTRIES, (1, 2, -1, 1, -1, 1, 2, 1, 3), strict=True)) | {omega: 2, shift: 1},
    convenience={"0 < omega": "omega = 0 gives the signs; no fourth moment is below the square of the second"},
    proof=(
        (
            by("the sum over all outcomes", opened(ON)),
            by("E v_i v_j is 1 for i = j, else 0", T.mean, eq="sde2021 (40)"),
        ),
        (
            by("the sum over all outcomes, with a mean", opened(OFF)),
            by("E v_i v_j is larger by shift^2, for all i and j", T.mean + T.bias),
        ),
        (
            by("the sum over all outcomes", opened(SPREAD)),
            by("pairs i < j and squares v_i^2 - 1 are uncorrelated", T.signs + T.more),
        ),
        (
            by("the variance for signs", T.signs),
            by("add omega sum a_ii^2, which is 0 where the diagonal is 0", opened(SPREAD), more=T.more),
        ),
    ),
    wrong={
        "noise of unit length": Wrong(
            T._replace(mean=T.mean / 3),
            "E v v^T = I/d makes it too small by the factor d; uniform noise on (-1, 1) has I/3 for every d",
        ),
        "noise uniform on (0, 1)": Wrong(
            T._replace(mean=T.mean / 3 + off_diagonal / 4), "a mean of 1/2 brings in the off-diagonal entries"
        ),
        "unit variance alone": Wrong(
            T._replace(bias=S.Zero), "1 + signs have variance 1 but mean 1, and estimate tr A + sum a_ij"
        ),
        "asymmetry forgotten": Wrong(
            T._replace(signs=2 * asymmetric), "2 |A|_F^2 is right only for symmetric A, as v^T A v depends on A + A^T"
        ),
        "exact for signs": Wrong(T._replace(signs=S.Zero), "signs are exact only if A + A^T is diagonal"),
        "the variance of a normal for all": Wrong(
            T._replace(more=2 * squares), "2 sum a_ii^2 is right only for normals, whose fourth moment is 3"
        ),
    },
    experiment=Experiment(
        process=(),
        normals=(n_0, n_1, n_2),
        uniforms=(u_0, u_1, u_2),
        checks=(
            Mean(by_normals, lambda a: a.mean),
            Mean(by_signs, lambda a: a.mean),
            Mean(by_moved, lambda a: a.mean + a.bias),
            Mean((by_normals - TRACE) ** 2, lambda a: a.signs + a.more),
            Mean((by_signs - TRACE) ** 2, lambda a: a.signs),
        ),
        twins=(
            "noise of unit length",
            "noise uniform on (0, 1)",
            "unit variance alone",
            "asymmetry forgotten",
            "exact for signs",
        ),
        at=dict(zip(ENTRIES, (2, 2, -1, 1, -3, 1, 2, 1, 4), strict=True)) | {omega: 2, shift: 1},
        size=150_000,
    ),
    trust=("the mean of a polynomial of degree four depends only on the moments up to the fourth",),
    means="three coordinates, nine symbolic entries; more coordinates add further terms of the same kinds",
)

CLAIMS = (hutchinson,)
