"""A claim refuses parts of the wrong type where it is made, in the words of the call."""

import pytest

from derivations.form.claim import Below
from tests.support.forged import a, b, claim


def test_an_assumption_that_is_no_inequality_of_ours_is_refused_by_name() -> None:
    for wrong in ((a, b), a < b, a):
        with pytest.raises(ValueError, match=r"given 1: expected Below\(lesser, greater\), got"):
            claim(given=(wrong,))
    assert claim(given=(Below(a, b + a),)).given


def test_a_float_in_a_point_is_refused_by_the_symbol() -> None:
    with pytest.raises(ValueError, match=r"expected an exact number, as Rational\(1, 2\), for a of a point, got 0.5"):
        claim(example={a: 0.5})
