"""The texts that evidence is made from: a module with all that it imports, and the code that judges.

Proofs and experiments are not part of a statement, so evidence depends on the text of the modules that a claim is built
from. Their imports are read from the syntax tree, which misses none however it is written. A package that is bound to a
name may be asked for any of its modules and stands for all of them; so does an import by a computed name.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

LENGTH = 16
ROOT = Path(__file__).parents[1]
CLAIMS = "claims"
UNUSED = frozenset({"moving.py", "lazy.py"})  # which claims may not use: see tests/claims/test_written
# Read anew for each report, or above all that judges: part of no evidence.
APART = frozenset({"moved", "tags", "py.typed", "papers", "query", "kernel", "testing.py", "lazy.py"})
COMPUTES = frozenset(  # names of modules
    {"importlib", "runpy", "pkgutil", "imp", "__import__", "exec", "eval", "sys.modules"}
)


Texts = dict[str, str]  # files, relative to the package, each with a digest of its text


@cache
def engine_digest(root: Path = ROOT) -> str:
    """Return a digest of the judging code and the data beside it: all of the package but the claims."""
    return _digest(_texts(_judges(root), root))


@cache
def module_digest(module: str, root: Path = ROOT) -> str:
    """Return a digest of a module of claims and of all it is built from."""
    return _digest(texts_of([module], root))


def texts_of(modules: Iterable[str], root: Path = ROOT) -> Texts:
    """Return the texts that modules of claims are built from."""
    return _texts(sorted({f for m in modules for f in built_from(f"{root.name}.{CLAIMS}.{m}", root)}), root)


def texts_loaded(modules: Iterable[str]) -> Texts:
    """Return the same as this process loaded them; files written later, as they stand on disk."""
    return _loaded({f for m in modules for f in built_from(f"{ROOT.name}.{CLAIMS}.{m}")})


def texts_below(source: str) -> Texts:
    """Return the same for all that a file of claims outside the catalogue imports, given its text."""
    tree = ast.parse(source)
    return _loaded(_closed({f for name in _names(tree, ROOT / "own.py", ROOT) for f in _files(name, ROOT)}, ROOT))


def _loaded(files: Iterable[Path]) -> Texts:
    named = ((f.relative_to(ROOT).as_posix(), f) for f in sorted(files))
    return {name: LOADED.texts[name] if name in LOADED.texts else _text(f) for name, f in named}


class State(NamedTuple):
    """The texts of the package at one moment; `judges` is the digest of those that judge."""

    texts: Texts
    judges: str


def read(root: Path = ROOT) -> State:
    """Return the state of the package on disk now."""
    files = [f for f in root.rglob("*") if f.suffix == ".py" or f.is_dir()]
    return State(_texts(sorted((root, *files)), root), _digest(_texts(_judges(root), root)))


def _judges(root: Path) -> list[Path]:
    files = (
        f
        for f in root.rglob("*")
        if f.is_file() and "__pycache__" not in f.parts and APART.isdisjoint(f.relative_to(root).parts)
    )
    return sorted(f for f in files if not (f.suffix == ".py" and CLAIMS in f.relative_to(root).parts))


def _texts(files: Iterable[Path], root: Path) -> Texts:
    return {f.relative_to(root).as_posix(): _text(f) for f in files}


def _text(file: Path) -> str:
    """Return a digest of the file, or of a folder's names for a package that may be asked for any of its modules."""
    if file.is_dir():
        return _hash("\n".join(sorted(f.relative_to(file).as_posix() for f in file.rglob("*.py"))).encode())
    status = file.stat()
    return _hash_of(file, status.st_mtime_ns, status.st_size, status.st_ino)


@lru_cache(maxsize=1024)  # read again once the file is written again
def _hash_of(file: Path, *_: int) -> str:
    return _hash(file.read_bytes())


def _hash(text: bytes) -> str:
    return sha256(text).hexdigest()[:LENGTH]


def _digest(texts: Texts) -> str:
    return _hash("\n".join(f"{text} {name}" for name, text in sorted(texts.items())).encode())


@cache
def built_from(module: str, root: Path = ROOT) -> frozenset[Path]:
    """Return the file of a module (a dotted name), the files of all that it imports, and so on."""
    return _closed(_files(module, root), root)


def _closed(first: Iterable[Path], root: Path) -> frozenset[Path]:
    files, ahead = set[Path](), set(first)
    while ahead:
        files |= ahead
        ahead = {f for file in ahead for f in _imported(file, root)} - files - {root / name for name in UNUSED}
    return frozenset(files)


@cache
def _imported(file: Path, root: Path) -> frozenset[Path]:
    tree = ast.parse(b"" if file.is_dir() else file.read_bytes(), file)
    return frozenset(f for name in _names(tree, file, root) for f in _files(name, root))


def _names(tree: ast.AST, file: Path, root: Path) -> Iterator[str]:
    return (name for node in ast.walk(tree) for name in _named(node, file, root))


def _named(node: ast.AST, file: Path, root: Path) -> Iterator[str]:
    """Yield dotted names of what the node imports; `a.b.*` for a package that is bound to a name, or may be."""
    if isinstance(node, ast.Import):
        for name in node.names:
            yield name.name
            yield f"{name.name if name.asname else name.name.partition('.')[0]}.*"
    elif isinstance(node, ast.ImportFrom):
        above = file.relative_to(root.parent).parts[: -node.level] if node.level else ()
        home = ".".join((*above, *([node.module] if node.module else [])))
        yield from (f"{home}.{name.name}" for name in node.names)
        yield from (f"{home}.{name.name}.*" for name in node.names if name.name != "*")
    if _computes(node):
        yield f"{root.name}.*"


def _computes(node: ast.AST) -> bool:
    """Return whether the node can import a module whose name is not written there."""
    if isinstance(node, ast.Import):
        return any(name.name.partition(".")[0] in COMPUTES for name in node.names)
    if isinstance(node, ast.ImportFrom):
        names = {f"{node.module}.{name.name}" for name in node.names} | {(node.module or "").partition(".")[0]}
        return not COMPUTES.isdisjoint(names)
    if isinstance(node, ast.Attribute):
        return isinstance(node.value, ast.Name) and f"{node.value.id}.{node.attr}" in COMPUTES
    return isinstance(node, ast.Name) and node.id in COMPUTES


def _files(name: str, root: Path) -> Iterator[Path]:
    """Yield the files that a dotted name imports: each package on the way, and the module, if the root's own."""
    first, *rest = name.split(".")
    if first != root.name:
        return
    place = root
    yield from _there(place / "__init__.py")
    for part in rest:
        if part == "*":
            yield from (place, *place.rglob("*.py")) if place.is_dir() else ()
            return
        yield from _there(place / f"{part}.py")
        place = place / part
        yield from _there(place / "__init__.py")


def _there(file: Path) -> Iterator[Path]:
    if file.is_file():
        yield file


LOADED = read()  # read before any claim is imported: what this process runs, whatever is written later
