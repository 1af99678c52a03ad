"""Data with discrete levels, kept as integers: embedded digits, arrays, folders of images, Hugging Face datasets."""

from udm.data.levels import Array, Data, Part, split, values
from udm.data.source import load

__all__ = ["Array", "Data", "Part", "load", "split", "values"]
