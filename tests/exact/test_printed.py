"""Printed values: a stated radius holds the value, whatever its digits, and a document has only doubles."""

from decimal import Decimal

import pytest
from flint import arb

from derivations.arithmetic.number import precision
from derivations.exact.printed import number, text

DIGITS = [f"{n}.{n * 7919}{n * 104729}31415926535897932384626" for n in range(1, 60)]


def holds(page: str, bits: str) -> bool:
    middle, _, radius = page.partition(" +/- ")
    return abs(Decimal(middle) - Decimal(bits)) <= Decimal(radius)


@pytest.mark.parametrize(
    "bits", [*DIGITS, *(f"{x}e-90" for x in DIGITS[:9]), "1.0000000000000001", "-2.00000000000000049"]
)
def test_a_page_states_a_radius_that_holds_the_value(bits: str) -> None:
    with precision(600):
        page = text(arb(bits) * arb(2).log())
    assert holds(page, bits)
    middle, _, radius = page.partition(" +/- ")
    assert not holds(f"{middle} +/- {Decimal(radius) * Decimal('0.89')}", bits) or Decimal(radius) < Decimal("1e-110")


def test_a_document_says_where_a_value_is_no_double() -> None:
    with precision(600):
        with pytest.raises(ValueError, match=r"expected values below 1.8e308, .* with --json, got"):
            number(arb("1e400"))
        assert number(arb("1e300"))["radius"] > 0
