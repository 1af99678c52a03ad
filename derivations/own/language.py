"""What a module of claims may import, call and ask of an expression; anything else is amiss.

Anything else would go past the watch of `derivations.obligations.watch`, read what no digest follows (a file, the
clock, the environment, a judge), or change what judges and other claims look at. It is found in the text, before any
of it runs.
"""

import ast
import builtins
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import derivations
from derivations.own.vocabulary import (
    CALLED,
    CHANGING,
    FREE,
    FREELY,
    INSTEAD,
    LIBRARIES,
    NAMED,
    NAMES,
    OF_EXPRESSIONS,
    OPERATORS,
    PRINT,
    RUNTIME,
)

ROOT = Path(derivations.__file__).parent


class Amiss(NamedTuple):
    """A line of a source, and what in it may not be used, in a phrase."""

    line: int
    what: str


def amiss(source: str) -> list[Amiss]:
    """Return what a module of claims may not use, in the order of its lines.

    Raises:
        SyntaxError: the source is no Python.
    """
    tree = ast.parse(source)
    found = [*_of_modules(tree), *((node, fault) for node in ast.walk(tree) for fault in _amiss(node))]
    return sorted(Amiss(getattr(node, "lineno", 1), fault) for node, fault in found)


def _amiss(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            roots = ((name.name, name.name.partition(".")[0]) for name in names)
            yield from (f"import {name}{_instead(root, f'import {root}')}" for name, root in roots)
        case ast.ImportFrom(module=module, names=names, level=level):
            past = (n.name for n in names if level or not _material(module, n.name))
            yield from (f"import of {name} from {module}{_instead(name, str(module))}" for name in past)
        case ast.Attribute(attr=name, ctx=ctx):
            yield from _attribute(name)
            if isinstance(ctx, ast.Store | ast.Del):
                yield f"a new .{name}"
        case ast.Subscript(ctx=ast.Store() | ast.Del()):
            yield f"a change of {ast.unparse(node)}"
        case ast.BinOp(op=op) if not isinstance(op, OPERATORS):
            yield type(op).__name__
        case ast.Name(id=name, ctx=ast.Load()):
            if name.startswith("__") or (hasattr(builtins, name) and name not in CALLED):
                yield f"the built-in {name}{_instead(name)}"
        case ast.Global() | ast.Nonlocal() | ast.Await() | ast.Yield() | ast.AugAssign():
            yield type(node).__name__
        case ast.Match():  # its patterns ask for attributes by name: case Callable(__globals__=g)
            yield "match"
        case ast.ClassDef(name=name, bases=bases, keywords=keywords):
            if [ast.unparse(base) for base in bases] != ["NamedTuple"] or keywords:
                yield f"the class {name}"


def _instead(*names: str) -> str:
    """What to write in place of the first of these names for which something else is meant."""
    return next((f": write {INSTEAD[name]}" for name in names if name in INSTEAD), "")


def _attribute(name: str) -> Iterator[str]:
    if name.startswith("_") and name not in ("_replace", "_asdict", "_fields"):
        yield f".{name}"
    elif name in OF_EXPRESSIONS and name not in FREE:
        yield f".{name} of an expression"
    elif name in CHANGING:
        yield f".{name}, which changes what it is asked of"
    elif name in RUNTIME - FREE:
        yield f".{name} of what runs"


def _of_modules(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """A module of ours stands only before a dot, and after the dot stands a name that it defines."""
    nodes = list(ast.walk(tree))
    ours = {n.asname or n.name: path for n, path in _imported(nodes) if _file(path) is not None}
    dotted = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id in ours and id(node) not in dotted:
            yield node, f"the module {node.id}"
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=part) if name in ours and part not in defined(ours[name]):
                yield node, f"{part} of {name}, which does not define it"


def _imported(nodes: list[ast.AST]) -> Iterator[tuple[ast.alias, str]]:
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            yield from ((n, f"{node.module}.{n.name}") for n in node.names)


def _material(module: str | None, name: str) -> bool:
    """Whether a claim may be written with it."""
    first, _, path = (module or "").partition(".")
    if first != "derivations":
        return name in (NAMES if module == "sympy" else LIBRARIES.get(module or "", ()))
    if name in NAMED.get(path, ()):
        return True
    freely = path.split(".")[0] in FREELY and path not in PRINT
    return freely and (name in defined(f"derivations.{path}") or _file(f"derivations.{path}.{name}") is not None)


def _file(module: str) -> Path | None:
    """The file of a module of ours, if there is one."""
    first, *path = module.split(".")
    file = ROOT.joinpath(*path)
    return (
        None
        if first != ROOT.name
        else next((f for f in (file.with_suffix(".py"), file / "__init__.py") if f.is_file()), None)
    )


@cache
def defined(module: str) -> frozenset[str]:
    """The public names that a module of ours defines itself, a package in its files; none that it imports."""
    file = _file(module)
    return frozenset() if file is None else frozenset(n for n in _bound(file) if not n.startswith("_"))


def _bound(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
        elif isinstance(node, ast.ImportFrom) and [n.name for n in node.names] == ["*"]:
            own = file.parent / f"{(node.module or '').rpartition('.')[2]}.py"
            if file.name == "__init__.py" and own == _file(node.module or ""):
                yield from _bound(own)
