"""What an induction shows of its index is what is checked: what is held fixed from step to step has one print.

A page writes the value, the symbols that it depends on, and each step's own parameters with the index. So no symbol
that the check holds fixed may look as if it moved, and an object calls an induction only if its process makes the step.
"""

import re
from collections.abc import Iterator

from sympy import Basic, Expr, Symbol, expand, fraction, sympify, together

from derivations.form.claim import Claim
from derivations.form.induction import Induction
from derivations.form.inductions import Reader
from derivations.form.names import expressions
from derivations.notation.indexed import at
from derivations.notation.named import Named, unnamed
from derivations.notation.printing import text
from derivations.notation.stepped import Stepped
from derivations.probability.density import Lettered


def faults(claim: Claim) -> Iterator[str]:
    """Yield where an induction shows another one than is checked, one sentence each."""
    for statement in (*claim.written(), claim.printed):
        said = statement if isinstance(statement, Induction) else None
        if said is not None:
            reader = Reader(said)
            yield from _counted(reader)
            yield from _renewed(reader)
            yield from _still(reader)
            for base, step, held in zip(said.base, said.step, said.held, strict=True):
                yield from _stepped(base, step, held, reader) if isinstance(base, Stepped) else ()
        yield from _elsewhere(statement)


def _counted(reader: Reader) -> Iterator[str]:
    """The index goes from a whole number to the next, or from one that a symbol of its own stands for."""
    said, index = reader.induction, reader.index
    if index in said.first and sympify(said.next[index]) != index + 1:
        yield f"expected an index {index} that is {index + 1} at the next, got {said.next[index]}"
    for v in sorted(said.first.keys() - {index}, key=str) if said.index is None else ():
        if (gap := sympify(said.next[v]) - v).is_number and gap not in (0, 1):
            yield (
                f"expected an index {v} that is {v + 1} at the next, got {said.next[v]}: state one induction for each "
                f"base case, or count its steps by an index of their own, index=..."
            )
    past, symbol = sympify(reader.start).as_coeff_Add()
    if not past.is_Integer or (symbol != 0 and not (symbol.is_Symbol and symbol not in {index, *_free(_parts(said))})):
        yield f"expected an induction to start at a whole number, got {reader.start}"


def _renewed(reader: Reader) -> Iterator[str]:
    """A parameter that each step has anew is neither in the value, which is that of all steps, nor what is counted."""
    said, own = reader.induction, set(reader.induction.own)
    if mixed := own & {*said.held, *said.first, reader.index}:
        yield f"expected parameters of a step's own that nothing else counts, got {_listed(mixed)}"
    if held := own & _free(said.value):
        yield f"expected a value without a step's own parameters, got {_listed(held)} in {said.value}"


def _still(reader: Reader) -> Iterator[str]:
    """What is held fixed has a name that no index makes of another, nor reads as one at some index."""
    said, index = reader.induction, reader.index
    moving = {*said.held, *reader.dependent, *said.own}
    fixed = _free(_parts(said)) - moving - ({index} & set(said.first)) - set(_numbers(said))
    if looks := {v for v in fixed if v.name == index.name or _indexed(v, index, moving)}:
        yield f"expected what is held fixed by names without the index {index}, got {_listed(looks)}"
    written = [at(v, index, index).name for v in (*moving, index)]
    if len(set(written)) < len(written):
        yield f"expected symbols that print apart at each index, got {', '.join(sorted(written))}"
    places = {at(v, index, place).name for v in moving for place in (index, index + 1, reader.start)}
    objects = {x for e in _parts(said) for x in e.atoms(Named)}
    if taken := sorted({text(x) for x in objects} & places):
        yield f"expected a name of its own for an object, got {', '.join(taken)}, which an index makes of a symbol"


def _numbers(said: Induction) -> Iterator[Symbol]:
    """Yield the numbers of densities on a finite chain: a density may be any, at each index."""
    stems = {x.stem for e in _parts(said) for x in e.atoms(Lettered)}
    yield from (v for v in _free(_parts(said)) if v.name.rpartition("}")[0] + "}" in stems)


def _indexed(v: Symbol, index: Symbol, moving: set[Symbol]) -> bool:
    """Return whether it reads as something at an index: c_t, c_{t+1}; or V_2, where V has the index."""
    base, *indices = re.findall(r"[A-Za-z0-9']+", v.name)
    counts = {part for token in indices for part in (token, *token)} if len(indices) else set()
    named = {at(m, index, index).name.split("_")[0] for m in moving}
    return index.name in counts or (base in named and any(part.isdigit() for part in counts))


def _stepped(base: Stepped, step: Expr, held: Symbol, reader: Reader) -> Iterator[str]:
    """The process of an object makes the step that the induction has, from where it starts."""
    said = reader.induction
    if not base.counted(reader.index, reader.start):
        yield f"expected {text(base)} to be counted by its own index, from its first, got {reader.index}"
    if moved := (base.free_symbols & set(said.first)) | (base.fixed() & set(said.own)):
        yield f"expected {text(base)} of a process whose steps are alike, got {_listed(moved)}, which the index moves"
    if missing := base.renewed() - set(said.own):
        yield f"expected {_listed(missing)} among a step's own parameters, as {text(base)} has it"
    for v, first, following in base.carried():
        if not (v in said.first and _same(said.first[v], first) and _same(said.next[v], following)):
            yield f"expected {v} to be first {text(first)} and next {text(following)}, as {text(base)} has it"
    if not _same(step, base.after(held)):
        yield f"expected the step that the process makes of {text(base)}, {text(base.after(held))}, got {text(step)}"


def _elsewhere(statement: object) -> Iterator[str]:
    """An object of every step opens at the first: so nowhere but where an induction starts is it what it shows."""
    parts: object = statement
    if isinstance(statement, Induction):
        bases = tuple(e for e in statement.base if not isinstance(e, Stepped))
        parts = (bases, statement.value, statement.step, statement.first, statement.next)
    for x in sorted({x for e in expressions(parts) for x in e.atoms(Stepped)}, key=str):
        yield f"expected {text(x)} where an induction starts alone, since it opens to what it is there"


def _same(a: Expr, b: Expr) -> bool:
    """Return whether two expressions are the same quotient of polynomials in what they are made of."""
    return bool(expand(fraction(together(unnamed(a) - unnamed(b)))[0]) == 0)


def _parts(said: Induction) -> tuple[Expr, ...]:
    return tuple(map(sympify, (*said.value, *said.base, *said.step, *said.first.values(), *said.next.values())))


def _free(parts: tuple[Basic, ...]) -> set[Symbol]:
    return {v for e in parts for v in e.free_symbols}  # type: ignore[misc]


def _listed(symbols: "set[Symbol] | frozenset[Symbol]") -> str:
    return ", ".join(sorted(map(str, symbols)))
