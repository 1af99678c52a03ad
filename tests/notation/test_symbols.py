"""One table of symbols: each name is declared once, with its meaning, in the file of those who use it."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import derivations
from derivations import symbols

ROOT = Path(derivations.__file__).parent
FILES = sorted(f for f in (ROOT / "symbols").glob("*.py") if f.name != "__init__.py")
SHARED = "core"
DECLARING = ("real", "positive", "label")
MAKING = {"Symbol", "symbols", "Wild", "var", *DECLARING}  # a Dummy has no name


class Declared(NamedTuple):
    """A symbol as a file declares it: its printed name, its name in Python, and its assumption."""

    name: str
    python: str
    kind: str
    explained: bool


def declared(source: str) -> list[Declared]:
    return [d for node in ast.parse(source).body for d in _of(node, source.splitlines())]


def _of(node: ast.stmt, lines: list[str]) -> Iterator[Declared]:
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=left)], value=ast.Call(func=ast.Name(id=kind), args=[ast.Constant(v)])):
            meaning = "  # " in lines[node.lineno - 1] or lines[node.lineno - 2].startswith("# ")
            for target, name in zip(left, str(v).split(), strict=True):
                yield Declared(name.replace("\\", ""), ast.unparse(target), kind, meaning)  # SymPy escapes a colon


def amiss(sources: dict[str, str]) -> list[str]:
    """Return the names that files declare twice, under two assumptions, or without a meaning."""
    rows = [(file, d) for file, source in sources.items() for d in declared(source)]
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for _, d in rows:
        kinds[d.name].add(d.kind)
    same = Counter((d.name, d.kind) for _, d in rows)
    python = Counter(d.python for _, d in rows)
    return [
        *(f"{name} is declared twice" for (name, _), n in same.items() if n > 1),
        *(f"{name} is {' and '.join(sorted(k))}" for name, k in kinds.items() if len(k) > 1),
        *(f"{name} in Python is two symbols" for name, n in python.items() if n > 1),
        *(f"{d.name} of {file} has no meaning" for file, d in rows if not d.explained),
    ]


def made(source: str) -> list[str]:
    """Return the calls in a source that declare a symbol."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    names = [f.id if isinstance(f, ast.Name) else f.attr if isinstance(f, ast.Attribute) else "" for f in calls]
    return sorted(name for name in names if name in MAKING)


def imported(source: str) -> set[str]:
    """Return the names of `derivations.symbols` that a module uses."""
    nodes = list(ast.walk(ast.parse(source)))
    ours = [n for n in nodes if isinstance(n, ast.ImportFrom)]
    whole = {a.asname or a.name for n in ours if n.module == "derivations" for a in n.names if a.name == "symbols"}
    from_it = {a.name for n in ours if (n.module or "").startswith("derivations.symbols") for a in n.names}
    parts = [n for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)]
    return from_it | {n.attr for n in parts if n.value.id in whole}


def users() -> dict[str, set[str]]:
    """Return, by name in Python, the families of claims that use a symbol; any other module counts as no family."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for file in ROOT.rglob("*.py"):
        parts = file.relative_to(ROOT).parts
        if parts[0] not in ("symbols", "query"):
            for name in imported(file.read_text()):
                found[name].add(parts[1] if parts[0] == "claims" else f"derivations.{parts[0]}")
    return found


def home(families: set[str]) -> str:
    """Return the file for a symbol with these users: that of the one family, or the shared one."""
    one = next(iter(families)) if len(families) == 1 else SHARED
    return SHARED if one.startswith("derivations.") else one


USERS = users()
SOURCES = {file.stem: file.read_text() for file in FILES}


def test_each_symbol_is_declared_once_with_its_meaning() -> None:
    assert amiss(SOURCES) == []


def test_every_declaration_is_read() -> None:
    """The package has exactly these symbols, with the names and signs that the files give."""
    rows = [d for source in SOURCES.values() for d in declared(source)]
    signs = {"real": (True, None), "positive": (True, True), "label": (None, None)}
    for d in rows:
        symbol = getattr(symbols, d.python)
        assert (symbol.name, symbol.is_real, symbol.is_positive) == (d.name, *signs[d.kind])
    assert {d.python for d in rows} == {n for n, v in vars(symbols).items() if type(v).__name__ == "Symbol"}


def test_symbols_are_declared_where_they_are_used() -> None:
    where = {d.python: file for file, source in reversed(SOURCES.items()) for d in declared(source)}
    assert len(where) > 200
    assert {name: home(USERS[name]) for name, file in where.items() if file != home(USERS[name])} == {}


WRITTEN = sorted(file for folder in ("claims", "calculus") for file in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_claims_declare_no_symbol_of_their_own(file: Path) -> None:
    assert made(file.read_text()) == []


LINE = '(x,) = real("x")  # data\n'
WRONG = {
    "x is declared twice": {"core": LINE, "bound": '(x_2,) = real("x")  # other data\n'},
    "x is positive and real": {"core": LINE, "bound": '(x_2,) = positive("x")  # a number\n'},
    "x in Python is two symbols": {"core": LINE, "bound": '(x,) = real("y")  # a number\n'},
    "x of core has no meaning": {"core": '\n(x,) = real("x")\n'},
}


@pytest.mark.parametrize("said", WRONG)
def test_wrong_declarations_are_reported(said: str) -> None:
    assert amiss(WRONG[said]) == [said]


@pytest.mark.parametrize("call", ["Symbol('x')", "sympy.symbols('x y')", "real('x')[0]", "positive(f'{n}_s')"])
def test_a_symbol_made_in_a_claim_is_reported(call: str) -> None:
    assert len(made(f"def made():\n    return {call}\n")) == 1


def test_a_symbol_of_one_family_in_another_is_reported() -> None:
    assert home({"bound"}) == "bound"
    assert (
        home({"bound", "training"})
        == home({"derivations.notation"})
        == home({"bound", "derivations.calculus"})
        == SHARED
    )
