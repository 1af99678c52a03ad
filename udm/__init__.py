"""Diffusion models as their formulas, computed so that nothing cancels.

Time t = 0 is data and t = 1 is noise: z_t = alpha_t x + sigma_t eps, SNR = alpha^2/sigma^2, gamma = -log SNR.
Names load on first use: ``import udm`` alone does not import torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from udm import data, guidance, laws, network, sample, schedule
    from udm import likelihood as likelihood
    from udm import train as train
    from udm.bound import variational_bound
    from udm.decoder import reconstruction
    from udm.denoiser import convert, posterior_from, target
    from udm.gaussian import Gaussian, kl
    from udm.likelihood import evaluate as evaluate
    from udm.loss import Bound, continuous_weight, diffusion, discrete_weight, prior
    from udm.model import Model
    from udm.process import Marginal, Step, diffuse, marginal, posterior, transition
    from udm.schedule import Schedule
    from udm.train import fit as fit
    from udm.train import load as load

    __version__: str

__all__ = [
    "Bound",
    "Gaussian",
    "Marginal",
    "Model",
    "Schedule",
    "Step",
    "__version__",
    "continuous_weight",
    "convert",
    "data",
    "diffuse",
    "diffusion",
    "discrete_weight",
    "guidance",
    "kl",
    "laws",
    "marginal",
    "network",
    "posterior",
    "posterior_from",
    "prior",
    "reconstruction",
    "sample",
    "schedule",
    "target",
    "transition",
    "variational_bound",
]
_EXTRAS = ["evaluate", "fit", "likelihood", "load", "train"]  # which need udm[train]: asked for by name alone

_MODULES = {"data", "guidance", "laws", "likelihood", "network", "sample", "schedule", "train"}
_HOMES = {
    "udm.bound": {"variational_bound"},
    "udm.denoiser": {"convert", "posterior_from", "target"},
    "udm.gaussian": {"Gaussian", "kl"},
    "udm.decoder": {"reconstruction"},
    "udm.likelihood": {"evaluate"},
    "udm.model": {"Model"},
    "udm.train": {"fit", "load"},
    "udm.loss": {"Bound", "continuous_weight", "diffusion", "discrete_weight", "prior"},
    "udm.process": {"Marginal", "Step", "diffuse", "marginal", "posterior", "transition"},
    "udm.schedule": {"Schedule"},
}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f"udm.{name}")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    if name == "__version__":
        return _version()
    raise AttributeError(f"module 'udm' has no attribute {name!r}")


def _version() -> str:
    """The version that is installed; of a copy that is not, that there is none."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("udm")
    except PackageNotFoundError:
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted([*__all__, *_EXTRAS])
