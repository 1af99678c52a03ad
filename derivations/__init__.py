"""The mathematics of diffusion models, checked: papers, claims, proofs, evidence and certificates."""

import os

os.environ.setdefault("SYMPY_CACHE_SIZE", "None")  # SymPy reads this when it is loaded; its results are used again

from derivations.lazy import attribute as __getattr__
from derivations.moving import install

__all__ = ["__getattr__"]
install()
del install
