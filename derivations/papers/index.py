"""The index by which claims are searched: a description of each, so that a search need not import them.

`index.json` beside this module has a part for each module of claims; `python -m derivations.papers.index` writes it
anew, and a test compares every description in it with the claims. A part is read only while the modules of claims that
it was made from are those on disk. What is changed or missing is made when it is asked for, and kept beside the
evidence with all texts that it was made from, the printing included.
"""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from derivations.catalogue import claims, module_of, modules
from derivations.judge import store
from derivations.judge.texts import LOADED, ROOT, Texts, built_from, read

if TYPE_CHECKING:  # a search of what is kept needs no SymPy
    from derivations.papers.described import Description

DESCRIBED = "derivations.papers.described"
SHIPPED = Path(__file__).with_name("index.json")
OF_CLAIMS = "claims/"
log = logging.getLogger("udm")
Watch = Callable[[Sequence[str]], Iterable[str]]


class Part(TypedDict):
    """The claims of one module."""

    made_from: Texts
    claims: "dict[str, Description]"


def descriptions(watch: Watch = iter) -> "dict[str, Description]":
    """All descriptions by name, in catalogue order. `watch` goes through the modules that have to be read."""
    shipped = _shipped()
    kept = {} if shipped.keys() >= set(modules()) else _kept()
    parts = kept | shipped
    missing = [module for module in modules() if module not in parts]
    if missing:
        made = {module: _part(module) for module in watch(missing)}
        _keep(kept | made)
        parts |= made
    return {name: parts[module_of(name)]["claims"][name] for name in claims()}


def _shipped() -> dict[str, Part]:
    """The parts of the package's own index whose claims are those of today."""
    try:
        parts: dict[str, Part] = json.loads(SHIPPED.read_text())
    except FileNotFoundError:
        return {}
    return _of_today(parts)


def ship() -> None:
    """Write the package's own index, a line for each claim, so that two changes of it seldom meet."""
    lines: list[str] = []
    for module in modules():
        part = _part(module)
        texts = {name: text for name, text in part["made_from"].items() if name.startswith(OF_CLAIMS)}
        each = (f"{json.dumps(name)}: {json.dumps(d, ensure_ascii=False)}" for name, d in part["claims"].items())
        claims_ = ",\n    ".join(each)
        lines.append(f'{json.dumps(module)}: {{"made_from": {json.dumps(texts)}, "claims": {{\n    {claims_}}}}}')
    SHIPPED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


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
    parts: dict[str, Part] = record["parts"]
    return _of_today(parts)


def _of_today(parts: dict[str, Part]) -> dict[str, Part]:
    """Those that were made from the texts on disk."""
    now = read().texts
    return {m: part for m, part in parts.items() if all(now.get(f) == text for f, text in part["made_from"].items())}


def _keep(parts: dict[str, Part]) -> None:
    """An index that can't be kept costs the next search its time, and this one nothing."""
    try:
        store.write(store.root() / "index.json", {"libraries": store.versions(), "parts": parts})
    except OSError as fault:
        log.warning("udm: expected a folder to keep the index in (set UDM_CACHE), got %s: %s", store.root(), fault)


if __name__ == "__main__":
    ship()
