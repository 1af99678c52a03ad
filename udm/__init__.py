"""The formulas of diffusion models, computed so that nothing cancels.

Time t = 0 is data and t = 1 is noise: z_t = alpha_t x + sigma_t eps, SNR = alpha^2/sigma^2, gamma = -log SNR.
Names are loaded on first use, and ``import udm`` alone does not import torch.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from udm import data, guidance, laws, network, schedule
    from udm import likelihood as likelihood
    from udm import train as train
    from udm.bound import variational_bound
    from udm.decoder import reconstruction
    from udm.denoiser import convert, posterior_from, target
    from udm.diffusers import from_diffusers, to_diffusers
    from udm.gaussian import Gaussian, kl
    from udm.likelihood import evaluate
    from udm.loss import Bound, continuous_weight, diffusion, discrete_weight, prior
    from udm.model import Model
    from udm.process import Marginal, Step, diffuse, marginal, posterior, transition
    from udm.sample.called import sample
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
    "evaluate",
    "from_diffusers",
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
    "to_diffusers",
    "transition",
    "variational_bound",
]
_EXTRAS = [
    "fit",
    "likelihood",
    "load",
    "train",
]  # these, or a part of them, need the extra train, so `import *` leaves them out

_MODULES = {"data", "guidance", "laws", "likelihood", "network", "sample", "schedule", "train"}
_HOMES = {
    "udm.bound": {"variational_bound"},
    "udm.denoiser": {"convert", "posterior_from", "target"},
    "udm.diffusers": {"from_diffusers", "to_diffusers"},
    "udm.gaussian": {"Gaussian", "kl"},
    "udm.decoder": {"reconstruction"},
    "udm.likelihood": {"evaluate"},
    "udm.model": {"Model"},
    "udm.train": {"fit", "load"},
    "udm.loss": {"Bound", "continuous_weight", "diffusion", "discrete_weight", "prior"},
    "udm.process": {"Marginal", "Step", "diffuse", "marginal", "posterior", "transition"},
    "udm.schedule": {"Schedule"},
}


if not TYPE_CHECKING:  # so that a checker sees a name that does not exist

    def __getattr__(name: str) -> object:
        if name in _MODULES:
            return _imported(name, f"udm.{name}")
        for home, names in _HOMES.items():
            if name in names:
                return getattr(_imported(name, home), name)
        if name == "__version__":
            return _version()
        raise AttributeError(f"module 'udm' has no attribute {name!r}")


def _imported(name: str, module: str) -> ModuleType:
    """Import a module of udm for the attribute ``name``, and say what to install if a library is missing."""
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] == "udm":
            raise
        from udm.extra import install

        message = f"udm.{name}: expected the module {missing.name}, got none: {install('train')}"
        raise ModuleNotFoundError(message, name=missing.name) from missing


def _version() -> str:
    """Return the installed version, or "0+unknown" if the package is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("udm")
    except PackageNotFoundError:
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted([*__all__, *_EXTRAS])
