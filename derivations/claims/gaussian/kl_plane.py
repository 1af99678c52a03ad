"""The divergence of two normals in the plane: determinant, trace and quadratic form.

Two independent standard normals and a Cholesky factor of each covariance make the log-ratio a
polynomial, whose mean is Luo (86) for d = 2. For diagonal covariances, isotropic ones above all,
it is a sum over coordinates, so that one coordinate stands for d in a divergence of two normals. The
module `isotropic` has the same for conditioning, squared errors and flows.
"""

from typing import NamedTuple

from sympy import Expr, Matrix, S, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.plane import (
    LogDeterminants,
    PlaneDivergence,
    PlaneNormal,
    SquaredDistance,
    TraceOfRatio,
    log_density_2,
)
from derivations.probability.opening import opened

# isort: off
from derivations.symbols import (
    a_1, a_2, c_1, c_2, d_1, d_2, mu_1, mu_2, n_1, n_2, nu_1, nu_2, z_s, z_t,
)  # fmt: skip

# Two coordinates; covariances L L^T with L lower triangular and a positive diagonal
L1, L2 = Matrix([[a_1, 0], [c_1, d_1]]), Matrix([[a_2, 0], [c_2, d_2]])
M1, M2 = Matrix([mu_1, nu_1]), Matrix([mu_2, nu_2])


Q, P = PlaneNormal(M1, L1, ("m_1", "Sigma_1")), PlaneNormal(M2, L2, ("m_2", "Sigma_2"))
point = Matrix([z_s, z_t])
PLANE = PlaneDivergence(Q, P, n_1, n_2)
plane = PLANE.opened()


class Parts(NamedTuple):
    """The parts of Luo (86), for d = 2."""

    log_det: Expr
    trace: Expr
    square: Expr


def total(p: Parts) -> Expr:
    """Luo (86), d = 2."""
    return (p.log_det - 2 + p.trace + p.square) / 2


MATRIX = Parts(LogDeterminants(Q, P), TraceOfRatio(Q, P), SquaredDistance(Q, P))
PARTS = Parts(
    log_det=2 * log(a_2 * d_2 / (a_1 * d_1)),
    trace=(a_1**2 / a_2**2) + (d_1**2 + (c_1 - a_1 * c_2 / a_2) ** 2) / d_2**2,
    square=((mu_2 - mu_1) / a_2) ** 2 + ((nu_2 - nu_1) - c_2 * (mu_2 - mu_1) / a_2) ** 2 / d_2**2,
)
DIAGONAL = {c_1: S.Zero, c_2: S.Zero}
coordinates = Divergence(LawName(mu_1, a_1**2), LawName(mu_2, a_2**2), n_1) + Divergence(
    LawName(nu_1, d_1**2), LawName(nu_2, d_2**2), n_1
)

isotropic = Claim(
    name="gauss.isotropic.reduction",
    title="Luo (86) is the KL of two normals in the plane; for diagonal covariances it is a sum over coordinates",
    kind="expectation",
    needs=("kl.gauss",),
    says=lambda p: (
        Equal(PLANE, total(p)),
        Equal(coordinates, total(Parts(*(e.subs(DIAGONAL) for e in p)))),
        *(Equal(matrix, part) for matrix, part in zip(MATRIX, p, strict=True)),
    ),
    answer=PARTS,
    example={mu_1: 0, mu_2: 1, nu_1: 1, nu_2: 3, a_1: 1, d_1: 2, c_1: 1, a_2: 2, d_2: 3, c_2: -1},
    means="two symbolic coordinates; more add further terms to the same sums",
    proof=(
        (
            by("the moments of two independent normals", plane),
            by("determinant, trace and quadratic form", total(MATRIX), eq="luo2022 (86)"),
            by("write out the Cholesky factors", total(PARTS)),
        ),
        (
            by("one divergence for each coordinate", opened(coordinates)),
            by("the matrices are diagonal", total(Parts(*(e.subs(DIAGONAL) for e in MATRIX)))),
            by("no off-diagonal entry is left", total(Parts(*(e.subs(DIAGONAL) for e in PARTS)))),
        ),
        *(
            (by("in terms of matrices", matrix), by("write out the Cholesky factors", part))
            for matrix, part in zip(MATRIX, PARTS, strict=True)
        ),
    ),
    wrong={
        "determinants swapped": Wrong(
            PARTS._replace(log_det=-PARTS.log_det), "the difference of the entropies has the wrong sign"
        ),
        "trace of the other ratio": Wrong(
            PARTS._replace(trace=TraceOfRatio(P, Q)), "tr(S_1^-1 S_2) stands for tr(S_2^-1 S_1)"
        ),
        "correlation ignored": Wrong(
            PARTS._replace(square=((mu_2 - mu_1) / a_2) ** 2 + ((nu_2 - nu_1) / d_2) ** 2),
            "right only for diagonal covariances",
        ),
    },
    experiment=Experiment(
        process=((z_s, mu_1 + a_1 * n_1), (z_t, nu_1 + c_1 * n_1 + d_1 * n_2)),
        normals=(n_1, n_2),
        checks=(Mean(of=log_density_2(point, M1, L1) - log_density_2(point, M2, L2), value=total),),
        twins=("determinants swapped", "correlation ignored"),
    ),
)

CLAIMS = (isotropic,)
