"""Each engine rejects something on its own: there is a wrong answer that it alone refutes or does not prove."""

from dataclasses import replace

import pytest

from derivations.catalogue import claims
from derivations.engines.decide import decide
from derivations.engines.enclose import enclose
from derivations.engines.field import field
from derivations.engines.prove import prove
from derivations.engines.simulate import simulate
from derivations.judge.digest import digest
from tests.support.reach import written

REJECTS = [
    ("enclose", "vdm.posterior", "weights swapped"),
    ("enclose", "vdm.kl.expm1", None),
    ("field", "vdm.posterior.mean", None),
    ("field", "ddpm.snr.weight", None),
    ("decide", "vdm.posterior.variance.bounds", None),
    ("decide", "ddpm.snr.monotone", None),
    ("simulate", "vdm.posterior", "standard deviation for variance"),
    ("simulate", "ddpm.marginal", None),
    ("simulate", "vdm.kl.single", None),
    ("simulate", "vdm.loss.invariance", None),
]
ENGINES = {"enclose": enclose, "field": field, "decide": decide}


@pytest.mark.parametrize(("engine", "name", "wrong"), REJECTS)
def test_an_engine_rejects_a_wrong_answer(engine: str, name: str, wrong: str | None) -> None:
    claim = claims()[name]
    answers = [w.answer for n, w in claim.wrong.items() if wrong in (None, n)]
    if engine == "simulate":
        verdicts = [simulate(claim, a, digest(name)).verdict for a in answers]
        right = simulate(claim, None, digest(name))
    else:
        verdicts = [ENGINES[engine](claim, a).verdict for a in answers]
        right = ENGINES[engine](claim)
    assert "refuted" in verdicts
    assert right.verdict in ("proved", "consistent")


@pytest.mark.parametrize("name", list(written())[::7])
def test_prove_proves_no_wrong_answer(name: str) -> None:
    claim = claims()[name]
    for wrong in claim.wrong.values():
        assert prove(replace(claim, answer=wrong.answer)).verdict != "proved"
