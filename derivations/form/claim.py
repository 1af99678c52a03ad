"""A claim: a statement with a hole, the answer that fills it, and answers that must not.

Which papers state it is kept with the papers, in `derivations/papers`. A claim speaks of a place in a paper, or in code
or a note, only by its key, as "luo2022 (84)" or "note002 line 57".

An answer is an expression or a named tuple of expressions. Everything a statement rests on is
inlined into its two sides, so a digest of the sides is a digest of all their definitions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple

from sympy import Expr, Integer, Symbol

from derivations.arithmetic import quick
from derivations.arithmetic.memory import once
from derivations.form.bare import Opened, Stated, bare, opened, stated
from derivations.form.base import Form, Said, plain, saying
from derivations.form.definition import Defined
from derivations.form.experiment import Experiment
from derivations.form.statement import Below, Point, Statement, Tends
from derivations.notation.named import unnamed
from derivations.obligations.kept import Loss, Losses, released
from derivations.obligations.watch import install, watching

quick.install()
install()  # before any claim is written

Answer = Any  # Expr, or a (named) tuple of Expr
OTHER = -1  # no chain of a proof
OWING = ("answer", "given", "printed")  # wrong answers, experiments and points may owe what they like
Kind = Literal["definition", "equality", "inequality", "law", "expectation", "induction", "limit", "refuted"]


class Line(NamedTuple):
    """A line of a calculation: equal to the line above it, for the reason given.

    `eq` is the equation of a paper, as "luo2022 (71)-(72); ddpm2020 (7)". For a line that is *at least* the one above,
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
    """A wrong answer, what it breaks, and where it was seen: places of papers and of other works, by their keys."""

    answer: Answer
    breaks: str
    seen_in: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Claim:
    name: str
    title: str = ""  # of all but definitions, which state nothing
    kind: Kind
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
    printed_in: tuple[str, ...] = ()  # ... and who prints it, by key; where nobody does, it is a tempting reading

    shown: Mapping[str, Any] = field(default_factory=dict, init=False, compare=False)  # parts as they are written
    kept: frozenset[tuple[int, Loss]] = frozenset()  # what its parts owe and no longer show: by chain, -1 for others

    def __post_init__(self) -> None:
        """Parts are held as they are, and what they owe besides is held apart."""
        found, shown = set(self.kept), {}
        for part in ("answer", "given", "printed", "wrong", "experiment", "example", "printed_at"):
            shown[part], plainly, lost = bare(getattr(self, part))
            object.__setattr__(self, part, plainly)
            if part in OWING:
                found |= {(OTHER, loss) for loss in lost}
        chains = [bare(chain) for chain in self.proof]
        shown["proof"] = tuple(written for written, _, _ in chains)
        object.__setattr__(self, "proof", tuple(plainly for _, plainly, _ in chains))
        found |= {(n, loss) for n, (_, _, lost) in enumerate(chains) for loss in lost}
        object.__setattr__(self, "shown", shown)
        object.__setattr__(self, "kept", frozenset(found))

    def losses(self) -> Losses:
        """All that went while the claim was written and opened: its parts, and what it says of its answer."""
        return frozenset(loss for _, losses in self.losses_by() for loss in losses)

    def losses_by(self) -> Iterator[tuple[frozenset[Symbol], Losses]]:
        """What went, with the variables of the limits that it went in: there it is needed only where they are small."""
        for n in sorted({n for n, _ in self.kept}):
            of = self.statements()[n : n + 1] if n != OTHER else ()
            yield _limits(of), frozenset(loss for m, loss in self.kept if m == n)
        for said, parts in zip(self._stated, self._opens, strict=True):
            yield _limits(parts.parts), said.losses | parts.losses

    @property
    def is_definition(self) -> bool:
        return self.kind == "definition"

    @property
    def heading(self) -> str:
        """The title; of a definition, which has none, both its sides, and where it holds."""
        sides = "; ".join(said.heading() for said in self.said() if isinstance(said, Defined))
        return self.title or ", where ".join([sides, *(a.text for a in self.given)])

    @cached_property
    def _stated(self) -> tuple[Stated, ...]:
        """As it is written, as it is without names, and what it owes."""
        with watching(True):
            return tuple(map(stated, _tuple(self.says(self.shown["answer"]))))

    @cached_property
    def _opens(self) -> tuple[Opened, ...]:
        return tuple(opened(said) for said in self.said())

    def written(self) -> tuple[Said, ...]:
        """The statement as it is written, in named objects."""
        return tuple(said.written for said in self._stated)

    @cached_property
    def _said(self) -> tuple[Said, ...]:
        return tuple(said.bare for said in self._stated)

    @cached_property
    def _own(self) -> tuple[Statement, ...]:
        pairs = zip(self.said(), self._opens, strict=True)
        return tuple(statement for said, parts in pairs for statement in saying(said, parts.parts))

    def said(self, answer: Answer = None) -> tuple[Said, ...]:
        """The statement as it is stated, without names, in forms that are not yet opened."""
        if answer is None:
            return self._said
        return once(self, ("said", answer), lambda: _plainly(_tuple(self.says(answer))))

    def statements(self, answer: Answer = None) -> tuple[Statement, ...]:
        """The plain statements that the engines check, with a chain of the proof for each."""
        if answer is None:
            return self._own  # asked for often, and slow to build
        each = (plain(said) for said in self.said(answer))
        return once(self, ("statements", answer), lambda: released(tuple(s for said in each for s in said))[0])

    def whole(self) -> tuple[Statement, ...]:
        """The plain statements, and those parts of forms that are true as written."""
        return self._whole

    @cached_property
    def _whole(self) -> tuple[Statement, ...]:
        return tuple(statement for parts in self._opens for statement in parts.parts)

    def symbols(self) -> list[Symbol]:
        return list(self._symbols)

    @cached_property
    def _symbols(self) -> tuple[Symbol, ...]:
        found: set[Symbol] = {v for said in self.said() if isinstance(said, Form) for v in said.indices()}
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


def _plainly(thing: Any) -> Any:
    """Without names, and without what they owe: of answers that may owe what they like."""
    return released(unnamed(released(thing)[0]))[0]


def _limits(statements: Iterable[Statement]) -> frozenset[Symbol]:
    return frozenset(said.var for said in statements if isinstance(said, Tends))


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
