"""Isotropic noise in the plane acts on each coordinate separately, so that one coordinate stands for d.

Given data of a diagonal covariance, noised by sigma n with one sigma and separate noises, Bayes' rule in the plane
is Bayes' rule in each coordinate, squared errors add, and so do scores. For a general density, whose coordinates may
depend on one another, Fokker-Planck's equation, its flow, a divergence and Tweedie's formula are sums over coordinates
of terms that involve the others only through the density. Together with the divergence of two normals
(gauss.isotropic.reduction) these are the uses that claims make of one coordinate.
"""

from typing import NamedTuple

from sympy import Expr, Matrix, S, exp, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import Equal
from derivations.notation.moving import DensityRateInPlane, RateAlong, bends, flows
from derivations.notation.plane import PlaneLogDensity, PlaneNormal, log_density_2
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.gaussian import Normal

# isort: off
from derivations.symbols import (
    a_1, alpha_t, c, dF_1, dF_2, d_1, drift_f, g2, h, mu_1, n_0, n_1, n_2, n_3, nu_1, q_x, s_1, s_2, sigma_t,
    x_i, x_j, z_i, z_j,
)  # fmt: skip


# -- normal laws: conditioning, errors, scores ----------------------------------------------------

X, Z, M = Matrix([x_i, x_j]), Matrix([z_i, z_j]), Matrix([mu_1, nu_1])
VARIANCES = (a_1**2, d_1**2)  # of the data's coordinates


def diagonal(*roots: Expr) -> Matrix:
    """The Cholesky factor of a diagonal covariance."""
    return Matrix([[roots[0], 0], [0, roots[1]]])


def seen_root(variance: Expr) -> Expr:
    """The standard deviation of a coordinate of z."""
    return sqrt(alpha_t**2 * variance + sigma_t**2)


def log_q(name: str, at: Matrix, mean: Matrix, roots: Matrix, names: tuple[str, str]) -> PlaneLogDensity:
    """A log-density in the plane, by its name, and by the names of mean and covariance."""
    return PlaneLogDensity(name, at, PlaneNormal(mean, roots, names))


given_x = log_q("q(z | x)", Z, alpha_t * X, diagonal(sigma_t, sigma_t), ("alpha_t x", "sigma_t^2 I"))
of_z = log_q("q(z)", Z, alpha_t * M, diagonal(*map(seen_root, VARIANCES)), ("alpha_t mu", "alpha_t^2 S + sigma_t^2 I"))
bayes = given_x + log_q("q(x)", X, M, diagonal(a_1, d_1), ("mu", "S")) - of_z

# the plane as it is made, and what each coordinate leaves
MADE = Process(
    (x_i, mu_1 + a_1 * n_0), (x_j, nu_1 + d_1 * n_1),
    (z_i, alpha_t * x_i + sigma_t * n_2), (z_j, alpha_t * x_j + sigma_t * n_3),
    noise=(n_0, n_1, n_2, n_3),
)  # fmt: skip
error = MADE.E((x_i - MADE.E(x_i, z_i)) ** 2 + (x_j - MADE.E(x_j, z_j)) ** 2)


class Coordinate(NamedTuple):
    """For one coordinate of data of variance c: the factor of z - alpha mean in E[x | z]; Var(x | z); and minus the
    factor in the score."""

    gain: Expr
    var: Expr
    pull: Expr

    def at(self, variance: Expr) -> "Coordinate":
        """Return the fields for data of that variance."""
        return Coordinate(*(e.subs(c, variance) for e in self))

    def mean(self, variance: Expr, mean: Expr, z: Expr) -> Expr:
        """E[x | z] of the coordinate."""
        return mean + self.at(variance).gain * (z - alpha_t * mean)

    def means(self, z: Matrix) -> Matrix:
        """E[x | z] in the plane."""
        return Matrix([self.mean(v, m, e) for v, m, e in zip(VARIANCES, M, z, strict=True)])

    def roots(self) -> Matrix:
        """The Cholesky factor of Cov(x | z)."""
        return diagonal(*(sqrt(self.at(v).var) for v in VARIANCES))

    @property
    def posterior(self) -> Expr:
        """log q(x | z) in the plane."""
        return log_density_2(X, self.means(Z), self.roots())

    @property
    def left(self) -> Expr:
        """Return the conditional variances of both coordinates, added up."""
        return sum((self.at(v).var for v in VARIANCES), S.Zero)


ONE = Coordinate(
    gain=alpha_t * c / (alpha_t**2 * c + sigma_t**2),
    var=c * sigma_t**2 / (alpha_t**2 * c + sigma_t**2),
    pull=1 / (alpha_t**2 * c + sigma_t**2),
)

conditioning = Claim(
    name="gauss.isotropic.conditioning",
    title="Under isotropic noise on data of diagonal covariance, Bayes' rule in the plane is that of each coordinate",
    kind="equality",
    needs=("vdm.forward.marginal",),
    says=lambda a: (
        Equal(bayes, a.posterior),
        Equal(error, a.left),
        Equal(Slope(of_z, z_i), -a.at(a_1**2).pull * (z_i - alpha_t * mu_1)),
        Equal(Slope(of_z, z_j), -a.at(d_1**2).pull * (z_j - alpha_t * nu_1)),
    ),
    answer=ONE,
    example={a_1: 2, d_1: 1, alpha_t: 1, sigma_t: 1, mu_1: 1, nu_1: 2, x_i: 1, x_j: 2, z_i: 3, z_j: 1},
    convenience={
        "0 < a_1": "only its square occurs; at 0 the coordinate is known, and has no density",
        "0 < d_1": "only its square occurs; at 0 the coordinate is known, and has no density",
        "0 < alpha_t": "without signal z carries no information on x",
        "0 < sigma_t": "only its square occurs; without noise x is known, and has no density",
    },
    means="two symbolic coordinates; more add further terms to the same sums",
    proof=(
        (
            by("Bayes' rule in the plane", bayes),
            by(
                "normal densities in the plane are products, and so is their quotient",
                sum(
                    (
                        Normal(ONE.mean(v, m, z), ONE.at(v).var).log_density(x)
                        for v, m, z, x in zip(VARIANCES, M, Z, X, strict=True)
                    ),
                    S.Zero,
                ),
            ),
            by("one normal law in the plane, of diagonal covariance", ONE.posterior),
        ),
        (
            by("the squared distance in the plane, averaged over four noises", error.opened()),
            by("each coordinate adds its conditional variance", ONE.left),
        ),
        (
            by("the score in one direction", Slope(of_z, z_i)),
            by("it involves its own coordinate only", -ONE.at(a_1**2).pull * (z_i - alpha_t * mu_1)),
        ),
        (
            by("the slope in the other direction", Slope(of_z, z_j)),
            by("likewise", -ONE.at(d_1**2).pull * (z_j - alpha_t * nu_1)),
        ),
    ),
    wrong={
        "one variance for both": Wrong(
            ONE._replace(var=ONE.var.subs(c, a_1**2)), "a diagonal covariance has a variance for each coordinate"
        ),
        "regression without the noise": Wrong(ONE._replace(gain=1 / alpha_t), "z/alpha still has all of its noise"),
        "the error of eps": Wrong(ONE._replace(var=ONE.var * alpha_t**2 / sigma_t**2), "it is Var(eps | z)"),
        "a sample's score": Wrong(ONE._replace(pull=1 / sigma_t**2), "it is the score of q(z | x), which depends on x"),
    },
    experiment=Experiment(
        process=(
            (x_i, mu_1 + a_1 * n_0), (x_j, nu_1 + d_1 * n_1),
            (z_i, alpha_t * x_i + sigma_t * n_2), (z_j, alpha_t * x_j + sigma_t * n_3),
        ),
        normals=(n_0, n_1, n_2, n_3),
        checks=(
            Residual(of=x_i, law=lambda a: Normal(a.mean(a_1**2, mu_1, z_i), a.at(a_1**2).var), given=(z_i, z_j)),
            Residual(of=x_j, law=lambda a: Normal(a.mean(d_1**2, nu_1, z_j), a.at(d_1**2).var), given=(z_i, z_j)),
        ),
        twins=("one variance for both", "regression without the noise"),
    ),
)  # fmt: skip

# -- general densities: the flow, divergences, Langevin's process, Tweedie's formula --------------


def rate(first: Expr, spread: Expr) -> DensityRateInPlane:
    """Return the rate of the density under noise and a velocity, given for one coordinate and alike for the other."""
    return DensityRateInPlane(first, first.subs({z_i: z_j, s_1: s_2}, simultaneous=True), spread)


fokker_planck = rate(drift_f * z_i, g2)
along = RateAlong()
noised = Quantity("q", (x_i, x_j, z_i, z_j), q_x * exp(given_x))


class Plane(NamedTuple):
    """The flow of a coordinate, the rate of log p along any flow, Langevin's drift, the slope of q(x) q(z | x)."""

    flow: Expr
    rate: Expr
    langevin: Expr
    slope: Expr


A = Plane(
    flow=drift_f * z_i - g2 / 2 * s_1,
    rate=-dF_1 - dF_2,
    langevin=h * s_1,
    slope=(alpha_t * x_i - z_i) / sigma_t**2,
)
OTHER = {x_i: x_j, z_i: z_j}

plane = Claim(
    name="sde.plane",
    title=(
        "For any density in the plane, the flow, its divergence, the Langevin drift and Tweedie's slope "
        "act on each coordinate separately"
    ),
    kind="equality",
    needs=("vdm.forward.sde",),
    says=lambda a: (
        Equal(fokker_planck, rate(a.flow, S.Zero)),
        Equal(along, a.rate),
        Equal(rate(a.langevin, 2 * h), S.Zero),
        Equal(Slope(noised, z_i), a.slope * noised),
        Equal(Slope(noised, z_j), a.slope.subs(OTHER, simultaneous=True) * noised),
    ),
    answer=A,
    example=dict.fromkeys((drift_f, g2, h, s_1, s_2, q_x, *bends, dF_1, dF_2, *flows), 1)
    | {alpha_t: 1, sigma_t: 1, x_i: 1, x_j: 2, z_i: 3, z_j: 1},
    convenience={
        "0 < q_x": "where the density is 0, so are both sides",
        "0 < g^2": "without noise the flow is the drift",
        "0 < h": "a step of size 0 changes nothing",
        "0 < alpha_t": "without signal the slope is that of the noise",
        "0 < sigma_t": "without noise z_t has no density; as numbers, both sides tend to 0",
    },
    means="pointwise for any density of two coordinates, by its value and slopes; more add further terms",
    trust=("Fokker-Planck's equation and the continuity equation in d coordinates",),
    proof=(
        (
            by("Fokker-Planck in the plane, isotropic noise", fokker_planck, eq="sde2021 (35)"),
            by("in each coordinate p_ii is the slope of (p_i/p) p", rate(A.flow, S.Zero)),
        ),
        (
            by("the rate of the density itself, plus that from the motion", along, eq="sde2021 (39)"),
            by("the slopes of p cancel in each coordinate", A.rate),
        ),
        (
            by("Langevin's step, to first order in h", rate(A.langevin, 2 * h)),
            by("drift and noise cancel in each coordinate", S.Zero),
        ),
        (
            by("the slope in one direction of the joint density of x and z", Slope(noised, z_i)),
            by("it involves its own coordinate of x only", A.slope * noised),
        ),
        (
            by("the slope in the other direction", Slope(noised, z_j)),
            by("likewise", A.slope.subs(OTHER, simultaneous=True) * noised),
        ),
    ),
    wrong={
        "the reverse SDE's drift": Wrong(A._replace(flow=drift_f * z_i - g2 * s_1), "twice the score, but no noise"),
        "g for g^2": Wrong(A._replace(flow=drift_f * z_i - sqrt(g2) / 2 * s_1), "noise scaled by the wrong power"),
        "one coordinate's divergence": Wrong(A._replace(rate=-dF_1), "the divergence has a term for each coordinate"),
        "Langevin without its drift": Wrong(A._replace(langevin=S.Zero), "noise alone spreads out any density"),
        "sign of Tweedie's slope": Wrong(A._replace(slope=-A.slope), "it points away from the data"),
    },
)  # fmt: skip

CLAIMS = (conditioning, plane)
