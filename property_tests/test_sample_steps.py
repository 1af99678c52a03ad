"""Coefficients of samplers' steps and of guidance equal their claims' answers.

A coefficient of DDIM is a product of at most five factors good to 4 u and a root of a sum of positive terms good to 5
u: 24 u in all, at most 24 ulps of float64, and one of any narrower type. What acts on events is measured against the
sizes of its terms: 32 u of them (coefficients to 24 u, a product, three sums).
"""

from itertools import pairwise

import pytest
import torch
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

import udm.sample.step
from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.conftest import Record
from property_tests.exact import BITS, DTYPES, worst
from property_tests.steps import Trio, U, by_eta, fill, rows
from property_tests.strategies import BATCH, Gammas, _gammas, gammas, latents, seeds
from udm import Marginal, Step
from udm.guidance import classifier, combination, rescaled, scale
from udm.sample import heun, langevin, langevin_size, leading, trailing
from udm.sample.plan import Table, line
from udm.sample.second import extrapolation, heun_weight
from udm.sample.step import ancestral, ancestral_coefficients, ddim, ddim_coefficients

BOUND = {torch.float64: 24.0}
etas = st.one_of(st.sampled_from([0.0, 1.0, 0.5, 1e-3]), st.floats(0, 1))


def stretched(gamma: torch.Tensor, by: int) -> Marginal:
    """Return a path with alpha^2 + sigma^2 = by^2."""
    plain = Marginal.from_gamma(gamma)
    return plain._replace(alpha=by * plain.alpha, sigma=by * plain.sigma)


def errors(drawn: Gammas, got: tuple[torch.Tensor, ...], exact: list[Trio]) -> dict[torch.dtype, float]:
    return {
        dtype: max(
            worst(made.to(dtype).tolist(), column, dtype)
            for made, column in zip(got, zip(*exact, strict=True), strict=True)
        )
        for dtype in DTYPES
    }


@pytest.mark.claim("ddim.eta", "ddim.marginal")
@given(drawn=gammas, eta=etas)
def test_ddim_is_exact(drawn: Gammas, eta: float, measure: Record) -> None:
    exact = [by_eta(eta)(q) for q in rows(drawn)]
    for dtype, error in errors(drawn, ddim_coefficients(Step.from_gamma(*drawn), eta), exact).items():
        measure("ddim.eta ddim.marginal", "DDIM's step", dtype, error, BOUND.get(dtype, 1.0), BATCH)


@pytest.mark.claim("ddim.step")
@given(drawn=gammas, eta=etas, x=st.floats(-3, 3), z=st.floats(-3, 3), n=st.floats(-3, 3))
def test_a_step_of_ddim_is_that_in_data_and_noise(drawn: Gammas, eta: float, x: float, z: float, n: float) -> None:
    """Against the sizes of its three terms; with the noise the other way it is another one."""
    form, var = claims()["ddim.step"].answer.by_both, claims()["ddim.eta"].answer.var
    z_t, x_hat, noise = (torch.full((BATCH, 1), e, dtype=torch.float64) for e in (z, x, n))
    got = ddim(z_t, x_hat, Step.from_gamma(*drawn), eta, noise)[:, 0].tolist()
    for made, q in zip(got, rows(drawn), strict=True):
        sigma2 = fill(var, **q | {"eta": arb(eta)})
        a, b, spread = by_eta(eta)(q)
        with precision(BITS):
            implied = (arb(z) - q["alpha_t"] * x) / q["sigma_t"]
            size = 32 * U * (abs(a * z) + abs(b * x) + abs(spread * n)) + 2.0**-1070
        values = q | {"x": arb(x), "eps": implied, "Sigma": sigma2}
        with precision(BITS):
            assert abs(fill(form, **values, n_3=arb(n)) - made) <= size
            assert abs(spread * n) <= size or not abs(fill(form, **values, n_3=arb(-n)) - made) <= size


@pytest.mark.claim("ddim.eta.collected")
@given(drawn=gammas, eta=etas)
def test_collected_coefficients_of_ddim_are_exact(drawn: Gammas, eta: float, measure: Record) -> None:
    answer, made = claims()["ddim.eta.collected"].answer, ddim_coefficients(Step.from_gamma(*drawn), eta)
    points = [q | {"eta": arb(eta)} for q in rows(drawn)]
    for got, exact in ((made.z, answer.z), (made.x, answer.x)):
        error = worst(got.tolist(), [fill(exact, **q) for q in points])
        measure("ddim.eta.collected", "DDIM's step", torch.float64, error, 24.0, BATCH)


@pytest.mark.claim("ddim.eta", "vdm.posterior")
@given(drawn=gammas)
def test_the_ancestral_step_is_ddim_at_eta_one(drawn: Gammas, measure: Record) -> None:
    exact = [by_eta(1.0)(q) for q in rows(drawn)]
    for dtype, error in errors(drawn, ancestral_coefficients(Step.from_gamma(*drawn)), exact).items():
        measure("ddim.eta vdm.posterior", "ancestral step", dtype, error, BOUND.get(dtype, 1.0), BATCH)


@pytest.mark.claim("ddim.eta", "vdm.param.eps", "vdm.param.v", "vdm.param.score")
@pytest.mark.parametrize("kind", ["x", "eps", "v", "score"])
@given(drawn=gammas, eta=etas)
def test_a_steps_line_in_the_prediction_is_exact(kind: str, drawn: Gammas, eta: float, measure: Record) -> None:
    """Coefficients of 24 u, x-hat's of two factors good to 5 u and a quotient: 36 u, and a sum of positive terms."""
    step = Step.from_gamma(*drawn)
    at = Marginal(*(torch.cat([a, a[:1]]) for a in Marginal.from_gamma(drawn.gamma_t)))
    table = Table(at, step, [False] * BATCH, kind, torch.float64)  # type: ignore[arg-type]
    got, exact = line(table, ddim_coefficients(step, eta)), []
    for q in rows(drawn):
        a, b, n = by_eta(eta)(q)
        alpha, sigma = q["alpha_t"], q["sigma_t"]
        with precision(BITS):
            p, of = {
                "x": (arb(0), arb(1)),
                "eps": (1 / alpha, -sigma / alpha),
                "v": (alpha, -sigma),
                "score": (1 / alpha, sigma**2 / alpha),
            }[kind]
            exact.append((a + b * p, b * of, n))
    for made, column in zip(got, zip(*exact, strict=True), strict=True):
        error = worst(made.tolist(), list(column))
        measure("ddim.eta", f"DDIM's step from {kind}", torch.float64, error, 40.0, BATCH)


@pytest.mark.claim("ddim.forms", "ddim.exact", "dpm.phi")
@given(drawn=gammas)
def test_the_step_without_noise_is_exact(drawn: Gammas, measure: Record) -> None:
    """Its coefficient alpha_s (1 - e^-h) is what `ddim.forms` multiplies x-hat by."""
    form, phi = claims()["ddim.forms"].answer.by_x.expand(), claims()["dpm.phi"].answer.none
    got = ddim_coefficients(Step.from_gamma(*drawn)).x.tolist()
    by_form, by_phi = [], []
    for q in rows(drawn):
        by_form.append(fill(form, **q | {"z_t": arb(0), "x_hat": arb(1)}))
        with precision(BITS):
            by_phi.append(q["alpha_s"] * fill(phi, h=(q["gamma_t"] - q["gamma_s"]) / 2))
    measure("ddim.forms ddim.exact", "DDIM's step", torch.float64, worst(got, by_form), 24.0, BATCH)
    measure("dpm.phi", "first-order step", torch.float64, worst(got, by_phi), 24.0, BATCH)


@pytest.mark.claim("dpmpp.2m")
@given(drawn=gammas, seed=seeds)
def test_the_extrapolation_is_exact(drawn: Gammas, seed: int, measure: Record) -> None:
    answer, before = claims()["dpmpp.2m"].answer, _gammas(seed + 1).gap
    k = extrapolation(Step.from_gamma(*drawn), before)
    now, past = [], []
    for gap, gap_before in zip(drawn.gap.tolist(), before.tolist(), strict=True):
        with precision(BITS):
            r = arb(gap_before) / arb(gap)
        now.append(fill(answer.now, r=r))
        past.append(fill(answer.before, r=r))
    measure("dpmpp.2m", "weight of x-hat", torch.float64, worst((1 + k).tolist(), now), 3.0, BATCH)
    measure("dpmpp.2m", "weight of x-hat before", torch.float64, worst((-k).tolist(), past), 1.0, BATCH)


@pytest.mark.claim("edm.heun")
@given(drawn=gammas)
def test_heuns_step_is_exact(drawn: Gammas, measure: Record) -> None:
    """Its gain on N(0, c) with alpha = 1, sigma_t = e^(gamma/2). The second prediction is that after the Euler step."""
    c, answer, largest = 0.7, claims()["edm.heun"].answer, 0.0
    gamma, gap = drawn.gamma_t.clamp(-8, 8), drawn.gap.clamp(max=5.0)
    ones, sigma_t = torch.ones_like(gap), torch.exp(gamma / 2)
    sigma_s = sigma_t * torch.exp(-gap / 2)
    step = Step(ones, sigma_s, ones, sigma_t, gap)
    z = torch.ones(BATCH, 1, dtype=torch.float64)
    x_t = (c / (c + sigma_t**2))[:, None] * z
    x_s = (c / (c + sigma_s**2))[:, None] * udm.sample.step.ddim(z, x_t, step)
    got = heun(z, x_t, x_s, step).flatten().tolist()
    for number, sigma, h in zip(got, sigma_t.tolist(), gap.tolist(), strict=True):
        with precision(BITS):
            low = arb(sigma) * (-arb(h) / 2).exp()
        exact = fill(answer.heun, c=arb(c), sigma_s=low, sigma_t=arb(sigma))
        weight = float((arb(h) / 2).exp())
        size = 2 + weight  # z, x_hat at t and at s, none above 1
        largest = max(largest, float(abs(exact - number)) / (64 * U * size))
    measure("edm.heun", "udm.sample.heun, of its bound", torch.float64, largest, 1.0, BATCH)


@pytest.mark.claim("edm.heun.forms")
@given(drawn=gammas)
def test_heuns_weight_is_exact(drawn: Gammas, measure: Record) -> None:
    """It is a product of two factors good to 4 u each: 9 u."""
    change, exact = claims()["edm.heun.forms"].answer.change, []
    for q in rows(drawn):
        with precision(BITS):
            exact.append(fill(change, alpha_s=q["alpha_s"], h=(q["gamma_t"] - q["gamma_s"]) / 2))
    error = worst(heun_weight(Step.from_gamma(*drawn)).tolist(), exact)
    measure("edm.heun.forms", "udm.sample.second.heun_weight", torch.float64, error, 9.0, BATCH)


@pytest.mark.claim("langevin.gaussian")
@given(seed=seeds)
def test_the_langevin_step_is_exact(seed: int, measure: Record) -> None:
    """The mean of z = mu_2, and the square of the noise, are as the claim moves a mean and a variance of 0."""
    mu, center = latents(seed, torch.float64, (1,))
    c, answer, largest = _gammas(seed).gap, claims()["langevin.gaussian"].answer, 0.0
    h = c * torch.linspace(0.01, 1.9, BATCH, dtype=torch.float64)
    none, one = torch.zeros_like(mu), torch.ones_like(mu)
    mean = langevin(mu, (center - mu) / c[:, None], h, none)
    noise = langevin(none, none, h, one)
    for m, n, k in zip(mean.flatten().tolist(), noise.flatten().tolist(), range(BATCH), strict=True):
        point = {"mu_1": center[k].item(), "mu_2": mu[k].item(), "h": h[k].item(), "c": c[k].item(), "Sigma": 0.0}
        at_k = {name: arb(v) for name, v in point.items()}
        size = abs(point["mu_2"]) + 1.9 * (abs(point["mu_1"]) + abs(point["mu_2"])) + 2.0**-1000
        largest = max(largest, float(abs(fill(answer.mean, **at_k) - m)) / (8 * U * size))
        var = fill(answer.var, **at_k)
        with precision(BITS):
            largest = max(largest, float(abs(var.sqrt() - arb(n)) / var.sqrt()) / (4 * U))
    measure("langevin.gaussian", "udm.sample.langevin, of its bound", torch.float64, largest, 1.0, 2 * BATCH)


@pytest.mark.claim("langevin.step_size")
@given(seed=seeds, r=st.floats(0.01, 1))
def test_the_langevin_step_size_is_exact(seed: int, r: float, measure: Record) -> None:
    """Squares, sums of positive numbers and two quotients are good to 12 ulps.

    Each example's size depends on itself alone.
    """
    answer = claims()["langevin.step_size"].answer
    score, noise = (a + 5 for a in latents(seed, torch.float64, (2,)))  # no norm is 0
    alpha = torch.linspace(0.1, 1, BATCH, dtype=torch.float64)
    ve, vp = langevin_size(score, noise, r), langevin_size(score, noise, r, alpha)
    points = [
        {"r_snr": arb(r), "alpha": arb(a), "s_1": arb(s[0]), "s_2": arb(s[1]), "n_1": arb(n[0]), "n_2": arb(n[1])}
        for a, s, n in zip(alpha.tolist(), score.tolist(), noise.tolist(), strict=True)
    ]
    for got, exact in ((ve, answer.ve), (vp, answer.vp)):
        error = worst(got.tolist(), [fill(exact, **p) for p in points])
        measure("langevin.step_size", "udm.sample.langevin_size", torch.float64, error, 12.0, BATCH)


@pytest.mark.claim("guidance.eps")
@pytest.mark.parametrize("kind", ["eps", "score", "x", "v"])
@pytest.mark.parametrize("stretch", [1, 3], ids=["preserving", "stretched"])
@given(drawn=gammas, seed=seeds, weight=st.floats(-3, 10))
def test_classifier_guidance_is_exact(
    kind: str, stretch: int, drawn: Gammas, seed: int, weight: float, measure: Record
) -> None:
    """In each parameterization, the prediction moves by the claim's shift of eps-hat; alpha and sigma are stretched."""
    gamma = drawn.gamma_t
    eps, grad = latents(seed, torch.float64, (1,))
    z, exact_of, largest = torch.zeros_like(eps), getattr(claims()["guidance.eps"].answer, kind), 0.0
    here = stretched(gamma, stretch)
    a, s = here.alpha[:, None], here.sigma[:, None]
    told = {"eps": eps, "score": -eps / s, "x": -s / a * eps, "v": (a + s * s / a) * eps}[kind]
    guided = classifier(
        lambda *_: told,
        lambda z, _: (grad * z).sum(1),
        weight,
        parameterization=kind,  # type: ignore[arg-type]
        at=lambda gamma: stretched(gamma, stretch),
    )
    got = guided(z, gamma).flatten().tolist()
    for number, q, e, g in zip(got, rows(drawn), eps.flatten().tolist(), grad.flatten().tolist(), strict=True):
        point = {name: arb(stretch) * q[name] for name in ("alpha_t", "sigma_t")}
        point |= {"z_t": arb(0), "eps_hat": arb(e), "grad": arb(g), "scale": arb(weight)}
        exact, sizes = fill(exact_of, **point), []
        for off in ({"grad": arb(0)}, {"eps_hat": arb(0)}):
            sizes.append(float(abs(fill(exact_of, **point | off))))
        largest = max(largest, float(abs(exact - number)) / (32 * U * sum(sizes) + 2.0**-1000))
    measure("guidance.eps", f"classifier guidance in {kind}, of its bound", torch.float64, largest, 1.0, BATCH)


@pytest.mark.claim("guidance.ancestral")
@given(drawn=gammas, seed=seeds, weight=st.floats(0.1, 10))
def test_the_ancestral_step_under_a_classifier_is_exact(
    drawn: Gammas, seed: int, weight: float, measure: Record
) -> None:
    """At z_t = 0 and x-hat = 0 only the shift remains: 24 u of its weight of x-hat, and 8 u of x-hat's shift."""
    step, exact_of = Step.from_gamma(*drawn), claims()["guidance.ancestral"].answer.denoiser
    grad = 1 + latents(seed, torch.float64, (1,))[0].square()
    z = torch.zeros_like(grad)
    guided = classifier(lambda *_: z, lambda z, _: (grad * z).sum(1), weight, parameterization="x")
    got = ancestral(z, guided(z, drawn.gamma_t), step, z).flatten().tolist()
    exact = [
        fill(exact_of, **q | {"grad": arb(g), "scale": arb(weight)})
        for q, g in zip(rows(drawn), grad.flatten().tolist(), strict=True)
    ]
    measure("guidance.ancestral", "ancestral step under a classifier", torch.float64, worst(got, exact), 32.0, BATCH)


@pytest.mark.claim("cfg.eps", "cfg.linear")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@given(seed=seeds, w=st.floats(-1, 20))
def test_classifier_free_guidance_is_exact(dtype: torch.dtype, seed: int, w: float, measure: Record) -> None:
    """(1 + w) c - w u and u + (1 + w)(c - u), within 2 eps of the sizes, and u for the rounding of 1 + w."""
    answer, (c, u), largest = claims()["cfg.eps"].answer, latents(seed, dtype, (1,)), 0.0
    eps = torch.finfo(dtype).eps
    got = combination(c, u, scale(w, "ho_salimans")).flatten().tolist()
    for number, a, b in zip(got, c.flatten().tolist(), u.flatten().tolist(), strict=True):
        point = {"score_c": arb(a), "score_u": arb(b), "w": arb(w)}
        size = (1 + abs(w)) * (abs(a) + abs(b))
        for exact in (fill(answer.by_w, **point), fill(answer.by_scale, **point | {"scale": arb(w) + 1})):
            off = float(abs(exact - arb(number)))
            largest = max(largest, off / ((2 * eps + 4 * U) * size + torch.finfo(dtype).tiny))
    measure("cfg.eps cfg.linear", "udm.guidance.combination, of its bound", dtype, largest, 1.0, BATCH)


@pytest.mark.claim("cfg.rescale")
@given(seed=seeds, phi=st.floats(0, 1))
def test_rescaled_guidance_is_exact(seed: int, phi: float, measure: Record) -> None:
    """Events have two numbers, whose standard deviation is half their distance, never 0. The factor is good to 24 u."""
    factor, largest = claims()["cfg.rescale"].answer.factor, 0.0
    shift = torch.tensor([0.0, 9.0], dtype=torch.float64)
    guided, positive = (a + shift for a in latents(seed, torch.float64, (2,)))
    got = rescaled(guided, positive, phi)
    for row, g, p in zip(got.tolist(), guided.tolist(), positive.tolist(), strict=True):
        with precision(BITS):
            std_pos, std_cfg = (abs(arb(v[0]) - arb(v[1])) / 2 for v in (p, g))
            exact = fill(factor, share=arb(phi), std_pos=std_pos, std_cfg=std_cfg)
            for number, of in zip(row, g, strict=True):
                largest = max(
                    largest, float(abs(exact * arb(of) - arb(number))) / (U * float(exact) * abs(of) + 1e-300)
                )
    # |deviations| are at least 1/2 of numbers up to 13: the mean's rounding costs 26 u of each
    measure("cfg.rescale", "udm.guidance.rescaled", torch.float64, largest, 24.0 + 4 * 26.0, BATCH)


@pytest.mark.claim("grid.trailing")
@given(n=st.integers(2, 60), m=st.integers(1, 60))
def test_grids_over_equal_strides_are_exact(n: int, m: int) -> None:
    """They are whole numbers over T, each rounded once, and then 0."""
    q = {s: float(fill(e, n=arb(n), m=arb(m))) for s, e in claims()["grid.trailing"].answer._asdict().items()}
    back, front = (torch.round(made(n * m, n) * n * m).tolist() for made in (trailing, leading))
    assert (back[0], back[-2], back[-1]) == (n * m, q["last"], 0)
    assert (front[0], front[-2], front[-1]) == (q["first"], 1, 0)
    assert {a - b for a, b in pairwise(back)} == {q["stride"]} == {a - b for a, b in pairwise(front[:-1])}
    assert {a - b for a, b in zip(back[:-1], front[:-1], strict=True)} == {q["early"]}
