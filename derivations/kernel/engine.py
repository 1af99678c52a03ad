"""The engine K: what a proof kernel has accepted of a claim, if what it accepted is what would be exported now."""

from typing import Literal, TypedDict

from derivations.form.claim import Claim
from derivations.kernel.axioms import foreign
from derivations.kernel.kept import Record, fresh, kept, signed
from derivations.kernel.stated import LINE


class Signed(TypedDict):
    """What Coq has accepted of a claim: proved if each statement is, consistent if some are."""

    engine: Literal["kernel"]
    verdict: Literal["proved", "consistent", "not_evaluated"]
    statements: list[int]
    of: int
    lines: int
    coq: str
    axioms: list[str]
    seconds: float
    digest: str
    reason: str


def kernel(claim: Claim, tag: str) -> Signed:
    """Return what the kept record says of a claim; a record of another file is stale, and signs nothing."""
    record = kept().get(tag)
    if record is None:
        return _unsigned(claim, "no file of it has been put to Coq")
    if not record["proofs"]:
        return _unsigned(claim, "; ".join(dict.fromkeys(record["left"].values())))
    if not fresh(claim, tag, record):
        return _unsigned(
            claim, "stale: the file that Coq accepted is not what would be exported now; see `make kernel`"
        )
    if strange := foreign(tuple(record["axioms"])):
        return _unsigned(claim, f"it rests on {', '.join(strange)}")
    return _signed(claim, tag, record)


def _signed(claim: Claim, tag: str, record: Record) -> Signed:
    count = len(claim.statements())
    yes = signed(claim, tag, record)
    return Signed(
        engine="kernel",
        verdict="proved" if len(yes) == count else "consistent" if yes else "not_evaluated",
        statements=yes,
        of=count,
        lines=sum(LINE in name for name in record["proofs"]),
        coq=record["coq"],
        axioms=record["axioms"],
        seconds=record["seconds"],
        digest=record["digest"],
        reason="; ".join(f"{part}: {why}" for part, why in record["left"].items() if LINE not in part),
    )


def _unsigned(claim: Claim, reason: str) -> Signed:
    return Signed(
        engine="kernel", verdict="not_evaluated", statements=[], of=len(claim.statements()), lines=0, coq="", axioms=[],
        seconds=0.0, digest="", reason=reason,
    )  # fmt: skip


def signature(k: Signed) -> str:
    """Return one line on what a kernel has accepted."""
    if not k["statements"]:
        return f"no kernel has checked it: {k['reason'] or 'a definition states nothing'}"
    which = "each" if len(k["statements"]) == k["of"] else f"statements {', '.join(map(str, k['statements']))}"
    lines = f" and {k['lines']} lines of their derivations" if k["lines"] else ""
    rest = f"; not {k['reason']}" if k["reason"] else ""
    axioms = f"from {len(k['axioms'])} axioms of its real numbers"
    return f"Coq {k['coq']} accepts {which} of {k['of']}{lines}, {axioms}{rest}"
