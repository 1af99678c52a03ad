"""The public functions whose docstrings have a line `Claim: <name>`, read without importing them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

TAGGED = re.compile(r"^\s*Claims?:\s*(?P<names>[\w., \n]*?\w)\.?\s*$", re.MULTILINE)


def _files(package: str) -> Iterator[tuple[Path, Path]]:
    """Yield the package's files, each with its path within the package."""
    spec = find_spec(package)
    for place in map(Path, (spec.submodule_search_locations or []) if spec else []):
        yield from ((path, path.relative_to(place)) for path in sorted(place.rglob("*.py")))


@cache
def implemented_by(package: str = "udm") -> dict[str, list[str]]:
    """Return the dotted names of the functions and classes that implement each claim, by claim name."""
    names: dict[str, list[str]] = {}
    for path, inside in _files(package):
        module = ".".join((package, *inside.with_suffix("").parts)).removesuffix(".__init__")
        for claim, name in _tagged(path, module):
            names.setdefault(claim, []).append(name)
    return names


@cache
def code_digest(package: str = "udm") -> str:
    """Return a digest of the implementing code: measurements of other code are no evidence about this."""
    text = b"\0".join(path.read_bytes() for path, inside in _files(package) if inside.parts[0] != "cli")
    return sha256(text).hexdigest()[:16]


def _tagged(path: Path, module: str) -> Iterator[tuple[str, str]]:
    for name, node in _nodes(ast.parse(path.read_text()), module):
        for match in TAGGED.finditer(ast.get_docstring(node) or ""):
            for claim in re.split(r"[,\s]+", match["names"].strip()):
                if claim:
                    yield claim.rstrip("."), name


def _nodes(tree: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    for node in getattr(tree, "body", []):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield f"{prefix}.{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _nodes(node, f"{prefix}.{node.name}")
