"""What is made of every claim and kept beside the evidence, so that a search need not import the claims.

Each module's part is kept with the texts that it was made from; a part that was made from other texts than those on
disk is not read, and made again.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar

from derivations.catalogue import claims, module_of, modules
from derivations.judge import store
from derivations.judge.texts import LOADED, ROOT, Texts, built_from, read
from derivations.papers.index import Watch

if TYPE_CHECKING:  # a search of what is kept needs no SymPy
    from derivations.form.claim import Claim

T = TypeVar("T")
log = logging.getLogger("udm")


class Part(TypedDict):
    """The claims of one module."""

    made_from: Texts
    claims: dict[str, Any]


class Parts(Generic[T]):
    """What the function `make` of the module `maker` makes of each claim; it rests on `data` besides, by its digest."""

    def __init__(self, file: str, maker: str, make: "Callable[[Claim], T]", data: Callable[[], str] = str) -> None:
        self.file, self.maker, self.make, self.data = file, maker, make, data
        self.last: tuple[tuple[object, ...], dict[str, T]] | None = None  # what was read, and of which file

    def all(self, watch: Watch = iter) -> dict[str, T]:
        """Return all by name, in catalogue order. `watch` goes through the modules that have to be read.

        In one process it is read once, as long as the file and the data that it rests on are the same.
        """
        if self.last is None or self.last[0] != self._state():
            found = self._all(watch)
            self.last = self._state(), found
        return self.last[1]

    def _state(self) -> tuple[object, ...]:
        path = store.root() / self.file
        try:
            of = path.stat()
        except OSError:  # it can't be kept there: it is in memory
            return path, self.data()
        return path, self.data(), of.st_mtime_ns, of.st_size, of.st_ino

    def _all(self, watch: Watch) -> dict[str, T]:
        parts = self._kept()
        missing = [module for module in modules() if module not in parts]
        if missing:
            parts |= {module: self._part(module) for module in watch(missing)}
            self._keep(parts)
        return {name: parts[module_of(name)]["claims"][name] for name in claims()}

    def _part(self, module: str) -> Part:
        names = [name for name in claims() if module_of(name) == module]
        return Part(made_from=self._texts(module), claims={name: self.make(claims()[name]) for name in names})

    def _texts(self, module: str) -> Texts:
        """The texts of the module, of what makes its part, and of all that they import, as this process loaded them."""
        files = built_from(f"{ROOT.name}.claims.{module}") | built_from(self.maker)
        names = (f.relative_to(ROOT).as_posix() for f in files)
        return {name: LOADED.texts.get(name, "") for name in sorted(names)}

    def _kept(self) -> dict[str, Part]:
        """The parts that are of the texts, data and libraries of today."""
        record = store.sealed(store.root() / self.file)
        if record is None or (record.get("libraries"), record.get("data")) != (store.versions(), self.data()):
            return {}
        now = read().texts
        parts: dict[str, Part] = record["parts"]
        return {m: part for m, part in parts.items() if all(now.get(f) == t for f, t in part["made_from"].items())}

    def _keep(self, parts: dict[str, Part]) -> None:
        """An index that can't be kept costs the next search its time, and this one nothing."""
        record = {"libraries": store.versions(), "data": self.data(), "parts": parts}
        try:
            store.write(store.root() / self.file, record)
        except OSError as fault:
            log.warning("udm: expected a folder to keep the index in (set UDM_CACHE), got %s: %s", store.root(), fault)
