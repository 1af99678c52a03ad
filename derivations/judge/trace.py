"""A trace of the parts of SymPy that the prover enters, measured by a profiler."""

import sys
from types import FrameType
from typing import Any

from derivations.engines.prove import prove
from derivations.form.claim import Claim

AVOIDED = ("integrate", "limit", "nsimplify", "powdenest", "simplify")


def traced(claim: Claim) -> tuple[list[str], set[str]]:
    """Return the subpackages of SymPy entered while proving the claim, and the functions of AVOIDED called."""
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
        prove(claim)
    finally:
        sys.setprofile(before)
    return sorted(modules), called
