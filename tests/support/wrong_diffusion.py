"""One-line corruptions of the right implementation: which check has to find each, and what has to be said of it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from tests.support.diffusion import Process, wide


class Slip(NamedTuple):
    """A method in the place of the right one, the check that finds it, and words of the explanation."""

    method: str
    body: Callable[..., Any]
    check: str
    words: str = ""


def _add(a: Callable[[Any], Any], s: Callable[[Any], Any]) -> Callable[..., Any]:
    return lambda self, x0, eps, t: (wide(a(self), t) * x0 + wide(s(self), t) * eps).to(x0.dtype)


def _scaled(change: Callable[[Any], Any], name: str) -> Callable[..., Any]:
    return lambda self, *given: change(getattr(Process, name)(self, *given))


def _landing(alpha: Callable[..., Any], sigma: Callable[..., Any]) -> Callable[..., Any]:
    """A step with other scales than those of s, each of the alpha-bars at t and at s."""

    def step(self: Any, prediction: Any, t: int, z: Any) -> Any:
        bar, bar_s = self.at(torch.tensor(t)), self.at(torch.tensor(self.next(t)))
        x0 = (z - (1 - bar).sqrt() * prediction) / bar.sqrt()
        return (alpha(bar, bar_s) * x0 + sigma(bar, bar_s) * prediction).to(z.dtype)

    return step


def _previous(self: Any, t: int) -> int:
    return max(t - len(self.betas) // len(self.grid), -1)


SLIPS: dict[str, Slip] = {
    "alpha-bar one entry late": Slip("alpha_bar", lambda p: p.before, "alpha_bar", "one factor short"),
    "alpha-bar before padded on the wrong side": Slip(
        "alpha_bar_before", lambda p: torch.cat([p.bars[1:], p.bars[-1:]]), "alpha_bar_before"
    ),
    "alpha-bar before not moved": Slip("alpha_bar_before", lambda p: p.bars, "alpha_bar_before", "entry t + 1"),
    "a root of alpha-bar too few": Slip("sqrt_alpha_bar", lambda p: p.bars, "sqrt_alpha_bar", "1 - beta for its root"),
    "a variance for sigma": Slip("sigma", lambda p: 1 - p.bars, "sigma", "1 - alpha-bar for its root"),
    "sigma of one step": Slip("sigma", lambda p: p.betas.sqrt(), "sigma"),
    "the logarithm of sigma": Slip("log_variance", lambda p: (1 - p.bars).sqrt().log(), "log_variance"),
    "1/alpha-bar": Slip("z_in_x0", lambda p: 1 / p.bars, "z_in_x0", "square"),
    "1 - 1/alpha-bar turned": Slip("eps_in_x0", lambda p: -(1 / p.bars - 1).sqrt(), "eps_in_x0", "eps added"),
    "log SNR for half of it": Slip("half_log_snr", lambda p: (p.bars / (1 - p.bars)).log(), "half_log_snr"),
    "lambda of the noise": Slip("half_log_snr", lambda p: ((1 - p.bars) / p.bars).log() / 2, "half_log_snr", "sign"),
    "SNR of amplitudes": Slip("snr", lambda p: (p.bars / (1 - p.bars)).sqrt(), "snr", "root"),
    "SNR upside down": Slip("snr", lambda p: (1 - p.bars) / p.bars, "snr", "inverse"),
    "beta for beta-tilde": Slip(
        "posterior_variance", lambda p: p.betas, "posterior_variance", "beta_t for beta-tilde_t"
    ),
    "beta-tilde upside down": Slip(
        "posterior_variance", lambda p: p.betas * (1 - p.bars) / (1 - p.before), "posterior_variance", "not finite"
    ),
    "the logarithm of a deviation": Slip(
        "posterior_log_variance",
        _scaled(lambda found: found / 2, "posterior_log_variance"),
        "posterior_log_variance",
        "standard deviation for variance",
    ),
    "sqrt(alpha-bar_t) on x_0": Slip(
        "posterior_x0", lambda p: p.betas * p.bars.sqrt() / (1 - p.bars), "posterior_x0", "sqrt(alpha-bar_t) on x_0"
    ),
    "1 - alpha-bar_t on x_t": Slip(
        "posterior_z", lambda p: (1 - p.betas).sqrt(), "posterior_z", "1 - alpha-bar_t on x_t"
    ),
    "q_sample without the root": Slip(
        "add_noise", _add(lambda p: p.bars, lambda p: (1 - p.bars).sqrt()), "add_noise", "1 - beta for its root"
    ),
    "q_sample with a variance": Slip(
        "add_noise", _add(lambda p: p.bars.sqrt(), lambda p: 1 - p.bars), "add_noise", "1 - alpha-bar for its root"
    ),
    "q_sample of one step": Slip(
        "add_noise", _add(lambda p: (1 - p.betas).sqrt(), lambda p: p.betas.sqrt()), "add_noise"
    ),
    "q_sample one entry late": Slip(
        "add_noise", _add(lambda p: p.before.sqrt(), lambda p: (1 - p.before).sqrt()), "add_noise", "one factor short"
    ),
    "x_0 and eps exchanged": Slip("add_noise", lambda p, x, e, t: Process.add_noise(p, e, x, t), "add_noise"),
    "the first t of a batch for all": Slip(
        "add_noise", lambda p, x, e, t: Process.add_noise(p, x, e, t[:1].expand(len(t))), "add_noise"
    ),
    "v turned": Slip("velocity", _scaled(lambda v: -v, "velocity"), "velocity", "sign"),
    "eps - x for v": Slip("velocity", lambda p, x, e, t: e - x, "velocity"),
    "noise added for x_0": Slip(
        "x0_from_eps", lambda p, z, e, t: Process.x0_from_eps(p, z, -e, t), "x0_from_eps", "eps added"
    ),
    "x_0 not divided by alpha": Slip(
        "x0_from_eps",
        lambda p, z, e, t: (z - wide(p.sigma(), t) * e).to(z.dtype),
        "x0_from_eps",
        "x not divided by alpha_t",
    ),
    "eps divided by a variance": Slip(
        "eps_from_x0",
        lambda p, z, x, t: ((z - wide(p.bars.sqrt(), t) * x) / wide(1 - p.bars, t)).to(z.dtype),
        "eps_from_x0",
        "sigma_t^2 for sigma_t",
    ),
    "v added for x_0": Slip("x0_from_v", lambda p, z, v, t: Process.x0_from_v(p, z, -v, t), "x0_from_v"),
    "x_0 for eps": Slip("eps_from_v", lambda p, z, v, t: Process.x0_from_v(p, z, v, t), "eps_from_v"),
    "the score turned": Slip("score_from_eps", _scaled(lambda s: -s, "score_from_eps"), "score_from_eps", "sign"),
    "eps for the score": Slip("score_from_eps", lambda p, e, t: -e, "score_from_eps"),
    "sigma for sigma^2 in the score": Slip(
        "score_from_x0",
        lambda p, z, x, t: (Process.score_from_x0(p, z, x, t) * wide(p.sigma(), t)).to(z.dtype),
        "score_from_x0",
        "sigma_t for sigma_t^2",
    ),
    "the factors of the mean exchanged": Slip(
        "posterior_mean", lambda p, x, z, t: Process.posterior_mean(p, z, x, t), "posterior_mean"
    ),
    "sqrt(beta) in mu-tilde": Slip(
        "mean_from_eps",
        lambda p, z, e, t: Process.mean_from_eps(p, z, e / wide(p.betas.sqrt(), t), t),
        "mean_from_eps",
        "sqrt(beta_t) for beta_t",
    ),
    "the posterior of t - 1 on a strided grid": Slip(
        "variance_between", lambda p, t, s: p.posterior_variance()[t], "variance_between"
    ),
    "beta of one step when skipping": Slip(
        "variance_between", lambda p, t, s: p.betas[t] * (1 - p.at(s)) / (1 - p.at(t)), "variance_between"
    ),
    "eta squared": Slip("ddim_std", lambda p, t, s, eta: Process.ddim_std(p, t, s, eta**2), "ddim_std"),
    "the noise of the forward step": Slip(
        "ddim_std",
        lambda p, t, s, eta: eta * (1 - p.at(t) / p.at(s)).sqrt(),
        "ddim_std",
        "the noise of the forward step",
    ),
    "interpolation of variances": Slip(
        "learned_variance",
        lambda p, t, v: (v + 1) / 2 * p.betas[t] + (1 - (v + 1) / 2) * p.posterior_variance()[t],
        "learned_variance",
        "linear in the variances",
    ),
    "v from 0 to 1": Slip(
        "learned_variance", lambda p, t, v: Process.learned_variance(p, t, 2 * v - 1), "learned_variance"
    ),
    "min-SNR as max-SNR": Slip(
        "min_snr_eps", lambda p, t, c: p.snr()[t].clamp(min=c) / p.snr()[t], "min_snr_eps", "max on the way"
    ),
    "min-SNR on eps for v": Slip(
        "min_snr_v", lambda p, t, c: Process.min_snr_eps(p, t, c), "min_snr_v", "v weighted as eps"
    ),
    "the conditions exchanged": Slip(
        "guide", lambda p, c, u, w: (1 + w) * u - w * c, "guide", "uncond and cond swapped"
    ),
    "weights that do not sum to 1": Slip("guide", lambda p, c, u, w: (1 + w) * c + w * u, "guide"),
    "a step to the wrong pair": Slip(
        "step", _landing(lambda t, s: s.sqrt(), lambda t, s: (1 - t).sqrt()), "sampler.marginal"
    ),
    "a step that does not move": Slip(
        "step", _landing(lambda t, s: t.sqrt(), lambda t, s: (1 - t).sqrt()), "sampler.marginal", "lands on"
    ),
    "a step by variances": Slip("step", _landing(lambda t, s: s, lambda t, s: 1 - s), "sampler.marginal"),
    "a step with x_0 for eps": Slip(
        "step",
        lambda p, e, t, z: _landing(lambda a, b: (1 - b).sqrt(), lambda a, b: b.sqrt())(p, e, t, z),
        "sampler.marginal",
    ),
    "the previous t by a stride": Slip("next", _previous, "sampler.marginal", "lands on"),
    "a step that is not finite": Slip("step", lambda p, e, t, z: z / 0, "sampler.marginal"),
    "timesteps out of range": Slip("timesteps", lambda p, n: [len(p.betas)] * n, "grid.range"),
    "timesteps that do not fall": Slip("timesteps", lambda p, n: [3] * n, "grid.falling"),
}


def corrupted(slip: Slip) -> type[Process]:
    """Return the class with one method replaced."""
    return type("Corrupted", (Process,), {slip.method: slip.body, "__module__": __name__})
