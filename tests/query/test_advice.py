"""What is not read is refused in words, with what to write instead: of each kind an example, which is read."""

import time

import pytest

from derivations.query.ask import ask
from derivations.query.reading import Unread, readings
from derivations.query.writing.advice import Kind, kinds
from derivations.syntax.limits import LENGTH

KINDS = {kind.says: kind for kind in kinds()}
UNREAD = [(kind, text) for kind in kinds() for text in kind.unread]


def refused(text: str) -> Unread:
    with pytest.raises(Unread) as fault:
        readings(text)
    return fault.value


@pytest.mark.parametrize(("kind", "text"), UNREAD, ids=[text[:40] for _, text in UNREAD])
def test_what_is_refused_is_said_in_words(kind: Kind, text: str) -> None:
    fault = refused(text)
    assert kind.says in str(fault) and kind.instead in str(fault) and kind.example in str(fault), fault
    assert f"at character {fault.at + 1}" in str(fault) and not str(fault).startswith("expected")


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_the_example_is_read(kind: Kind) -> None:
    assert readings(kind.example, kind.where)


def test_what_says_already_what_to_write_stays_so() -> None:
    """A stroke before a product is no notation of another kind, although one stands elsewhere in the formula."""
    assert "below the stroke" in str(refused(r"\alpha_t/\beta_t x_0 = \mathbb{E}[x_0]".partition(" =")[0]))
    assert str(refused(r"\alpha_t!")).startswith("expected an operation or the end, got '!'")


def test_a_long_formula_of_no_kind_is_refused_at_once() -> None:
    start = time.process_time()
    for piece in ("E_", "d\\", "p(x", "N (", "if ", "torch.", "\\frac{d", r"\text{"):
        refused((piece * LENGTH)[: LENGTH - 1] + "!")
    assert time.process_time() - start < 10


def test_the_words_are_those_of_the_answer() -> None:
    with pytest.raises(Unread, match="is an expectation, which is not read"):
        ask(r"L = \mathbb{E}[\epsilon^2]")
