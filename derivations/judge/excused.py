"""Whether what a proof leaves over is excused: exactly the obligations that `derivations/left` lists of this claim.

Only an exchange can be listed: that an expectation over a general density is finite and may be taken apart, which has
no sign and no engine. A sign, a denominator or a root that is left over is never excused.
"""

from derivations.form.known import listed
from derivations.form.verdict import Evidence
from derivations.obligations.obligation import EXCHANGE


def excused(name: str, proof: Evidence) -> bool:
    """Whether each obligation that is left over is an exchange that is listed of the claim of this name."""
    left = [row["text"] for row in proof.detail["obligations"]["each"] if row["by"] is None]
    return bool(left) and all(exchanged(text) in listed(name) for text in left)


def exchanged(text: str) -> str:
    """The expectation that an exchange is of; of any other obligation '', which no list has."""
    return text.removesuffix(f" {EXCHANGE}") if text.endswith(f" {EXCHANGE}") else ""
