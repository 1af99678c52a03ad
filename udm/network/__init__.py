"""Networks to train as denoisers: one for small grids of levels, and diffusers' U-Net with VDM's Fourier features."""

from udm.network.build import build
from udm.network.fourier import fourier_features
from udm.network.level import LevelNet

__all__ = ["LevelNet", "build", "fourier_features"]
