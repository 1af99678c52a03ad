"""A process made of steps, and what it says of its variables: laws, means, variances, covariances, log-densities.

Everything stated of it is computed from its steps, by moments of the noise and by Gaussian conditioning:
E[z_s | z_t, x] is shown as that and opened from how z_s and z_t are made.
"""

from sympy import Expr, Symbol

from derivations.notation.log_densities import LogDensity, LogStep, Score
from derivations.notation.moments import ConditionalMean, ConditionalVariance, Covariance, PolynomialVariance
from derivations.notation.steps import Steps


class Process(Steps):
    """Variables by the steps that make them, in order; `noise` is standard normal, and `data` is held fixed."""

    def E(self, of: Expr, *on: Symbol) -> "ConditionalMean":
        """E[of | on, data]."""
        return ConditionalMean(self, of, *on)

    def Var(self, of: Expr, *on: Symbol) -> "ConditionalVariance":
        """Var(of | on, data)."""
        return ConditionalVariance(self, of, *on)

    def spread(self, of: Expr) -> "PolynomialVariance":
        """Var(of | data) of a polynomial in the noise, as a sum of log-densities is."""
        return PolynomialVariance(self, of)

    def Cov(self, a: Expr, b: Expr) -> "Covariance":
        """Cov(a, b), given the data."""
        return Covariance(self, a, b)

    def log_q(self, of: Symbol, *on: Symbol) -> "LogDensity":
        """log q(of | on, data)."""
        return LogDensity(self, of, *on)

    def log_step(self, of: Symbol) -> "LogStep":
        """log q(of | what its step is made from), by that step alone."""
        return LogStep(self, of)

    def score(self, of: Symbol, *on: Symbol) -> "Score":
        """The slope of log q(of | on, data) in `of`."""
        return Score(self, of, *on)
