"""What the tests of forms share: a claim that must not be green, and why."""

from derivations.form.claim import Claim
from derivations.judge.certificate import certify


def red(attack: Claim, expected: str) -> None:
    """The claim is not green, for a reason that holds one of the phrases."""
    found = certify(attack, "digest")
    assert not found.green
    assert any(part in said for said in found.complaints for part in expected.split("|")), found.complaints


def green(twin: Claim) -> None:
    """The claim is green; what keeps it from it is said."""
    complaints = certify(twin, "digest").complaints
    assert complaints == [], complaints
