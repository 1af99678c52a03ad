"""Objects at values of their symbols: Var(z_s)|_{h = 2 c}, E[z_s | z_t, x = 1], and mmse(1) of a quantity mmse(v)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sympy import Basic, Expr, Integral, Symbol, Tuple

from derivations.notation.brackets import grouped, grouped_latex
from derivations.notation.named import Named, unnamed
from derivations.notation.outcomes import Outcomes
from derivations.notation.quantities import Quantity, called
from derivations.notation.steps import OfProcess, Steps
from derivations.notation.wheres import Where
from derivations.obligations.kept import losses, owing, plain
from derivations.obligations.lost import gone
from derivations.obligations.obligation import Obligation, changed
from derivations.probability.expected import Expected
from derivations.probability.opening import opened

Write = Callable[[Basic], str]
Pair = tuple[Expr, Expr] | Tuple


def _of_the_field(e: Basic) -> bool:
    """Whether it is named, or a sum, a product or a power of what is."""
    if isinstance(e, Expr) and (e.is_Add or e.is_Mul or e.is_Pow):
        return all(_of_the_field(a) or a.is_number for a in e.args)  # type: ignore[attr-defined]
    return isinstance(e, Named | Expected)


def needing_at(of: Expr, at: Mapping[Any, Expr]) -> Iterator[Obligation]:
    """Yield what an object needs in order to exist, with values in it."""
    for o in gone(of):
        yield from changed(o, lambda e: e.subs(at, simultaneous=True))


def _drawn(e: Basic) -> set[Basic]:
    """What it is a mean or an integral over: this has no value there."""
    found = {v for x in e.atoms(Steps) for v in (*x.noise, *(v for v, _ in x.steps))}
    found |= {x.args[0] for x in e.atoms(Outcomes)} | {limit[0] for x in e.atoms(Integral) for limit in x.limits}
    return found.union(*(x.over for x in e.atoms(Expected)))


def _apart(values: Mapping[Expr, Expr], unseen: Iterable[Expr]) -> None:
    """Refuse a value that is stated after "where" and has in it what has a value there: a = 2 a.

    Raises:
        ValueError: it is such a value.
    """
    names = {v for v, e in values.items() if v != e}
    for v in names.intersection(unseen):
        if values[v].free_symbols & names:
            raise ValueError(f"expected values without {', '.join(sorted(map(str, names)))}, got {v} = {values[v]}")


def _put(of: Expr, pairs: tuple[Pair, ...]) -> Expr:
    """The expression with the values in it, all at once where a value has what is replaced; means are computed."""
    at = {v: unnamed(e) for v, e in pairs}
    crossed = any(e.has(*at) for e in at.values())
    plainly = unnamed(of)
    return owing(opened(plainly), losses(plainly)).subs(at, simultaneous=crossed)


class At(Named):
    """An object of the field where some of its symbols have other values.

    What an object is given has its value after the bar; other values stand at a bar of their own. With no value that
    is new it is shown as the object itself.
    """

    def __new__(cls, of: Expr, *values: Pair) -> "At":
        if cls is At and not _of_the_field(of):
            raise ValueError(f"expected an object of the field, got {of}")
        if idle := [str(v) for v, _ in values if v in _drawn(of) and not opened(unnamed(of)).has(v)]:
            raise ValueError(f"expected values of what {of} depends on, got one of {', '.join(idle)}")
        new = Expr.__new__(cls, of, *(Tuple(*pair) for pair in values))
        return owing(new, losses(_put(plain(opened(of)), values)))  # what the object itself owes, its name does  # type: ignore[return-value]

    def needs(self) -> Iterator[Obligation]:
        return needing_at(self.args[0], {v: unnamed(e) for v, e in (pair.args for pair in self.args[1:])})  # type: ignore[arg-type]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return (self.args[0], *(e for pair in self.args[1:] for e in pair.args))

    def meaning(self) -> Expr:
        return _put(self.args[0], self.args[1:])  # type: ignore[arg-type]

    def _written(self, write: Write) -> dict[Basic, str]:
        """By symbol, what it is. A variable that is drawn by its own name is not said to be itself."""
        written = ((pair.args[0], *map(write, pair.args)) for pair in self.args[1:])
        return {v: f"{name} = {value}" for v, name, value in written if name != value}

    def _given(self, values: dict[Basic, str], printer: Any, bar: str, latex: bool) -> str | None:
        """The object with the values after its bar, if it is of a process that is given all of these."""
        of = self.args[0]
        if not isinstance(of, OfProcess) or not values.keys() <= {*of.on, *of.process.data}:
            return None
        return of._write(lambda e: values.get(e) or printer.doprint(e), bar, latex)

    def _sympystr(self, printer: Any) -> str:
        of, values = printer.doprint(self.args[0]), self._written(printer.doprint)
        if given := self._given(values, printer, " | ", latex=False):
            return given
        return f"{grouped(self.args[0], of)}|_{{{', '.join(values.values())}}}" if values else of

    def _latex(self, printer: Any) -> str:
        of, values = printer.doprint(self.args[0]), self._written(printer.doprint)
        if given := self._given(values, printer, " \\mid ", latex=True):
            return given
        held = grouped_latex(self.args[0], of)
        return f"\\left. {held} \\right|_{{{', '.join(values.values())}}}" if values else of


class Standing(At):
    """The same, with the values stated after "where"."""

    def __new__(cls, of: Expr, *values: Pair) -> "Standing":
        _apart(dict(values), [v for v, _ in values])
        return super().__new__(cls, of, *values)  # type: ignore[return-value]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def unseen(self) -> tuple[Basic, ...]:
        """The values that stand after "where", each beside its symbol."""
        return self.args[1:]

    def where(self) -> Iterator[Where]:
        yield from (Where(*pair.args) for pair in self.unseen())

    def _sympystr(self, printer: Any) -> str:
        return str(printer.doprint(self.args[0]))

    def _latex(self, printer: Any) -> str:
        return str(printer.doprint(self.args[0]))


class QuantityAt(Named):
    """A quantity, defined by symbols, at values of some of these: mmse(1) is mmse(v) at v = 1."""

    def __new__(cls, generic: Quantity, *pairs: tuple[Symbol, Expr] | Tuple) -> "QuantityAt":
        _apart(dict(pairs), [v for v, _ in pairs if v not in generic.shown])
        return Expr.__new__(cls, generic, *(Tuple(*pair) for pair in pairs))

    def needs(self) -> Iterator[Obligation]:
        return needing_at(self.args[0], {v: unnamed(e) for v, e in (pair.args for pair in self.args[1:])})  # type: ignore[arg-type]

    def unseen(self) -> tuple[Basic, ...]:
        """The values that stand after "where", each beside its symbol."""
        return tuple(pair for pair in self.args[1:] if pair.args[0] not in self.args[0].shown)  # type: ignore[attr-defined]

    @property
    def _at(self) -> tuple[Basic, ...]:
        values = dict(pair.args for pair in self.args[1:])
        return tuple(values.get(v, v) for v in self.args[0].shown)  # type: ignore[attr-defined]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self._at

    def meaning(self) -> Expr:
        values = {v: unnamed(e) for v, e in (pair.args for pair in self.args[1:])}
        return unnamed(self.args[0]).subs(values, simultaneous=True)  # type: ignore[no-any-return]

    def where(self) -> Iterator[Where]:
        """The definition, and the values that the print does not show."""
        generic = self.args[0]
        yield Where(generic, generic.body)  # type: ignore[attr-defined]
        yield from (Where(*pair.args) for pair in self.unseen())

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, str(self.args[0].args[0]))

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, called(str(self.args[0].args[0])))

    def _written(self, write: Write, name: str) -> str:
        return f"{name}({', '.join(map(write, self._at))})" if self._at else name
