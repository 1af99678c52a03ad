"""Whether the formulas of a sentence about a claim are stated: each is read, and compared with what the claim states.

An equality has to hold, and to be of what is stated: a side of a statement, a part of one, the answer. A formula after
"is" is all of a side, or of the answer, or what an object stands for. An inequality is a stated one, or an assumption;
a law is one of the statement. A name that the claim does not have is one that the sentence defines.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sympy import Expr, cancel, expand, sqrt, sympify

from derivations.form.claim import Claim
from derivations.judge.titles import denied, scope
from derivations.judge.titles.alone import Alone
from derivations.judge.titles.naming import Names
from derivations.judge.titles.parts import Parts
from derivations.judge.titles.phrases import SAID
from derivations.judge.titles.pieces import Piece, apart, is_object, split, summing
from derivations.judge.titles.prose import Formula, formulas, plainly
from derivations.judge.titles.sides import Read, choices, lone, made, opaque, said
from derivations.judge.titles.stated import Stated
from derivations.judge.titles.values import Stock
from derivations.judge.titles.wholes import heads, is_said_to_be, is_whole, lone_wholes
from derivations.judge.titles.worded import COUNTS, spelled
from derivations.syntax.keys import word
from derivations.syntax.unread import Unread

LAW = re.compile(r"(?<![A-Za-z])N\(([^()]*(?:\((?:[^()]|\([^()]*\))*\)[^()]*)*)\)$")
# Letters that have a meaning in the field, which no sentence may give another.
TAKEN = frozenset(map(word, ("alpha", "beta", "gamma", "sigma", "SNR", "abar", "beta_tilde", "eta", "KL", "ELBO", "VLB",
                             "Var", "Cov", "mmse", "score", "x", "z", "eps")))  # fmt: skip


def faults(claim: Claim, what: str, sentence: str) -> Iterator[str]:
    """Yield each formula of a sentence about a claim that can't be read, or is not what the claim states."""
    names = Names(claim)
    marked = spelled(names.marked(plainly(sentence)), names.words)
    found = list(formulas(marked, names.words))
    yield from (f"{what} says {fault}" for fault in denied.faults(claim, what == "the title", marked, found))
    borne = _Borne(claim, names)
    yield from (
        f"{what} says {names.shown(fault)}" for fault in Alone(claim, names, borne.stated).faults(marked, found)
    )
    if what != "the false sentence":  # which may say more than it should
        reach = scope.faults(claim, what == "the title", names, borne.stated, marked)
        yield from (f"{what} says {names.shown(fault)}" for fault in reach)
        yield from (f"{what} says {names.shown(fault)}" for fault in Parts(names, borne.stated).faults(marked, found))
    found += lone_wholes(marked, names.words, found)
    if found:
        yield from borne.faults(what, found)


NAMES = 12  # of a claim, that a message lists


class _Borne:
    """The formulas of a sentence beside what the claim states."""

    def __init__(self, claim: Claim, names: Names) -> None:
        self.names, self.stated = names, Stated(claim)
        self.more = dict[str, tuple[Expr, ...]]()  # names that the sentence defines
        self.idle = set[str]()  # those of them that no other formula uses
        self.found: Sequence[Formula] = ()
        self.defined, self.summed = set[str](), set[Formula]()

    def faults(self, what: str, found: Sequence[Formula]) -> Iterator[str]:
        read, self.found = list[Piece](), found
        for formula in found:
            try:
                read += self._read(formula)
            except Unread as fault:
                written = self.names.shown(formula.text)
                yield f"{what} has {written!r}, which can't be read: {fault}; say it in words, or so that it can be"
        self._define(read)
        self.summed = {piece.of for pair in pairwise(read) if summing(*pair) for piece in pair}
        wrong = set[Formula]()
        for piece in read:
            sides = tuple(self.names.read(side.text, self.more) for side in piece.sides)
            if fault := self._fault(piece._replace(sides=sides)):
                wrong.add(piece.of)
                yield f"{what} says {self.names.shown(piece.text)!r}: {fault}"
        yield from (f"{what} says {fault}" for fault in self._sums(read))
        for one, other in self._said_to_be(read):
            if wrong.isdisjoint((one.of, other.of)) and (fault := self._of_two(one, other)):
                yield f"{what} says that {self.names.shown(one.text)!r} is {self.names.shown(other.text)!r}: {fault}"

    def _read(self, formula: Formula) -> Iterator[Piece]:
        """Yield what stands between commas; a law by its mean and its variance."""
        for text in apart(formula.text, ",;"):
            if law := LAW.search(text):
                sides = apart(law[1], ",;")[-2:]
                yield Piece(formula, law[0], (), tuple(map(self._side, sides)), is_law=True)
                text = text[: law.start()].rstrip(" =")
            if text and (text == formula.text or not re.fullmatch(r"[\w']+", text)):
                relations, sides = split(text)
                yield Piece(formula, text, tuple(relations), tuple(map(self._side, sides)))

    def _side(self, text: str) -> Read:
        return self.names.read(text, self.more)

    def _define(self, read: Sequence[Piece]) -> None:
        """Take the names that formulas define, and what they are defined by; one may use another that stands later."""
        by = dict[str, str]()
        for piece in (*read, *read):
            key, power = lone(piece.sides[0])
            new = key and not piece.sides[0].meanings.get(key) and key.partition("_{")[0] not in TAKEN
            if piece.relations[:1] == ("=",) and new and key not in self.more:
                side = self._side(piece.sides[1].text)
                if of := tuple(e for chosen in choices(side) if (e := made(side, chosen)) is not None):
                    self.more[key], by[key] = (of if power == 1 else tuple(map(sqrt, of))), piece.text
        used = {key for piece in read for side in piece.sides for key in side.meanings if by.get(key) != piece.text}
        self.idle = set(by) - used
        self.defined = {text.partition("=")[0].strip() for text in by.values()}

    def _fault(self, piece: Piece) -> str:
        if piece.is_law:
            pairs = self._made(*piece.sides)
            return "" if any(self.stated.has_law(*pair) for pair in pairs) else "expected a law that is stated"
        if not piece.relations:
            return "" if is_object(piece.text) else self._of_expression(piece, piece.sides[0])
        pairs = zip(piece.relations, piece.sides, piece.sides[1:], strict=False)
        return next(filter(None, (self._of_pair(piece, *pair) for pair in pairs)), "")

    def _of_expression(self, piece: Piece, side: Read) -> str:
        if self._head(piece)[1]:
            return ""  # a condition on the name before it, see `_said_to_be`
        whole = piece.of not in self.summed and is_whole(piece.of, self.found)
        if not (of := [e for (e,) in self._made(side)]):
            return self._unknown(side) or "expected names of the claim"
        if lost := _cancelled(side):
            return f"expected names that do not cancel, got {lost}"
        if any(self._stands(e, self.stated.wholes if whole else self.stated.all) for e in of):
            return ""
        return "expected " + ("a side of a statement, or the answer" if whole else "what is stated")

    def _of_pair(self, piece: Piece, relation: str, left: Read, right: Read) -> str:
        if not (pairs := self._made(left, right)):
            sides = (right, left) if lone(left)[0] else (left, right)  # a new name is defined by known ones
            return next(filter(None, map(self._unknown, sides)), "expected names of the claim")
        if relation == "=":
            if any(self._equal(left, right, one, other) for one, other in pairs):
                return ""
            if not any(self.stated.same(one, other) for one, other in pairs):
                return f"expected what is stated, but {self.stated.apart(*pairs[0])}"
        elif relation in ("<", "<=", ">", ">="):
            if any(self._ordered(piece, relation, one, other) for one, other in pairs):
                return ""
        elif relation == "->" and any(self.stated.tends_to(one, other) for one, other in pairs):
            return ""
        return "expected what is stated"

    def _sums(self, read: Sequence[Piece]) -> Iterator[str]:
        """Yield where two formulas are said to sum to a number, and do not."""
        for one, other in pairwise(read):
            if found := summing(one, other):
                total = sympify(COUNTS.get(found["total"], found["total"]))
                pairs = self._made(self._again(one.sides[0]), self._again(other.sides[0]))
                if not any(self.stated.same(a + b, total) for a, b in pairs):
                    yield f"{self.names.shown(f'{one.text} and {other.text} {found[0]}')!r}: expected that sum"

    def _said_to_be(self, read: Sequence[Piece]) -> Iterator[tuple[Piece, Piece]]:
        """Yield formulas, and names, of which a sentence says that one is the other: "2 a b is (a + b)^2"."""
        plain = [piece for piece in read if not piece.is_law]
        yield from (
            (one, other) for one, other in pairwise(plain) if is_said_to_be(one.of, other.of, bool(other.relations))
        )
        for other in plain:
            if name := self._head(other)[0]:
                of = Formula(name, "", "")
                yield Piece(of, name, (), (self._side(name),)), other

    def _head(self, piece: Piece) -> tuple[str, bool]:
        """The name of which a formula is said in its clause, and whether that is a condition."""
        return heads(piece.of, self.names.words.union(self.defined))

    def _of_two(self, one: Piece, other: Piece) -> str:
        left, right = self._again(one.sides[-1]), self._again(other.sides[0])
        pairs = self._made(left, right)
        if not pairs and is_object(one.text):
            return ""  # an object without a value, as a law
        if any(self.stated.same(*pair) or self.stated.is_pair(*pair) for pair in pairs):
            return ""
        return "expected what is stated" + (f", but {self.stated.apart(*pairs[0])}" if pairs else "")

    def _again(self, side: Read) -> Read:
        return self.names.read(side.text, self.more)

    def _equal(self, left: Read, right: Read, one: Expr, other: Expr) -> bool:
        """Whether an equality is stated, or holds and is of what is stated, or gives a name to that."""
        if self.stated.is_pair(one, other):
            return True
        if not self.stated.same(one, other):
            return False
        if (key := lone(left)[0]) in self.more:
            return key not in self.idle or (not other.is_number and self._stands(other, self.stated.all))
        letters: dict[str, Expr] = {}
        if expand(opaque(left, letters) - opaque(right, letters)) == 0:
            return False  # true of any names
        return any(self._stands(e, self.stated.all) for e in (one, other)) or self._of_objects(left, right)

    def _of_objects(self, *sides: Read) -> bool:
        """Whether an object of a statement is in it: what is true of that follows from what is stated of it."""
        known = (of for side in sides for key, of in side.meanings.items() if key not in self.more)
        return any(e in self.stated.objects for of in known for e in of)

    def _ordered(self, piece: Piece, relation: str, one: Expr, other: Expr) -> bool:
        if SAID.search(piece.of.before.rstrip()) and not self._stands(one, self.stated.wholes):
            return False
        return self.stated.is_gap(other - one if relation[0] == "<" else one - other)

    def _unknown(self, side: Read) -> str:
        """Say which name stands for nothing, and what a title may do about it."""
        try:
            said(side, {key: of[0] for key, of in side.meanings.items() if of})
        except Unread as fault:
            has = ", ".join(sorted(self.names.words - {"SNR"})[:NAMES])
            return (
                f"{fault}; the claim has {has or 'no names'}: write these, define a new one by them "
                f"(with q = ...), or say it in words"
            )
        return ""

    def _stands(self, e: Expr, among: Stock) -> bool:
        return any(self.stated.same(e, part) for part in among.like(e))

    def _made(self, *sides: Read) -> list[tuple[Expr, ...]]:
        """Return what the sides say, for each choice of what their names stand for."""
        made_ = (tuple(made(side, chosen) for side in sides) for chosen in choices(*sides))
        return [of for of in made_ if None not in of]  # type: ignore[misc]


def _cancelled(side: Read) -> str:
    """Return the names that a formula has and does not depend on, as sigma in alpha sigma/sigma."""
    e = opaque(side, {})
    return ", ".join(sorted(str(v) for v in e.free_symbols - cancel(e).free_symbols))
