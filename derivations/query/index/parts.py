"""What is made of every claim and kept beside the evidence, so that a search need not import the claims.

What is kept of a module is read while the texts and the data that it was made from are those on disk. Else its claims
are loaded, and what is kept of one is taken over if all that it is made of is the same, by a digest; so an update makes
anew what it changes.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypedDict, TypeVar

from derivations.catalogue import claims, module_of, modules
from derivations.judge import store
from derivations.judge.texts import LOADED, ROOT, Texts, built_from, read
from derivations.papers.index import Watch

if TYPE_CHECKING:  # a search of what is kept needs no SymPy
    from derivations.form.claim import Claim

T = TypeVar("T")
log = logging.getLogger("udm")


class Kept(TypedDict):
    """What is made of one claim, and the digest of all that it is made of."""

    of: str
    made: Any


class Part(TypedDict):
    """The claims of one module: the texts they were made from, and the digest of what data say of each."""

    made_from: Texts
    said: dict[str, str]
    claims: dict[str, Kept]


class Made(Generic[T]):
    """How something is made of a claim, by functions of the module `maker`.

    `make` makes it, and `digest` is of all that it is made of. It rests on `data` besides, by their digest, of which
    `said` is what they say of one claim, by its name.
    """

    def __init__(
        self,
        maker: str,
        make: "Callable[[Claim], T]",
        digest: "Callable[[Claim], str]",
        data: Callable[[], str],
        said: Callable[[str], str],
    ) -> None:
        self.maker, self.make, self.digest, self.data, self.said = maker, make, digest, data, said

    def part(self, module: str, old: Part | None) -> Part:
        """Make the part of a module; what is kept of a claim in the old one is taken over if it is made of the same."""
        names = [name for name in claims() if module_of(name) == module]
        kept = {} if old is None else old["claims"]
        return Part(
            made_from=self._texts(module),
            said={name: self.said(name) for name in names},
            claims={name: self._kept(claims()[name], kept.get(name)) for name in names},
        )

    def _kept(self, claim: "Claim", old: Kept | None) -> Kept:
        of = self.digest(claim)
        return old if old is not None and old["of"] == of else Kept(of=of, made=self.make(claim))

    def _texts(self, module: str) -> Texts:
        """The texts of the module, of what makes its part, and of all that they import, as this process loaded them."""
        files = built_from(f"{ROOT.name}.claims.{module}") | built_from(self.maker)
        names = (f.relative_to(ROOT).as_posix() for f in files)
        return {name: LOADED.texts.get(name, "") for name in sorted(names)}


class Parts(Generic[T]):
    """What is made of each claim, by module, in a file beside the evidence."""

    def __init__(self, file: str, how: Made[T]) -> None:
        self.file, self.how = file, how
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
            return path, self.how.data()
        return path, self.how.data(), of.st_mtime_ns, of.st_size, of.st_ino

    def _all(self, watch: Watch) -> dict[str, T]:
        data, kept = self._kept()
        parts = self._of_today(kept, data == self.how.data())
        missing = [module for module in modules() if module not in parts]
        if missing:
            parts |= {module: self.how.part(module, kept.get(module)) for module in watch(missing)}
        if missing or data != self.how.data():
            self._keep(parts)
        return {name: parts[module_of(name)]["claims"][name]["made"] for name in claims()}

    def _kept(self) -> tuple[str, dict[str, Part]]:
        """The digest of the data, and the parts, that are kept of the libraries of today."""
        record = store.sealed(store.root() / self.file)
        if record is None or record.get("libraries") != store.versions():
            return "", {}
        parts: dict[str, Part] = record["parts"]  # those of an earlier version have other fields
        return record["data"], {m: part for m, part in parts.items() if part.keys() == Part.__annotations__.keys()}

    def _of_today(self, kept: Mapping[str, Part], is_same: bool) -> dict[str, Part]:
        """The parts that are of the texts of today, and of what data say today, where these are not the same."""
        now, names = read().texts, list(claims())
        own = {m: {n for n in names if module_of(n) == m} for m in kept}
        parts = {m: p for m, p in kept.items() if all(now.get(f) == t for f, t in p["made_from"].items())}
        parts = {m: p for m, p in parts.items() if p["claims"].keys() == own[m]}
        return parts if is_same else {m: p for m, p in parts.items() if self._says_the_same(p)}

    def _says_the_same(self, part: Part) -> bool:
        return all(self.how.said(name) == said for name, said in part["said"].items())

    def _keep(self, parts: dict[str, Part]) -> None:
        """An index that can't be kept costs the next search its time, and this one nothing."""
        record = {"libraries": store.versions(), "data": self.how.data(), "parts": parts}
        try:
            store.write(store.root() / self.file, record)
        except OSError as fault:
            log.warning("udm: expected a folder to keep the index in (set UDM_CACHE), got %s: %s", store.root(), fault)
