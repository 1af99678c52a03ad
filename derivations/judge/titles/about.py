"""Whether a sentence is about the statement beside it, by the names that both have."""

import re
from collections.abc import Iterator

from derivations.form.base import Said
from derivations.form.claim import Claim
from derivations.form.induction import Induction
from derivations.form.reading import needed, readings
from derivations.form.statement import Equal
from derivations.judge.titles import words
from derivations.notation.printing import text

MEANINGS = (  # words of a sentence, and what they call in the print of a statement
    (r"variances?|spread|noisy|preserv\w+", r"Var\(|\^2|sigma"),
    (r"means?|averages?|expected", r"E\[|E_"),
    (r"divergences?|terms?|prior", r"KL\("),
    (r"normal|gaussian", r"N\(|log "),
    (r"joint|correlat\w+|covariances?", r"Cov\("),
    (r"scores?|logarithms?", r"log\b"),
    (r"roots?", r"sqrt"),
    (r"exponentials?", r"exp\("),
    (r"integrals?", r"integral"),
    (r"slopes?|derivatives?|rates?", r"d/d"),
    (r"limits?|goes to|tends to", r"lim "),
    (r"likelihoods?|bound", r"log |ELBO"),
)
SAME = re.compile(r"\s+(?:is|are|equals|is equal to|is the same as|is at (?:most|least))\s+|\s*(?:<=|>=|=|≤|≥)\s*")
UNLIKE = re.compile(r"\b(?:is|are|equals?) (?:not|never|unequal to|different from)\b|\bdiffers? from\b|!=|≠")
NAME = re.compile(r"[^\W\d_]+(?:_?\w+)*")
COMMON = frozenset({"a", "at", "as", "by", "d", "e", "i", "in", "is", "of", "on", "or", "to", "for", "the", "and"})


def about(claim: Claim) -> Iterator[str]:
    """The false sentence of a refuted claim names something that the printed statement has."""
    lines = list(readings(claim.shown["printed"]))
    sides = [side for r in lines for side in (r.left, r.right) if side is not None]
    where = [side for pair in needed(*lines) for side in pair if side is not None]
    print_ = " ".join(text(side) for side in (*sides, *where))
    if not (_names(claim.refutes) & _names(print_)) and not _meant(claim.refutes.lower(), print_):
        yield f"expected a false sentence about what is printed, got {claim.refutes!r} of {print_}"
    if _of_itself(claim.refutes):
        yield f"expected a false sentence, got {claim.refutes!r}, which is true of anything"
    if (word := UNLIKE.search(claim.refutes)) and isinstance(claim.printed, Equal):
        yield f"the false sentence says {word[0]!r}: expected no equality"


def _of_itself(sentence: str) -> bool:
    """Whether a sentence says of something that it is itself."""
    left, *right = SAME.split(sentence.strip(" ."))
    return len(right) == 1 and " ".join(left.split()) == " ".join(right[0].split())


def _names(sentence: str) -> set[str]:
    """Its names, in lower case and without an index: alpha-bar_t and alpha are one."""
    found = {name.lower().replace("hat", "").partition("_")[0].rstrip("0123456789") for name in NAME.findall(sentence)}
    return found - COMMON


def _meant(sentence: str, print_: str) -> bool:
    return any(re.search(rf"\b(?:{word})\b", sentence) and re.search(what, print_) for word, what in MEANINGS)


def averaged(claim: Claim) -> bool:
    """Whether the title has what a statement takes the mean of; of an induction, the name of what is counted."""
    title = words.plainly(claim.title)
    if any(re.search(rf"(?<!\w){re.escape(body.lower())}(?!\w)", title) for body in means(claim)):
        return True
    counted = (re.match(r"[a-z]+_", print_.lower()) for said, print_ in _sides(claim) if isinstance(said, Induction))
    return any(name is not None and name[0] in title for name in counted)


def means(claim: Claim) -> Iterator[str]:
    """What the statements take means of, as it is printed."""
    return (body for _, print_ in _sides(claim) for body in _bodies(print_))


def _sides(claim: Claim) -> Iterator[tuple[Said, str]]:
    """The prints of the sides of each statement."""
    for said in claim.written():
        sides = (side for r in readings(said) for side in (r.left, r.right) if side is not None)
        yield from ((said, text(side)) for side in sides)


def _bodies(print_: str) -> Iterator[str]:
    """What stands in the means of a print, up to what it is given or drawn from."""
    for start in re.finditer(r"\bE(?:_[^\[]*)?\[", print_):
        depth, end = 1, start.end()
        while depth and end < len(print_):
            depth += {"[": 1, "]": -1}.get(print_[end], 0)
            end += 1
        yield re.split(r" \| |; ", print_[start.end() : end - 1])[0]
