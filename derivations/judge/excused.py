"""The obligations that a proof may leave over: exactly those that `derivations/left` lists for its claim.

Only an exchange can be listed, that is, that an expectation over a general density is finite and may be taken term by
term; no engine shows this. A sign, a denominator or a root that is left over is never excused.
"""

from derivations.form.known import listed
from derivations.form.verdict import Evidence
from derivations.obligations.obligation import EXCHANGE


def excused(name: str, proof: Evidence) -> bool:
    """Return whether each obligation left over is an exchange that is listed for the claim of this name."""
    left = [row["text"] for row in proof.detail["obligations"]["each"] if row["by"] is None]
    return bool(left) and all(exchanged(text) in listed(name) for text in left)


def exchanged(text: str) -> str:
    """Return the expectation that an exchange is about; for any other obligation '', which is never listed."""
    return text.removesuffix(f" {EXCHANGE}") if text.endswith(f" {EXCHANGE}") else ""
