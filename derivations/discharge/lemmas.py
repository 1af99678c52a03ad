"""Lemmas: inequalities of the claims that a claim needs, as far as these are proved themselves, with nothing left over.

An inequality serves where its own assumptions hold under those of the claim that calls on it. A claim whose proof comes
back to itself has no lemma.
"""

from collections.abc import Iterator
from functools import cache

from derivations.catalogue import claims
from derivations.claim import Claim
from derivations.discharge.parameters import Assumption
from derivations.discharge.settle import settle
from derivations.obligation import Obligation
from derivations.statement import AtMost, Below

_asked: list[str] = []  # claims whose proof is being looked at


def lemmas(claim: Claim) -> tuple[Assumption, ...]:
    """The inequalities that the needed claims prove, under assumptions that hold here."""
    return tuple(said for name in claim.needs if name in claims() and certain(name) for said in _serving(name, claim))


def _serving(name: str, claim: Claim) -> Iterator[Assumption]:
    lemma = claims()[name]
    told = [said for said in lemma.statements() if isinstance(said, AtMost | Below)]
    if not told:
        return
    needed = [Obligation(a.greater - a.lesser, "> 0", f"assumed by {name}") for a in lemma.given]
    if not settle(claim, needed).left:
        yield from told


def rests_on(claim: Claim, name: str) -> bool:
    """Whether the claim needs the named one, itself or through others, and that one is proved."""
    ahead, seen = list(claim.needs), set[str]()
    while ahead:
        one = ahead.pop()
        if one == name:
            return certain(name)
        if one in claims() and one not in seen:
            seen.add(one)
            ahead += claims()[one].needs
    return False


def certain(name: str) -> bool:
    """Whether the claim is proved, with nothing left over, and without coming back to itself."""
    if name in _asked or not any(isinstance(said, AtMost | Below) for said in claims()[name].statements()):
        return False
    _asked.append(name)
    try:
        return _proved(name)
    finally:
        _asked.remove(name)


@cache
def _proved(name: str) -> bool:
    from derivations.engines.prove import prove

    return prove(claims()[name]).verdict == "proved"
