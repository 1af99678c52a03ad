"""A trace of the parts of SymPy that the prover enters, measured by a profiler."""

import sys
from contextlib import suppress
from types import FrameType
from typing import Any

from derivations.engines.prove import prove
from derivations.form.claim import Claim

SIMPLIFIERS = "sympy.simplify"
AVOIDED = ("integrate", "limit", "nsimplify", "powdenest", "simplify")


def traced(claim: Claim) -> tuple[list[str], set[str]]:
    """Return the subpackages of SymPy entered while proving the claim, and the functions of AVOIDED called.

    Of the simplifiers, a subpackage says which were called: "sympy.simplify (fraction)".
    If the prover breaks, which the claim's certificate says, that is what was entered until then.
    """
    modules: dict[str, set[str]] = {}
    called: set[str] = set()

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and (name := frame.f_globals.get("__name__", "")).startswith("sympy."):
            functions = modules.setdefault(package := ".".join(name.split(".")[:2]), set())
            if package == SIMPLIFIERS and _is_entrance(frame):
                functions.add(frame.f_code.co_name)
            if frame.f_code.co_name in AVOIDED and name.split(".")[1] in ("simplify", "integrals", "series"):
                called.add(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        with suppress(Exception):
            prove(claim)
    finally:
        sys.setprofile(before)
    return sorted(f"{m} ({', '.join(sorted(of))})" if of else m for m, of in modules.items()), called


def _is_entrance(frame: FrameType) -> bool:
    """Whether it is a function of its module, and neither one within another nor called from the same package."""
    before = frame.f_back.f_globals.get("__name__", "") if frame.f_back else ""
    return frame.f_code.co_name in frame.f_globals and not before.startswith(SIMPLIFIERS)
