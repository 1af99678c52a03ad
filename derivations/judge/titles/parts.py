"""What a title calls a factor, a term, or some times something: a factor of a side that is stated, or a term of one.

Only what divides all of a side, or of the answer, is a factor of it, and only what is added in one is its term: b is
part of a^2 + 2 a b + b^2, but no factor of it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations

from sympy import Add, Expr, Mul, Pow, factor_terms

from derivations.judge.titles import words
from derivations.judge.titles.naming import Names
from derivations.judge.titles.phrases import ADVERB, NAME, OPENED, SAID, SAYS
from derivations.judge.titles.prose import LONE, Formula
from derivations.judge.titles.sides import choices, made
from derivations.judge.titles.stated import Stated
from derivations.judge.titles.values import Stock
from derivations.judge.titles.worded import COUNTS
from derivations.syntax.unread import Unread

LAST = rf"(?: (?:is|are|equals?|{ADVERB}))*:?"
FACTOR = re.compile(rf"\b(?:the|its|has an?|whose|one|only) (?:(?!of )[\w-]+ )?factor{LAST}$", re.I)
TERM = re.compile(rf"\b(?:the|its|an?|whose|one|only) (?:(?!of )[\w-]+ )?term{LAST}$", re.I)
OF_ONE = re.compile(r"\b(?:weight|coefficient|factor|power|root|square)s? of (?:the|its|an?) (?:[\w-]+ )?term\b", re.I)
FOR_FACTOR = re.compile(r"^\s*(?:for|as) (?:a|its|the) (?P<part>factor|term)\b")
TIMES = re.compile(r"^\s*times (?:the|an? [a-z]{3,}|what|its|that|some)\b")
HAS = re.compile(r"\b(?:has|have|takes?)$")
ALONE = re.compile(
    rf"\b(?:factor|term){LAST} (?P<alone>{NAME}|\d+)(?=$|[,;.:](?:\s|$)| (?:and|so|but|where|with|for|if|when)\b)", re.I
)
ALONE_FOR = re.compile(rf"\b(?:has|have) (?P<alone>{NAME}|\d+)(?= for (?:a|its|the) (?:factor|term)\b)")
ALONE_TIMES = re.compile(rf"{SAYS} (?P<alone>{NAME}|\d+)(?= times (?:the|an?|what|its|that|some)\b)")
COUNTED = re.compile(rf"\b(?:has|have) (?P<n>{'|'.join(COUNTS)}|\d+|infinitely many|endless|countless) terms\b", re.I)
FEW = 3  # factors that are taken together


class Parts:
    """The factors and the terms of whole sides, of answers and of what objects stand for."""

    def __init__(self, names: Names, stated: Stated) -> None:
        self.names, self.stated = names, stated

    def faults(self, marked: str, found: Sequence[Formula]) -> Iterator[str]:
        """Yield each formula or name that is called a factor or a term, and is none of a side that is stated."""
        for f in (*found, *self._alone(marked)):
            kind = _called(f)
            among = {"factor": self.factors, "term": self.terms}[kind] if kind else None
            if among is not None and (of := self._read(f.text)) and not any(self._stands(e, among) for e in of):
                yield f"{f.text!r}: expected a {kind} of a side of a statement, or of the answer"
        for m in COUNTED.finditer(marked):
            n = COUNTS.get(m["n"].lower(), m["n"])
            if not any(str(len(Add.make_args(e))) == n for e in self.stated.whole):
                yield f"{m[0]!r}: expected a sum of so many terms"

    def _alone(self, marked: str) -> Iterator[Formula]:
        """Yield the names and numbers by themselves that are called so."""
        for m in (*ALONE.finditer(marked), *ALONE_FOR.finditer(marked), *ALONE_TIMES.finditer(marked)):
            name = m["alone"]
            if name.isdigit() or name in self.names.words or name in LONE:
                yield Formula(name, marked[: m.start("alone")], marked[m.end() :])

    @cached_property
    def factors(self) -> Stock:
        """What divides a whole: its factors, the bases of their powers, and products of some of these."""
        stock = Stock(self.stated.worth)
        for e in self.stated.whole:
            for few in _products(_factors(e)):
                stock.keep(self.stated.worth.first(Mul(*few)), Mul, *few)
        return stock

    @cached_property
    def terms(self) -> Stock:
        """What is added in a whole."""
        stock = Stock(self.stated.worth)
        for term in (term for e in self.stated.whole for term in Add.make_args(e)):
            stock.keep(self.stated.worth.first(term), Expr, term)
        return stock

    def _read(self, text: str) -> list[Expr]:
        try:
            side = self.names.read(text)
        except Unread:
            return []
        return [e for chosen in choices(side) if (e := made(side, chosen)) is not None]

    def _stands(self, e: Expr, among: Stock) -> bool:
        return any(self.stated.same(e, part) for part in among.like(e))


def _called(f: Formula) -> str:
    """What the words around a formula call it: a factor, a term, or nothing."""
    before = f.before.rstrip(OPENED)
    if words.conditional(before) or OF_ONE.search(before):
        return ""
    if (m := FOR_FACTOR.match(f.after)) and HAS.search(before):
        return m["part"]
    if FACTOR.search(before) or (TIMES.match(f.after) and SAID.search(before)):
        return "factor"
    return "term" if TERM.search(before) else ""


def _factors(e: Expr) -> list[Expr]:
    found = [a for of in (e, factor_terms(e)) for a in Mul.make_args(of)]
    found += [a.base for a in found if isinstance(a, Pow) and a.exp.is_Integer and a.exp.is_positive]
    return list(dict.fromkeys(found))


def _products(of: Sequence[Expr]) -> Iterator[tuple[Expr, ...]]:
    for count in range(1, min(FEW, len(of)) + 1):
        yield from combinations(of, count)
