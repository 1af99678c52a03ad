"""The bound of a Markov chain of latents: a prior loss, a reconstruction loss and a divergence for each step.

The proof is an induction over the number T of latents, for any densities. One more latent adds to the log-ratio
of the paths log q(x_{T+1} | x_T) - log p(x_T | x_{T+1}), and replaces the prior of x_T by that of x_{T+1}.
Bayes' rule, log q(x_{T+1} | x_T) = log q(x_T | x_{T+1}, x_0) + log q(x_{T+1} | x_0) - log q(x_T | x_0),
turns it into one divergence of posteriors and the difference of two prior losses.
"""

from itertools import product
from typing import NamedTuple

from sympy import Expr, Rational, S, Symbol, log

from derivations.claims.bound.elbo import MEANS, TRUST, coin
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment
from derivations.form.experiment import Mean as SampleMean
from derivations.form.induction import Induction, induction
from derivations.form.statement import Equal
from derivations.notation.densities import DensityDivergence, DensityMean
from derivations.notation.lettered import Reversed
from derivations.probability.density import DataDensity, Density, Marginal, at, finite

# isort: off
from derivations.symbols import (
    bit_later as b_later, bit_now as b_now, bit_past as b_past, T, bound_T as bound, later, now, past,
    prior_T as P_T, rec_loss as rec, step_losses as steps, u_0, u_1, u_2, x_0,
)  # fmt: skip

# the latents before x_T are one variable; the data x_0 are fixed throughout
path, arrive, step = Density("q", past, x_0), Density("q", now, past), Density("q", later, now)
reverse = Density("p", now, later)
prior_now, prior_later = Density("p", now), Density("p", later)
like = DataDensity("p", (x_0,), now)  # for T = 1, where x_T is x_1
model = DataDensity("p", (x_0, past, now))

law_now = Marginal(now, past, arrive, path)  # q(x_T | x_0)
law_later = Marginal(later, now, step, law_now)  # q(x_{T+1} | x_0)
posterior = Reversed(step, law_now, law_later)  # q(x_T | x_{T+1}, x_0)
TWO = ((now, law_now), (later, step))
ALL = ((past, path), (now, arrive), (later, step))
BACK = ((later, law_later), (now, posterior))


class Terms(NamedTuple):
    """The parts of the bound; `before` is the prior loss of T latents, `prior` that of T + 1."""

    prior: Expr
    step: Expr
    reconstruction: Expr
    before: Expr


TERMS = Terms(
    prior=DensityDivergence(later, law_later, prior_later),
    step=DensityMean(DensityDivergence(now, posterior, reverse), (later, law_later)),
    reconstruction=DensityMean(-log(like), (now, law_now)),
    before=DensityDivergence(now, law_now, prior_now),
)
EXCHANGED = TERMS.prior - TERMS.before
first = log(law_now) - log(prior_now) - log(like)
priors = log(prior_now) - log(prior_later)
added = log(step) - log(reverse) + priors
both = first + added
swapped = log(posterior) + log(law_later) - log(law_now) - log(reverse)
so_far = log(path * arrive / model)  # log q(x_{1:T} | x_0)/p(x_{0:T})
BASE = DensityMean(first, (now, law_now))
GROWN, SO_FAR = DensityMean(so_far + added, *ALL), DensityMean(so_far, (past, path), (now, arrive))
WHOLE = DensityMean(both, *TWO)
ENDS = TERMS._replace(
    prior=DensityMean(log(law_later) - log(prior_later), *ALL),
    reconstruction=DensityMean(-log(like), (past, path), (now, arrive)),
)


def by_latents(t: Terms) -> tuple[Equal, Equal, Induction, Equal]:
    """-ELBO of any number of latents is a prior loss, the divergences and a reconstruction; of two latents in full.

    The first and the last term are means along the chain, as well.
    """
    return (
        Equal(ENDS.prior, t.prior),
        Equal(ENDS.reconstruction, t.reconstruction),
        induction(
            value=P_T + steps + rec, held=bound, base=BASE, step=bound + (GROWN - SO_FAR),
            first={P_T: t.before, steps: S.Zero, rec: t.reconstruction},
            next={P_T: P_T + t.prior - t.before, steps: steps + t.step, rec: rec}, index=T,
        ),
        Equal(WHOLE, t.prior + t.step + t.reconstruction),
    )  # fmt: skip


# -ELBO of T latents, their prior loss, the divergences so far and the reconstruction, which no further latent changes
REST = P_T + steps + rec  # the bound of T latents, by the hypothesis

PATHS = [at(model, {past: m, now: n}) for m in (0, 1) for n in (0, 1)]
QUARTER, THIRD, HALF = Rational(1, 4), Rational(1, 3), S.Half
POINT = {
    path.odds({}): THIRD, prior_now.odds({}): HALF, prior_later.odds({}): 4,
    **{arrive.odds({past: n}): v for n, v in enumerate((QUARTER, THIRD))},
    **{step.odds({now: n}): v for n, v in enumerate((THIRD, 3))},
    **{reverse.odds({later: n}): 2 for n in (0, 1)},
    **{at(like, {now: n}): v for n, v in enumerate((4, HALF))},
    **dict(zip(PATHS, (2, 2, 4, 4), strict=True)),
}  # fmt: skip

# Two states each: the experiment draws the path, x_T and x_{T+1} forwards in time


def drawn(e: Expr, bits: dict[Symbol, Symbol]) -> Expr:
    """The expression at the states that were drawn."""
    total = S.Zero
    for run in product((0, 1), repeat=len(bits)):
        states = dict(zip(bits, run, strict=True))
        chosen = [b if states[v] else 1 - b for v, b in bits.items()]
        weight = S.One
        for c in chosen:
            weight = weight * c
        total = total + weight * at(e, states)
    return total


def total(t: Terms) -> Expr:
    """-ELBO of two latents, as a number."""
    return finite(t.prior + t.step + t.reconstruction)


def chance(density: Density, given: Symbol, bit: Symbol) -> Expr:
    """The chance of state 1, given the state that was drawn."""
    return (1 - bit) * at(density, {density.of: 1, given: 0}) + bit * at(density, {density.of: 1, given: 1})


decomposition = Claim(
    name="vdm.vlb.decomposition",
    title=(
        "Minus the ELBO is the prior loss KL(q(x_T | x_0) || p(x_T)), the reconstruction loss, and a mean "
        "divergence of posteriors per step"
    ),
    kind="induction",
    needs=("vdm.vlb.bound",),
    says=by_latents,
    answer=TERMS,
    example=POINT | {P_T: S.One, steps: S.One, rec: S.One},
    convenience={f"0 < {v}": "the model's density of the path so far cancels from the step" for v in PATHS},
    means="induction over the number of latents, for any T; " + MEANS,
    trust=TRUST,
    proof=(
        (
            by("the log-ratio at x_{T+1}, along the chain", ENDS.prior),
            by("q integrates to 1 over the variables that it does not contain", TERMS.prior),
        ),
        (by("at x_1, along the chain", ENDS.reconstruction), by("the law of x_1", TERMS.reconstruction)),
        (
            by("one latent", BASE, eq="luo2022 (47)"),
            by("linearity", TERMS.before + TERMS.reconstruction, eq="luo2022 (17)-(19)"),
        ),
        (
            by("one further latent", REST + GROWN - SO_FAR, eq="luo2022 (47)-(49); ddpm2020 (17)-(19)"),
            by("q integrates to 1 over the variables that a term does not contain", REST + DensityMean(added, *TWO)),
            by(
                "Bayes' rule",
                REST + DensityMean(swapped - log(prior_later) + log(prior_now), *TWO),
                eq="luo2022 (46), (50)-(52)",
            ),
            by(
                "telescope: one prior loss replaces another",
                REST + EXCHANGED + DensityMean(log(posterior / reverse), *TWO),
                eq="luo2022 (53)-(57); ddpm2020 (20)-(21)",
            ),
            by(
                "the tower rule: draw x_{T+1}, then x_T given it",
                REST + EXCHANGED + TERMS.step,
                eq="luo2022 (58)",
            ),
        ),
        (
            by("two latents", WHOLE, eq="ddpm2020 (3)"),
            by("the step, at T = 1", BASE + EXCHANGED + TERMS.step),
            by("the base", TERMS.prior + TERMS.step + TERMS.reconstruction, eq="vdm2021 (11); ddpm2020 (5)"),
        ),
    ),
    wrong={
        "log of a sum": Wrong(
            TERMS._replace(step=-log(DensityMean(reverse / posterior, *BACK))),
            "log E[p/q] stands for E[log p/q], and E[p/q] is 1 whatever the model",
            ("web a public study note",),
        ),
        "logarithm dropped": Wrong(
            TERMS._replace(step=-DensityMean(reverse / posterior, *BACK)),
            "E[p/q] = 1 at each step, whatever the model",
            ("web a public study note",),
        ),
        "expectation dropped": Wrong(
            TERMS._replace(step=DensityDivergence(now, posterior, reverse)),
            "it is a random variable, the divergence at one x_{T+1}",
            ("pml2 (25.48)",),
        ),
        "signs of a bound on log p": Wrong(
            Terms(S.Zero, -TERMS.step, -TERMS.reconstruction, S.Zero),
            "an upper bound of -log p is written with the signs of log p, and without its prior loss",
            ("web a public study note",),
        ),
        "prior loss of the wrong sign": Wrong(
            TERMS._replace(prior=-TERMS.prior), "it rewards a process that forgets less"
        ),
        "aggregate for prior": Wrong(
            TERMS._replace(prior=DensityDivergence(later, law_later, Marginal(later, now, step, prior_now))),
            "q(x_T | x_0) is compared with an average over x_0, q(x_T), not with p(x_T)",
            ("note002 line 333",),
        ),
        "ratio dropped": Wrong(
            TERMS._replace(step=DensityMean(log(step / reverse), *TWO)),
            "q(x_T | x_{T-1}) is compared with p(x_{T-1} | x_T), without Bayes' rule",
        ),
        "drawn independently": Wrong(
            TERMS._replace(step=DensityMean(log(posterior / reverse), (now, law_now), (later, law_later))),
            "x_T and x_{T+1} are drawn from their marginals, not along one path",
        ),
    },
    experiment=Experiment(
        process=(
            (b_past, coin(at(path, {past: 1}), u_0)),
            (b_now, coin(chance(arrive, past, b_past), u_1)),
            (b_later, coin(chance(step, now, b_now), u_2)),
        ),
        uniforms=(u_0, u_1, u_2),
        # the log-ratio of the two paths: four values
        checks=(SampleMean(of=drawn(both, {now: b_now, later: b_later}), value=total),),
        twins=("log of a sum", "expectation dropped", "prior loss of the wrong sign", "aggregate for prior"),
    ),
)

CLAIMS = (decomposition,)
