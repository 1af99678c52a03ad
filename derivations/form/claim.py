"""Claims: a statement with a hole, the answer that fills it, and wrong answers that must not.

The papers that state a claim are listed with the papers, in `derivations/papers`. A claim refers to a place in a paper,
in code or in a note only by its key, as "luo2022 (84)" or "note002 line 57".

An answer is an expression or a named tuple of expressions. Everything a statement rests on is
inlined into its two sides, so a digest of the sides is a digest of all their definitions.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Expr, Integer, Symbol

from derivations.arithmetic import quick
from derivations.arithmetic.memory import once
from derivations.form import typed
from derivations.form.bare import Opened, Stated, bare, exact, opened, stated, written_out
from derivations.form.base import Form, Said, checked, whole
from derivations.form.definition import Defined
from derivations.form.experiment import Experiment
from derivations.form.parts import Answer, Chain, Line, Wrong, by, leaves, with_leaf
from derivations.form.statement import Below, Point, Statement, Tends
from derivations.form.typed import Kind
from derivations.notation.named import unnamed
from derivations.obligations.kept import Loss, Losses, released
from derivations.obligations.watch import install, watching

__all__ = ["Answer", "Below", "Chain", "Claim", "Kind", "Line", "Wrong", "by", "leaves", "plainly", "with_leaf"]

quick.install()
install()  # before any claim is written

OTHER = -1  # stands for no chain of the proof
EXACT = ("answer", "given", "printed", "wrong")  # in which Python's integers are SymPy's
OWING = ("answer", "given", "printed")  # only these parts need have their obligations shown


@dataclass(frozen=True, kw_only=True)
class Claim:
    name: str
    title: str = ""  # empty for a definition, which states nothing
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
    printed: Statement | None = None  # the false sentence as a statement
    printed_at: Point = field(default_factory=dict)  # its stored counterexample
    printed_in: tuple[str, ...] = ()  # the works that print it, by key; if there are none, it is a tempting reading

    shown: Mapping[str, Any] = field(default_factory=dict, init=False, compare=False)  # parts as they are written
    kept: frozenset[tuple[int, Loss]] = frozenset()  # what its parts owe and no longer show, by chain or OTHER

    def __post_init__(self) -> None:
        """Hold the parts as plain expressions, and apart from them what they owe besides."""
        typed.check(self)
        with watching(True):  # once for all parts: to begin and to end takes long
            self._hold()

    def _hold(self) -> None:
        kept, shown = set(self.kept), {}
        for part in ("answer", "given", "printed", "wrong", "experiment", "example", "printed_at"):
            value = getattr(self, part)
            shown[part], plainly, lost = bare(exact(value) if part in EXACT else value)
            object.__setattr__(self, part, plainly)
            if part in OWING:
                kept |= {(OTHER, loss) for loss in lost}
        chains = [bare(exact(chain)) for chain in self.proof]
        shown["proof"] = tuple(written for written, _, _ in chains)
        plain_chains = [written_out(plainly) for _, plainly, _ in chains]
        object.__setattr__(self, "proof", tuple(chain for chain, _ in plain_chains))
        for n, ((_, _, lost), (_, more)) in enumerate(zip(chains, plain_chains, strict=True)):
            kept |= {(n, loss) for loss in lost | more}
        object.__setattr__(self, "shown", shown)
        object.__setattr__(self, "kept", frozenset(kept))

    def losses(self) -> Losses:
        """Return all obligations lost while the claim was written and opened: in its parts and in its statements."""
        return frozenset(loss for _, losses in self.losses_by() for loss in losses)

    def losses_by(self) -> Iterator[tuple[frozenset[Symbol], Losses]]:
        """Yield what was lost, with the variables of the limits around it: it is needed only where these are small."""
        for n in sorted({n for n, _ in self.kept}):
            of = self.goals()[n : n + 1] if n != OTHER else ()
            yield _limits(of), frozenset(loss for m, loss in self.kept if m == n)
        for statement, parts in zip(self._stated, self._opens, strict=True):
            yield _limits(parts.parts), statement.losses | parts.losses

    @property
    def is_definition(self) -> bool:
        return self.kind == "definition"

    @property
    def heading(self) -> str:
        """The title, or for a definition, which has none, both its sides and where it holds."""
        if self.title:
            return self.title
        sides = "; ".join(statement.heading() for statement in self.said() if isinstance(statement, Defined))
        return ", where ".join([sides, *(a.text for a in self.given)])

    def _says(self, answer: Answer) -> tuple[Said, ...]:
        return typed.stated(self.says, answer, self.name)

    @cached_property
    def _stated(self) -> tuple[Stated, ...]:
        """The statements as written, without names, and with what they owe."""
        with watching(True):
            return tuple(map(stated, self._says(self.shown["answer"])))

    @cached_property
    def _opens(self) -> tuple[Opened, ...]:
        return tuple(opened(statement) for statement in self.said())

    def written(self) -> tuple[Said, ...]:
        """Return the statement as it is written, in named objects."""
        return tuple(statement.written for statement in self._stated)

    def with_answer(self, name: str) -> tuple[Said, ...]:
        """The statement with a wrong answer in the place of the answer, as it would be written."""
        with watching(True):
            return tuple(stated(said).written for said in self._says(self.shown["wrong"][name].answer))

    def with_any(self, answer: Answer) -> tuple[Said, ...]:
        """The statement as it would be written with any answer, even an unknown function, in place of its own."""
        return released(exact(self._says(answer)))[0]

    @cached_property
    def _said(self) -> tuple[Said, ...]:
        return tuple(statement.bare for statement in self._stated)

    @cached_property
    def _own(self) -> tuple[Statement, ...]:
        return tuple(part for _, part in self.opened())

    def said(self, answer: Answer = None) -> tuple[Said, ...]:
        """Return the statement as it is stated, without names, in forms that are not yet opened."""
        if answer is None:
            return self._said
        return once(self, ("said", answer), lambda: plainly(self._says(answer)))

    def statements(self, answer: Answer = None) -> tuple[Statement, ...]:
        """Return the plain statements that the engines check, each with a chain of the proof."""
        if answer is None:
            return self._own  # often needed, and slow to build
        said = self.said(answer)
        return once(
            self, ("statements", answer),
            lambda: released(tuple(s for parts in checked(said, map(whole, said)) for s in parts))[0],
        )  # fmt: skip

    def goals(self) -> tuple[Statement, ...]:
        """Return what the chains of the proof lead to, in their order: each plain statement.

        Those parts of forms that are true as written, as many a base case is, need no chain; they may all have one.
        """
        return self.whole() if len(self.proof) == len(self.whole()) else self.statements()

    def whole(self) -> tuple[Statement, ...]:
        """Return the plain statements, including those parts of forms that are true as written."""
        return self._whole

    @cached_property
    def _whole(self) -> tuple[Statement, ...]:
        return tuple(statement for parts in self._opens for statement in parts.parts)

    def opened(self) -> Iterator[tuple[Said, Statement]]:
        """Yield the plain statements, each with the statement as written that opens into it."""
        parts = checked(self.said(), (opens.parts for opens in self._opens))
        yield from ((written, part) for written, those in zip(self.written(), parts, strict=True) for part in those)

    def symbols(self) -> list[Symbol]:
        return list(self._symbols)

    @cached_property
    def _symbols(self) -> tuple[Symbol, ...]:
        found: set[Symbol] = {v for form in self.said() if isinstance(form, Form) for v in form.indices()}
        for statement in self.whole():
            found |= _free(statement)
        for a in self.given:
            found |= _free(a)
        if self.printed is not None:
            found |= _free(self.printed)
        return tuple(sorted(found, key=str))

    def assumptions(self) -> tuple[Below, ...]:
        """Return the signs of positive symbols, then the stated inequalities."""
        signs = (Below(Integer(0), v) for v in self.symbols() if v.is_positive)
        return (*signs, *self.given)


def plainly(thing: Any) -> Any:
    """Return the thing without names and twins, dropping what a wrong answer may owe."""
    return released(unnamed(released(exact(thing))[0]))[0]


def _limits(statements: Iterable[Statement]) -> frozenset[Symbol]:
    return frozenset(statement.var for statement in statements if isinstance(statement, Tends))


def _free(parts: tuple[Any, ...]) -> set[Symbol]:
    free: set[Symbol] = set()
    for part in parts:
        if isinstance(part, Expr):
            free |= part.free_symbols  # type: ignore[arg-type]
        elif isinstance(part, Mapping):  # an equality case mentions only symbols of the sides
            continue
    if isinstance(parts, Tends):
        free.discard(parts.var)  # the variable of a limit is bound
    return free
