"""The parts of the field under which claims are filed and shown, in order."""

from typing import Literal, get_args

Family = Literal["forward", "posterior", "vlb", "invariance", "training", "likelihood", "solvable", "sampling"]
FAMILIES: tuple[Family, ...] = get_args(Family)
