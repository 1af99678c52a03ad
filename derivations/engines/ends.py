"""Integration by parts over the line: the integral of a slope is 0, if what the slope is of vanishes at both ends.

No engine shows that it vanishes. So it is on trust, each time by name, and the claim has to say so; what does not even
vanish for a normal density is refused.
"""

from collections.abc import Iterator

from sympy import Expr, S, Symbol, diff

from derivations.engines.gaps import Unproved
from derivations.form.claim import Claim
from derivations.form.parts import Line
from derivations.notation.named import unnamed
from derivations.probability.density import finite
from derivations.probability.whole import REGULAR, Whole, vanishing


def slope_over(of: Expr, v: Symbol) -> Expr:
    """Return the integral of the slope, which is 0.

    Raises:
        Unproved: what the slope is of does not vanish where the density is normal, and functions are polynomials.
    """
    if finite(Whole(unnamed(of), v)) is S.NaN:
        raise Unproved(
            f"expected the slope of something that vanishes at both ends of {v}, as a function times a density of {v} "
            f"or its slope, got {of}"
        )
    return Whole(diff(unnamed(of), v), v)


def untrusted(claim: Claim) -> str:
    """Return what a proof rests on over the line and the claim does not say that it trusts, or ''."""
    missing = [text for text in needed(claim) if text not in claim.trust]
    return f"expected the claim to say in `trust` what its integrals rest on: {'; '.join(missing)}" if missing else ""


def needed(claim: Claim) -> Iterator[str]:
    """Yield what the integrals over the line in a claim rest on."""
    lines: list[Line] = [line for chain in claim.proof for line in chain]
    if any(unnamed(line.expr).has(Whole) for line in lines):
        yield REGULAR
    yield from (vanishing(*line.ends) for line in lines if line.ends is not None)
