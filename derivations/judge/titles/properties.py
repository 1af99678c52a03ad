"""Properties that a title gives to what is claimed: linear, even, normal, uncorrelated; each is looked at in the claim.

A formula that is linear in b is a polynomial of degree 1 in b; what is uncorrelated has a covariance that is 0; what is
normal has a stated law. A property that no statement of a claim can have, as "is continuous", is refused.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from types import MappingProxyType

from sympy import Expr, Poly, S, Symbol, cancel, expand
from sympy.polys.polyerrors import BasePolynomialError

from derivations.form.base import Said
from derivations.form.claim import Claim, leaves
from derivations.form.law import Law
from derivations.form.reading import readings
from derivations.form.statement import AtMost, Below, Equal, Tends
from derivations.judge.titles import words
from derivations.notation.moments import Covariance
from derivations.notation.printing import text
from derivations.probability.gaussian import Normal

IS = r"(?:is|are|be|stays?|remains?|becomes?|keeps?|makes?|follows?)"
FULL = r"(?:a |an |the |both |each |not |again |still |always |everywhere |itself |\w+ly )*"
DEGREES = MappingProxyType({"linear": 1, "affine": 1, "quadratic": 2, "cubic": 3})
DEGREE = re.compile(
    r"\b(linear|affine|quadratic|cubic)(?:ly)? (?:functions? |polynomials? |forms? )?(?:in|on|of|with) ([^,;:()]+)"
)
PROPORTIONAL = re.compile(
    r"\b(?:(inversely) )?(?:proportional to|varies as|scales (?:as|like)) (1/)?(the square root of |the square of )?"
    r"(\w+)(\^\d+)?"
)
OF_DEGREE = re.compile(r"\bdegree (\d) in (\w+)")
ONE = re.compile(
    r"\b(?:sums?|integrates?|adds?) (?:up )?to (?:1|one)\b|\b(?:is|are) normali[sz]ed\b"
    r"|\bis a (?:probability )?density\b"
)
SUMMED = re.compile(r"(?:[-+*/] ?\S+|\S*[_^)\d]\S*) $")  # formulas, of which `borne` compares the sum
SLOPE = re.compile(r"\bhas (?:a |the )?(?:derivative|slope|gradient)s?\b")
PARITY = re.compile(r"\b(even|odd) (?:functions? )?(?:in|of) (\w+)")
NORMAL = re.compile(
    rf"\b{IS} {FULL}(?:standard |jointly )*(?:gaussian|normal)\b(?! (?:mass|form|equation|step|data))"
    r"|\bhas an? (?:\w+ )?(?:gaussian|normal) (?:law|distribution|density)\b"
    r"|(?<!\bof )(?<!\bon )(?<!\bfor )(?<!\bwith )(?<!\bunder )(?<!\bfrom )\ban? (?:gaussian|normal) law\b"
)
UNCORRELATED = re.compile(
    r"\b(?:uncorrelated|decorrelated|not correlated|(?:do|does) not correlate|no correlation|(?:no|zero) covariance)\b"
)
CORRELATED = re.compile(r"\b(?<!not )correlated\b")
ZERO = re.compile(r"\b(?:vanish(?:es)?(?! as)|(?:is|are|equals?) (?:exactly |always )?(?:zero|0)(?![.\w]))")
REAL = re.compile(r"\b(?:any|all|every|each|arbitrary) real (\w+)")
CONDITION = re.compile(r"\b(?:where|when|if|unless|only for)\b(?:(?! is | are | has | have )[^,;:])*$")
CONSTANT = re.compile(
    r"\b(?:is|are|stays?|remains?) (?:an? |always |\w+ly )*constants?(?=$|[,;.:](?:\s|$)| (?:and|so|but)\b)"
)
SIGNS = re.compile(
    r"\b(?:(\w+) )?(?:of|for|with|whatever) (?:any|either|every|its|their) signs?\b"
    r"|\b(?:also|even|still|too)(?: holds?)?(?:,? (?:for|where|when|if)(?: \w+ is)? negative|,? \.\.\.)"
)
FOR_ALL = re.compile(r"\bfor (?:any|all|every|each)(?: values? of)? (\w+)\b(?! [<>])")
NEVER = re.compile(
    rf"\b{IS} {FULL}(?:continuous|differentiable|smooth|analytic|measurable|integrable|finite|periodic|homogeneous"
    r"|orthogonal|lipschitz|rational|irrational|integers?|prime|algebraic|transcendental|stable|ergodic|isotropic"
    r"|unitary|commutative|associative|reversible|markov(?:ian)?|well-defined|well defined|dense|compact"
    r"|(?:even|odd|linear|affine|quadratic|cubic|independent)(?! (?:of|in|on|from|with|functions?)\b))\b(?!-)"
    rf"|\b{IS} {FULL}(?:stationary|conserved|self-adjoint|log-normal|brownian motions?|fixed points?|isometr\w+)\b"
    r"|\boscillates?\b|\bheavy tails?\b|\ba contraction\b|\ba-stable\b|\bperiodic with\b|\bhas no limit\b"
    r"|\b(?:the|its) (?:median|mode)\b|\bcommute\b"
    r"|\b(?:continuous|differentiable|smooth|finite|well[- ]defined),? (?:everywhere|for (?:all|every|any))\b"
    r"|\borthogonal to\b|\bhomogeneous\b|\bof degree \d\b(?! in)|\btranscendental\b|\bexists?\b"
    r"|\bthere (?:is|are|exists?)\b|\b(?:any|all|every) complex\b"
    r"|\b(?:anti|skew)-?symmetric\b"
    r"|\bis an? (?:\w+ )?(?:metric|(?:semi-?)?norm|distance|homomorphism|isomorphism|group|semigroup)\b(?! \w)"
    r"|\bhas (?:the )?degree\b(?! \d in)|\b(?:first|second|third|fourth|fifth|\w+th) degree\b"
    r"|\b(?:quartic|quintic|sextic|septic|octic)\b|\btransitive\b"
)
CLAUSE = re.compile(r"\b(?:with|for|where|when|if|unless|only for|of|on)\b(?:(?! is | are | has )[^,;:])*$")
WORDS = (DEGREE, OF_DEGREE, ONE, SLOPE, PROPORTIONAL, PARITY, NORMAL, UNCORRELATED, CORRELATED, ZERO, NEVER)
OTHERS = frozenset({"the others", "each other", "one another", "both"})


def faults(claim: Claim, title: str) -> Iterator[str]:
    """Yield each property in the title, in plain words, that the claim is not seen to have."""
    parts = [leaf for _, leaf in leaves(claim.answer)]
    names: dict[str, Symbol] = {v.name.lower(): v for leaf in parts for v in leaf.free_symbols}  # type: ignore[misc]
    yield from _of_answer(claim, parts, names, title)
    yield from of_symbols(claim, "the title", title)
    yield from unkept("the title", title, claim.written(), claim.said())
    yield from (f"the title says {w[0]!r}, which no form of statement says" for w in NEVER.finditer(title))


def unkept(what: str, title: str, written: Iterable[Said], said: Iterable[Said]) -> Iterator[str]:
    """Yield the properties of laws, covariances and zeros that no statement keeps."""
    written, said = list(written), list(said)
    prints = [pair for statement in written for pair in _prints(statement)]
    kept: tuple[tuple[re.Pattern[str], Callable[[], bool], str], ...] = (
        (NORMAL, lambda: any(map(_is_normal, said)) or any("N(" in e for p in prints for e in p), "a normal law"),
        (UNCORRELATED, lambda: any(_covaries(one) and _has_zero(one) for one in written), "a covariance that is 0"),
        (CORRELATED, lambda: any(_covaries(one) and not _has_zero(one) for one in written), "a covariance, not 0"),
        (SLOPE, lambda: any("d/d" in e or "grad" in e or "'" in e for p in prints for e in p), "a slope"),
        (ZERO, lambda: any(map(_has_zero, (*said, *written))), "a statement with 0 on one side"),
    )  # fmt: skip
    for pattern, is_kept, form in kept:
        word = next((w for w in pattern.finditer(title) if not words.conditional(title[: w.start()])), None)
        if word and not is_kept():
            yield f"{what} says {word[0]!r}: expected {form} among the statements"


def _of_answer(claim: Claim, parts: list[Expr], names: Mapping[str, Symbol], title: str) -> Iterator[str]:
    """Yield degrees, proportions and parities in symbols of the answer that no part of it has."""
    for word in DEGREE.finditer(title):
        if not CLAUSE.search(title[: word.start()]) and not _of_degree(parts, names, word):
            yield f"the title says {word[0]!r}: expected an answer of degree {DEGREES[word[1]]} in symbols named there"
    for word in PROPORTIONAL.finditer(title):
        if not words.conditional(title[: word.start()]) and not _is_proportional(parts, names, word):
            yield f"the title says {word[0]!r}: expected an answer that is a multiple of that"
    for word in OF_DEGREE.finditer(title):
        if (v := names.get(word[2])) is None or not any(_degree(e, (v,)) == int(word[1]) for e in parts):
            yield f"the title says {word[0]!r}: expected an answer of that degree in a symbol named there"
    if (
        (word := ONE.search(title))
        and not SUMMED.search(title[: word.start()])
        and not (_has_one(claim) or all(_sums_to_1(e) for e in parts))
    ):
        yield f"the title says {word[0]!r}: expected a statement with 1 on one side"
    word = CONSTANT.search(title)
    if word and not CONDITION.search(title[: word.start()]) and any(e.free_symbols for e in parts):
        yield f"the title says {word[0]!r}: expected an answer that is a number"
    for word in PARITY.finditer(title):
        sign, v = (1 if word[1] == "even" else -1), names.get(word[2])
        if v is None or not any(e.has(v) and expand(e.subs(v, -v) - sign * e) == 0 for e in parts):
            yield f"the title says {word[0]!r}: expected an answer that is {word[1]} in a symbol named there"


def _of_degree(parts: list[Expr], names: Mapping[str, Symbol], word: re.Match[str]) -> bool:
    """Return whether some part has the degree in all symbols named; in "the others", each part in two of its own."""
    named, degree = words.CLAUSE.split(f"{word[2]} ")[0].strip(), DEGREES[word[1]]
    if any(named.startswith(other) for other in OTHERS):
        own = [sorted(e.free_symbols, key=str) for e in parts]
        pairs = [[(v, w) for n, v in enumerate(each) for w in each[n + 1 :]] for each in own]
        return all(any(_degree(e, p) == degree for p in each) for e, each in zip(parts, pairs, strict=True))
    called = [names.get(name) for name in re.split(r"[\s,]+|\band\b", named) if name and name not in ("both", "and")]
    symbols = [v for v in called if v is not None]
    return bool(symbols) and None not in called and any(all(_degree(e, (v,)) == degree for v in symbols) for e in parts)


def _has_one(claim: Claim) -> bool:
    """Return whether a statement has 1 on one side, or is a law, or the right sides of two sum to 1."""
    said = claim.said()
    right = [one.rhs for one in said if isinstance(one, Equal)]
    sums = any(cancel(e + other) == 1 for e, other in combinations(right, 2))
    return sums or any(isinstance(one, Law) or (isinstance(one, Equal | Tends) and 1 in one) for one in said)


def _sums_to_1(e: Expr) -> bool:
    """Return whether an expression is a sum of two of its symbols, with weights whose sum is 1."""
    own = sorted(e.free_symbols, key=str)
    pairs = [(v, w) for n, v in enumerate(own) for w in own[n + 1 :] if _degree(e, (v, w)) == 1]
    return any(cancel(e.subs({v: 1, w: 1}) - 1) == 0 and cancel(e.subs({v: 0, w: 0})) == 0 for v, w in pairs)


def _degree(e: Expr, symbols: tuple[Expr, ...]) -> int | None:
    """Return the total degree of a polynomial in these symbols; None for anything else."""
    try:
        poly = Poly(e, *symbols)
    except BasePolynomialError:
        return None
    return None if any(c.has(*symbols) for c in poly.coeffs()) else int(poly.total_degree())


def _is_proportional(parts: list[Expr], names: Mapping[str, Symbol], word: re.Match[str]) -> bool:
    v = names.get(word[4])
    if v is None:
        return False
    power = S(int(word[5][1:])) if word[5] else S.One
    power *= {"the square root of ": S.Half, "the square of ": S(2)}.get(word[3], S.One)
    ratio = v ** (-power if bool(word[1]) != bool(word[2]) else power)
    return any(e.has(v) and not cancel(e / ratio).has(v) for e in parts)


def of_symbols(claim: Claim, what: str, title: str) -> Iterator[str]:
    """Refuse "for all real a" of a positive or bounded a, and "for any a" where something is assumed of it."""
    names = {v.name.lower(): v for v in claim.symbols()}
    bounded = {v for a in claim.given for e in a for v in e.free_symbols}
    for word in REAL.finditer(title):
        if (v := names.get(word[1])) is None or v.is_positive or v in bounded:
            yield f"{what} says {word[0]!r}: expected a real symbol of which nothing is assumed"
    for word in SIGNS.finditer(title):
        if what != "the title" and re.search(r"\b(?:its|their)\b", word[0]):
            continue  # as "with cos(pi i) for its signs"
        about = [names[word[1]]] if word[1] in names else claim.symbols()
        if positive := [str(v) for v in about if v.is_positive]:
            yield f"{what} says {word[0]!r}: expected symbols that need not be positive, got {', '.join(positive)}"
    for word in FOR_ALL.finditer(title):
        v = names.get(word[1])
        if (
            what == "the title"
            and v is not None
            and v.is_positive
            and f"0 < {v}" not in claim.convenience
            and v not in bounded
        ):
            yield f"{what} says {word[0]!r}: expected a symbol of which nothing is assumed, got 0 < {v}"
        if v in bounded:
            about = ", ".join(a.text for a in claim.given if v in a.lesser.free_symbols | a.greater.free_symbols)
            yield f"{what} says {word[0]!r}: expected a symbol of which nothing is assumed, got {about}"


def _prints(statement: Said) -> Iterator[tuple[str, ...]]:
    """Yield the prints of both sides of each line."""
    for r in readings(statement):
        yield tuple(text(side) for side in (r.left, r.right) if side is not None)


def _covaries(written: Said) -> bool:
    """Return whether one side is a covariance, alone."""
    return isinstance(written, Equal | AtMost | Below) and any(isinstance(e, Covariance) for e in written[:2])


def _is_normal(said: Said) -> bool:
    return isinstance(said, Normal) or (isinstance(said, Law) and isinstance(said.law, Normal))


def _has_zero(said: Said) -> bool:
    ends = said if isinstance(said, Equal | AtMost | Below) else (said.value,) if isinstance(said, Tends) else ()
    return any(e == 0 for e in ends[:2])
