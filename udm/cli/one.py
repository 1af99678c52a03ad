"""One claim by its tag or name, and its certificate: for the commands that take a single claim."""

from derivations.catalogue import Unknown, find
from derivations.certificate import Certificate
from derivations.claim import Claim
from derivations.verify import verify
from udm.cli.console import usage


def one(tag: str) -> Claim:
    """Exactly one claim; a glob that finds several is a usage error."""
    try:
        found = find(tag)
    except Unknown as unknown:
        usage(str(unknown))
    if len(found) > 1:
        names = ", ".join(c.name for c in found[:6])
        usage(f"expected one claim, got {len(found)} for {tag!r}: {names}")
    return found[0]


def certified(claim: Claim) -> Certificate:
    return verify([claim])[claim.name]
