"""Sampling: grids of times, seeded noise, the samplers' steps as formulas, and the loop from noise to data."""

import sys
from types import ModuleType

from udm.sample.annealed import Annealed
from udm.sample.corrector import langevin, langevin_size
from udm.sample.encode import ddim_inverse, encode
from udm.sample.grid import leading, trailing, uniform
from udm.sample.levels import karras, time_of_gamma, uniform_gamma
from udm.sample.mix import interpolate, slerp
from udm.sample.noise import Noise, normal, seeds_from
from udm.sample.run import reverse, sample, to_data
from udm.sample.sampler import DDIM, SAMPLERS, Ancestral, Corrected, DPMpp2M, Euler, Heun, Move, Sampler
from udm.sample.second import dpmpp_2m, heun
from udm.sample.step import ancestral, ddim

__all__ = [
    "DDIM",
    "SAMPLERS",
    "Ancestral",
    "Annealed",
    "Corrected",
    "DPMpp2M",
    "Euler",
    "Heun",
    "Move",
    "Noise",
    "Sampler",
    "ancestral",
    "ddim",
    "ddim_inverse",
    "dpmpp_2m",
    "encode",
    "heun",
    "interpolate",
    "karras",
    "langevin",
    "langevin_size",
    "leading",
    "normal",
    "reverse",
    "sample",
    "seeds_from",
    "slerp",
    "time_of_gamma",
    "to_data",
    "trailing",
    "uniform",
    "uniform_gamma",
]


class _Callable(ModuleType):
    """A module that is also its function ``sample``, so that ``udm.sample(...)`` is as ``udm.evaluate(...)``."""

    __call__ = staticmethod(sample)


sys.modules[__name__].__class__ = _Callable
