"""A claim: a statement with a hole, the answer that fills it, and answers that must not.

An answer is an expression or a named tuple of expressions. Everything a statement rests on is
inlined into its two sides, so a digest of the sides is a digest of all their definitions.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from sympy import Expr, Integer, Symbol

from derivations.arithmetic import quick
from derivations.arithmetic.memory import once
from derivations.form.base import Form, Said, plain, whole
from derivations.form.definition import Defined
from derivations.form.experiment import Experiment
from derivations.form.statement import Below, Point, Statement, Tends
from derivations.notation.named import unnamed
from derivations.obligations.kept import NONE, Loss, released
from derivations.obligations.watch import install, watching

quick.install()
install()  # before any claim is written

Answer = Any  # Expr, or a (named) tuple of Expr
Kind = Literal["definition", "equality", "inequality", "law", "expectation", "induction", "limit", "refuted"]


class Line(NamedTuple):
    """A line of a calculation: equal to the line above it, for the reason given.

    `eq` is the number of the equation in a paper. For a line that is *at least* the one above,
    `more` is what it has more, in a form that SymPy's assumptions alone see to be >= 0, or
    `convex` is a symbol c and a value c*: the difference is convex in c, and it and its slope vanish at c*.
    Where one of the two lines has one integral more, `primitive` is a function whose slope is its integrand. Where an
    integral stands for another, `change` is the variable of the new one and what it is of the old one's.
    """

    why: str
    expr: Expr
    eq: str = ""
    more: Expr | None = None
    convex: tuple[Symbol, Expr] | None = None
    primitive: Expr | None = None
    change: tuple[Symbol, Expr] | None = None


Chain = tuple[Line, ...]
by = Line


class Wrong(NamedTuple):
    """A wrong answer, where it was seen, and what it breaks."""

    answer: Answer
    breaks: str
    seen_in: tuple[str, ...] = ()


class Source(NamedTuple):
    """Where a paper says so. Equations are renumbered between versions: name the version."""

    work: str
    version: str
    equations: str
    convention: str = ""


@dataclass(frozen=True, kw_only=True)
class Claim:
    name: str
    title: str = ""  # of all but definitions, which state nothing
    kind: Kind
    sources: tuple[Source, ...]
    says: Callable[[Answer], Said | tuple[Said, ...]]
    answer: Answer
    proof: tuple[Chain, ...] = ()
    needs: tuple[str, ...] = ()
    given: tuple[Below, ...] = ()
    convenience: Mapping[str, str] = field(default_factory=dict)  # assumption text -> why kept
    example: Point = field(default_factory=dict)  # a point that satisfies every assumption
    wrong: Mapping[str, Wrong] = field(default_factory=dict)
    experiment: Experiment | None = None
    trust: tuple[str, ...] = ()  # analysis taken on trust
    means: str = "symbolic parameters"  # what stands for "in general"
    refutes: str = ""  # kind "refuted": the false sentence, in words; the title says what is true instead
    printed: Statement | None = None  # ... as a statement
    printed_at: Point = field(default_factory=dict)  # ... its stored counterexample
    printed_in: tuple[Source, ...] = ()  # ... and who prints it; where nobody is charged, it is a tempting reading

    shown: Mapping[str, Any] = field(default_factory=dict, init=False, compare=False)  # parts as they are written
    kept: frozenset[Loss] = NONE  # what its parts owe though they no longer show it, found when it is made

    def __post_init__(self) -> None:
        """Parts are held as they are, and what they owe besides is held apart."""
        found, shown = self.kept, {}
        for part in ("answer", "proof", "given", "printed"):
            shown[part], lost = released(getattr(self, part))
            found |= unnamed(lost)
        for part in ("wrong", "experiment", "example", "printed_at"):  # may owe what they like
            shown[part] = released(getattr(self, part))[0]
        for part, thing in shown.items():
            object.__setattr__(self, part, unnamed(thing))
        object.__setattr__(self, "shown", shown)
        object.__setattr__(self, "kept", found)

    def losses(self) -> frozenset[Loss]:
        """All that went while the claim was written: its parts, and what it says of its answer."""
        return self.kept | self._told[1]

    @property
    def is_definition(self) -> bool:
        return self.kind == "definition"

    @property
    def heading(self) -> str:
        """The title; of a definition, which has none, both its sides."""
        return self.title or "; ".join(said.heading() for said in self.said() if isinstance(said, Defined))

    @cached_property
    def _told(self) -> tuple[tuple[Said, ...], frozenset[Loss]]:
        """As it is written, and what it owes: engines are given the same without its names."""
        with watching(True):
            written, lost = released(_tuple(self.says(self.shown["answer"])))
        return written, unnamed(lost)

    def written(self) -> tuple[Said, ...]:
        """The statement as it is written, in named objects."""
        return self._told[0]

    @cached_property
    def _said(self) -> tuple[Said, ...]:
        return unnamed(self._told[0])

    @cached_property
    def _own(self) -> tuple[Statement, ...]:
        return self.statements(self.answer)

    def said(self, answer: Answer = None) -> tuple[Said, ...]:
        """The statement as it is stated, without names, in forms that are not yet opened."""
        if answer is None:
            return self._said
        return once(self, ("said", answer), lambda: unnamed(released(_tuple(self.says(answer)))[0]))

    def statements(self, answer: Answer = None) -> tuple[Statement, ...]:
        """The plain statements that the engines check, with a chain of the proof for each."""
        if answer is None:
            return self._own  # asked for often, and slow to build
        opened = (plain(said) for said in self.said(answer))
        return once(self, ("statements", answer), lambda: tuple(statement for said in opened for statement in said))

    def whole(self) -> tuple[Statement, ...]:
        """The plain statements, and those parts of forms that are true as written."""
        return self._whole

    @cached_property
    def _whole(self) -> tuple[Statement, ...]:
        return tuple(statement for said in self.said() for statement in whole(said))

    def symbols(self) -> list[Symbol]:
        return list(self._symbols)

    @cached_property
    def _symbols(self) -> tuple[Symbol, ...]:
        found: set[Symbol] = set()
        for statement in self.whole():
            found |= _free(statement)
        for a in self.given:
            found |= _free(a)
        if self.printed is not None:
            found |= _free(self.printed)
        return tuple(sorted(found, key=str))

    def assumptions(self) -> tuple[Below, ...]:
        """Positive symbols first, then the stated inequalities."""
        signs = (Below(Integer(0), v) for v in self.symbols() if v.is_positive)
        return (*signs, *self.given)


def _tuple(said: Said | tuple[Said, ...]) -> tuple[Said, ...]:
    return (said,) if isinstance(said, Statement | Form) else said


def _free(parts: tuple[Any, ...]) -> set[Symbol]:
    free: set[Symbol] = set()
    for part in parts:
        if isinstance(part, Expr):
            free |= part.free_symbols  # type: ignore[arg-type]
        elif isinstance(part, Mapping):  # an equality case speaks of symbols of the sides
            continue
    if isinstance(parts, Tends):
        free.discard(parts.var)  # the variable of a limit is bound
    return free


def leaves(answer: Answer) -> Iterator[tuple[str, Expr]]:
    """The expressions of an answer, by field."""
    if isinstance(answer, Expr):
        yield "answer", answer
    else:
        names = getattr(answer, "_fields", [str(i) for i in range(len(answer))])
        yield from zip(names, answer, strict=True)


def with_leaf(answer: Answer, name: str, leaf: Expr) -> Answer:
    if isinstance(answer, Expr):
        return leaf
    if hasattr(answer, "_replace"):
        return answer._replace(**{name: leaf})
    return tuple(leaf if n == name else e for n, e in leaves(answer))
