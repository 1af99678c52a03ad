"""Continuous data: a normal decoder, none, and the first step of a table, against laws whose answer is known."""

import math

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal

from udm import Gaussian as Normals
from udm.bound import bound_of
from udm.calling import Ranged
from udm.density import gaussian, neg_log_density, none
from udm.laws import Gaussian
from udm.likelihood import Evaluation, best_variance, evaluate, evaluate_flow
from udm.likelihood.invariance import invariance
from udm.model import Model
from udm.schedule import Betas, Cosine, LinearGamma, Truncated

PATH, T = LinearGamma(-5.0, 5.0), 20
TABLE = Betas.linear(T, 1e-2, 0.3)
LAW = Gaussian(torch.zeros(3), torch.ones(3))  # q(z_t) is N(0, 1) at all t, so that the best model is exact
X = torch.tensor([[0.3, -1.2, 2.0], [0.0, 0.5, -0.4]], dtype=torch.float64)
ERRORS = 5  # standard errors: a false alarm in 1.7 million
LOST = 2.0**-42  # of three squares of n = (x - y)/w, |n| < 5 and |y| < 2.4: twice 3 |n| 2 u |y|/w, where w = 0.082


def within(found: Evaluation, exact: float) -> bool:
    return abs(found.total.value - exact) <= ERRORS * found.total.standard_error + 1e-9


def test_the_normal_decoder_is_a_normal_density_as_wide_as_the_noise() -> None:
    at_0 = PATH.at(torch.zeros(2, dtype=torch.float64))
    z_0 = at_0.alpha[:, None] * X + at_0.sigma[:, None] * torch.randn(2, 3, dtype=torch.float64)
    y, width = z_0 / at_0.alpha[:, None], (at_0.sigma / at_0.alpha)[:, None]
    exact = -Normal(y, width).log_prob(X).sum(1)
    assert torch.allclose(gaussian(X, z_0, at_0), exact, rtol=0, atol=LOST)
    assert not torch.allclose(-Normal(y, at_0.sigma[:, None]).log_prob(X).sum(1), exact, rtol=1e-4)  # z_0's own width
    assert torch.equal(none(X, z_0, at_0), torch.zeros(2, dtype=torch.float64))
    p = Normals(z_0, torch.full_like(z_0, 0.7))
    assert torch.allclose(
        neg_log_density(X, p), -Normal(z_0, math.sqrt(0.7)).log_prob(X).sum(1), rtol=2.0**-48
    )  # of 16 u a term


def test_its_mean_is_that_of_its_claim_whatever_the_data() -> None:
    """E |n|^2 = D, and noise whose square is D for each example gives the mean without a draw."""
    at_0, signs = PATH.at(torch.zeros(2, dtype=torch.float64)), torch.tensor([[1.0, -1.0, 1.0]]).double()
    found = gaussian(X, at_0.alpha[:, None] * X + at_0.sigma[:, None] * signs, at_0)
    assert torch.allclose(found, 3 / 2 * (torch.log(2 * math.pi * torch.exp(at_0.gamma)) + 1), rtol=0, atol=LOST)


@pytest.mark.parametrize("i", [0, 1])
def test_without_a_decoder_the_bound_is_the_divergence_of_z_0_where_the_model_is_exact(i: int) -> None:
    """Under the best denoiser of N(0, 1) the reverse process is the true one, so nothing is lost beyond z_0."""
    x, at_0 = X[i : i + 1], PATH.at(torch.zeros(1, dtype=torch.float64))
    exact = float((at_0.alpha**2 * x**2 + at_0.sigma**2 - 1 - torch.log(at_0.sigma**2)).sum() / 2)
    some = [x.expand(500, 3)] * 4
    found = evaluate(LAW.model(PATH), some, decoder=none, unit="nats", repeats=4)
    assert within(found, exact), (found.total, exact)
    assert "KL(q(z_0 | x) || p(z_0))" in found.meaning and "says nothing of x itself" in found.meaning
    worse = evaluate(LAW.model(PATH, shrink=0.5), some, decoder=none, unit="nats", repeats=4)
    assert worse.total.value > exact and not within(worse, exact)
    decoded = evaluate(LAW.model(PATH), some, decoder=gaussian, unit="nats", repeats=4)
    cost = 3 / 2 * (math.log(2 * math.pi) - 5.0 + 1)
    assert within(decoded, exact + cost) and "-log p(x), density, by a normal decoder" in decoded.meaning


@pytest.mark.parametrize("learned", [False, True])
def test_on_a_table_the_first_step_decodes_and_the_exact_model_has_the_exact_density(learned: bool) -> None:
    """With the variance beta, best for N(0, 1), each reverse step is the true one: the bound is -log p(x)."""
    best = LAW.model(TABLE, "x").denoiser
    wide = Ranged(lambda z, gamma: torch.cat([best(z, gamma), torch.ones_like(z)], dim=1))  # v = 1 is beta
    model = Model(wide if learned else best, TABLE, "x")
    some, exact = [X.repeat(200, 1)] * 4, -float(LAW.log_prob(X).mean())
    how = "learned" if learned else "beta"
    found = evaluate(model, some, decoder=gaussian, variance=how, unit="nats", repeats=4)
    assert within(found, exact), (found.total, exact)
    tilde = evaluate(Model(best, TABLE, "x"), some, decoder=gaussian, variance="beta-tilde", unit="nats", repeats=4)
    assert tilde.total.value > exact and not within(tilde, exact)


def test_a_table_takes_no_other_decoder_and_says_which_it_takes() -> None:
    model = LAW.model(TABLE)
    for other in (none, lambda x, z_0, at_0: z_0.sum(1)):
        with pytest.raises(ValueError, match=r"expected sigma_0 > 0 for a decoder of z_0.*udm\.density\.gaussian"):
            bound_of(model, X, other, T=T)
    assert bound_of(model, X, gaussian, T=T).reconstruction.isfinite().all()
    v = best_variance(model, [X.repeat(500, 1)], T=T)
    error = 0.72 * math.sqrt(2 / 3000)  # of the estimated part of v, at most 0.72 of it, by as many squares
    assert torch.allclose(v[1:], TABLE.betas[1:], rtol=ERRORS * error, atol=0)  # beta is best for N(0, 1)
    assert not torch.allclose(v[1:], TABLE.betas[:-1], rtol=ERRORS * error, atol=0)  # those of the steps before


def test_the_flow_agrees_with_the_law_and_schedules_with_each_other() -> None:
    law = LAW.model(PATH)
    flow = evaluate_flow(law, [X], exact=True, unit="nats", repeats=2)
    at_0 = PATH.at(torch.zeros(1, dtype=torch.float64))
    z_0 = at_0.alpha * X  # whose density is that of N(0, 1), and of x = z_0/alpha_0 with the factor alpha_0
    exact = -float(LAW.log_prob(z_0).mean() + 3 * torch.log(at_0.alpha)[0])
    # x_hat and alpha z differ by 16 u |z|, v by 1/sigma of that, which the path adds up to half the integral of alpha
    # over gamma, 3.2 times; with a rounding at each of ten steps that is 60 u |z| for z, and for each of 3 divergences.
    rounding = 60 * 2.0**-53 * float(z_0.square().sum(1).amax() + 3)
    assert abs(flow.total.value - exact) <= rounding
    of_z_0 = exact + 3 * float(torch.log(at_0.alpha))  # not of x
    assert abs(flow.total.value - of_z_0) > rounding
    schedules = {"linear": PATH, "cosine": Truncated(Cosine(), -5.0, 5.0)}
    batches: list[Tensor] = [X.repeat(300, 1)]
    one, other = invariance(law, schedules, batches, decoder=gaussian, repeats=8)
    apart = math.hypot(one.bound.standard_error, other.bound.standard_error)
    assert abs(one.bound.value - other.bound.value) <= 12 * apart  # Student's t of 7 degrees: a millionth beyond
    with pytest.raises(ValueError, match="expected levels, for discrete data, or a decoder, got neither"):
        invariance(law, schedules, batches)


def test_data_too_coarse_for_the_noise_are_refused() -> None:
    fine = LinearGamma(-40.0, 5.0)
    with pytest.raises(ValueError, match="expected batches of a dtype that resolves sigma_0"):
        evaluate(LAW.model(fine), [X.float()], decoder=gaussian)
    assert math.isfinite(evaluate(LAW.model(fine), [X], decoder=gaussian).total.value)
