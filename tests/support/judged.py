"""Assertions about a judged claim: that it is not green, and why; or that nothing keeps it from being green."""

import re

from derivations.form.claim import Claim
from derivations.judge.certificate import certify


def red(attack: Claim, expected: str = "", digest: str = "digest") -> None:
    """Assert a complaint that matches; judge no further, since no later stage revokes a complaint."""
    certificate = certify(attack, digest, until=expected or ".")
    assert not certificate.green
    assert certificate.verdict not in ("proved", "consistent")
    assert any(re.search(expected, complaint) for complaint in certificate.complaints), certificate.complaints


def red_for(attack: Claim, phrases: str) -> None:
    """Assert a complaint that contains one of the phrases, separated by |."""
    red(attack, "|".join(map(re.escape, phrases.split("|"))))


def green(twin: Claim, *unless: str) -> None:
    """Assert that the claim has no complaints but those named."""
    complaints = certify(twin, "digest").complaints
    assert set(complaints) <= set(unless), complaints
