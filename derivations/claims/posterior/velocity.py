"""The velocity v = alpha eps - sigma x, and its conversions.

(z, v) is (x, eps) rotated and stretched by sqrt(alpha^2 + sigma^2). That is 1 only where the process is
variance preserving: there x = alpha z - sigma v, and on no other path. With alpha = cos phi and
sigma = sin phi, v is the derivative of z along the circle.
"""

from typing import NamedTuple

from sympy import Expr, Integer, cos, diff, sin

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.steps import Drawn
from derivations.symbols import alpha_t, eps, phi, score, sigma_t, v, v_phi, x, z_phi, z_t

# (z, v) as both are made, from (x, eps); and along a circle, where v is the velocity
LINE = {z_t: alpha_t * x + sigma_t * eps, v: alpha_t * eps - sigma_t * x, score: -eps / sigma_t}
circle = cos(phi) * x + sin(phi) * eps
ON_LINE = Process(*LINE.items(), noise=(eps,), data=(x,))
ON_CIRCLE = Process((z_phi, circle), (v_phi, diff(circle, phi)), noise=(eps,), data=(x,))
MADE = {name: Drawn(ON_LINE, name) for name in (*LINE, x, eps)}
CIRCLE = {alpha_t: cos(phi), sigma_t: sin(phi), z_t: Drawn(ON_CIRCLE, z_phi), v: Drawn(ON_CIRCLE, v_phi)}
n = alpha_t**2 + sigma_t**2


class Velocity(NamedTuple):
    """x, eps and the score by (z_t, v); v by z_t and each; x and eps by (z_t, v) on a circle; z_t v by (x, eps)."""

    x: Expr
    eps: Expr
    score: Expr
    by_x: Expr
    by_eps: Expr
    by_score: Expr
    vp: Expr
    vp_eps: Expr
    dot: Expr

    def line(self) -> "Velocity":
        """Return each field at z_t, v and score as the process makes them."""
        return Velocity(*(e.xreplace(MADE) for e in self))

    def says(self) -> tuple[Equal, ...]:
        """State what each field should be."""
        made = self.line()
        return (
            Equal(MADE[x], made.x),
            Equal(MADE[eps], made.eps),
            Equal(MADE[score], made.score),
            Equal(MADE[v], made.by_x),
            Equal(MADE[v], made.by_eps),
            Equal(MADE[v], made.by_score),
            Equal(Drawn(ON_CIRCLE, x), self.vp.xreplace(CIRCLE)),
            Equal(MADE[x], made.vp / n),  # so that alpha_t z_t - sigma_t v is x where n = 1 only
            Equal(Drawn(ON_CIRCLE, eps), self.vp_eps.xreplace(CIRCLE)),
            Equal(MADE[eps], made.vp_eps / n),
            Equal(MADE[z_t] * MADE[v], self.dot),
        )


V = Velocity(
    x=(alpha_t * z_t - sigma_t * v) / n,
    eps=(sigma_t * z_t + alpha_t * v) / n,
    score=-(sigma_t * z_t + alpha_t * v) / (sigma_t * n),
    by_x=(alpha_t * z_t - n * x) / sigma_t,
    by_eps=(n * eps - sigma_t * z_t) / alpha_t,
    by_score=-(sigma_t / alpha_t) * (z_t + n * score),
    vp=alpha_t * z_t - sigma_t * v,
    vp_eps=sigma_t * z_t + alpha_t * v,
    dot=alpha_t * sigma_t * (eps**2 - x**2) + (alpha_t**2 - sigma_t**2) * x * eps,
)

velocity = Claim(
    name="vdm.param.v",
    title=(
        "With v = alpha eps - sigma x, x = (alpha z - sigma v)/(alpha^2 + sigma^2); "
        "v converts to and from eps and the score as well"
    ),
    kind="equality",
    needs=("vdm.param.eps", "vdm.param.score"),
    says=lambda a: a.says(),
    answer=V,
    convenience={
        "0 < alpha_t": "v from z_t and eps divides by alpha_t; with z_t written out the division cancels",
    },
    example={alpha_t: 8, sigma_t: 3, x: 1, eps: 2, phi: 1},
    proof=(
        (by("the data", MADE[x]), by("rotate (z, v) back, and divide by alpha^2 + sigma^2", V.line().x)),
        (by("the noise", MADE[eps]), by("rotate (z, v) back, and divide by alpha^2 + sigma^2", V.line().eps)),
        (by("the score, -eps/sigma", MADE[score]), by("substitute eps in terms of (z, v)", V.line().score)),
        (by("v as the process makes it", MADE[v]), by("eps = (z - alpha x)/sigma", V.line().by_x)),
        (by("v as the process makes it", MADE[v]), by("x = (z - sigma eps)/alpha", V.line().by_eps)),
        (by("v as the process makes it", MADE[v]), by("eps = -sigma score", V.line().by_score)),
        (
            by("the data", Drawn(ON_CIRCLE, x)),
            by("cos^2 + sin^2 = 1", V.vp.xreplace(CIRCLE), eq="pd2022 App. D (ii)"),
        ),
        (by("the data", MADE[x]), by("on any path, (alpha z - sigma v)/(alpha^2 + sigma^2)", V.line().vp / n)),
        (by("the noise", Drawn(ON_CIRCLE, eps)), by("cos^2 + sin^2 = 1", V.vp_eps.xreplace(CIRCLE))),
        (by("the noise", MADE[eps]), by("on any path, (sigma z + alpha v)/(alpha^2 + sigma^2)", V.line().vp_eps / n)),
        (by("one coordinate of the inner product", MADE[z_t] * MADE[v]), by("expand", V.dot)),
    ),
    wrong={
        "variance preserving inverse on every path": Wrong(
            V._replace(x=alpha_t * z_t - sigma_t * v, eps=sigma_t * z_t + alpha_t * v),
            "x and eps are too large by alpha^2 + sigma^2 on variance exploding and linear paths",
            ("web v-prediction code used on other paths",),
        ),
        "z_t and v orthogonal": Wrong(
            V._replace(dot=Integer(0)),
            "true only on average, where x and eps have equal power",
            ("web a public study note",),
        ),
        "sign of x in v": Wrong(
            V._replace(
                by_x=(alpha_t * z_t + (sigma_t**2 - alpha_t**2) * x) / sigma_t,
                by_eps=((alpha_t**2 - sigma_t**2) * eps + sigma_t * z_t) / alpha_t,
            ),
            "at zero SNR v is -x, not x",
            ("zsnr2024 text after (12)",),
        ),
        "roles of alpha and sigma exchanged": Wrong(
            V._replace(vp=sigma_t * z_t - alpha_t * v, vp_eps=alpha_t * z_t + sigma_t * v),
            "a rotation by the wrong angle",
        ),
    },
)

CLAIMS = (velocity,)
