"""Is this diffusion code right? Its formulas against the exact values of claims, and a verdict on each.

A target is an object of a known family (a scheduler of diffusers, a GaussianDiffusion), or one of the reader's own that
offers formulas by name. The exact values are those of the claims' answers, at the target's own numbers.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from udm.conformance.suite import Expected, parametrize_with_claims
from udm.conformance.verdict import MEANING, VERDICTS, Report, Row, Verdict

__all__ = ["MEANING", "VERDICTS", "Expected", "Report", "Row", "Verdict", "check", "parametrize_with_claims"]


def check(
    target: Any,
    settings: Mapping[str, Any] | None = None,
    *,
    steps: Sequence[int] = (),
    only: Collection[str] = (),
    seconds: float = 60.0,
) -> Report:
    """Check each formula that a target offers.

    Args:
        target: a class, a function that makes an object, an object, or the name of one, ``"module:name"``. A class or a
            function can be made again in float64, which tells a weak formula from a wrong one in its tables.
        settings: of its constructor, its `set_timesteps` and its `step`.
        steps: the numbers of steps for which a sampler is run; several if none.
        only: the names of the checks that are run; all if none.
        seconds: the time that each check may take.

    Returns:
        A report with a row for each check that exists, run or not.

    Raises:
        ValueError: if there is no such target, it does not take the settings, or it has nothing that can be checked.
    """
    from udm.conformance import run
    from udm.conformance import target as targets

    found = targets.named(target, settings or {}) if isinstance(target, str) else targets.of(target, settings)
    unknown = set(only) - set(run.NAMED)
    if unknown or any(not isinstance(n, int) or n < 1 for n in steps):
        got = ", ".join(sorted(unknown)) or f"steps {list(steps)}"
        raise ValueError(f"check: expected names of checks in only, and steps above 0, got {got}")
    return run.check(found, steps, seconds, only)
