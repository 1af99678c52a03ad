"""Assertions for tests of one's own: that a formula is what a claim has, with a counterexample where it is not.

from derivations.testing import assert_equal_to

def test_posterior_variance():
    assert_equal_to("vdm.posterior.variance", sigma_ts**2 * sigma_s**2 / sigma_t**2)
"""

from collections.abc import Mapping

from sympy import Expr

from derivations.query.ask import SECONDS, ask
from derivations.query.told import lines
from derivations.query.verdict import Answer, Read

__all__ = ["assert_equal_to"]


def assert_equal_to(
    claim: str, formula: str | Expr, *, where: Mapping[str, str] | None = None, seconds: float = SECONDS
) -> None:
    """Assert that a formula is proved equal to an answer, a side or a line of a claim, which is green.

    Text that several conventions read passes if it is equal in one of them.

    Args:
        claim: its tag or name.
        formula: LaTeX, Python, or an expression in symbols of `derivations.symbols`.
        where: further names, each with a formula in our symbols.
        seconds: the limit of processor time for each reading of the formula.

    Raises:
        AssertionError: it is not, or this was not proved; the message has a point with the difference.
        Unread: the formula is text that has no reading.
        ValueError: there is no such claim, or several.
    """
    __tracebackhide__ = True
    answer = ask(formula, where=where, against=claim, seconds=seconds)
    if not answer.is_equal:
        raise AssertionError(f"expected a formula of {claim}, got {formula}\n{_told(answer)}")


def _told(answer: Answer) -> str:
    return "\n\n".join(map(_reading, answer.read))


def _reading(read: Read) -> str:
    return "\n".join(f"{head:<12}{text}" for head, text in lines(read))
