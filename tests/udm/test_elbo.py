"""Bounds by draws from an encoder, against linear-Gaussian models, whose likelihood and posterior are known."""

import math
from collections.abc import Callable

import pytest
import torch
from scipy import stats
from torch import Tensor

from derivations.claims.bound.vae import B as BEST
from derivations.symbols import reach
from derivations.symbols import x as datum
from udm.elbo import chain_bound, vae_bound
from udm.gaussian import Gaussian

REACH, DRAWS = 1.5, 400
X = torch.tensor([[-1.0], [0.2], [2.0]], dtype=torch.float64)


def normal(x: Tensor, mean: Tensor, var: float) -> Tensor:
    return -(torch.square(x - mean) / var + math.log(2 * math.pi * var)).sum(1) / 2


def likelihood(z: Tensor) -> Tensor:
    return normal(X, REACH * z, 1.0)


def evidence() -> Tensor:
    return normal(X, 0 * X, REACH**2 + 1)


def encoder(mean: Tensor, var: float) -> Gaussian:
    return Gaussian(mean, torch.full_like(mean, var))


def posterior() -> Gaussian:
    """The top of the bound, of the claim."""
    means = [float(BEST.mean.subs({reach: REACH, datum: float(x)})) for x in X]
    return encoder(torch.tensor(means, dtype=torch.float64)[:, None], float(BEST.var.subs({reach: REACH})))


def exact(q: Gaussian) -> Tensor:
    """The bound's mean: the prior's divergence, and the mean of the negative log-likelihood."""
    mean, var = q.mean[:, 0], q.var[:, 0]
    prior = (var - 1 - var.log() + mean**2) / 2
    return prior - likelihood(q.mean) + REACH**2 * var / 2


FAR = float(stats.t.ppf(1 - 0.5e-9 / 3, DRAWS - 1))


@pytest.mark.claim("vae.samples")
@pytest.mark.parametrize("draws", [2, DRAWS])
def test_the_mean_is_the_bound_whatever_the_number_of_draws(draws: int) -> None:
    q, generator = encoder(0.3 * X + 0.1, 0.6), torch.Generator().manual_seed(0)
    runs = [vae_bound(q, likelihood, draws=draws, generator=generator) for _ in range(DRAWS // draws)]
    value = torch.stack([run.value for run in runs]).mean(0)
    one = vae_bound(q, likelihood, draws=DRAWS, generator=generator)
    assert bool(((value - exact(q)).abs() < FAR * one.standard_error).all())
    assert bool((one.value + evidence() > 0.05).all())  # it is above -log p(x)
    summed = one.value + (1 - draws) * likelihood(q.mean)  # a sum for the average, at least
    assert not bool(((summed - exact(q)).abs() < FAR * one.standard_error).all())


@pytest.mark.claim("vae.samples")
def test_the_best_encoder_is_the_posterior_where_the_bound_is_the_likelihood() -> None:
    q = posterior()
    assert torch.allclose(exact(q), -evidence(), rtol=1e-14)
    mean = q.mean.clone().requires_grad_()
    generator = torch.Generator().manual_seed(1)
    found = vae_bound(Gaussian(mean, q.var), likelihood, draws=DRAWS, generator=generator)
    (slope,) = torch.autograd.grad(found.value.sum(), mean)
    spread = REACH**2 * math.sqrt(float(q.var[0, 0]) / DRAWS)  # of the slope, REACH^2 sqrt(var) times the mean noise
    assert bool((slope.abs() < 6.2 * spread).all())  # a normal's 1e-9
    one_off = Gaussian((q.mean + 1).requires_grad_(), q.var)
    bound = vae_bound(one_off, likelihood, draws=DRAWS, generator=generator)
    (away,) = torch.autograd.grad(bound.value.sum(), one_off.mean)
    assert bool((away > 6.2 * spread).all())


def test_one_draw_has_no_error_to_tell() -> None:
    assert bool(torch.isnan(vae_bound(posterior(), likelihood).standard_error).all())


# A chain: z_2 ~ N(0, 1), z_1 = a z_2 + noise of variance 1 - a^2, x = REACH z_1 + noise of variance 1
A = 0.8
JOINT: list[Callable[[Tensor], Gaussian]] = [
    lambda x: encoder(REACH * x / (REACH**2 + 1), 1 / (REACH**2 + 1)),
    lambda z: encoder(A * z, 1 - A**2),
]
DOWN: list[Callable[[Tensor], Gaussian]] = [lambda z: encoder(A * z, 1 - A**2)]


@pytest.mark.claim("vdm.vlb.jensen")
def test_with_the_models_own_posterior_every_path_gives_the_likelihood() -> None:
    found = chain_bound(X, JOINT, DOWN, likelihood, draws=5, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(found.value, -evidence(), rtol=1e-13)
    assert bool((found.standard_error < 1e-13).all())
    off: list[Callable[[Tensor], Gaussian]] = [JOINT[0], lambda z: encoder(A * z, 0.05)]
    looser = chain_bound(X, off, DOWN, likelihood, draws=DRAWS, generator=torch.Generator().manual_seed(0))
    v = 0.05 / (1 - A**2)
    gap = (v - 1 - math.log(v)) / 2  # the divergence of the two encoders of z_2
    assert bool(((looser.value + evidence() - gap).abs() < FAR * looser.standard_error).all())
    assert bool((looser.value + evidence() > FAR * looser.standard_error).all())


def test_a_chain_of_one_latent_is_the_autoencoder_with_a_drawn_prior_term() -> None:
    found = chain_bound(X, JOINT[:1], [], likelihood, draws=3)
    assert torch.allclose(found.value, -evidence(), rtol=1e-13)


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "no draws": (lambda: vae_bound(posterior(), likelihood, draws=0), "vae_bound: expected draws >= 1, got 0"),
    "no law": (lambda: vae_bound(X, likelihood), "vae_bound: expected q to be a Gaussian"),  # type: ignore[arg-type]
    "a likelihood of events": (lambda: vae_bound(posterior(), lambda z: z), "log_likelihood(z) of shape (3,)"),
    "another prior": (
        lambda: vae_bound(posterior(), likelihood, prior=Gaussian(X[:2], X[:2] + 3)),
        "expected prior.mean of shape (3, 1)",
    ),
    "no encoders": (lambda: chain_bound(X, [], [], likelihood), "one decoder fewer, got 0 and 0"),
    "too many decoders": (lambda: chain_bound(X, JOINT, JOINT, likelihood), "got 2 and 2"),
    "no law of a latent": (lambda: chain_bound(X, [lambda x: x], [], likelihood), "encoders[0](z) to be a Gaussian"),  # type: ignore[arg-type, list-item, return-value]
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_bound_is_refused(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match=r"^udm\.elbo\.") as refused:
        call()
    assert message in str(refused.value)
