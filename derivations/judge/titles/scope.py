"""How far a sentence says that its claim reaches: of any what it holds, where alone it is met, what is the largest.

What a word like "any" is of has to be a name of the claim, or a thing that is known to stand in claims: a word that
is not known is refused, and not passed over. After "only where" stands the equality case that is stated. What is best
or least is so among what the equality case varies, on one side of an inequality alone.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from sympy import Expr, sympify
from sympy.core.function import AppliedUndef

from derivations.form.claim import Claim
from derivations.form.statement import AtMost, Below, sides
from derivations.judge.titles.naming import Names
from derivations.judge.titles.prose import OBJECT
from derivations.judge.titles.shapes import shapes
from derivations.judge.titles.sides import choices, made
from derivations.judge.titles.stated import Stated
from derivations.judge.titles.values import value
from derivations.notation.named import unnamed
from derivations.probability.density import Abstract
from derivations.syntax.unread import Unread

ANY = re.compile(
    r"\b(?P<any>any|all|every|each|arbitrary|whatever|whichever|no matter (?:which|what))\b"
    r"(?P<of>(?: [^\s,;:()]+){0,5})(?P<then>[^,;:]*)",
    re.I,
)
MODIFYING = re.compile(  # before a thing
    r"(?:the|its|one|two|three|four|of|single|other|such|equally|likely|smooth|scalar|joint|normal|gaussian|finite|many"
    r"|finitely|infinitely|positive|negative|real|whole|natural|strictly|increasing|decreasing|rising|falling|standard"
    r"|equal|uniform|isotropic|lipschitz|independent|m-lipschitz|discrete|constant|fixed|symbolic|bounded|given|common"
    r"|possible|non-negative|nonnegative|learned|linear)$"
)
LAWS = re.compile(r"(?:laws?|priors?|data|noises?|distributions?|variables?|draws?)$")
NARROWED = re.compile(r"^ ?(?:with|of (?:[a-z]+ )?variance|of finitely|on the|in the plane)\b")
THINGS = re.compile(  # what claims are of
    r"(?:arguments?|paths?|latents?|steps?|rows?|tables?|coordinates?|levels?|index|indices|points?|class(?:es)?"
    r"|networks?|denoisers?|classifiers?|schedules?|flows?|functions?|equations?|fields?|parameters?|errors?|weights?"
    r"|predictions?|partitions?|places?|probabilit(?:y|ies)|rates?|starts?|targets?|widths?|times?|cells?|values?"
    r"|densit(?:y|ies)|energ(?:y|ies)|drifts?|scores?|slopes?|maps?|powers?|numbers?|means?|variances?|deviations?|snrs?|third|others?"
    r"|signs?|samplers?|sizes?|scales?|shares?|order|dimensions?|integers?|counts?|case|costs?|temperatures?"
    r"|x-hat|eps-hat|v-hat|alphas?|sigmas?|betas?|gammas?|omega|lambda|way|along|alike|else)$"
)
PRONOUN = re.compile(r"(?:with|is|are|has|have|at|in|on|from|weighed|that|which|by|to|for|and|or|as|over|drawn)$")
COUNTED = re.compile(r"\b(?P<n>[ndkmNKT]) (?:[a-z]+ )?[a-z]+[^s\W]s\b")
MANY = re.compile(r"\b(?:any|every|arbitrary) (?:finite )?number of\b|\barbitrarily many\b", re.I)
MADE_SO = re.compile(
    r"\b(?:dependent (?:noises?|variables?|draws?|steps?)|characteristic (?:two|\d)|multivariate|operators?"
    r"|negative numbers|exponential famil(?:y|ies))\b",
    re.I,
)
EXTREME = re.compile(
    r"\bthe (?:best|sharpest|tightest) bound\b"
    r"|(?<!at )\b(?:least|most|best(?! bound)|largest|smallest|greatest|biggest|highest|lowest|worst|optimal"
    r"|optim(?:um|a)|minim(?:um|a|al|i[sz]\w+)|maxim(?:um|a|al|i[sz]\w+)(?! likelihood))\b(?! squares)",
    re.I,
)
MEAN = re.compile(r"\b(arithmetic|geometric|harmonic) mean\b", re.I)
ONLY = re.compile(
    r"\b(?:(?:only|exactly|precisely|just) (?:where|when|if|for|at|while)|iff|if and only if|unless) (?P<case>[^,;:]+)",
    re.I,
)
UNIQUE = re.compile(r"\b(?:is|are) unique\b", re.I)
RELATED = re.compile(r"[<>=≤≥]")
ALIKE = re.compile(r"\b(?:equal|same|true|their own|their|own|alike|identical|proportional|coincide|agree)\b", re.I)
OTHERWISE = re.compile(r"\b(?:or|zero|one|two|positive|negative|integers?|whole|rational|real)\b|\d", re.I)
EQUALS = re.compile(r" (?:is|are|equals?|meets?) ")


def faults(claim: Claim, title: bool, names: Names, stated: Stated, marked: str) -> Iterator[str]:
    """Yield the words that say more of the reach of a claim than is stated."""
    yield from _any(claim, title, names, marked)
    if m := MADE_SO.search(marked):
        yield f"{m[0]!r}: expected what a claim is of"
    if not title:
        return
    yield from _many(claim, names, marked)
    yield from _alone(claim, names, stated, marked)
    yield from _extreme(claim, marked)


def _any(claim: Claim, title: bool, names: Names, marked: str) -> Iterator[str]:
    """Yield what a sentence speaks of any of, and is neither a name nor a thing that claims are of."""
    for m in ANY.finditer(marked):
        said = m["of"].split()
        n = next((n for n, w in enumerate(said) if not MODIFYING.match(w.lower())), None)
        if n is None or (n == 0 and PRONOUN.match(said[0])) or _is_name(said[n].strip(".'"), names):
            continue
        noun, then = said[n].lower().strip(".'"), " ".join(said[n + 1 :]) + m["then"]
        if LAWS.match(noun) and said[n - 1 : n] != ["joint"] and not then.startswith("level"):
            if not _is_of_any_law(claim) and (title or not NARROWED.match(then)):
                yield f"{m['any']} {noun}: expected a statement of unknown densities"
        elif not THINGS.match(noun) and not LAWS.match(noun):
            yield f"{m['any'] + ' ' + noun!r}: expected a name of the claim, or a thing that claims are of"


def _is_name(word: str, names: Names) -> bool:
    plain = word.partition("'")[0]
    return (
        word in names.words or plain in names.words or not word.isalpha() or len(word) == 1 or word.startswith(OBJECT)
    )


def _is_of_any_law(claim: Claim) -> bool:
    return any(e.has(Abstract, AppliedUndef) for s in claim.statements() for e in sides(s))


def _many(claim: Claim, names: Names, marked: str) -> Iterator[str]:
    """Yield a number of things, in a title, that no induction counts and no symbol of the claim is."""
    if claim.kind in ("induction", "limit"):
        return
    if m := MANY.search(marked):
        yield f"{m[0]!r}: expected an induction, got the kind {claim.kind!r}"
    for m in COUNTED.finditer(marked):
        if m["n"] not in names.words and m["n"] not in {str(v) for v in claim.symbols()}:
            yield f"{m[0]!r}: expected a number that the claim has"


def _alone(claim: Claim, names: Names, stated: Stated, marked: str) -> Iterator[str]:
    """Yield where a title says that equality is met alone, and the claim states another case."""
    orders = [s for s in claim.statements() if isinstance(s, AtMost | Below)]
    if orders and (m := UNIQUE.search(marked)):
        yield f"{m[0]!r}: expected the equality case, in words or as a formula"
    if any(isinstance(s, Below) for s in orders) or not any(isinstance(s, AtMost) and s.only for s in orders):
        return
    for m in ONLY.finditer(marked):
        if not RELATED.search(m["case"]) and not _is_case(m["case"], names, stated):
            yield f"{m[0]!r}: expected the equality case that is stated"


def _is_case(case: str, names: Names, stated: Stated) -> bool:
    if ALIKE.search(case) and not OTHERWISE.search(case):
        return True
    ends = EQUALS.split(case.strip(), maxsplit=1)
    first, *rest = [_values(end, names) for end in ends]
    if rest:
        return any(stated.is_pair(one, other) for one in first for other in rest[0])
    return any(stated.same(e, end) for e in first for pair in stated.pairs for end in pair)


def _values(text: str, names: Names) -> list[Expr]:
    try:
        side = names.read({"zero": "0", "one": "1"}.get(text.strip(), text.strip()))
    except Unread:
        return []
    return [e for chosen in choices(side) if (e := made(side, chosen)) is not None]


def _extreme(claim: Claim, marked: str) -> Iterator[str]:
    """Yield what a title calls the best or the least of all, where no inequality has one side that stays."""
    bounds = [s for s in claim.statements() if isinstance(s, AtMost | Below)]
    if not bounds:
        return  # another judge asks for an inequality
    if (m := EXTREME.search(marked)) and not any(_has_least(s, m) for s in bounds):
        yield f"{m[0]!r}: expected an inequality, met in some case, one side of which is the same in all"
    for m in MEAN.finditer(marked):
        if not any(f"{m[1].lower()} mean" in shapes(unnamed(e)) for s in bounds for e in s[:2]):
            yield f"{m[0]!r}: expected a side of an inequality of that shape"


def _has_least(s: AtMost | Below, word: re.Match[str]) -> bool:
    """Whether what the equality case sets stands on one side alone; "least only where" names the case besides."""
    if not isinstance(s, AtMost):
        return False
    ends: Sequence[Expr] = (value(s.lesser), value(s.greater))
    has: Callable[[object], int] = lambda key: sum(e.has(sympify(key)) for e in ends)  # noqa: E731
    named = s.only and word.string[word.end() :].startswith(" only ")
    return named or any(has(key) == 1 for key in s.equal_at)
