"""Every claim, once, by name and by permanent tag.

A tag is four characters, opaque, never reused; `tags` is append-only, as in the Stacks project.
A withdrawn claim keeps its line, with the reason in place of the name's claim.

Claims are found where they stand, in a folder a family; each is read from its source without SymPy, and imported
without the others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from derivations.form.known import known, register

if TYPE_CHECKING:
    from derivations.form.claim import Claim

OWN = "own"  # in place of the tag of a claim that is not of the catalogue: no tag reads so
TAGS = Path(__file__).with_name("tags")
SOURCES = Path(__file__).with_name("claims")
_NAME = re.compile(r'^ +name="([^"]+)",?$', re.MULTILINE)
# Families, the folders of claims, in the order of the field; any other follows by name.
ORDER = (
    "forward", "schedules", "posterior", "gaussian", "bound", "decoder", "invariance", "training", "likelihood",
    "solvable", "sampling", "guidance",
)  # fmt: skip


class Unknown(ValueError):
    """No claim of that tag or name."""


@cache
def modules() -> tuple[str, ...]:
    """The modules in which claims stand, family by family: `posterior.bayes`."""
    names = [file.relative_to(SOURCES).with_suffix("").parts for file in SOURCES.rglob("*.py")]
    ordered = sorted(names, key=lambda n: (ORDER.index(n[0]) if n[0] in ORDER else len(ORDER), n))
    return tuple(".".join(n) for n in ordered if n[-1] != "__init__")


def file_of(module: str) -> Path:
    """The file of a module of claims."""
    return SOURCES.joinpath(*module.split(".")).with_suffix(".py")


class Entry(NamedTuple):
    """A line of the catalogue, or a claim of one's own: what is known of a claim before it is built."""

    tag: str
    name: str

    @property
    def claim(self) -> "Claim":
        found = known(self.name)
        assert found is not None, f"no claim is called {self.name}"
        return found


@cache
def _homes() -> dict[str, str]:
    """Name to module, in catalogue order, as the sources have it."""
    found: dict[str, str] = {}
    for module in modules():
        for name in _NAME.findall(file_of(module).read_text()):
            assert name not in found, f"two claims are called {name}"
            found[name] = module
    return found


@cache
def _loaded(module: str) -> dict[str, "Claim"]:
    found = {claim.name: claim for claim in import_module(f"derivations.claims.{module}").CLAIMS}
    stated = [name for name, home in _homes().items() if home == module]
    assert list(found) == stated, f"{module}: expected CLAIMS as its names stand, {stated}, got {list(found)}"
    return found


class _Catalogue(Mapping[str, "Claim"]):
    """A claim's module is imported when the claim is looked at."""

    def __getitem__(self, name: str) -> "Claim":
        return _loaded(_homes()[name])[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_homes())

    def __contains__(self, name: object) -> bool:
        return name in _homes()

    def __len__(self) -> int:
        return len(_homes())


_CATALOGUE = _Catalogue()
register(_CATALOGUE)


def claims() -> Mapping[str, "Claim"]:
    """All claims by name, in catalogue order."""
    return _CATALOGUE


def module_of(name: str) -> str:
    """The module of `derivations.claims` in which a claim stands."""
    return _homes()[name]


def family_of(name: str) -> str:
    """The family of a claim, which is the folder that it stands in."""
    return module_of(name).partition(".")[0]


def families() -> tuple[str, ...]:
    """The families that have claims, in order."""
    return tuple(dict.fromkeys(map(family_of, claims())))


@cache
def tags() -> dict[str, str]:
    """Name to tag, from the append-only list; lines read `TAG name` or `TAG name withdrawn: why`."""
    rows = [line.split(maxsplit=2) for line in TAGS.read_text().splitlines() if line and line[0] != "#"]
    return {row[1]: row[0] for row in rows}


@cache
def withdrawn() -> dict[str, str]:
    """Tag to the reason for which its claim was withdrawn."""
    rows = [line.split(maxsplit=2) for line in TAGS.read_text().splitlines() if line and line[0] != "#"]
    return {row[0]: row[2] for row in rows if len(row) == 3}


def find(pattern: str) -> list[Entry]:
    """The claims of a tag, a name, a prefix of a name, or a glob."""
    for name, tag in tags().items():
        if pattern == tag and tag in withdrawn():
            raise Unknown(f"{tag} ({name}) is {withdrawn()[tag]}")
    by_tag = {tag: name for name, tag in tags().items()}
    name = by_tag.get(pattern.upper(), pattern)
    chosen = [Entry(tags()[n], n) for n in claims() if n == name or fnmatchcase(n, name)]
    chosen = chosen or [Entry(tags()[n], n) for n in claims() if pattern and n.startswith(pattern)]
    if not chosen:
        raise Unknown(
            f"expected a tag, a name, a prefix or a glob of the catalogue, got {pattern!r}; {_nearest(pattern)}"
        )
    return chosen


def select(patterns: Iterable[str]) -> list[Entry]:
    """The union of what the patterns find, in catalogue order; all claims for no pattern."""
    names = {entry.name for p in patterns for entry in find(p)} or set(claims())
    return [Entry(tags()[n], n) for n in claims() if n in names]


def _nearest(pattern: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(pattern, [*claims(), *tags().values()], n=3, cutoff=0.8)
    return f"did you mean {', '.join(near)}?" if near else "`udm find` searches by words, papers and symbols"
