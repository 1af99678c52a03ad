"""DDIM at eta = 0 is exact where the prediction does not change along the way.

For constant eps-hat, or constant x-hat, its z_s solves the flow dz/ds = alpha' x + sigma' eps. On the circle alpha =
cos phi, sigma = sin phi it is a rotation, and exact where v-hat rotates along.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, S, cos, pi, sin

from derivations.claims.sampling.ddim_forms import HERE, D, Forms, implied_eps, implied_x
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Along, Update
from derivations.notation.values import At
from derivations.symbols import (
    alpha_s,
    alpha_t,
    dalpha,
    delta,
    dsigma,
    eps_hat,
    phi,
    s,
    sigma_s,
    sigma_t,
    t,
    v_hat,
    x_hat,
    z_s,
    z_t,
)

AT_T = ((alpha_s, alpha_t), (sigma_s, sigma_t))


flow_s, flow_t = (Along(z, clock, (z, dalpha * x_hat + dsigma * eps_hat)) for z, clock in ((z_s, s), (z_t, t)))
EPS_KEPT = (x_hat, (z_s - sigma_s * eps_hat) / alpha_s), (x_hat, implied_x)  # what z shows of the other, at s and at t
X_KEPT = (eps_hat, (z_s - alpha_s * x_hat) / sigma_s), (eps_hat, implied_eps)


def moves(z: Expr) -> Along:
    """The slope of a step's z_s, as s moves."""
    return Along(z, s, (alpha_s, dalpha), (sigma_s, dsigma))


def reached(kept: tuple[Expr, Expr], z: Expr) -> At:
    """The flow at s, where a step has come to z."""
    return At(At(flow_s, kept), (z_s, z))


def starts(kept: tuple[Expr, Expr], z: Expr) -> Equal:
    """State that at s = t the step is at z_t, and that its velocity is that of the flow there."""
    return Equal(At(flow_t, kept) - At(moves(z), *AT_T), z.subs(AT_T, simultaneous=True) - z_t)


from_eps, from_x = starts(EPS_KEPT[1], D.by_eps), starts(X_KEPT[1], D.by_x)

exact = Claim(
    name="ddim.exact",
    title="DDIM without noise is the exact probability flow where eps-hat, or x-hat, is constant along the way",
    kind="equality",
    needs=("ddim.forms", "sde.pfode.forms"),
    says=lambda a: (
        Equal(reached(EPS_KEPT[0], a.by_eps), moves(a.by_eps)),
        Equal(reached(X_KEPT[0], a.by_x), moves(a.by_x)),
        starts(EPS_KEPT[1], a.by_eps),
        starts(X_KEPT[1], a.by_x),
    ),
    answer=D,
    convenience={
        "0 < alpha_s": "as written x-hat divides by alpha_s, which cancels",
        "0 < sigma_s": "as written eps-hat divides by sigma_s, which cancels",
    },
    example=HERE | {dalpha: -1, dsigma: 1},
    proof=(
        (
            by("the flow at (s, z_s), for constant eps-hat", reached(EPS_KEPT[0], D.by_eps)),
            by("the slope of z_s in s", moves(D.by_eps)),
        ),
        (
            by("the flow at (s, z_s), for constant x-hat", reached(X_KEPT[0], D.by_x)),
            by("the slope of z_s in s", moves(D.by_x)),
        ),
        (by("the flow at t minus the slope of the step there", from_eps.lhs), by("z_s starts at z_t", from_eps.rhs)),
        (by("the flow at t minus the slope of the step there", from_x.lhs), by("z_s starts at z_t", from_x.rhs)),
    ),
    wrong={
        "z_t not rescaled": Wrong(
            D._replace(by_eps=z_t + (sigma_s - sigma_t * alpha_s / alpha_t) * eps_hat),
            "right only for variance-exploding paths",
        ),
        "Euler's step in time": Wrong(
            Forms(z_t + (alpha_s - alpha_t) * x_hat + (sigma_s - sigma_t) * eps_hat, D.by_eps),
            "both predictions are held constant, though z and one determine the other",
        ),
        "the ancestral mean": Wrong(
            D._replace(
                by_eps=alpha_s / alpha_t * z_t
                + (alpha_t * sigma_s**2 / alpha_s - alpha_s * sigma_t**2 / alpha_t) / sigma_t * eps_hat
            ),
            "it uses the drift of the reverse SDE, which has twice the score term of the flow",
        ),
    },
)

turned = {alpha_t: cos(phi), sigma_t: sin(phi), alpha_s: cos(phi - delta), sigma_s: sin(phi - delta)}
z_phi_x = Quantity("x", (z_t, v_hat), cos(phi) * z_t - sin(phi) * v_hat)
z_phi_eps = Quantity("eps", (z_t, v_hat), sin(phi) * z_t + cos(phi) * v_hat)
by_both = Update(z_s, "DDIM", (alpha_s * z_phi_x + sigma_s * z_phi_eps).subs(turned), v_hat)
by_data = Update(z_s, "DDIM", D.by_x.subs(turned).subs(x_hat, z_phi_x), z_phi_x)


class Turn(NamedTuple):
    """The coefficients of z_t and v-hat in z_s, delta further back on the circle."""

    z: Expr
    v: Expr

    def step(self) -> Expr:
        return self.z * z_t + self.v * v_hat


R = Turn(z=cos(delta), v=-sin(delta))

rotation = Claim(
    name="ddim.rotation",
    title="For a variance-preserving process, DDIM without noise is the rotation cos(delta) z - sin(delta) v-hat",
    kind="equality",
    needs=("ddim.forms", "vdm.param.v"),
    says=lambda a: (
        Equal(by_both, a.step()),
        Equal(by_data, a.step()),
    ),
    answer=R,
    given=(Below(S.Zero, phi), Below(phi, pi)),
    convenience={
        "0 < phi": "it also holds for phi < 0, with sigma = sin(phi) negative; at 0 there is no noise to divide by",
        "phi < pi": "it also holds beyond pi, with sigma = sin(phi) negative; at pi there is no noise to divide by",
    },
    example={phi: Rational(1), delta: Rational(1, 4), z_t: 1, v_hat: 1},
    proof=(
        (
            by("x-hat and eps-hat in terms of z and v-hat", by_both.meaning()),
            by("addition of angles", R.step(), eq="pd2022 App. D (iv)"),
        ),
        (
            by("the step in terms of x-hat", by_data.meaning()),
            by("addition of angles", R.step(), eq="pd2022 App. D (iv)"),
        ),
    ),
    wrong={
        "sign of v": Wrong(R._replace(v=sin(delta)), "it rotates towards the noise"),
        "the tangent": Wrong(Turn(Integer(1), -delta), "it is an Euler step in the angle, which leaves the circle"),
        "swapped": Wrong(Turn(sin(delta), -cos(delta)), "it is off by a quarter turn"),
        "twice the angle": Wrong(
            Turn(cos(2 * delta), -sin(2 * delta)), "the angle is arctan(sigma/alpha), not twice that"
        ),
    },
)

CLAIMS = (exact, rotation)
