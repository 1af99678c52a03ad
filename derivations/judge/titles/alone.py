"""What a name or a number by itself is after a word for a limit, a bound or a moment: it has to be the stated one.

After "tends to" it is the limit, after "at most" a bound, after "has the variance" a moment of a stated law.
"""

import re
from collections.abc import Iterator, Sequence

from sympy import Expr, Integer, Rational, expand, oo, sqrt

from derivations.form.claim import Claim, leaves
from derivations.form.law import Law
from derivations.form.statement import AtMost, Below, Tends
from derivations.judge.titles import words
from derivations.judge.titles.naming import Names
from derivations.judge.titles.phrases import ASIDE, NAME, OPENED, SAYS
from derivations.judge.titles.prose import LONE, Formula
from derivations.judge.titles.sides import choices, made
from derivations.judge.titles.stated import Stated
from derivations.judge.titles.values import value
from derivations.judge.titles.worded import COUNTS
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from derivations.syntax.keys import word
from derivations.syntax.unread import Unread

VALUE = rf"(?P<value>{NAME}|[0-9]+(?:\.[0-9]+)?)"
END = (
    r"(?=$|[,;.:)](?:\s|$)| (?:where|with|for|when|if|at|so|but|and|or|as|because|since|whatever|unless|in|on"
    r"|over|under|from|plus|minus|times|everywhere|always|already|alone|whence)\b)"
)
TENDING = re.compile(
    r"\b(?:tends?|converges?|goes|approach(?:es)?|settles?|levels? off|heads?|(?:limit|limits)(?: of [^,;:]*)? is)"
    rf"(?: \w+ly)?(?: (?:to|at|on|towards?))? {VALUE}{END}"
)
ROUND_ABOUT = re.compile(  # with more words before its value
    r"\b(?:tends?|converges?|goes|settles?|levels? off|heads?)(?: (?!as |when |where |if |for )[^\s,;:]+){1,5}?"
    rf" (?:to|towards?) {VALUE}{END}"
)
MOVED = re.compile(
    rf"\b(?:as|when|where|if|for|with) (?P<of>{NAME}) (?:goes|tends|approaches|becomes|grows|gets|is|rises|increases)"
    r"(?: (?:to|towards?))? ?(?P<to>[^\s,;:]*)|\b(?:large|huge|infinite|big|growing) (?P<large>[A-Za-z]\w*)"
)
SMALL = frozenset({"0", "zero", "small", "tiny", "nought", "vanishing", "infinitesimal"})
MANNER = re.compile(  # how a limit is come by, which no form of statement says
    r"\b(?:downwards?|upwards?|from (?:below|above|both sides)|uniformly|exponentially|quadratically|linearly"
    r"|at an? \w+ rate|reach(?:es|ed)|attain(?:s|ed))\b",
    re.I,
)
LOWER = r"at least|exceeds?|(?:greater|larger|bigger|higher|more) than|above|bounded (?:from )?below by|no less than"
UPPER = r"at most|(?:less|smaller|lower|fewer) than|below|under|bounded (?:(?:from )?above )?by|no more than"
BOUND = re.compile(rf"\b(?:(?P<lower>{LOWER})|(?P<upper>{UPPER}))(?: \w+ly)? {VALUE}{END}")
VERB = re.compile(r"(?:,? \b(?:is|are|be|stays?|remains?|lies|keeps?|always|never|not|everywhere|then|\w+ly))+$")
MOMENT = r"(?P<moment>means?|averages?|variances?|(?:standard )?deviations?)"
HAS = re.compile(rf"\b(?:has|have|of|with) (?:an? |the )?{MOMENT}(?: of| equal to)? {VALUE}{END}")
HAS_FORMULA = re.compile(rf"\b(?:has|have) (?:an? |the )?{MOMENT}(?: of| equal to)?$")
OF = re.compile(rf"\b{MOMENT}(?P<square>[- ]squares?)? of(?: the)?$", re.I)
IS_VALUE = re.compile(rf"^,? ?{SAYS} {VALUE}{END}")
LAWS = re.compile(
    r"\b(?:uniform(?!ly)|student\w*|cauchy\w*|poisson|laplace\w*|heavy[- ]tailed|cent(?:red|ered)|skewed|log-?normal"
    r"|bernoulli|any law|the law of \w+ is any|sits? around|median|is itself random|one and the same noise)\b",
    re.I,
)


class Alone:
    """The names and numbers of a sentence beside what the claim states."""

    def __init__(self, claim: Claim, names: Names, stated: Stated) -> None:
        self.claim, self.names, self.stated = claim, names, stated
        self.limits = [s for s in claim.statements() if isinstance(s, Tends)]
        self.normals = list(_normals(claim)) if claim.kind == "law" else []

    def faults(self, marked: str, found: Sequence[Formula]) -> Iterator[str]:
        """Yield each name or number that is not the limit, the bound or the moment that it is called."""
        yield from (f"{w!r}: expected {what}" for w, what in self._limits(marked))
        yield from (f"{w!r}: expected {what}" for w, what in self._bounds(marked, found))
        yield from (f"{w!r}: expected {what}" for w, what in self._moments(marked, found))

    def means(self, name: str) -> tuple[Expr, ...]:
        """What a name, a number or a word for a number may stand for; nothing for any other word."""
        if name[0].isdigit():
            return (Rational(name),)
        if name.lower() in ("infinity", "infinite"):
            return (oo,)
        if name.lower() in COUNTS:
            return (Integer(COUNTS[name.lower()]),)
        if name not in self.names.words and name not in LONE:
            return ()
        return self.names.means(word(name))

    def _limits(self, marked: str) -> Iterator[tuple[str, str]]:
        if not self.limits:
            return
        direct = ASIDE.sub("", marked)
        for m in (*TENDING.finditer(marked), *TENDING.finditer(direct), *ROUND_ABOUT.finditer(direct)):
            of = self.means(m["value"])
            if of and not words.conditional(m.string[: m.start()]) and not self._is_limit(of):
                yield m[0], "the limit that is stated"
        for m in MOVED.finditer(marked):
            if any(self._is_other_way(v, m) for v in self.means(m["of"] or m["large"])):
                yield m[0], "the variable of the limit to go to 0"
        if self.claim.kind == "limit" and (m := MANNER.search(marked)):
            yield m[0], "a limit alone, without how it is come by"

    def _is_limit(self, of: Sequence[Expr]) -> bool:
        known = [s.value for s in self.limits] + [b for _, b in self.stated.pairs]
        return any(e != oo and any(self.stated.same(value(k), e) for k in known) for e in of)

    def _is_other_way(self, v: Expr, moved: re.Match[str]) -> bool:
        """Whether a symbol of a limit goes elsewhere than its variable goes, which is to 0."""
        if any(v == s.var for s in self.limits):
            return bool(moved["large"]) or (moved["to"] or "").lower() not in SMALL
        return v.is_Symbol and any(s.expr.has(v) for s in self.limits) and bool(moved["large"] or moved["to"])

    def _bounds(self, marked: str, found: Sequence[Formula]) -> Iterator[tuple[str, str]]:
        for m in BOUND.finditer(marked):
            if not (of := self.means(m["value"])):
                continue
            subject = self._before(marked[: m.start()], found)
            if subject:
                pairs = [(e, s) for e in of for s in subject if e != oo]
                kept = any(self.stated.is_gap(s - e if m["lower"] else e - s) for e, s in pairs)
            else:
                kept = any(self._is_side(e, bool(m["lower"])) for e in of)
            if not kept:
                yield m[0], "a bound that is stated or assumed"

    def _before(self, text: str, found: Sequence[Formula]) -> list[Expr]:
        """What a formula or a name stands for that a verb leads on from to the end of a text."""
        text = VERB.sub("", text.rstrip()).rstrip(" )")
        for f in found:
            if _compact(f"{f.before}{f.text}") == _compact(text):
                return self._read(f.text)
        name = text.rpartition(" ")[2]
        return list(self.means(name)) if name in self.names.words and re.fullmatch(NAME, name) else []

    def _read(self, text: str) -> list[Expr]:
        try:
            side = self.names.read(text)
        except Unread:
            return []
        return [e for chosen in choices(side) if (e := made(side, chosen)) is not None]

    def _is_side(self, e: Expr, lower: bool) -> bool:
        """Whether it is a side of a stated inequality: the lesser one for a lower bound."""
        stated = [s for s in self.claim.statements() if isinstance(s, AtMost | Below)]
        return e != oo and any(self.stated.same(value(s[0 if lower else 1]), e) for s in stated)

    def _moments(self, marked: str, found: Sequence[Formula]) -> Iterator[tuple[str, str]]:
        if (self.normals or self.claim.kind == "expectation") and (m := LAWS.search(marked)):
            yield m[0], "a law that a statement can have"
        for m in HAS.finditer(marked) if self.normals else ():
            if m[0].startswith("ha") and not self._is_moment(m["moment"], self.means(m["value"])):
                yield m[0], "that moment of a law that is stated"
        for n, f in enumerate(found):
            before = f.before.rstrip(OPENED)
            if self.normals and (m := HAS_FORMULA.search(before)) and not self._is_moment(m[1], self._read(f.text)):
                yield f"{m[0]} {f.text}", "that moment of a law that is stated"
            if m := OF.search(before):
                yield from self._of_formula(m, f, found[n + 1 : n + 2])

    def _of_formula(self, m: re.Match[str], f: Formula, then: Sequence[Formula]) -> Iterator[tuple[str, str]]:
        """Yield where a moment of a formula is not what is said of it, or is of no expectation that is stated."""
        lone = IS_VALUE.match(f.after)
        if not (lone or then):
            return
        if self.claim.kind == "expectation" and (bodies := self._bodies()):
            of = [e**2 for e in self._read(f.text)] if m["square"] else self._read(f.text)
            if not m["moment"].lower().startswith(("mean", "average")) or not any(
                expand(e - b) == 0 for e in of for b in bodies
            ):
                yield f"{m[0]} {f.text}", "a mean that is stated, of what it is stated of"
        if self.normals:
            of = self.means(lone["value"]) if lone else self._read(then[0].text)
            if of and not self._is_moment(m["moment"], of):
                yield f"{m[0]} {f.text}", "that moment of a law that is stated"

    def _bodies(self) -> list[Expr]:
        return [e.body for side in self.stated.sides for e in side.atoms(Expected)]

    def _is_moment(self, moment: str, of: Sequence[Expr]) -> bool:
        if not of:
            return True  # a word
        which = moment.lower()
        if which.startswith(("mean", "average")):
            known = [n.mean for n in self.normals]
        else:
            known = [n.var if which.startswith("var") else sqrt(n.var) for n in self.normals]
        return any(self.stated.same(value(k), e) for k in known for e in of)


def _normals(claim: Claim) -> Iterator[Normal]:
    for said in claim.said():
        if isinstance(said, Law) and isinstance(said.law, Normal):
            yield said.law
    if isinstance(claim.answer, Normal):
        yield claim.answer
    named = dict(leaves(claim.answer))
    if {"mean", "var"} <= named.keys():
        yield Normal(named["mean"], named["var"])


def _compact(text: str) -> str:
    return re.sub(r"[\s(\[{)\]}'\"]", "", text)
