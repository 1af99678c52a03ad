"""What claims are written with, in one import: statements, lines of a derivation, wrong answers, laws, experiments.

A file of claims outside this repository needs this module, `derivations.symbols` for the field's symbols and
`derivations.notation` for its named objects, as E[z_s | z_t, x] or KL(q || p); the names that it may take from SymPy
are `derivations.own.vocabulary.NAMES`. Symbols of one's own are declared by `real` and `positive`.

The judges take each claim as they take those of the catalogue: `udm verify my_claims.py`.
"""

from derivations.form.base import plain
from derivations.form.claim import Chain, Claim, Line, Wrong, by
from derivations.form.definition import Defined
from derivations.form.experiment import Chance, Experiment, Mean, Residual
from derivations.form.improper import Improper
from derivations.form.induction import Induction, induction
from derivations.form.law import Diffused, Generating, Given, Law, Made, Pieces, Through, Weighed
from derivations.form.statement import AtMost, Below, Equal, Point, Tends
from derivations.form.unfilled import TO_FILL
from derivations.probability.density import DataDensity, Density, Marginal, Positive, Real
from derivations.probability.expected import Expected, moments
from derivations.probability.gaussian import Normal, cov, given, law
from derivations.probability.mean import kl
from derivations.symbols.core import positive, real

__all__ = [
    "TO_FILL",
    "AtMost",
    "Below",
    "Chain",
    "Chance",
    "Claim",
    "DataDensity",
    "Defined",
    "Density",
    "Diffused",
    "Equal",
    "Expected",
    "Experiment",
    "Generating",
    "Given",
    "Improper",
    "Induction",
    "Law",
    "Line",
    "Made",
    "Marginal",
    "Mean",
    "Normal",
    "Pieces",
    "Point",
    "Positive",
    "Real",
    "Residual",
    "Tends",
    "Through",
    "Weighed",
    "Wrong",
    "by",
    "cov",
    "given",
    "induction",
    "kl",
    "law",
    "moments",
    "plain",
    "positive",
    "real",
]
