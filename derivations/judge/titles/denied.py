"""Words that deny, and words of arithmetic beside a formula: what they make of it is not read, so it is refused.

A refuted claim may deny; what others lack may be named in the phrases of `LACKING`, each of which another judge looks
at, or which names a thing: a step without noise.
"""

import re
from collections.abc import Iterator, Sequence

from derivations.form.claim import Claim
from derivations.form.induction import Induction
from derivations.form.statement import AtMost, Below
from derivations.judge.titles import words
from derivations.judge.titles.phrases import OPENED, SAID, SAYS
from derivations.judge.titles.prose import Formula

DENYING = re.compile(
    r"\b(?:not|never|no|none|nowhere|cannot|fail(?:s|ed)?|false(?:ly)?|untrue|wrong(?:ly)?|incorrect(?:ly)?|nothing"
    r"|contrary|neither|nor|hardly|without|instead of|unlike|disproves?|refutes?)\b|n['’]t\b",
    re.I,
)
LACKING = re.compile(
    r"\b(?:never|not) negative\b"  # an inequality, see `promises`
    r"|\bdepends? neither on [^,;:]* nor on\b"  # what the answer is free of, see `promises`
    r"|\b(?:do|does) not depend on\b"
    r"|\b(?:do|does) not correlate\b|\bnot correlated\b"  # a covariance of 0, see `properties`
    r"|\bno other\b"  # a strict inequality or a single case, see `words.ALONE`
    r"|\b(?:no|without) (?:noise|bias|weight|correlation|covariance)\b"  # names a thing
    r"|\bno network parameter\b",
    re.I,
)
TRULY = re.compile(r"\b(?:strictly|(?:less|smaller|lower|greater|larger|higher|bigger) than|exceeds?)\b", re.I)
MEETING = re.compile(r"\b(?:only|unless|except|equal(?:ity)?|touch(?:es)?|but)\b", re.I)
ALWAYS = re.compile(
    r"\b(?:attained|reached|equality|equal|touch(?:es)?)\b(?: \w+)? (?:for|at|by|everywhere|always)\b"
    r"(?: (?:every|all|any|each|no)\b)?",
    re.I,
)
EVERYWHERE = re.compile(r"\b(?:every|all|any|each|no|everywhere|always)$", re.I)
MADE_AFTER = re.compile(  # of a formula, by words that are not read
    r"^[\s,)\]'\"]*(?:(?:tripled|doubled|quadrupled|halved|squared|cubed|inverted|negated|mod|modulo|off by"
    r"|raised to|to the (?:power|\w+ power)|an? perfect \w+|(?:less|plus|minus) (?:the|an?|one|what|its|half)"
    r"|by an? margin|by one or more|whence|alias)\b)",
    re.I,
)
MADE_OF = re.compile(
    r"(?<!mean )\b(?:reciprocal|inverse|slope|derivative|gradient|(?:square |cube )?root|cube|square|logarithm"
    r"|exponential|double|triple|half|third|quarter|negative|opposite|integral|modulus"
    r"|(?:\w+th|third) (?:power|part)) of(?: the)?$",
    re.I,
)
LEADS = re.compile(rf"^,? ?{SAYS}$")
BOUND_OF = re.compile(
    r"\b(?:at most|at least|less than|more than|exceeds?|below|above|bounded by) (?:the (?:square|root|cube|reciprocal"
    r"|inverse|logarithm|half|double) of|half|twice|thrice|double|triple|an? \w+(?:th|nd|rd|lf) of|(?:one|two) \w+s? of"
    r"|[0-9.]+ times) (?:the|its|a)\b",
    re.I,
)
COUNTED = re.compile(
    r"\b(?:first|of) (?:[\w-]+ )*?(cubes|primes|factorials|reciprocals|fourth powers|products?)\b", re.I
)
FOREIGN = re.compile(  # things that no claim is of
    r"\b(?:complex|quaternions?|matri(?:x|ces)|riemann|hypothes[ei]s|conjectures?|theorems? follows?|primes?"
    r"|any power|in place of|zero equals|one equals|equals (?:two|three))\b",
    re.I,
)


def faults(claim: Claim, title: bool, marked: str, found: Sequence[Formula]) -> Iterator[str]:
    """Yield what a sentence denies, makes of formulas or counts, where no statement of the claim says it."""
    if title and claim.kind != "refuted" and (m := DENYING.search(LACKING.sub("...", marked))):
        yield f"{m[0]!r}: expected what is so; no judge reads what is denied"
    yield from _equal_cases(claim, marked)
    for m in BOUND_OF.finditer(marked):
        yield f"{m[0]!r}: expected that bound as a formula"
    for m in FOREIGN.finditer(marked):
        yield f"{m[0]!r}: expected real numbers and formulas, of which a claim is"
    if any(isinstance(said, Induction) for said in claim.written()) and (m := COUNTED.search(marked)):
        yield f"{m[0]!r}: expected what is summed as a formula"
    for n, f in enumerate(found):
        if m := MADE_AFTER.match(f.after):
            yield f"{f'{f.text} {m[0].strip()}'!r}: expected that as a formula"
        m = MADE_OF.search(f.before.rstrip(OPENED))
        if m and (_leads(f, found[n + 1 : n + 2]) or _is_made(f.before[: m.start()], m)):
            yield f"{f'{m[0]} {f.text}'!r}: expected that as a formula"


def _equal_cases(claim: Claim, marked: str) -> Iterator[str]:
    """Yield a strict order, or equality at any point, of a bound with an equality case."""
    stated = claim.statements()
    bounds = [s for s in stated if isinstance(s, AtMost)]
    if not bounds:
        return
    m = TRULY.search(marked)
    strict = any(isinstance(s, Below) for s in stated) or words.conditional(marked[: m.start()] if m else "")
    if m and not strict and not MEETING.search(marked):
        yield f"{m[0]!r}: expected a strict inequality, or where the sides are equal"
    for m in ALWAYS.finditer(marked):
        if EVERYWHERE.search(m[0]):
            yield f"{m[0]!r}: expected the equality case that is stated"


def _leads(f: Formula, then: Sequence[Formula]) -> bool:
    """Whether a verb for "is" leads from one formula to the next."""
    if not then:
        return False
    at = f.after.find(then[0].text)
    return at >= 0 and LEADS.match(f.after[:at].rstrip(OPENED)) is not None


def _is_made(before: str, of: re.Match[str]) -> bool:
    """Whether something is said to be that of a formula; an integral may be of it over what stands after it."""
    return not of[0].lower().startswith("integral") and bool(SAID.search(before.removesuffix("the ").rstrip()))
