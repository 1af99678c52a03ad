"""A trace of the parts of SymPy that the prover enters, measured by a profiler."""

import sys
from contextlib import suppress
from types import FrameType
from typing import Any

from derivations.engines.prove import prove
from derivations.form.claim import Claim

AVOIDED = ("integrate", "limit", "nsimplify", "powdenest", "simplify")


def traced(claim: Claim) -> tuple[list[str], set[str]]:
    """Return the subpackages of SymPy entered while proving the claim, and the functions of AVOIDED called.

    If the prover breaks, which the claim's certificate says, that is what was entered until then.
    """
    modules: set[str] = set()
    called: set[str] = set()

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and (name := frame.f_globals.get("__name__", "")).startswith("sympy."):
            modules.add(".".join(name.split(".")[:2]))
            if frame.f_code.co_name in AVOIDED and name.split(".")[1] in ("simplify", "integrals", "series"):
                called.add(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        with suppress(Exception):
            prove(claim)
    finally:
        sys.setprofile(before)
    return sorted(modules), called
