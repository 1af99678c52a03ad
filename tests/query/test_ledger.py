"""No equation that a paper prints right is different in the paper's own symbols, and verdicts only become better.

One equation in SHARE is asked here; `python -m tests.support.ledger` asks them all and writes the table anew, and
`python -m tests.support.slipped` asks hundreds that have a slip.
"""

from itertools import islice

import pytest

from derivations.query import ask as asking
from derivations.query.standing import Stands
from derivations.query.verdict import Verdict
from tests.support.ledger import BEST, Row, counts, kept, rows, sample, verdict
from tests.support.slipped import called_equal, slipped

pytestmark = pytest.mark.xdist_group("query")  # which builds the index once
SHARE, SLIPPED = 60, 12
LEAST = {"equal": 638}
# Right where they stand: the drift of the reverse process, which another claim's wrong form has, a path that starts
# from a point, as EDM shows that another paper has it, and an integrand whose sign stands before the integral.
OTHERWISE = {
    "dpm2022 2.5: drift", "edm2022 199 [1 right]", "edm2022 199: sigma",
    "kg2023 section 4 (i): integrand with factor",
}  # fmt: skip


@pytest.fixture(autouse=True)
def judged_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat all claims as green, with one index, and in this process."""
    made = asking.index()
    monkeypatch.setattr(asking, "index", lambda *_: made)
    monkeypatch.setattr(asking, "within", lambda _, job: job())
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))


def test_the_table_has_every_equation_of_the_papers() -> None:
    names = [row.name for row in rows()]
    assert len(names) == len(set(names)) and kept().keys() == set(names), "python -m tests.support.ledger"


def test_no_equation_that_is_right_is_called_different_or_wrong() -> None:
    right = {row.name for row in rows() if not row.is_misprint}
    said = kept()
    assert not [name for name in right if said[name] == "different"]
    assert {name for name in right if said[name] == "wrong_form"} <= OTHERWISE


def test_verdicts_only_become_better() -> None:
    found = counts(kept())
    assert all(found[kind] >= least for kind, least in LEAST.items()), found


@pytest.mark.parametrize("row", sample(SHARE), ids=lambda row: row.name)
def test_the_verdict_on_an_equation_is_that_of_the_table(row: Row) -> None:
    found, known = verdict(row), kept()[row.name]
    assert found != "different" or row.is_misprint, row.text
    assert BEST.index(found) <= BEST.index(known), f"{row.text}: {found}, after {known}; python -m tests.support.ledger"


def test_a_false_equation_is_called_different() -> None:
    """The harmless twin is the equation itself; a paper's own symbols decide."""
    right = r"\tilde\beta_t = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t"
    assert verdict(Row("", "ddpm2020", right, False)) == "equal"
    assert verdict(Row("", "ddpm2020", right.replace("1-", "1+", 1), False)) == "different"
    assert verdict(Row("", "vdm2021", right, False)) == "unread"


@pytest.mark.parametrize("row", list(islice(slipped(), SLIPPED)), ids=lambda row: row.text[:60])
def test_an_equation_with_a_slip_is_not_called_equal(row: Row) -> None:
    """Some slips make another right formula: what is called equal is so by the numbers of another library."""
    called_equal(row)


def test_an_equal_that_is_none_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    equal = Verdict("equal", claim="ddpm.posterior")
    monkeypatch.setattr(asking._Job, "__call__", lambda *_: equal)
    right = r"\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t"
    assert called_equal(Row("", "ddpm2020", right, False))
    with pytest.raises(AssertionError, match=r"is no formula of ddpm\.posterior"):
        called_equal(Row("", "ddpm2020", right.replace("1-", "1+", 1), False))
