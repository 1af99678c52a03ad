"""The networks: exact properties, shapes and dtypes, and examples that do not depend on each other."""

import math
from typing import cast

import pytest
import torch
from torch import Tensor, nn

from udm.data import values
from udm.laws import Grid
from udm.network import LevelNet, build, fourier_features
from udm.network.fourier import resolving
from udm.network.layers import Dense
from udm.process import Marginal

pytestmark = pytest.mark.usefixtures("one_thread")


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def level(c: int = 1, K: int = 5, labels: int = 0, stirred: bool = True, dense: int = 16) -> LevelNet:
    """Draw all parameters, so that none keeps its initial zero."""
    torch.manual_seed(1)
    net = LevelNet((c, 4, 6), K, channels=8, blocks=2, labels=labels, dense=dense).eval()
    if stirred:
        for p in net.parameters():
            nn.init.normal_(p, std=0.3)
    return net


def latents(net: LevelNet, gamma: Tensor, seed: int = 0) -> Tensor:
    """Return z of drawn levels at each gamma, in the dtype of gamma."""
    at = Marginal.from_gamma(gamma)
    index = torch.randint(0, len(net.x_k), (len(gamma), 1, 4, 6), generator=torch.Generator().manual_seed(seed))
    a, s = (v[:, None, None, None] for v in (at.alpha, at.sigma))
    return (a * net.x_k[index] + s * drawn(len(gamma), 1, 4, 6, seed=seed)).to(gamma.dtype)


GAMMAS = torch.tensor([-14.0, -9.0, -5.0, -2.0, 0.0, 3.0, 8.0])


@pytest.mark.claim("bayes.points")
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_the_untrained_network_is_the_best_denoiser_of_independent_levels(dtype: torch.dtype) -> None:
    r"""The mean moves by at most the spread of levels that matter, min(2, 9 / sqrt(SNR)), times the error of a logit.

    That is 6 units u of its size, 40 at most where it matters; and SNR |z/alpha - x_k| <= 9 sqrt(SNR) times that of
    z/alpha, 3 u (1 + 4 / sqrt(SNR)).
    """
    net = level(stirred=False).to(dtype)
    gamma = GAMMAS.to(dtype)
    z = latents(net, gamma)
    exact = Grid(values(5, torch.float64), (1, 4, 6)).posterior_mean(z.double(), Marginal.from_gamma(gamma))
    error = (net(z, gamma).double() - exact).abs().amax(dim=(1, 2, 3))
    u, root = torch.finfo(dtype).eps / 2, torch.exp(-gamma.double() / 2)
    spread = torch.clamp(9 / root, max=2.0)
    bound = u * (spread * (6 * 40 + 3 * (9 * root + 36)) + 2)
    assert (error <= bound).all(), error / bound
    assert (exact - z).abs().max() > 0.1  # the network does denoise


def test_a_wrong_likelihood_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The half is left out, or z stands for z / alpha."""
    net, gamma = level(stirred=False).double(), GAMMAS.double()
    z, at = latents(net, gamma), Marginal.from_gamma(gamma)
    exact, right = Grid(values(5, torch.float64), (1, 4, 6)).posterior_mean(z, at), net._likelihood
    for wrong in (lambda z, g: 2 * right(z, g), lambda z, g: right(z * at.alpha[:, None, None, None], g)):
        monkeypatch.setattr(net, "_likelihood", wrong)
        assert (net(z, gamma) - exact).abs().max() > 1e-2


@pytest.mark.claim("bayes.level")
@torch.no_grad()
def test_a_prior_enters_by_bayes_rule() -> None:
    """Each coordinate has its own prior; the posterior mean is a sum over levels."""
    net = level(c=2, stirred=False).double()
    nn.init.normal_(net.prior)
    gamma, x = torch.tensor([1.0], dtype=torch.float64), values(5, torch.float64)
    z = drawn(1, 2, 4, 6).double()
    alpha, sigma = (float(v) for v in Marginal.from_gamma(gamma)[:2])
    prior = net.prior.unflatten(0, (2, 5)).softmax(dim=1)
    got = net(z, gamma)
    for i in ((0, 0, 0), (1, 0, 0), (1, 3, 5), (0, 2, 4)):
        c, h, w = i
        joint = [float(prior[c, k, h, w]) * math.exp(-((float(z[0][i]) - alpha * x_k) ** 2) / sigma**2 / 2)
                 for k, x_k in enumerate(x.tolist())]  # fmt: skip
        mean = sum(p * x_k for p, x_k in zip(joint, x.tolist(), strict=True)) / sum(joint)
        assert float(got[0][i]) == pytest.approx(mean, abs=1e-12)


@pytest.mark.parametrize(("name", "options"), [("level", {"dense": 16}), ("level", {"dense": 0}), ("unet", {})])
@pytest.mark.parametrize("labels", [0, 3])
def test_examples_do_not_depend_on_their_batch(name: str, options: dict[str, int], labels: int) -> None:
    """Any order and any division gives the same, to the rounding of float32's kernels; classes make a difference."""
    torch.manual_seed(0)
    net = build(name, (1, 8, 8), 17, labels, channels=8, blocks=1, dropout=0.5, **options).eval()
    for p in net.parameters():
        nn.init.normal_(p, std=0.3)
    z, gamma = drawn(6, 1, 8, 8), torch.linspace(-8, 5, 6)
    label = (torch.arange(6) % 3,) if labels else ()
    whole, turned = net(z, gamma, *label), torch.tensor([3, 0, 5, 1, 4, 2])
    assert whole.shape == z.shape and whole.dtype == z.dtype and whole.isfinite().all()
    assert torch.allclose(net(z[turned], gamma[turned], *(c[turned] for c in label)), whole[turned], atol=1e-5)
    assert torch.allclose(net(z[2:4], gamma[2:4], *(c[2:4] for c in label)), whole[2:4], atol=1e-5)
    assert (net(z, gamma.flip(0), *label) - whole).abs().max() > 1e-3
    if labels:
        none = net(z, gamma)
        assert torch.equal(none, net(z, gamma, torch.full((6,), -1))) and (none - whole).abs().max() > 1e-3
        first, second, third = (net(z, gamma, torch.full((6,), c)) for c in range(3))
        assert (first - second).abs().max() > 1e-3 and (second - third).abs().max() > 1e-3
        assert torch.allclose(first[::3], whole[::3], atol=1e-5)


@pytest.mark.parametrize("dense", [0, 16])
def test_every_parameter_is_trained(dense: int) -> None:
    net = level(labels=2, dense=dense).train()
    net(drawn(4, 1, 4, 6), torch.zeros(4), torch.tensor([0, 1, -1, 0])).square().sum().backward()
    dead = [name for name, p in net.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert dead == []


def felt(fading: bool, gamma: float) -> float:
    """How far x_hat is moved by the layers that see the whole event, for pixels midway between two levels."""
    torch.manual_seed(1)
    net = LevelNet((1, 4, 6), 5, channels=8, blocks=1, dense=16, fading=fading).double().eval()
    for p in net.parameters():
        nn.init.normal_(p, std=0.3)
    noise = torch.full((1,), gamma, dtype=torch.float64)
    z = Marginal.from_gamma(noise).alpha * (net.x_k[1] + net.x_k[2]) / 2 * torch.ones(1, 1, 4, 6, dtype=torch.float64)
    with_whole = net(z, noise)
    nn.init.zeros_(cast(Dense, net.mixes[0]).up.weight)
    nn.init.zeros_(cast(Tensor, cast(Dense, net.mixes[0]).up.bias))
    return float((net(z, noise) - with_whole).detach().abs().max())


def test_what_sees_the_whole_fades_where_there_is_little_noise() -> None:
    """Its part is sigmoid(gamma + 1): nearly all of it at gamma = 6, and e^-11 of it at gamma = -12."""
    assert felt(True, 6.0) > 0.9 * felt(False, 6.0) > 1e-3
    assert 0 < felt(True, -12.0) < 1e-3 * felt(False, -12.0)


def test_half_types_work() -> None:
    net = level().to(torch.bfloat16)
    x_hat = net(drawn(2, 1, 4, 6).bfloat16(), torch.tensor([-9.0, 3.0], dtype=torch.bfloat16))
    assert x_hat.dtype == torch.bfloat16 and (x_hat.abs() <= 1).all()


def test_the_unet_takes_sizes_that_do_not_divide() -> None:
    for shape, channels in (((3, 8, 8), 12), ((1, 28, 28), 8), ((1, 7, 5), 8)):
        net = build("unet", shape, 256, channels=channels, blocks=1, dropout=0.0).eval()
        assert net(drawn(2, *shape), torch.zeros(2)).shape == (2, *shape)


@pytest.mark.parametrize(
    ("name", "shape", "options", "message"),
    [
        ("level", (64,), {}, r"expected shape \(c, h, w\), got \(64,\)"),
        ("unet", (64,), {}, r"expected shape \(c, h, w\), got \(64,\)"),
        ("level", (1, 8, 8), {"channels": 12}, "channels a multiple of 8"),
        ("level", (1, 8, 8), {"blocks": 0}, "blocks >= 1"),
        ("level", (1, 8, 8), {"dropout": 1.0}, "0 <= dropout < 1"),
        ("level", (1, 8, 8), {"dense": -1}, "dense >= 0, got -1"),
        ("mlp", (1, 8, 8), {}, '"level" or "unet", got \'mlp\''),
    ],
)
def test_settings_of_no_network_are_refused(name: str, shape: tuple[int, ...], options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(name, shape, 17, **options)


def test_a_missing_diffusers_is_answered_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "diffusers", None)
    with pytest.raises(ValueError, match=r"pip install '\.\[images\]' in a clone"):
        build("unet", (1, 8, 8), 17)


def test_fourier_features_are_exact_at_every_level() -> None:
    """At the levels of K = 256 the angles are (k + 1/2) pi and (2k + 1) pi: sines and cosines are 0, 1 or -1.

    The reduced angle is exact, its product with pi rounded twice: pi * 2^-24 and half an ulp of 4 at most.
    """
    z = values(256)[:, None, None, None]
    got = fourier_features(z, range(7, 9))[:, :, 0, 0].double()
    k = torch.arange(256)
    sign = 1.0 - 2.0 * (k % 2)
    want = torch.stack([z[:, 0, 0, 0], sign, 0 * sign, 0 * sign, -torch.ones(256)], dim=1)
    assert (got - want).abs().max() <= 4 * 2.0**-23
    rounded = torch.cos(128 * math.pi * z[:, 0, 0, 0])  # the angle of 128 pi rounded to float32
    assert rounded.double().abs().max() > 4 * 2.0**-23


def apart(K: int, n: range) -> float:
    """Return the least distance between the features of neighbouring levels."""
    z = values(K, torch.float64)[:, None, None, None]
    return torch.diff(fourier_features(z, n)[:, 1:, 0, 0], dim=0).norm(dim=1).min().item()


@pytest.mark.claim("vdm.fourier.lsb")
@pytest.mark.parametrize("K", [2, 3, 5, 16, 17, 31, 33, 100, 129, 256, 257, 1025])
def test_fourier_features_separate_neighbouring_levels(K: int) -> None:
    """Their distance is 2 sin(2^n pi/K) at one n.

    At two n together its square is 4 + 4 cos^2 h (1 - 2 cos 2h) with h = 2^n pi/K: never below 2.
    """
    n = resolving(K)
    assert 2 ** n[0] <= K / 2 < 2 ** n[1]
    h = 2 ** n[0] * math.pi / K
    assert apart(K, n[:1]) == pytest.approx(2 * math.sin(h), abs=1e-12)
    both = math.sqrt(4 + 4 * math.cos(h) ** 2 * (1 - 2 * math.cos(2 * h)))
    assert apart(K, n) == pytest.approx(both, abs=1e-12) and both >= 2 - 1e-12


@pytest.mark.parametrize("K", [17, 33, 129, 257])
def test_one_frequency_too_many_is_detected(K: int) -> None:
    """log2 K rounded up gives n = 4, 5 at 17 levels, where neighbours are 0.8 apart instead of 2."""
    finest = (K - 1).bit_length() - 1
    assert apart(K, range(finest, finest + 2)) < 1.9
    assert K != 17 or apart(K, range(4, 5)) == pytest.approx(0.367, abs=1e-3)


def test_vdms_own_frequencies_are_kept() -> None:
    assert resolving(256) == range(7, 9) and apart(256, range(7, 8)) == pytest.approx(2, abs=1e-12)
    assert apart(256, range(8, 9)) < 1e-12  # all levels look alike
    with pytest.raises(ValueError, match="resolving: expected K >= 2 levels, got 1"):
        resolving(1)


def test_weights_for_other_features_are_refused() -> None:
    """Weights that do not record where their features begin used log2 K rounded up: the same for powers of two only."""
    for K, fits in ((16, True), (17, False)):
        net = build("unet", (1, 8, 8), K, channels=8, blocks=1)
        net.load_state_dict(net.state_dict())
        old = {name: v for name, v in net.state_dict().items() if name != "first"}
        if fits:
            net.load_state_dict(old)
        else:
            with pytest.raises(RuntimeError, match="expected weights for Fourier features from n = 3 on, got n = 4"):
                net.load_state_dict(old)


def test_fourier_features_are_sines_with_their_slopes() -> None:
    z = drawn(2, 3, 4, 4).double().requires_grad_()
    got = fourier_features(z, range(1, 3))
    parts = [z, *(f(2**n * math.pi * z) for f in (torch.sin, torch.cos) for n in (1, 2))]
    assert torch.allclose(got, torch.cat(parts, dim=1), atol=1e-14)
    (slope,) = torch.autograd.grad(got[:, 3:6].sum(), z)
    assert torch.allclose(slope, 2 * math.pi * torch.cos(2 * math.pi * z), atol=1e-12)
    for bad, n in ((torch.zeros(2, 4), range(1)), (torch.zeros(1, 1, 2, 2), range(0))):
        with pytest.raises(ValueError, match="n not empty"):
            fourier_features(bad, n)
