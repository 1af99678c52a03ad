"""A table of betas rescaled to zero terminal SNR: the roots of alpha-bar moved and stretched, the first one kept.

The line that takes sqrt(alpha-bar_T) to 0 and leaves sqrt(alpha-bar_1) where it is keeps the order of the others. The
new betas are 1 - alpha-bar_t/alpha-bar_{t-1} of the new table, by differences of the old roots.
"""

from typing import NamedTuple

from sympy import Expr, Rational, sqrt

from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.times import Function
from derivations.symbols import abar, abar_1, abar_s, abar_T

FIRST, LAST = sqrt(abar_1), sqrt(abar_T)

# the line through (sqrt(abar_1), sqrt(abar_1)) and (sqrt(abar_T), 0), from the first of them
root = Function("root", lambda kept: FIRST + (sqrt(kept) - FIRST) * (FIRST - 0) / (FIRST - LAST), abar)


class Rescaled(NamedTuple):
    """The new root of alpha-bar, and the new beta of the step from alpha-bar_s to alpha-bar."""

    moved: Expr
    beta: Expr


A = Rescaled(
    moved=FIRST * (sqrt(abar) - LAST) / (FIRST - LAST),
    beta=(sqrt(abar_s) - sqrt(abar)) * (sqrt(abar_s) + sqrt(abar) - 2 * LAST) / (sqrt(abar_s) - LAST) ** 2,
)
lost = Function("beta", lambda kept: 1 - root(kept) ** 2 / root(abar_s) ** 2, abar)  # of the signal of the step before

rescaled = Claim(
    name="ddpm.schedule.rescaled",
    title="Rescaled on the line that keeps the first root of alpha-bar and ends at 0, the last step has a beta of 1",
    kind="equality",
    says=lambda a: (
        Equal(root(abar), a.moved),
        Equal(root(abar_T), a.moved.subs(abar, abar_T)),
        Equal(lost(abar), a.beta),
        Equal(lost(abar_T), a.beta.subs(abar, abar_T)),
    ),
    answer=A,
    given=(Below(abar_T, abar_1), Below(abar_T, abar_s)),
    example={abar: Rational(1, 4), abar_s: Rational(4, 9), abar_1: Rational(16, 25), abar_T: Rational(1, 9)},
    convenience={
        "0 < abar": "a table without signal at this step has the root 0 there",
        "0 < abar_1": "alpha-bar is positive up to the last step",
        "0 < abar_T": "a table that ends without signal is left as it is",
        "0 < abar_s": "alpha-bar is positive up to the last step",
        "abar_T < abar_1": "alpha-bar falls; the line is the same if it rises",
        "abar_T < abar_s": "alpha-bar falls; the quotient is the same if it rises",
    },
    proof=(
        (by("the line through both points", root(abar)), by("collect", A.moved, eq="zsnr2024 Algorithm 1")),
        (by("at the last step", root(abar_T)), by("the line ends at 0", A.moved.subs(abar, abar_T))),
        (
            by("what the step does not keep", lost(abar), eq="zsnr2024 Algorithm 1"),
            by("the common factor cancels", 1 - (sqrt(abar) - LAST) ** 2 / (sqrt(abar_s) - LAST) ** 2),
            by("a difference of squares", A.beta),
        ),
        (by("at the last step", lost(abar_T)), by("nothing is kept", A.beta.subs(abar, abar_T))),
    ),
    wrong={
        "alpha-bar for its root": Wrong(
            Rescaled(sqrt(abar_1 * (abar - abar_T) / (abar_1 - abar_T)), (abar_s - abar) / (abar_s - abar_T)),
            "alpha-bar itself is moved and stretched, which also ends at 0, by another table",
        ),
        "moved and not stretched": Wrong(
            A._replace(moved=sqrt(abar) - LAST), "the first step loses signal: alpha-bar_1 is not kept"
        ),
        "stretched and not moved": Wrong(
            A._replace(moved=FIRST * sqrt(abar) / (FIRST - LAST)), "the last root is not 0, and the first grows"
        ),
        "beta of the roots": Wrong(
            A._replace(beta=(sqrt(abar_s) - sqrt(abar)) / (sqrt(abar_s) - LAST)), "roots stand for alpha-bars"
        ),
        "the old betas": Wrong(
            A._replace(beta=1 - abar / abar_s), "the table is left as it was, and ends with signal left in x_T"
        ),
    },
)

CLAIMS = (rescaled,)
