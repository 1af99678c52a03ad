"""The formulas that a target may offer by name: which claim's answer each is, in which tensors it is linear.

A *table* is called without arguments and has a number for each entry. A *function* takes its tensors in the order of
`inputs`, and then t, the entries, `(batch,)` integers. Entry 0 is the step with the first beta. What is between two
entries t and s takes both, and what has a setting takes it last.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from sympy import Expr, Symbol, log, sqrt

from derivations.symbols import alpha_t, eps, sigma_t, x, z_t

Kind = Literal["table", "function", "between", "setting", "free"]
CHANNELS = {"x0": ("x", "x_0"), "z": ("z_t", "x_t"), "eps": ("eps",), "v": ("v",), "conditional": ("score_c",),
            "unconditional": ("score_u",)}  # fmt: skip


class Formula(NamedTuple):
    """A formula of the field under the name by which adapters offer it.

    Attributes:
        name: what a target calls it.
        claim: whose answer it is.
        part: of the answer, and of the wrong answers: the expression.
        kind: how it is called.
        says: what it is, in a few words.
        inputs: the tensors that it takes, in which it is linear.
        first: the first entry where it has a value.
        shift: of the entries: -1 for a table of the values before each step.
        settings: the values of its setting that are tried, each with the values of symbols that it means.
    """

    name: str
    claim: str
    part: Callable[[Any], Expr]
    kind: Kind
    says: str
    inputs: tuple[str, ...] = ()
    first: int = 0
    shift: int = 0
    settings: tuple[tuple[float, Mapping[str, float]], ...] = ()


def at(**numbers: float) -> Callable[[Expr], Expr]:
    """Return a map that puts numbers for symbols, by their names."""
    return lambda e: e.subs({v: numbers[v.name] for v in e.free_symbols if v.name in numbers})  # type: ignore[union-attr]


def _on(name: str, numbers: Callable[[Expr], Expr]) -> Callable[[Any], Expr]:
    return lambda a: numbers(getattr(a, name))


_x0 = at(x_0=1, x_t=0)
_xt = at(x_0=0, x_t=1)
NOISED = alpha_t * x + sigma_t * eps


def _velocity(a: Any) -> Expr:
    return a.by_x.subs(z_t, NOISED).expand()


def _noised(a: Any) -> Expr:
    return a.mean + sqrt(a.var) * eps


TABLES = (
    Formula("alpha_bar", "ddpm.marginal", lambda a: _x0(a.mean) ** 2, "table", "alpha-bar_t"),
    Formula("alpha_bar_before", "ddpm.marginal", lambda a: _x0(a.mean) ** 2, "table", "alpha-bar_{t-1}", shift=-1),
    Formula("sqrt_alpha_bar", "ddpm.marginal", lambda a: _x0(a.mean), "table", "sqrt(alpha-bar_t)"),
    Formula("sigma", "ddpm.marginal", lambda a: sqrt(a.var), "table", "sqrt(1 - alpha-bar_t)"),
    Formula("log_variance", "ddpm.marginal", lambda a: log(a.var), "table", "log(1 - alpha-bar_t)"),
    Formula("z_in_x0", "vdm.param.eps", _on("x", at(z_t=1, eps=0)), "table", "the factor of z_t in x_0"),
    Formula("eps_in_x0", "vdm.param.eps", lambda a: -at(z_t=0, eps=1)(a.x), "table", "less the factor of eps in x_0"),
    Formula("half_log_snr", "vdm.forward.gamma", lambda a: -a / 2, "table", "half of log SNR, lambda_t"),
    Formula("snr", "vdm.forward.snr", lambda a: a, "table", "SNR(t)"),
    Formula("posterior_variance", "ddpm.posterior", lambda a: a.var, "table", "beta-tilde_t"),
    Formula("posterior_log_variance", "ddpm.posterior", lambda a: log(a.var), "table", "log beta-tilde_t", first=1),
    Formula("posterior_x0", "ddpm.posterior", _on("mean", _x0), "table", "the factor of x_0 in mu-tilde_t"),
    Formula("posterior_z", "ddpm.posterior", _on("mean", _xt), "table", "the factor of x_t in mu-tilde_t"),
)
FUNCTIONS = (
    Formula("add_noise", "ddpm.marginal", _noised, "function", "x_t from x_0 and eps", ("x0", "eps")),
    Formula("add_noise_on_grid", "ddpm.marginal", _noised, "function", "the same, with timesteps set", ("x0", "eps")),
    Formula("velocity", "vdm.param.v", _velocity, "function", "v from x_0 and eps", ("x0", "eps")),
    Formula("x0_from_eps", "vdm.param.eps", lambda a: a.x, "function", "x_0 from z_t and eps", ("z", "eps")),
    Formula("eps_from_x0", "vdm.param.eps", lambda a: a.eps, "function", "eps from z_t and x_0", ("z", "x0")),
    Formula("x0_from_v", "vdm.param.v", lambda a: a.x, "function", "x_0 from z_t and v", ("z", "v")),
    Formula("eps_from_v", "vdm.param.v", lambda a: a.eps, "function", "eps from z_t and v", ("z", "v")),
    Formula("score_from_eps", "vdm.param.score", lambda a: a.by_eps, "function", "the score from eps", ("eps",)),
    Formula("score_from_x0", "vdm.param.score", lambda a: a.by_x, "function", "the score from z_t, x_0", ("z", "x0")),
    Formula("posterior_mean", "ddpm.posterior", lambda a: a.mean, "function", "mu-tilde_t(x_t, x_0)", ("x0", "z")),
    Formula("mean_from_eps", "ddpm.mu.eps", lambda a: a, "function", "mu-tilde_t by x_t and eps", ("z", "eps")),
)
_ETAS = tuple((eta, {"eta": eta}) for eta in (0.5, 1.0))
_ENDS = tuple((v, {"v_mix": (v + 1) / 2}) for v in (-1.0, 0.0, 1.0))  # a network's output lies in [-1, 1]
_WEIGHTS = tuple((w, {"w": w, "scale": w}) for w in (0.0, 0.5, 7.5))
_CLIPS = tuple((c, {"clip": c}) for c in (1.0, 5.0))
OTHERS = (
    Formula("variance_between", "vdm.posterior.variance", lambda a: a, "between", "Var(z_s | z_t, x), any s before t"),
    Formula("ddim_std", "ddim.eta", lambda a: a.std, "between", "DDIM's sigma(eta), any s before t", settings=_ETAS),
    Formula("learned_variance", "iddpm.variance", lambda a: a.var, "setting", "a variance by v", first=1,
            settings=_ENDS),
    Formula("min_snr_eps", "minsnr.equiv", lambda a: a.eps, "setting", "min-SNR's weight on eps", settings=_CLIPS),
    Formula("min_snr_v", "minsnr.equiv", lambda a: a.v, "setting", "min-SNR's weight on v", settings=_CLIPS),
    Formula("guide", "cfg.eps", lambda a: a.by_w, "free", "guidance by w, 0 for none", ("conditional", "unconditional"),
            settings=_WEIGHTS),
)  # fmt: skip
FORMULAS: tuple[Formula, ...] = TABLES + FUNCTIONS + OTHERS
BY_NAME: Mapping[str, Formula] = {formula.name: formula for formula in FORMULAS}


def names(expr: Expr) -> set[str]:
    """Return the names of an expression's symbols."""
    return {v.name for v in expr.free_symbols if isinstance(v, Symbol)}
