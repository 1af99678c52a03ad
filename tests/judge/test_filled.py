"""A stub is red for each part that it lacks, and for nothing else."""

from typing import Any

import pytest

from derivations.form.claim import Wrong, by
from derivations.form.statement import Equal
from derivations.form.unfilled import TO_FILL, TO_SAY
from derivations.judge.certificate import certify
from tests.support.forged import LEFT, RIGHT, a, b, claim

PARTS: dict[str, dict[str, Any]] = {
    "title": {"title": f"{TO_SAY}: a sentence"},
    "statement": {"says": lambda q: Equal(LEFT + TO_FILL, q)},
    "statement, answer": {"answer": TO_FILL},
    "proof": {"proof": ((by("", LEFT), by("", TO_FILL), by("", RIGHT)),)},
    "wrong": {"wrong": {"one": Wrong(a, ""), "other": Wrong(b + TO_FILL, "")}},
    "convenience": {"convenience": {"0 < a": TO_SAY}},
}


@pytest.mark.parametrize("parts", PARTS)
def test_a_part_that_is_not_filled_is_named(parts: str) -> None:
    certificate = certify(claim(**PARTS[parts]), "digest")
    assert certificate.complaints == [f"not filled: {parts}: put what you claim in place of TO_FILL"]
    assert not certificate.green


def test_a_definition_that_is_not_filled_is_not_green() -> None:
    definition = claim(kind="definition", title="", proof=(), wrong={}, convenience={}, means=TO_SAY)
    assert certify(definition, "digest").complaints == ["not filled: means: put what you claim in place of TO_FILL"]
