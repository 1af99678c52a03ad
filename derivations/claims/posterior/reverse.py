"""The reverse step q(z_s | z_t): the posterior averaged over q(x | z_t).

It depends on the data and is not the posterior. For Gaussian data it is a normal law with a larger
variance; for two-point data it is a mixture of two normals, with a negative fourth cumulant. The posterior
has a closed form whatever the data; the reverse step is unknown, and learned.
"""

from typing import NamedTuple

from sympy import Expr, Integer, cosh, exp, sqrt

from derivations.calculus.step import EXAMPLE, FORWARD, Q
from derivations.claims.posterior.bayes import W
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Weighed
from derivations.form.statement import Below, Equal
from derivations.notation.laws import log_law
from derivations.notation.process import Process
from derivations.notation.quantities import Log, Quantity
from derivations.notation.slopes import SlopeAt
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from derivations.symbols import alpha_s, alpha_ts, c, kappa, n_0, n_1, n_2, sigma_s, sigma_ts, x, z_s, z_t

NOISE = (n_0, n_1, n_2)

# Gaussian data of variance c, and two steps
data = sqrt(c) * n_0
ON_NORMAL_DATA = Process((x, data), *FORWARD.steps, noise=NOISE)
by_bayes = Weighed(ON_NORMAL_DATA.law(z_s), ON_NORMAL_DATA.log_step(z_t), ON_NORMAL_DATA.log_q(z_t), on=(z_t,))
bayes = ON_NORMAL_DATA.log_q(z_s) + ON_NORMAL_DATA.log_step(z_t) - ON_NORMAL_DATA.log_q(z_t)
averaged = ON_NORMAL_DATA.E(FORWARD.E(z_s, z_t), z_t)
spread = FORWARD.Var(z_s, z_t) + ON_NORMAL_DATA.Var(FORWARD.E(z_s, z_t), z_t)
seen = ON_NORMAL_DATA.law(x, z_t)  # q(x | z_t)
S = alpha_s**2 * c + sigma_s**2
R = Normal(
    mean=alpha_ts * S / (alpha_ts**2 * S + sigma_ts**2) * z_t, var=sigma_ts**2 * S / (alpha_ts**2 * S + sigma_ts**2)
)

needs_x = Claim(
    name="vdm.posterior.needs_x",
    title="On N(0, c) data q(z_s | z_t) is the posterior averaged over x given z_t, a normal law that depends on c",
    kind="refuted",
    needs=("vdm.posterior", "vdm.forward.transition"),
    refutes="the law of z_s given z_t and x is that given z_t alone, by the Markov property",
    printed_in=("web a public study note",),
    printed=Equal(FORWARD.E(z_s, z_t), ON_NORMAL_DATA.E(z_s, z_t)),
    printed_at=EXAMPLE | {c: Integer(1)},
    says=lambda r: (
        Law(z_s, by_bayes, r),
        Equal(averaged, r.mean),
        Equal(spread, r.var),
    ),
    answer=R,
    example=EXAMPLE | {c: Integer(1)},
    convenience={
        "0 < alpha_s": "without signal in z_s, Bayes' rule still gives the reverse step",
        "0 < alpha_ts": "at alpha_ts = 0, z_t carries no information, and z_s keeps its law",
        "0 < sigma_s": "at sigma_s = 0, z_s is alpha_s x itself",
        "0 < c": "c = 0, data at one point, gives the posterior at that point",
    },
    proof=(
        (
            by("Bayes' rule with the law of z_s, Gaussian data", bayes),
            by(
                "precisions add",
                Normal(
                    alpha_ts / sigma_ts**2 * z_t / (alpha_ts**2 / sigma_ts**2 + 1 / S),
                    1 / (alpha_ts**2 / sigma_ts**2 + 1 / S),
                ).log_density(z_s),
            ),
            by("over a common denominator", log_law(R, z_s)),
        ),
        (
            by("the posterior mean, averaged over q(x | z_t)", averaged),
            by("it is linear in x", Q.mean.subs(x, seen.mean)),
            by(
                "substitute E[x | z_t]",
                W.z * z_t + W.x * alpha_s * alpha_ts * c / (alpha_ts**2 * S + sigma_ts**2) * z_t,
            ),
            by("the tower rule", R.mean),
        ),
        (
            by("the law of total variance", spread),
            by("the posterior mean is linear in x", Q.var + W.x**2 * seen.var),
            by("over a common denominator", R.var),
        ),
    ),
    wrong={
        "the forward step": Wrong(
            Normal(alpha_ts * z_t, sigma_ts**2),
            "the reverse step is taken for q(z_t | z_s), and shrinks z_t where it should enlarge the signal",
            ("note002 lines 19 and 166-167",),
        ),
        "the forward step, solved for z_s": Wrong(
            Normal(z_t / alpha_ts, sigma_ts**2 / alpha_ts**2), "Bayes' rule is used without the law of z_s"
        ),
        "the posterior at E[x | z_t]": Wrong(R._replace(var=Q.var), "the variance leaves out the uncertainty of x"),
    },
    experiment=Experiment(
        process=((x, data), (z_s, alpha_s * x + sigma_s * n_1), (z_t, alpha_ts * z_s + sigma_ts * n_2)),
        at={alpha_s: 1, sigma_s: 1, alpha_ts: 1, sigma_ts: 2, c: 4},  # where much of x is left at z_t
        normals=NOISE,
        checks=(Residual(of=z_s, law=lambda r: r, given=(z_t,)),),
        twins=("the forward step", "the forward step, solved for z_s", "the posterior at E[x | z_t]"),
    ),
    means="linear-Gaussian model with symbolic data variance",
)


# Two-point data, x = 1 or -1 with equal chances: at z_t = 0 both stay equally likely
here = Normal(Q.mean.subs(z_t, 0), Q.var)
growth = exp(here.mean * kappa + here.var * kappa**2 / 2)  # the moment generating function of the posterior at (0, x)
average = Quantity("M", (kappa,), Expected(growth, (x, ((Integer(1), Integer(1)), (Integer(-1), Integer(1))))))
fourth = SlopeAt(Log(average), kappa, Integer(0), 4)  # the fourth cumulant


class Mixture(NamedTuple):
    """The moment generating function, and the fourth cumulant: 0 for every normal law."""

    growth: Expr
    fourth: Expr


T = Mixture(growth=exp(Q.var * kappa**2 / 2) * cosh(W.x * kappa), fourth=-2 * W.x**4)

mixture = Claim(
    name="vdm.posterior.reverse_mixture",
    title=(
        "For two-point data the fourth cumulant of z_s, where z_t is 0, is minus twice the fourth power of the "
        "weight of x, which is negative"
    ),
    kind="refuted",
    needs=("vdm.posterior",),
    refutes="the law of z_s given z_t is Gaussian for a step of any size",
    printed=Equal(fourth, Integer(0)),
    printed_at=EXAMPLE,
    says=lambda m: (Equal(average, m.growth), Equal(fourth, m.fourth), Below(fourth, Integer(0))),
    answer=T,
    example=EXAMPLE | {kappa: Integer(1)},
    convenience={
        "0 < alpha_s": "at alpha_s = 0 the weight of x is 0, and so is the cumulant",
        "0 < alpha_ts": "at alpha_ts = 0 the weight of x is alpha_s: the mixture is q(z_s)",
        "0 < sigma_s": "at sigma_s = 0 the mixture is the two points themselves",
        "0 < sigma_ts": "at sigma_ts = 0 the weight of x is 0: z_s is known",
    },
    proof=(
        (
            by("the posterior's moment generating functions, averaged over x", average.opened()),
            by("factor out the normal part", T.growth),
        ),
        (
            by("the fourth slope of log M(kappa) at 0", fourth),
            by(
                "the fourth moment, minus three times the square of the second",
                3 * Q.var**2 + 6 * Q.var * W.x**2 + W.x**4 - 3 * (Q.var + W.x**2) ** 2,
            ),
            by("the posterior variance drops out", T.fourth),
        ),
        (by("the fourth cumulant", fourth), by("as above", T.fourth), by("it is below 0", Integer(0), more=2 * W.x**4)),
    ),
    wrong={
        "Gaussian by Bayes' rule": Wrong(
            Mixture(exp((Q.var + W.x**2) * kappa**2 / 2), Integer(0)),
            "true only for Gaussian data, or in the limit of small steps: the cumulant is of 4th order in sigma_ts^2",
            ("note002 text on small steps", "web a public study note"),
        ),
        "the posterior at E[x | z_t] = 0": Wrong(
            T._replace(growth=exp(Q.var * kappa**2 / 2)), "the variance leaves out the uncertainty of x"
        ),
        "sign of the cumulant": Wrong(
            T._replace(fourth=2 * W.x**4), "two separate points have light tails, not heavy ones"
        ),
    },
    means="two-point data, symbolic process",
)

CLAIMS = (needs_x, mixture)
