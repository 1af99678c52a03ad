"""What tests ask of a judged claim: that it is not green, and why; or that nothing keeps it from being green."""

import re

from derivations.form.claim import Claim
from derivations.judge.certificate import certify


def red(attack: Claim, expected: str = "", digest: str = "digest") -> None:
    """The claim is not green, for a reason that matches. Judged no further: no later stage takes a complaint back."""
    certificate = certify(attack, digest, until=expected or ".")
    assert not certificate.green
    assert certificate.verdict not in ("proved", "consistent")
    assert any(re.search(expected, complaint) for complaint in certificate.complaints), certificate.complaints


def red_for(attack: Claim, phrases: str) -> None:
    """The claim is not green, for a reason that holds one of the phrases, which | parts."""
    red(attack, "|".join(map(re.escape, phrases.split("|"))))


def green(twin: Claim, *unless: str) -> None:
    """The claim is green, but for complaints that are named."""
    complaints = certify(twin, "digest").complaints
    assert set(complaints) <= set(unless), complaints
