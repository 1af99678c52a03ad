"""Solvable laws of data, whose Bayes-optimal denoisers and decoders give exact values to test against."""

from udm.laws.base import Law, exploding, path_of, preserving, straight
from udm.laws.discrete import Grid, TwoPoints
from udm.laws.gaussian import Gaussian, Mixture

__all__ = ["Gaussian", "Grid", "Law", "Mixture", "TwoPoints", "exploding", "path_of", "preserving", "straight"]
