"""One table of symbols: each name is declared once, with its meaning, in the file of those who use it."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import derivations
from derivations import symbols
from derivations.papers.glossary import declarations
from derivations.symbols.core import FAMILIES

ROOT = Path(derivations.__file__).parent
FILES = sorted(f for f in (ROOT / "symbols").glob("*.py") if f.name != "__init__.py")
SHARED = "core"
FIELD = {"x", "v", "s", "t", "T", "c"}  # letters that all of the field shares; c is a variance
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


def aliases(sources: dict[str, str]) -> dict[str, set[str]]:
    """Return the symbols that modules of claims know by several names, with these: `p as density`, `p as chance`."""
    names: defaultdict[str, set[str]] = defaultdict(set)
    for source in sources.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("derivations.symbols"):
                for a in node.names:
                    names[a.name].add(a.asname or a.name)
    return {name: known for name, known in names.items() if len(known) > 1}


def strays(allowed: Mapping[str, tuple[str, ...]], rows: list[Declared], used: Mapping[str, set[str]]) -> list[str]:
    """Return the symbols that other families use than `allowed` says, or fewer, and letters that it does not have."""
    own = {d.name: {u for u in used[d.python] if not u.startswith("derivations.")} for d in rows}
    return [
        *(
            f"{name} is for {', '.join(of)}, not {', '.join(sorted(own[name]))}"
            for name, of in allowed.items()
            if own[name] != set(of)
        ),
        *(f"{name} names no families" for name in own if len(name) == 1 and name not in allowed and name not in FIELD),
    ]


def several(meaning: str) -> bool:
    """Whether what is said of a symbol is more than one thing."""
    return bool(re.search(r"; (?!in |a bare )| or (?!as means)", meaning))


@cache
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
    assert {name: home(users()[name]) for name, file in where.items() if file != home(users()[name])} == {}


WRITTEN = sorted(file for folder in ("claims", "calculus") for file in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_claims_declare_no_symbol_of_their_own(file: Path) -> None:
    assert made(file.read_text()) == []


def test_a_symbol_is_known_by_one_name() -> None:
    assert aliases({f.as_posix(): f.read_text() for f in WRITTEN}) == {}


def test_letters_are_used_by_the_families_that_they_are_for() -> None:
    assert strays(FAMILIES, declared(SOURCES[SHARED]), users()) == []


def test_each_symbol_has_one_meaning() -> None:
    assert [d.names for source in SOURCES.values() for d in declarations(source) if several(d.meaning)] == []


@pytest.mark.parametrize(("meaning", "more"), [
    ("a step: of time, or towards a limit", True),
    ("gamma_t - gamma_s; a difference of variances", True),
    ("the size of a step", False),
    ("the integral of beta up to s; in discrete time -log abar_s", False),
])  # fmt: skip
def test_a_second_meaning_is_seen(meaning: str, more: bool) -> None:
    assert several(meaning) is more


def test_a_symbol_with_two_names_is_reported() -> None:
    one, two = "from derivations.symbols import p as density", "from derivations.symbols import p as chance"
    assert aliases({"a": one, "b": two}) == {"p": {"density", "chance"}}
    assert aliases({"a": one, "b": one}) == {}


def test_a_letter_in_another_family_is_reported() -> None:
    rows = declared('(h,) = real("h")  # the size of a step\n')
    assert strays({"h": ("sampling",)}, rows, {"h": {"sampling", "derivations.notation"}}) == []
    assert strays({"h": ("sampling",)}, rows, {"h": {"sampling", "decoder"}}) == [
        "h is for sampling, not decoder, sampling"
    ]
    assert strays({}, rows, {"h": {"sampling"}}) == ["h names no families"]


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
