"""The sub-VP path: alpha of the variance-preserving SDE, and the square of its sigma for sigma.

With B the integral of beta, alpha = exp(-B/2) and sigma = 1 - exp(-B). The variance of a step factors into two positive
numbers, (1 - exp(-(B_t - B_s))) (1 - exp(-(B_t + B_s))).
"""

from sympy import Expr, Rational, S, exp, log, sqrt

from derivations.calculus.schedule import ORDER, TIMES, walked
from derivations.claims.forward.paths import Walk, walk_proof, walks
from derivations.claims.schedules.beta import B, between, kernel_alpha, log_ratio, printed_B, rate
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.times import function, squared
from derivations.symbols import beta_max, beta_min, s, t


@function("sigma")
def subvp_sigma(time: Expr) -> Expr:
    """Score SDE (29), where it is squared."""
    return 1 - exp(-printed_B(time))


B_AT_S = between(S.Zero, s)
SUBVP = Walk(
    gamma=B + 2 * log(1 - exp(-B)),
    dgamma=rate(t) * (1 + exp(-B)) / (1 - exp(-B)),
    gap=between(s, t) + 2 * log_ratio(B_AT_S, between(s, t)),
    alpha=exp(-B / 2),
    sigma=1 - exp(-B),
    sigma2_ts=(1 - exp(-between(s, t))) * (1 - exp(-B - B_AT_S)),
)
SUBVP_AT = {beta_min: 1, beta_max: 5, s: Rational(3, 8), t: Rational(1, 2)}
PRINTED_G2 = squared("g", rate(t) * (1 - exp(-2 * printed_B(t))))  # Score SDE (12), (27)

subvp = Claim(
    name="path.subvp",
    title="On the sub-VP path alpha = exp(-B/2) and sigma = 1 - exp(-B), B the integral of beta; g^2 = sigma^2 gamma'",
    kind="equality",
    needs=("vdm.forward.transition", "vdm.forward.sde"),
    says=lambda q: (*walks(kernel_alpha, subvp_sigma, q), Equal(PRINTED_G2, q.sigma**2 * q.dgamma)),
    answer=SUBVP,
    given=(*TIMES, Below(beta_min, beta_max)),
    convenience=ORDER
    | {
        "0 < beta_min": "B is also positive where beta rises from 0",
        "0 < beta_max": "it follows from 0 < beta_min < beta_max",
        "beta_min < beta_max": "the formulas also hold for a falling beta while B rises",
        "t < 1": "the formulas hold on the half-line",
    },
    example=SUBVP_AT,
    proof=(
        *walk_proof(
            kernel_alpha,
            subvp_sigma,
            SUBVP,
            {
                "gap": (
                    by(
                        "B_t - B_s, plus twice the logarithm of the quotient of the sigmas",
                        between(s, t) + 2 * log((1 - exp(-B)) / (1 - exp(-B_AT_S))),
                    ),
                ),
                "sigma2_ts": (
                    by(
                        "alpha_ts^2 = exp(-(B_t - B_s))",
                        (1 - exp(-B)) ** 2 - exp(B_AT_S - B) * (1 - exp(-B_AT_S)) ** 2,
                    ),
                ),
            },
        ),
        (
            by("as printed", PRINTED_G2, eq="sde2021 (12)"),
            by("1 - exp(-2 B) = (1 - exp(-B)) (1 + exp(-B))", SUBVP.sigma**2 * SUBVP.dgamma),
        ),
    ),
    wrong={
        "the mean preserved": Wrong(
            SUBVP._replace(alpha=S.One), "the signal never fades", ("web a public note on the score SDE",)
        ),
        "variance for standard deviation": Wrong(
            SUBVP._replace(sigma=SUBVP.sigma**2), "(1 - exp(-B))^2 is the variance, not sigma"
        ),
        "the VP sigma": Wrong(SUBVP._replace(sigma=sqrt(1 - exp(-B))), "more noise than the sub-VP SDE makes"),
        "one minus the square": Wrong(
            SUBVP._replace(sigma=sqrt(1 - exp(-2 * B))), "1 - exp(-2B) is in g^2, not in the variance"
        ),
        "the VP gap": Wrong(
            SUBVP._replace(gap=between(s, t) + log_ratio(B_AT_S, between(s, t))),
            "the logarithm of sigma is counted once, not twice",
        ),
    },
    experiment=walked(kernel_alpha, subvp_sigma, SUBVP_AT, ("the VP sigma", "the VP gap")),
)

CLAIMS = (subvp,)
