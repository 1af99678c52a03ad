"""The theorems of a claim: its assumptions as premises, and what the engines judge as conclusions.

An inequality with an equality case has more than one theorem: the inequality, and the equality at its case. A theorem
is what it states; how it is proved stands elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from sympy import Expr, Symbol, srepr, sympify

from derivations.form.claim import Chain, Claim
from derivations.form.statement import AtMost, Below, Equal, Statement, Tends
from derivations.kernel.names import identifiers
from derivations.kernel.reading import theorem
from derivations.kernel.terms import Beyond, term

Relation = tuple[Expr, str, Expr]
LIMIT = "a limit is not exported"
ALIKE = "both sides are the same before Coq sees them"
LINE = "_line_"  # in the names of lemmas that are lines of a derivation


@dataclass(frozen=True)
class Theorem:
    """A theorem over the reals, about all values of its variables that satisfy the premises."""

    name: str
    variables: tuple[Symbol, ...]
    premises: tuple[Relation, ...]
    conclusion: Relation

    @cached_property
    def names(self) -> dict[Symbol, str]:
        """Return identifiers for all its symbols, bound ones too."""
        found = set(self.variables)
        for relation in (*self.premises, self.conclusion):
            for side in relation[::2]:
                found |= side.atoms(Symbol)  # type: ignore[union-attr, operator]
        return identifiers(found)

    @cached_property
    def text(self) -> str:
        """Return the statement, without a proof; refuse one that is not read back as it was."""
        text = self._written()
        back = theorem(text, {name: v for v, name in self.names.items()})
        if not _same(back, (self.variables, (*self.premises, self.conclusion))):
            raise Beyond("it is not read back as it was")
        return text

    def _written(self) -> str:
        lines = [f"  {self.relation(r)} ->\n" for r in self.premises]
        over = f" forall ({' '.join(self.names[v] for v in self.variables)} : R),\n" if self.variables else "\n"
        kind = "Lemma" if LINE in self.name else "Theorem"
        return f"{kind} {self.name} :{over}{''.join(lines)}  {self.relation(self.conclusion)}."

    def relation(self, r: Relation) -> str:
        return f"{term(r[0], self.names)} {r[1]} {term(r[2], self.names)}"


def _same(read: object, meant: object) -> bool:
    """Return whether two nests of tuples hold the same expressions, part by part."""
    if isinstance(read, tuple) and isinstance(meant, tuple):
        return len(read) == len(meant) and all(map(_same, read, meant))
    return read == meant or (not isinstance(read, str) and srepr(read) == srepr(meant))


def theorems(claim: Claim, number: int, name: str) -> tuple[Theorem, ...]:
    """Return the theorems of one plain statement of a claim, by its number from 1."""
    return of_statement(claim, claim.statements()[number - 1], f"{name}_{number}")


def of_statement(claim: Claim, statement: Statement, name: str) -> tuple[Theorem, ...]:
    """Return the theorems of a plain statement, as it would be with any answer, under the claim's assumptions."""
    return tuple(_theorems(claim, statement, name))


def lines(claim: Claim, number: int, name: str) -> tuple[Theorem, ...]:
    """Return the lines of the derivation of a statement, each a lemma on the line above it, if there are several."""
    chain = chain_of(claim, number) or ()
    given = assumed(claim)
    found = (
        _about(f"{name}_{number}_line_{k}", given, (above.expr, "=" if below.more is None else "<=", below.expr))
        for k, (above, below) in enumerate(pairwise(chain), start=1)
        if below.convex is None and above.expr != below.expr
    )
    return tuple(found) if len(chain) > 2 and not isinstance(claim.statements()[number - 1], Tends) else ()


def chain_of(claim: Claim, number: int) -> Chain | None:
    """Return the derivation of a statement."""
    goals, statement = list(claim.goals()), claim.statements()[number - 1]
    return claim.proof[goals.index(statement)] if len(goals) == len(claim.proof) and statement in goals else None


def _theorems(claim: Claim, statement: Statement, name: str) -> Iterator[Theorem]:
    given = assumed(claim)
    match statement:
        case Equal(lhs, rhs):
            if lhs == rhs:
                raise Beyond(ALIKE)
            yield _about(name, given, (lhs, "=", rhs))
        case Below(lesser, greater):
            yield _about(name, given, (lesser, "<", greater))
        case AtMost(lesser, greater):
            yield _about(name, given, (lesser, "<=", greater))
            yield from _cases(name, given, statement)
        case _:
            raise Beyond(LIMIT)


def _cases(name: str, given: tuple[Relation, ...], statement: AtMost) -> Iterator[Theorem]:
    """Yield the equality at the case, under the assumptions that do not mention what it sets, and the way back."""
    case = {v: sympify(q) for v, q in statement.equal_at.items()}
    if not case:
        return
    if not all(isinstance(v, Symbol) for v in case):
        raise Beyond("an equality case that sets no symbols")
    left, right = (e.subs(case, simultaneous=True) for e in statement[:2])  # type: ignore[union-attr]
    free = tuple(r for r in given if not (r[2] - r[0]).free_symbols & case.keys())
    yield _about(f"{name}_equal", free, (left, "=", right))
    if statement.only:
        equal = (statement.lesser, "=", statement.greater)
        weakened = tuple(_reaching(r, case) for r in given)
        for n, (v, q) in enumerate(case.items(), start=1):
            yield _about(f"{name}_only_{n}", (*weakened, equal), (v, "=", q))


def _reaching(r: Relation, case: Mapping[Symbol, Expr]) -> Relation:
    """Return an assumption, with <= for < where the equality case lies at its edge: else the premises contradict it."""
    left, right = (side.subs(case, simultaneous=True) for side in (r[0], r[2]))
    return (r[0], "<=", r[2]) if left == right else r


def assumed(claim: Claim) -> tuple[Relation, ...]:
    """Return the assumptions of a claim as relations."""
    return tuple((sympify(a.lesser), "<", sympify(a.greater)) for a in claim.assumptions())


def _about(name: str, premises: tuple[Relation, ...], conclusion: Relation) -> Theorem:
    """Return the theorem about all symbols that are free in it; an assumption about others alone is left out."""
    free = _free(conclusion)
    kept: tuple[Relation, ...] = ()
    while (more := tuple(r for r in premises if _free(r) & free)) != kept:
        kept, free = more, free.union(*map(_free, more))
    return Theorem(name, tuple(sorted(free, key=lambda v: v.name)), kept, conclusion)


def _free(r: Relation) -> set[Symbol]:
    return r[0].free_symbols | r[2].free_symbols  # type: ignore[return-value]
