"""Solvable laws of data, with their Bayes-optimal denoisers and decoders: what every number can be tested against."""

from udm.laws.base import Law, exploding, path_of, preserving, straight
from udm.laws.discrete import Grid, TwoPoints
from udm.laws.gaussian import Gaussian, Mixture

__all__ = ["Gaussian", "Grid", "Law", "Mixture", "TwoPoints", "exploding", "path_of", "preserving", "straight"]
