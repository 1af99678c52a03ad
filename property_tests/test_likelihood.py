"""The probability flow's likelihood against exact densities, and the standard errors against the errors made."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from derivations.catalogue import claims
from property_tests.exact import value
from property_tests.laws import GRID, Points, exact, gaussian, mixture
from udm.laws import Gaussian, Grid
from udm.likelihood import evaluate, evaluate_flow
from udm.likelihood.flow import divergence, log_prior, log_prob, signs, transport
from udm.model import Model
from udm.process import Marginal
from udm.schedule import EDM, LinearGamma, RectifiedFlow, Schedule

ENDS = (-6.0, 4.0)
RTOL = 1e-8
CLOSE = 1e-5  # 100 steps with errors RTOL |state|, |state| < 10, none amplified more than 1/alpha_1 = 7.5 times


def at(schedule: Schedule, t: float, n: int) -> tuple[Tensor, Tensor]:
    """Return alpha and sigma, of shape (n, 1)."""
    times = torch.full((n,), t, dtype=torch.float64)
    return schedule.alpha(times)[:, None], schedule.sigma(times)[:, None]


def normal_log_prob(z_0: Tensor, law: Gaussian, schedule: Schedule) -> Tensor:
    """Return the log density under the exact flow of a normal law.

    The flow is z_1 - alpha_1 m = sqrt(c_1/c_0) (z_0 - alpha_0 m), with c = alpha^2 s^2 + sigma^2.
    """
    (a_0, s_0), (a_1, s_1) = at(schedule, 0, len(z_0)), at(schedule, 1, len(z_0))
    grow = torch.sqrt(((a_1 * law.std) ** 2 + s_1**2) / ((a_0 * law.std) ** 2 + s_0**2))
    z_1 = a_1 * law.mean + grow * (z_0 - a_0 * law.mean)
    width = s_1 if isinstance(schedule, EDM) else torch.ones_like(s_1)
    return (torch.distributions.Normal(0.0, width).log_prob(z_1) + torch.log(grow)).sum(dim=1)


@pytest.mark.parametrize("schedule", [LinearGamma(*ENDS), EDM()], ids=lambda s: type(s).__name__)
def test_the_flow_of_a_normal_law_has_its_exact_likelihood(schedule: Schedule) -> None:
    law = gaussian(2)
    z_0 = at(schedule, 0, 6)[0] * law.draw(6, torch.Generator().manual_seed(0))
    want = normal_log_prob(z_0, law, schedule)
    assert (log_prob(law.model(schedule, "eps"), z_0, rtol=RTOL) - want).abs().max() < CLOSE
    biased = log_prob(law.model(schedule, "eps", shrink=0.99), z_0, rtol=RTOL)
    assert (biased - want).abs().max() > 10 * CLOSE


@pytest.mark.claim("vdm.vlb.prior.scaled")
def test_the_flow_starts_from_what_samples_start_from() -> None:
    """From N(0, 80^2) the flow of EDM's path nearly gives the law of the data; from N(0, 1) it is off by 700 nats."""
    law, schedule = gaussian(1), EDM()
    z_0 = law.draw(6, torch.Generator().manual_seed(0))
    found = log_prob(law.model(schedule), z_0, rtol=RTOL)
    first = Marginal(*(a[:1].expand(6) for a in schedule.at(torch.zeros(1, dtype=torch.float64))))
    # N(alpha_1 m, s^2 + 80^2) for N(0, 80^2): the logarithms differ by at most some |z_1 m| + s^2 over 80^2
    assert (found - law.log_marginal(z_0, first)).abs().max() < 0.1
    last = schedule.at(torch.ones(6, dtype=torch.float64))
    z_1 = last.sigma[:, None] * torch.randn(6, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    want = torch.distributions.Normal(0.0, last.sigma).log_prob(z_1[:, 0])
    torch.testing.assert_close(log_prior(z_1, last), want, rtol=1e-12, atol=0)


@pytest.mark.claim("sde.likelihood")
def test_the_flow_of_a_mixture_has_its_exact_likelihood() -> None:
    """It carries q(z_0) to q(z_1), so log q(z_0) = log q(z_1) + log |dz_1/dz_0|; both densities are torch's own."""
    law, schedule = mixture(), LinearGamma(*ENDS)
    z_0 = at(schedule, 0, 8)[0] * law.draw(8, torch.Generator().manual_seed(0))

    def density(z: Tensor, t: float) -> Tensor:
        alpha, sigma = at(schedule, t, len(z))
        std = torch.sqrt((alpha * law.stds[:, 0]) ** 2 + sigma**2)
        parts = torch.distributions.Normal(alpha * law.means[:, 0], std).log_prob(z)
        return torch.logsumexp(parts + law.log_weights, dim=1)

    for shrink, right in ((1.0, True), (0.99, False)):
        z_1, log_det = transport(law.model(schedule, "v", shrink=shrink), z_0, rtol=RTOL)
        off = (density(z_1, 1) + log_det - density(z_0, 0)).abs().max()
        assert (off < CLOSE) == right


def test_a_span_inside_infinite_ends_has_a_likelihood() -> None:
    law, schedule, span = gaussian(1), RectifiedFlow(), (0.01, 0.95)
    alpha, sigma = at(schedule, span[0], 5)
    z_0 = alpha * law.draw(5, torch.Generator().manual_seed(0))
    z_1, log_det = transport(law.model(schedule), z_0, span=span, rtol=RTOL)
    a, s = at(schedule, span[1], 5)
    grow = torch.sqrt(((a * law.std) ** 2 + s**2) / ((alpha * law.std) ** 2 + sigma**2))
    torch.testing.assert_close(log_det, torch.log(grow)[:, 0], rtol=0, atol=CLOSE)
    torch.testing.assert_close(z_1, a * law.mean + grow * (z_0 - alpha * law.mean), rtol=0, atol=CLOSE)
    with pytest.raises(ValueError, match="expected gamma and its slope finite at the ends of span"):
        transport(law.model(schedule), z_0)
    with pytest.raises(FloatingPointError, match="expected a smooth and finite denoiser"):
        transport(law.model(schedule)._replace(denoiser=lambda z, _: z * math.nan), z_0, span=span)


@pytest.mark.claim("sde.pfode.v")
def test_the_divergence_of_a_linear_velocity_is_its_claims() -> None:
    """v = k z on the straight path.

    40 nodes of Gaussian quadrature integrate the claim's divergence, and z grows by it.
    """
    answer, (low, high), k = claims()["sde.pfode.v"].answer.density, (0.1, 0.9), 0.3
    nodes, weights = np.polynomial.legendre.leggauss(40)
    exact = 0.0
    for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
        u = (low + high + (high - low) * node) / 2
        here = {"alpha_t": 1 - u, "sigma_t": u, "dalpha": -1, "dsigma": 1, "dgamma": 2 / (u * (1 - u)), "dv": k}
        here["d'"] = 2 * (u - (1 - u))  # of alpha^2 + sigma^2
        exact -= weight * (high - low) / 2 * float(value(answer, {s: here[s.name] for s in answer.free_symbols}))
    z_0 = torch.ones(1, 1, dtype=torch.float64)
    model = Model(lambda z, _: k * z, RectifiedFlow(), "v")
    z_1, log_det = transport(model, z_0, span=(low, high), rtol=RTOL)
    assert abs(log_det.item() - exact) < CLOSE and abs(math.log(z_1.item()) - exact) < CLOSE
    assert abs(transport(model._replace(parameterization="eps"), z_0, span=(low, high)).log_det.item() - exact) > 0.1


@pytest.mark.claim("sde.hutchinson")
def test_hutchinson_over_all_signs_is_the_divergence() -> None:
    z = torch.randn((2, 3), dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    a = torch.randn((3, 3), dtype=torch.float64, generator=torch.Generator().manual_seed(1))

    def field() -> Tensor:
        return torch.sin(z @ a)

    want = torch.autograd.functional.jacobian(lambda z: torch.sin(z @ a), z.detach())
    trace = torch.stack([want[b, :, b].diagonal().sum() for b in range(2)])  # type: ignore[call-overload]
    probes = [torch.tensor(e, dtype=torch.float64).expand(2, 3) for e in itertools.product((-1.0, 1.0), repeat=3)]
    found = torch.stack([divergence(field(), z, e) for e in probes])
    torch.testing.assert_close(found.mean(dim=0), trace, rtol=0, atol=1e-14)
    assert found.std() > 0.1
    torch.testing.assert_close(divergence(field(), z, None), trace, rtol=0, atol=1e-14)
    drawn = signs(torch.zeros(4000, 1), torch.Generator().manual_seed(0))
    assert (drawn.abs() == 1).all() and abs(drawn.mean()) < math.sqrt(2 * math.log(2e9) / 4000)  # Hoeffding


def batches(law: Grid, n: int, size: int) -> tuple[Tensor, ...]:
    return law.draw_index(n * size, torch.Generator().manual_seed(3)).split(size)


@pytest.mark.claim("likelihood.decoder")
def test_dequantisation_by_the_decoder_has_the_bounds_total() -> None:
    """A flow preserves divergences, so H(x) + KL(q(z_0) || p(z_0)) = H(x) + KL(q(z_1) || N), the total of the bound."""
    law, n = Grid(torch.tensor(GRID, dtype=torch.float64)), 12
    for shrink, right in ((1.0, True), (0.3, False)):
        model = law.model(LinearGamma(-3.0, 2.0), shrink=shrink)
        found = evaluate_flow(
            model, batches(law, n, 400), law.levels, dequantisation="decoder", exact=True, repeats=1, error="law",
            unit="nats", rtol=1e-4, atol=1e-6,
        )  # fmt: skip
        off = found.total.value - exact(Points(GRID), -3.0, 2.0).total
        far = float(stats.t.ppf(1 - 0.5e-9, n - 1)) * found.total.standard_error + 0.01  # of the solver: 100 rtol
        assert (abs(off) < far) == right


@pytest.mark.claim("likelihood.dequantised")
def test_uniform_dequantisation_has_its_closed_form() -> None:
    """Under a normal law's flow on four levels, E[-log p] has a closed form.

    It exceeds -log of the cells' probabilities.
    """
    law, schedule, levels = gaussian(2), LinearGamma(*ENDS), torch.linspace(-1, 2, 4, dtype=torch.float64)
    index = torch.tensor([[1, 2], [2, 2], [0, 3], [2, 1]])
    found = evaluate_flow(
        law.model(schedule), [index.repeat(60, 1)] * 4, levels, exact=True, repeats=4, unit="nats", rtol=1e-5, seed=1
    )
    (a_0, s_0), (a_1, s_1) = at(schedule, 0, 1), at(schedule, 1, 1)
    grow = torch.sqrt(((a_1 * law.std) ** 2 + s_1**2) / ((a_0 * law.std) ** 2 + s_0**2))
    std = 1 / (grow * a_0)  # of z_0/alpha_0 under the flow
    mean = (a_0 * law.mean - a_1 * law.mean / grow) / a_0
    x = levels[index]
    want = (((x - mean) ** 2 + 1 / 12) / std**2 / 2 + torch.log(std) + math.log(2 * math.pi) / 2).sum(dim=1).mean()
    normal = torch.distributions.Normal(mean, std)
    cells = -torch.log(normal.cdf(x + 0.5) - normal.cdf(x - 0.5)).sum(dim=1).mean()
    far = float(stats.t.ppf(1 - 0.5e-9, 4 * 3)) * found.total.standard_error + 1e-3
    assert abs(found.total.value - want.item()) < far < found.total.value - cells.item()
    assert "upper bound" in found.meaning and "uniform dequantisation" in found.meaning
    with pytest.raises(ValueError, match="expected increasing, equally spaced levels"):
        evaluate_flow(law.model(schedule), [index], torch.tensor([0.0, 1.0, 3.0, 4.0]))


def test_the_density_of_continuous_data_is_exact() -> None:
    law, schedule = gaussian(2), LinearGamma(*ENDS)
    x = law.draw(6, torch.Generator().manual_seed(0))
    found = evaluate_flow(law.model(schedule), [x], exact=True, repeats=2, unit="nats", rtol=RTOL)
    alpha = at(schedule, 0, 6)[0]
    want = -(normal_log_prob(alpha * x, law, schedule) + 2 * torch.log(alpha[:, 0])).mean()
    assert found.total.value == pytest.approx(want.item(), abs=CLOSE)
    assert found.total.standard_error < 1e-12 and "no bound" in found.meaning


def loss_of(x: Tensor, s2: float, m: float, v: tuple[float, float]) -> Tensor:
    """Return L_infinity(x) of a normal law, a closed form, of shape (n,)."""
    top, low = (1 + a * s2 for a in v)
    return 0.5 * (math.log(top / low) + (1 - (x - m) ** 2 / s2) * (1 / top - 1 / low)).sum(dim=1)


REPLICAS = 150


def replicas(error: str) -> tuple[Tensor, Tensor, Tensor]:
    """Return errors of the diffusion term, with the standard errors stated and those of independent examples."""
    law, rows = gaussian(48), []
    x = law.draw(64, torch.Generator().manual_seed(0))
    v, s2, m = (math.exp(8.0), math.exp(-4.0)), 0.0625, 0.5
    generator, model = torch.Generator().manual_seed(1), law.model(LinearGamma(-8.0, 4.0), "eps")
    for seed in range(REPLICAS):
        if error == "law":
            x = law.draw(64, generator)
        found = evaluate(
            model,
            x.split(8),
            decoder=law.decoder,
            repeats=2,
            seed=seed,
            error=error,
            unit="nats",  # type: ignore[arg-type]
        )["diffusion"]
        singly = evaluate(
            model, x.split(1), decoder=law.decoder, repeats=2, seed=seed, error=error, unit="nats"  # type: ignore[arg-type]
        )["diffusion"] if seed < 6 else found  # fmt: skip
        want = 24 * math.log((1 + v[0] * s2) / (1 + v[1] * s2)) if error == "law" else loss_of(x, s2, m, v).mean()
        rows.append((found.value - float(want), found.standard_error, singly.standard_error))
    return tuple(torch.tensor(rows, dtype=torch.float64).T)  # type: ignore[return-value]


@pytest.mark.parametrize(("error", "freedom"), [("data", 8), ("law", 7)])
def test_stated_standard_errors_match_the_errors(error: str, freedom: int) -> None:
    """The mean square of n errors over the mean of their n stated variances follows F(n, n freedom).

    Systematic times are not independent: standard errors that assume independence are much too large, and fail.
    """
    made, stated, independent = replicas(error)
    low, high = (float(stats.f.ppf(q, REPLICAS, REPLICAS * freedom)) for q in (0.5e-9, 1 - 0.5e-9))
    ratio = (made.square().mean() / stated.square().mean()).item()
    assert low < ratio < high
    assert made.square().mean() / independent[:6].square().mean() < low
    far = float(stats.t.ppf(1 - 0.5e-9, REPLICAS - 1))
    assert abs(made.mean()) < far * made.std() / math.sqrt(REPLICAS)


def test_events_may_lack_axes_and_fields_may_lack_slopes() -> None:
    """The events are numbers, of shape (batch,); and for N(0, 1) the field v is 0 for every z."""
    law = Gaussian(torch.tensor(0.5), torch.tensor(0.5))
    z_0, schedule = law.draw(5, torch.Generator().manual_seed(0)), LinearGamma(*ENDS)
    alpha = at(schedule, 0, 5)[0][:, 0]
    want = log_prob(law.model(schedule), alpha * z_0, rtol=RTOL)
    one = Gaussian(torch.tensor([0.5]), torch.tensor([0.5]))
    torch.testing.assert_close(want, log_prob(one.model(schedule), (alpha * z_0)[:, None], rtol=RTOL))
    for probe in (None, torch.ones(5, dtype=torch.float64)):
        still = log_prob(Model(lambda z, _: 0 * z.detach(), schedule, "v"), z_0, probe=probe)
        torch.testing.assert_close(still, torch.distributions.Normal(0.0, 1.0).log_prob(z_0), rtol=1e-6, atol=0)
    with pytest.raises(ValueError, match="increasing, equally spaced"):
        evaluate_flow(law.model(schedule), [torch.zeros(2, dtype=torch.long)], torch.tensor([1.0, 0.0, -1.0]))
