"""A file of claims outside the catalogue: its text is checked, it is executed, and its claims are what it defines.

All claims of the file count: those of `CLAIMS`, in that order, and every other one that is bound to a name of the
module. The text is checked first, so that nothing runs which a module of the catalogue could not contain. A claim that
can't be built is held apart with its fault, and the others are read.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from derivations.catalogue import claims, tags
from derivations.form.claim import Claim
from derivations.form.typed import Malformed
from derivations.obligations.watch import FILES, watching
from derivations.own.file import File, Unreadable, digest, lines_of, place
from derivations.own.language import amiss
from derivations.own.unbuilt import HELD, Unbuilt, made_at, without, word
from derivations.own.vocabulary import NAMES

NAMED = re.compile(r"[A-Za-z]\w*(\.\w+)*", re.ASCII)
LIST = "CLAIMS"
MANY = 8  # faults of one file that are shown


def read(path: Path, shown: str) -> File:
    """Check the text of a file, execute it, and return it with its claims.

    Raises:
        Unreadable: there is no such file, its text is not what claims are written with, it fails, or it has no claim.
    """
    data = _bytes(path, shown)
    try:
        source = data.decode()
    except UnicodeDecodeError as fault:
        raise Unreadable(f"{shown}: expected a text in UTF-8, got the byte {data[fault.start]:#x}") from None
    module, unbuilt = _executed(_parsed(source, path, shown), path, shown)
    found = _claims(module, shown)
    file = File(path, shown, digest(data), source, found, {one.name: one.fault for one in unbuilt})
    if faults := list(_named(file)):
        raise Unreadable("\n".join(faults))
    return _stated(file)


def _stated(file: File) -> File:
    """Build each statement once, so that one that fails is met here, and hold those that fail apart."""
    unbuilt = dict(file.unbuilt)
    for claim in file.claims:
        try:
            if claim.name not in unbuilt:
                claim.said()
        except Malformed as fault:
            unbuilt[claim.name] = _each(_where(fault.__cause__, file, claim), fault)
        except Exception as fault:
            unbuilt[claim.name] = f"{_where(fault, file, claim)}: {type(fault).__name__}: {fault}"
    claims = (Unbuilt(c.name, c.title, unbuilt[c.name]).stands() if c.name in unbuilt else c for c in file.claims)
    return file._replace(claims=tuple(claims), unbuilt=unbuilt)


def _where(fault: BaseException | None, file: File, claim: Claim) -> str:
    """The last line of the file that a fault passed, or else the line that names the claim."""
    found = file.shown if fault is None else place(fault, file.path, file.shown)
    return file.where(claim.name) if found == file.shown else found


def _each(where: str, fault: Malformed) -> str:
    return "\n".join(f"{where}: {line}" for line in str(fault).splitlines())


def _bytes(path: Path, shown: str) -> bytes:
    if path.is_dir():
        files = f"{shown.rstrip('/')}/*.py"
        raise Unreadable(f"{shown}: expected a file of claims, got a folder; name its files, as {files}")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Unreadable(f"{shown}: expected a file of claims, found none") from None
    except OSError as fault:
        raise Unreadable(f"{shown}: expected a file of claims, got {fault.strerror}") from None


def _parsed(source: str, path: Path, shown: str) -> ast.Module:
    try:
        faults = amiss(source)
        compile(source, str(path), "exec", dont_inherit=True)  # which refuses more than the parser does
        tree = ast.parse(source, str(path))
    except SyntaxError as fault:
        raise Unreadable(f"{shown}:{fault.lineno or 1}: expected Python, got a syntax error: {fault.msg}") from None
    except ValueError as fault:  # a null byte
        raise Unreadable(f"{shown}: expected Python: {fault}") from None
    if faults:
        lines = [f"{shown}:{one.line}: expected what claims are written with, got {one.what}" for one in faults[:MANY]]
        more = [f"... and {len(faults) - MANY} more"] if len(faults) > MANY else []
        raise Unreadable("\n".join([*lines, *more, ALLOWED]))
    return tree


ALLOWED = (
    "A file of claims takes names from derivations.authoring, derivations.symbols, derivations.notation and, of SymPy, "
    f"{', '.join(sorted(NAMES))}: so that nothing goes past the judges' watch"
)


def _executed(tree: ast.Module, path: Path, shown: str) -> tuple[dict[str, Any], list[Unbuilt]]:
    """Execute the file, again without it for each claim that can't be built; return its names, and these claims."""
    unbuilt: dict[str, Unbuilt] = {}
    while True:
        module: dict[str, Any] = {"__name__": f"{FILES}.{path.stem}", "__file__": str(path)}
        module[HELD] = {name: one.stands() for name, one in unbuilt.items()}
        try:
            with watching(True):
                exec(compile(without(tree, unbuilt), str(path), "exec", dont_inherit=True), module)
            return {name: value for name, value in module.items() if name != HELD}, [*unbuilt.values()]
        except Exception as fault:
            why = _why(fault, path, shown)
            made = made_at(tree, line) if (line := next(iter(lines_of(fault, path)), 0)) else None
            if made is None or word(made, "name") in unbuilt:
                raise Unreadable(why) from fault
            unbuilt[word(made, "name")] = Unbuilt(word(made, "name"), word(made, "title"), why)


def _why(fault: Exception, path: Path, shown: str) -> str:
    where = place(fault, path, shown)
    return _each(where, fault) if isinstance(fault, Malformed) else f"{where}: {type(fault).__name__}: {fault}"


def _claims(module: dict[str, Any], shown: str) -> tuple[Claim, ...]:
    listed = module.get(LIST, ())
    if not isinstance(listed, tuple | list) or not all(isinstance(one, Claim) for one in listed):
        raise Unreadable(f"{shown}: expected {LIST} to be a tuple of claims, got {listed!r:.80}")
    found = {id(one): one for one in (*listed, *(one for one in module.values() if isinstance(one, Claim)))}
    if not found:
        raise Unreadable(f"{shown}: expected a claim, found none: a file of claims binds each Claim(...) to a name")
    return tuple(found.values())


def _named(file: File) -> Iterator[str]:
    """Refuse names that are no names, that two claims have, or that belong to the catalogue."""
    seen = set[str]()
    for one in file.claims:
        where, name = file.where(one.name), one.name
        if not (isinstance(name, str) and NAMED.fullmatch(name)):
            yield f"{where}: expected a name of words joined by dots, as mine.posterior.mean, got {name!r}"
        elif name in seen:
            yield f"{where}: expected a name for each claim, got two called {name}"
        elif name in tags() or name in claims():
            yield f"{where}: expected a name of its own, got {name}, a claim of the catalogue (tag {tags()[name]})"
        seen.add(name)
