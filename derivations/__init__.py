"""Paper, claim, proof, evidence, certificate: the mathematics of diffusion models, checked."""

import os

os.environ.setdefault("SYMPY_CACHE_SIZE", "None")  # read by SymPy when it is loaded: its results are asked for again

from derivations.moving import install

install()
del install
