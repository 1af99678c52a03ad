"""The digest of a claim, which covers all that a reader of a citation relies on.

That is its statement, assumptions and answer, its kind, what stands for "in general", what is taken on trust, what its
experiment runs and predicts, and for a refuted claim the false sentence, who prints it, and where it fails. Definitions
are inlined in the two sides of a statement, so a changed definition changes the sides; the digests of the claims that
it needs are included too. So is the statement as it is shown: two that read apart are two claims, whatever they open
to. Names of claims, titles, other prose (such as the reasons for a convenience), sources, the proof, the
stored point and wrong answers that no experiment rejects are left out: a better name does not make evidence stale.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache, lru_cache
from graphlib import TopologicalSorter
from hashlib import sha256
from typing import Any

from sympy import Basic, Symbol, srepr
from sympy.core.function import AppliedUndef

from derivations.catalogue import claims
from derivations.form.base import Form, Said
from derivations.form.claim import Answer, Claim, leaves, with_leaf
from derivations.form.reading import needed, readings
from derivations.judge.texts import LENGTH
from derivations.notation.printing import text as written_as
from derivations.own.loaded import claim_of, unbuilt


def content(claim: Claim) -> dict[str, Any]:
    """Return what the digest covers, as data for JSON."""
    parts = {
        "kind": claim.kind,
        "statement": [_stated(statement) for statement in claim.said()],
        "shown": [_shown(written) for written in claim.written()],
        "opened": claim.statements(),
        "assumptions": claim.assumptions(),
        "answer": claim.answer,
        "means": claim.means,
        "trust": claim.trust,
        "printed": claim.printed,
        "printed as": [] if claim.printed is None else _shown(claim.shown["printed"]),
        "printed_at": claim.printed_at,
        "printed_in": claim.printed_in,
        "refutes": claim.refutes,
        "experiment": None if claim.experiment is None else _experiment(claim),
    }
    return {name: _plain(part, claim.answer) for name, part in parts.items()}


def _stated(statement: Said) -> object:
    """Return a plain statement as it is, and a form by its name, its parts and its words."""
    return (
        [type(statement).__name__, statement.parts(), statement.reads()] if isinstance(statement, Form) else statement
    )


def _shown(written: Said) -> list[str]:
    """Return the lines that a reader sees of a statement, with the definitions of their names.

    Two statements may open to the same expressions and say different things: E[w | z] and E[w | v], SNR and NSR.
    """
    lines = list(readings(written))
    shown = [" ".join(_text(part) for part in (r.left, r.relation, r.right, *r.note)) for r in lines]
    return shown + [" = ".join(map(_text, pair)) for pair in needed(*lines)]


def _text(part: Basic | str | None) -> str:
    return written_as(part) if isinstance(part, Basic) else part or ""


def _experiment(claim: Claim) -> dict[str, Any]:
    """Return all fields, with the parameters in use and the wrong answers themselves that must be rejected."""
    experiment = claim.experiment
    assert experiment is not None
    twins = [claim.wrong[name].answer if name in claim.wrong else name for name in experiment.twins or claim.wrong]
    values = {field.name: getattr(experiment, field.name) for field in fields(experiment)}
    return values | {"at": experiment.at or claim.example, "twins": twins}


def _plain(part: Any, answer: Answer) -> Any:
    """Return lists, strings and numbers for any part of a claim; a prediction is applied to the answer."""
    if isinstance(part, Basic):
        return text(part)
    if part is None or isinstance(part, str | int | float):
        return part
    if isinstance(part, Mapping):
        return sorted(([_plain(k, answer), _plain(v, answer)] for k, v in part.items()), key=json.dumps)
    if names := getattr(part, "_fields", getattr(part, "__dataclass_fields__", ())):
        return [type(part).__name__, {name: _plain(getattr(part, name), answer) for name in names}]
    if isinstance(part, tuple | list):
        return [_plain(p, answer) for p in part]
    if callable(part):  # what it returns for the answer, and how that changes with each of its fields
        return [_plain(part(given), answer) for given in (answer, _changed(answer))]
    raise TypeError(f"digest: expected expressions, names and numbers in a claim, got {type(part).__name__}: {part}")


def _changed(answer: Answer) -> Answer:
    """Return the answer with a change of its own added to each field, so that a prediction shows where they stand."""
    for k, (name, leaf) in enumerate(leaves(answer)):
        answer = with_leaf(answer, name, leaf + Symbol(f"change {k}", real=True))
    return answer


@lru_cache(maxsize=2**16)
def text(e: Basic) -> str:
    """Return one text for each expression: its classes and parts, with those of sums and products sorted."""
    if not e.args:
        return srepr(e)
    parts = [text(a) for a in e.args]
    kind = type(e).__name__
    if isinstance(e, AppliedUndef):  # f(x), f > 0: srepr leaves out what is assumed of f
        kind += str(sorted(e.func._kwargs.items()))  # type: ignore[attr-defined]
    return f"{kind}({', '.join(sorted(parts) if e.is_Add or e.is_Mul else parts)})"  # type: ignore[attr-defined]


def digest_of(claim: Claim, known: Mapping[str, str]) -> str:
    """Return the digest of a claim, given those of the claims it needs."""
    text = json.dumps([content(claim), sorted(known[n] for n in claim.needs)], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:LENGTH]


def digest(name: str) -> str:
    """Return the digest of a claim, reading only that claim and those it needs; "" for one that can't be built."""
    if unbuilt(name):
        return ""
    return _digest(name) if name in claims() else _read(claim_of(name))


@cache
def _digest(name: str) -> str:
    return _read(claims()[name])


def _read(claim: Claim) -> str:
    return digest_of(claim, {need: digest(need) for need in claim.needs})


def digests() -> dict[str, str]:
    """Return the digest of every claim of the catalogue."""
    return {name: digest(name) for name in TopologicalSorter({n: c.needs for n, c in claims().items()}).static_order()}
