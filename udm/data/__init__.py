"""Data with levels, kept as integers: digits, arrays, folders of images, datasets of the hub; and continuous data."""

from udm.data.continuous import Continuous
from udm.data.levels import Array, Data, Part, split, values
from udm.data.source import load

__all__ = ["Array", "Continuous", "Data", "Part", "load", "split", "values"]
