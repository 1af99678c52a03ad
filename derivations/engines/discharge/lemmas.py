"""Lemmas: inequalities of the claims that a claim needs, as far as these are proved with nothing left over, and green.

An inequality serves where its own assumptions hold under those of the claim that calls on it. A claim whose proof comes
back to itself has no lemma.
"""

from collections.abc import Iterator

from derivations.engines.discharge.parameters import Assumption
from derivations.engines.discharge.settle import settle
from derivations.form.claim import Claim
from derivations.form.known import green, known
from derivations.form.statement import AtMost, Below
from derivations.obligations.owed import assumed

_asked: list[str] = []  # claims whose proof is being looked at
_found: dict[int, tuple[Claim, bool]] = {}  # each held here, so that no other has its identity


def lemmas(claim: Claim) -> tuple[Assumption, ...]:
    """The inequalities that the needed claims prove, under assumptions that hold here."""
    able = (name for name in claim.needs if _told(name, claim))  # the others are not proved, which takes long
    return tuple(said for name in able if certain(name) for said in _serving(name, claim))


def _told(name: str, claim: Claim) -> list[Assumption]:
    """The inequalities of a claim, if it is in the same symbols, with the same signs."""
    lemma = known(name)
    if lemma is None or not set(lemma.symbols()) <= set(claim.symbols()):
        return []
    return [said for said in lemma.statements() if isinstance(said, AtMost | Below)]


def _serving(name: str, claim: Claim) -> Iterator[Assumption]:
    lemma = known(name)
    assert lemma is not None, "only what is certain serves"
    told = _told(name, claim)
    if told and not settle(claim, [o for a in lemma.given for o in assumed(*a, f"assumed by {name}")]).left:
        yield from told


def rests_on(claim: Claim, name: str) -> bool:
    """Whether the claim needs the named one, itself or through others, and that one is proved."""
    ahead, seen = list(claim.needs), set[str]()
    while ahead:
        one = ahead.pop()
        if one == name:
            return certain(name)
        below = known(one)
        if below is not None and one not in seen:
            seen.add(one)
            ahead += below.needs
    return False


def certain(name: str) -> bool:
    """Whether the claim is proved, with nothing left over, and without coming back to itself."""
    lemma = known(name)
    if lemma is None or name in _asked or not any(isinstance(said, AtMost | Below) for said in lemma.statements()):
        return False
    _asked.append(name)
    try:
        return _proved(name)
    finally:
        _asked.remove(name)


def _proved(name: str) -> bool:
    """Whether the claim is proved, and green as far as a judge is known; found once for each claim."""
    from derivations.engines.prove import prove

    lemma = known(name)
    if lemma is None:
        return False
    if id(lemma) not in _found:
        _found[id(lemma)] = (lemma, prove(lemma).verdict == "proved" and green(lemma))
    return _found[id(lemma)][1]
