"""The content of a refuted claim: a false sentence, who prints it, where it fails, and what is true instead.

The title of such a claim is the true sentence, so that it reads like every other title. The false one is either printed
by a source that is charged with it, or a tempting reading with which no source is charged.
"""

from typing import TYPE_CHECKING, cast

from derivations.form.verdict import Verdict
from derivations.judge.rows import RefutedRow

if TYPE_CHECKING:  # a kept row is printed without SymPy
    from derivations.form.claim import Claim
    from derivations.judge.certificate import Certificate

TEMPTING = "a tempting reading, with no source charged"


def refutation(claim: "Claim", certificate: "Certificate") -> RefutedRow | None:
    """Return the false sentence and its counterexample as data; None for a claim of any other kind."""
    if claim.kind != "refuted":
        return None
    said = {
        "sentence": claim.refutes,
        "printed_in": list(claim.printed_in),
        "instead": claim.title,
        "instead_is": _instead(certificate),
    }
    return cast(RefutedRow, said | certificate.printed)


def _instead(certificate: "Certificate") -> Verdict:
    """Return the verdict on the true sentence, since the claim's own verdict is about the false one."""
    if not certificate.green:
        return "not_evaluated"
    return "proved" if any(e.verdict == "proved" for e in certificate.engines) else "consistent"


def charged(refuted: RefutedRow) -> str:
    """Return who prints the false sentence, in a phrase."""
    return "printed in " + "; ".join(refuted["printed_in"]) if refuted["printed_in"] else TEMPTING


def failure(refuted: RefutedRow) -> str:
    """Return where the false sentence fails, in a phrase."""
    at = ", ".join(f"{name} = {value}" for name, value in refuted.get("witness", {}).items()) or "every point"
    return f"{refuted.get('off') or 'not shown to fail'} at {at}"
