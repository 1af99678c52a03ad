"""What the names in a claim's prose stand for: symbols, named objects as they print, fields of the answer.

A title may call an object as the statement prints it, E[x | z_t], or by its letter alone, gamma for gamma(t), and the
slope of a function of time by a prime. Where a name may stand for several things, a formula is read with each of them.
"""

import re
from collections.abc import Iterator
from types import MappingProxyType

from sympy import Basic, Expr, Symbol, pi, sqrt
from sympy.core.function import AppliedUndef

from derivations.form.claim import Claim, leaves
from derivations.form.reading import Reading, needed, readings
from derivations.judge.titles.prose import LETTERS, MARKS, OBJECT, PIECE
from derivations.judge.titles.sides import Meanings, Read, choices, keys_of, made
from derivations.judge.titles.values import value
from derivations.notation.laws import LawName
from derivations.notation.named import Named
from derivations.notation.printing import text
from derivations.notation.quantities import Squared
from derivations.probability.density import Abstract
from derivations.probability.opening import Opening
from derivations.syntax.grammar import Grammar
from derivations.syntax.keys import word
from derivations.syntax.limits import bounded, bounded_text
from derivations.syntax.text import tokens
from derivations.syntax.tree import Beside, Node, walk
from derivations.syntax.unread import Unread

MARKED = re.compile(rf"(?<![A-Za-z0-9])({LETTERS})(?:_|-|(?<=[a-z]{{2}}))({MARKS})(?![A-Za-z0-9])|\babar(?=_|\b)")
SLOPE = re.compile(r"\(?d/dt ([A-Za-z]\w*?)(?:\(t\)|_t)?\)?")
LAW = re.compile(r"log ([a-z]\(.*\))")
SCORE = re.compile(r"grad_\w+ ")
BARE = re.compile(r"[A-Za-z]\w*(?:_\{[^{}]*\})?'*")
OF_TIME = re.compile(r"([A-Za-z]\w*)\(([a-z0-9](?:_[a-z0-9])?)\)")
# Names of the field by others that a claim has; several may lead to one.
FIELD = (
    ("e", "exp(1)"), ("g", "sqrt(g2)"), ("alpha_ts", "alpha_t/alpha_s"), ("gamma_t", "gamma_s + gap"),
    ("SNR", "alpha_t^2/sigma_t^2"),
    ("SNR", "exp(-gamma_t)"), ("beta", "1 - alpha"), ("abar", "abar_s alpha"), ("abar", "abar_s (1 - beta)"),
    ("SNR", "abar/(1 - abar)"), ("gamma", "-log(SNR)"), ("beta_tilde", "beta (1 - abar_s)/(1 - abar)"),
    ("sigma_t", "alpha_t exp(gamma_t/2)"), ("sigma_ts", "sqrt(beta)"), ("alpha'", "dalpha"), ("sigma'", "dsigma"),
    ("gamma'", "dgamma"), ("gamma'", "2 (dsigma/sigma_t - dalpha/alpha_t)"), ("SNR'", "-gamma' SNR"),
)  # fmt: skip
OFTEN = frozenset({"SNR", "abar", "gamma'"})  # called so in several ways in one claim
NONE: Meanings = MappingProxyType({})


class Names:
    """What names stand for in a claim."""

    def __init__(self, claim: Claim) -> None:
        self.keys, self.words, self.functions = dict[str, tuple[Expr, ...]](), set[str](), set[str]()
        self.prints = dict[str, dict[Expr, None]]()
        for e in objects_of(claim):
            self._of_object(e)
        for v in dict.fromkeys(
            (*claim.symbols(), *(v for e in shown(claim) for v in sorted(e.atoms(Symbol), key=str)))
        ):
            self._add(str(v), v)  # type: ignore[arg-type]
        for v in sorted({v for _, leaf in leaves(claim.answer) for v in leaf.free_symbols}, key=str):
            self._key(word(str(v)), v)  # type: ignore[arg-type]
        for name, leaf in leaves(claim.answer):
            if name not in ("answer", "var", "mean") and not name.isdigit():
                self._key(word(name), leaf)
        self.keys["\\pi"] = (pi,)
        self.words |= {"SNR"} if any("SNR" in key for key in self.keys) else set()
        for name, by in FIELD:
            self._of_field(name, by)
        self.longest = sorted(self.prints, key=len, reverse=True)
        self.earlier = not any("t-1" in print_ or "t - 1" in print_ for print_ in self.longest)

    def _of_object(self, e: Basic) -> None:
        if isinstance(e, Squared):
            self._add(e.name, sqrt(value(e)))
        elif isinstance(e, Expr):
            self._add(text(e), value(e))
        else:
            self.prints.setdefault(_marked(text(e)), {})

    def _add(self, print_: str, e: Expr) -> None:
        print_ = _marked(print_)
        if BARE.fullmatch(print_):
            self._key(word(print_), e)
            self.words.add(print_)
            return
        self.prints.setdefault(print_, {})[e] = None
        if law := LAW.fullmatch(print_):
            self.prints.setdefault(law[1], {})
        if score := SCORE.match(print_):
            self.prints.setdefault(f"grad {print_[score.end() :]}", {})[e] = None
        if slope := SLOPE.fullmatch(print_):
            self._key(word(f"{slope[1]}'"), e)
        if of_time := OF_TIME.fullmatch(print_):
            self._key(word(of_time[1]), e)
            self._key(word(f"{of_time[1]}_{of_time[2]}"), e)
            self.words.add(of_time[1])
            self.functions.add(word(of_time[1]))

    def _key(self, key: str, e: Expr) -> None:
        self.keys[key] = tuple(dict.fromkeys((*self.keys.get(key, ()), e)))

    def _of_field(self, name: str, by: str) -> None:
        if name not in OFTEN and self.means(word(name)):
            return
        side = self.read(by)
        side = side._replace(meanings={key: self.keys.get(key, ()) for key in side.meanings})  # by no other index
        for chosen in choices(side):
            if (e := made(side, chosen)) is not None:
                self._key(word(name), e)
                self.words.add(name)

    def marked(self, sentence: str) -> str:
        """Return a sentence with a name for each object that prints with brackets, and one spelling of marks."""
        sentence = _marked(sentence)
        if self.earlier:
            sentence = sentence.replace("_{t-1}", "_s")
        for n, print_ in enumerate(self.longest):
            sentence = _pattern(print_).sub(f"{OBJECT}{n}", sentence)
        return sentence

    def shown(self, written: str) -> str:
        """Return a piece of such a sentence with the prints of the objects."""
        return re.sub(rf"{OBJECT}(\d+)", lambda found: self.longest[int(found[1])], written)

    def means(self, key: str, more: Meanings = NONE) -> tuple[Expr, ...]:
        """Return what a name may stand for: what is called so; a letter alone, at any time."""
        if number := re.fullmatch(rf"\\mathrm\{{{OBJECT}(\d+)\}}", key):
            return tuple(self.prints[self.longest[int(number[1])]])
        if key in more:
            return more[key]
        letter, _, index = key.partition("_{")
        near = [key]
        if "(" not in key and index in ("", "t}", "T}"):
            near += [k for k in self.keys if k == letter or (not index and k.partition("_{")[0] == letter)]
        return tuple(dict.fromkeys(e for k in near for e in self.keys.get(k, ())))

    def read(self, side: str, more: Meanings = NONE) -> Read:
        """Return a side of a formula as it is read; `more` are names that the sentence defines itself.

        Raises:
            Unread: it is not understood.
        """
        node = bounded(Grammar(tokens(bounded_text(side)), side, len(side), False).safely(), side)
        self._applied(node, side)
        return Read(node, side, {key: self.means(key, more) for key in keys_of(node)})

    def _applied(self, node: Node, side: str) -> None:
        """Refuse a function of what no statement has it at: L(2), which is no product."""
        for n in walk(node):
            close = isinstance(n, Beside) and n.own is None and n.arguments[0].span.at == n.name.span.end + 1
            if close and n.name.key in self.functions and not self.means(n.key):  # type: ignore[union-attr]
                raise Unread("a value that the claim has", side, *n.span)


def lines(claim: Claim) -> list[Reading]:
    """Return the lines in which a claim states something."""
    return [line for written in claim.written() for line in readings(written)]


def shown(claim: Claim) -> list[Basic]:
    """Return the sides of these lines, the phrases after them, and the definitions of the names in them."""
    stated = lines(claim)
    sides = [e for line in stated for e in (line.left, line.right, *line.note) if isinstance(e, Basic)]
    return sides + [e for pair in needed(*stated) for e in pair if isinstance(e, Basic)]


def objects_of(claim: Claim) -> list[Basic]:
    """Return the named objects of a claim's statements, and of what these need."""
    return list(dict.fromkeys(x for e in shown(claim) for x in _objects(e)))


def _objects(e: Basic) -> Iterator[Basic]:
    if isinstance(e, Named | Opening | AppliedUndef | Abstract | LawName):
        yield e
    for a in e.args:
        yield from _objects(a)


def _marked(written: str) -> str:
    """Return what is written with one spelling of marks: x_hat for x-hat, abar for alpha-bar."""
    return MARKED.sub(
        lambda m: "abar" if m[0] in ("abar", "alpha-bar", "alpha_bar", "alphabar") else f"{m[1]}_{m[2]}", written
    )


def _pattern(print_: str) -> re.Pattern[str]:
    pieces = (re.escape(p[0]) for p in PIECE.finditer(print_) if p.lastgroup != "space")
    return re.compile(r"(?<![A-Za-z0-9_'])" + r"\s*".join(pieces) + r"(?![A-Za-z0-9_'])")
