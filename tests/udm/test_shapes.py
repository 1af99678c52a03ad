"""Arguments of wrong shape or dtype are refused in the caller's words."""

import pytest
import torch
from torch import Tensor

from udm import Marginal, convert, diffuse, diffusion, kl, posterior, prior, reconstruction
from udm.gaussian import Gaussian
from udm.schedule import Betas, Cosine, LinearGamma
from udm.shapes import cast, combine, over

Z = torch.zeros(4, 3, 2)
T4 = torch.full((4,), 0.5)


@pytest.mark.parametrize("shape", [(4, 1, 1, 1), (3,), (), (1,), (4, 1)])
def test_over_requires_one_number_per_example(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"over: expected a of shape \(4,\), one per example, got"):
        over(Z, torch.zeros(shape))


def test_over_spreads_along_the_batch_even_where_axes_agree() -> None:
    a = torch.arange(4.0)
    (spread,) = over(torch.zeros(4, 4), a)
    assert spread.shape == (4, 1)
    assert torch.equal((spread + torch.zeros(4, 4))[:, 0], a)


def test_over_refuses_integers() -> None:
    with pytest.raises(ValueError, match=r"over: expected event of a floating dtype, got torch.int64"):
        over(Z.long(), T4)
    with pytest.raises(ValueError, match=r"expected a of a floating dtype, got torch.int64"):
        over(Z, T4.long())
    with pytest.raises(ValueError, match=r"expected event of shape \(batch, \*event\), got \(\)"):
        over(torch.tensor(1.0), T4)


@pytest.mark.parametrize("bad", [torch.tensor(0.5), torch.full((4, 1), 0.5), torch.zeros(4, dtype=torch.int64)])
def test_times_are_one_per_example(bad: Tensor) -> None:
    for method in (Cosine().gamma, Cosine().dgamma, Cosine().alpha, Cosine().sigma, Cosine().at):
        with pytest.raises(ValueError, match=r"Cosine\.\w+: expected t of"):
            method(bad)


def test_two_times_are_of_one_batch() -> None:
    with pytest.raises(ValueError, match=r"Cosine.between: expected t of shape \(4,\), one per example, got \(3,\)"):
        Cosine().between(T4, torch.full((3,), 0.7))


def test_a_step_is_of_the_batch_of_its_events() -> None:
    step = Cosine().between(T4[:3], 1.2 * T4[:3])
    message = r"^udm.posterior: expected step.alpha_s of shape \(4,\), one per example, got \(3,\)"
    with pytest.raises(ValueError, match=message):
        posterior(Z, Z, step)


def test_events_agree() -> None:
    at = Cosine().at(T4)
    with pytest.raises(ValueError, match=r"diffuse: expected eps of shape \(4, 3, 2\), as x, got \(4, 3\)"):
        diffuse(Z, Z[..., 0], at)
    with pytest.raises(ValueError, match=r"diffuse: expected eps of dtype torch.float32, as x, got torch.float64"):
        diffuse(Z, Z.double(), at)
    with pytest.raises(ValueError, match=r"diffusion: expected weight of shape \(4,\)"):
        diffusion(Z, Z, T4[:2])


def test_names_are_known() -> None:
    with pytest.raises(ValueError, match=r'convert: expected source one of "x", "eps", "v", "score", got \'noise\''):
        convert(Z, Z, Cosine().at(T4), "noise", "x")  # pyright: ignore[reportArgumentType]


def test_variances_fit_their_means() -> None:
    with pytest.raises(ValueError, match=r"kl: expected p.var of dtype torch.float32 and shape \(4, 3, 2\)"):
        kl(Gaussian(Z, Z + 1), Gaussian(Z, torch.ones(4)))


def test_the_decoder_requires_indices() -> None:
    at = LinearGamma().at(0 * T4)
    with pytest.raises(ValueError, match=r"reconstruction: expected index of shape \(4, 3, 2\), integer"):
        reconstruction(Z, Z, at, torch.linspace(-1, 1, 8))


def test_integers_are_refused_as_data() -> None:
    with pytest.raises(ValueError, match=r"prior: expected x of a floating dtype, got torch.uint8"):
        prior(Z.byte(), Cosine().at(T4))


def test_a_coarse_time_is_refused_where_it_names_an_index() -> None:
    with pytest.raises(
        ValueError, match=r"Betas.alpha: expected t of a dtype that resolves 1/1000, got torch.bfloat16"
    ):
        Betas.linear().alpha(T4.bfloat16())


def test_half_types_round_once() -> None:
    z = torch.full((1, 1), 1.0, dtype=torch.bfloat16)
    a, b = torch.tensor([1.0], dtype=torch.float64), torch.tensor([2.0**-7 * 0.75], dtype=torch.float64)
    assert combine((a, z), (b, z)).item() == 1 + 2.0**-7
    assert cast(z, b).dtype == torch.bfloat16
    assert Marginal.from_gamma(T4).alpha.dtype == torch.float64


@pytest.mark.filterwarnings("ignore:There is a performance drop:UserWarning")  # of torch.vmap itself, for addcmul_
def test_one_event_of_a_sum_may_be_mapped_over() -> None:
    """vmap maps over many noises for one x, over many x for one noise, and over both."""
    at = Cosine().at(T4)
    x, eps = torch.randn(5, *Z.shape), torch.randn(5, *Z.shape)
    over_eps = torch.vmap(lambda e: diffuse(x[0], e, at))(eps)
    over_x = torch.vmap(lambda a: diffuse(a, eps[0], at))(x)
    over_both = torch.vmap(lambda a, e: diffuse(a, e, at))(x, eps)
    for k in range(5):
        torch.testing.assert_close(over_eps[k], diffuse(x[0], eps[k], at))
        torch.testing.assert_close(over_x[k], diffuse(x[k], eps[0], at))
        torch.testing.assert_close(over_both[k], diffuse(x[k], eps[k], at))


def test_a_sum_leaves_its_events_as_they_were() -> None:
    at, x, eps = Cosine().at(T4), torch.randn(Z.shape), torch.randn(Z.shape)
    before = x.clone(), eps.clone()
    ones = torch.ones(4, dtype=torch.float64)
    z = combine((ones, x), (ones, eps))
    assert torch.equal(x, before[0]) and torch.equal(eps, before[1])
    torch.testing.assert_close(z, x + eps)
    assert diffuse(x, eps, at).data_ptr() not in (x.data_ptr(), eps.data_ptr())
