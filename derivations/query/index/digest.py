"""The digest of all that a claim's description in the index is made of, so that one that is kept may be taken over.

That is its formulas, views and domain, its heading and its wrong forms, what the papers' data say of it, the points,
and the texts of what computes values. Symbols are written with their signs: two of one name may differ in them.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256

from sympy import Basic, srepr

from derivations.form.claim import Claim
from derivations.judge.texts import LOADED
from derivations.obligations.watch import watching
from derivations.query.index.described import facts, said_of
from derivations.query.index.formulas import draws, formulas, places
from derivations.query.index.relations import DEFINED, PRIMITIVE
from derivations.query.index.universe import digest, numbers
from derivations.query.index.views import views

VALUING = ("arithmetic/", "query/index/described.py", "query/index/universe.py", "query/index/relations.py")


def digest_of(claim: Claim) -> str:
    """Return the digest of all that the description of a claim is made of."""
    with watching(False):
        return _sum(_lines(claim))


def said(claim: str) -> str:
    """Return the digest of what the papers' data say of a claim, by its name."""
    return _sum(iter((repr(said_of(claim)), _points())))


def _lines(claim: Claim) -> Iterator[str]:
    yield from (_common(), said(claim.name), repr(facts(claim)), repr(list(draws(claim))), repr(places(claim)))
    yield from (f"{f.where} {f.wrong} {_text(f.expr)}" for f in formulas(claim))
    yield from (f"given {_text(a.greater - a.lesser)}" for a in claim.given)
    for view in views(claim):
        put = sorted(f"{_leaf(v)} {_text(e)}" for v, e in view.put.items())
        yield f"{view.name} {view.says} {put} {[_text(a.greater - a.lesser) for a in view.given]}"


def _text(e: Basic) -> str:
    """The expression as a tree: srepr writes out a symbol's signs wherever it stands, which takes long."""
    if not e.args:
        return _leaf(e)
    return f"{type(e).__name__}({', '.join(map(_text, e.args))})"


@cache
def _leaf(e: Basic) -> str:
    return srepr(e)


@cache
def _common() -> str:
    """What all descriptions are made of: the points, the relations, and the texts of what computes values."""
    texts = sorted(f"{text} {name}" for name, text in LOADED.texts.items() if name.startswith(VALUING))
    defined = [f"{srepr(v)} {[srepr(e) for e in of]}" for v, of in DEFINED.items()]
    return _sum(iter((_points(), *texts, *defined, *map(srepr, PRIMITIVE))))


@cache
def _points() -> str:
    return digest() + _sum(iter(sorted(map(srepr, numbers()))))


def _sum(lines: Iterator[str]) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()
