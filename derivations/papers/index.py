"""The index by which claims are searched: a description of each, so that a search need not import them.

It is kept beside the evidence, each module's part with the texts that it was made from; a part that was made from
other texts than those on disk is not read, and made again.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypedDict

from derivations.catalogue import claims, module_of, modules
from derivations.judge import store
from derivations.judge.texts import LOADED, ROOT, Texts, built_from, read

if TYPE_CHECKING:  # a search of what is kept needs no SymPy
    from derivations.papers.described import Description

DESCRIBED = "derivations.papers.described"
log = logging.getLogger("udm")
Watch = Callable[[Sequence[str]], Iterable[str]]


class Part(TypedDict):
    """The claims of one module."""

    made_from: Texts
    claims: "dict[str, Description]"


def descriptions(watch: Watch = iter) -> "dict[str, Description]":
    """All descriptions by name, in catalogue order. `watch` goes through the modules that have to be read."""
    parts = _kept()
    missing = [module for module in modules() if module not in parts]
    if missing:
        parts |= {module: _part(module) for module in watch(missing)}
        _keep(parts)
    return {name: parts[module_of(name)]["claims"][name] for name in claims()}


def _part(module: str) -> Part:
    from derivations.papers.described import described

    names = [name for name in claims() if module_of(name) == module]
    return Part(made_from=_texts(module), claims={name: described(claims()[name]) for name in names})


def _texts(module: str) -> Texts:
    """The texts of the module, of what describes it, and of all that they import, as this process loaded them."""
    files = built_from(f"{ROOT.name}.claims.{module}") | built_from(DESCRIBED)
    names = (f.relative_to(ROOT).as_posix() for f in files)
    return {name: LOADED.texts.get(name, "") for name in sorted(names)}


def _kept() -> dict[str, Part]:
    """The parts that are of the texts and libraries of today."""
    record = store.sealed(store.root() / "index.json")
    if record is None or record["libraries"] != store.versions():
        return {}
    now = read().texts
    parts: dict[str, Part] = record["parts"]
    return {m: part for m, part in parts.items() if all(now.get(f) == text for f, text in part["made_from"].items())}


def _keep(parts: dict[str, Part]) -> None:
    """An index that can't be kept costs the next search its time, and this one nothing."""
    try:
        store.write(store.root() / "index.json", {"libraries": store.versions(), "parts": parts})
    except OSError as fault:
        log.warning("udm: expected a folder to keep the index in (set UDM_CACHE), got %s: %s", store.root(), fault)
