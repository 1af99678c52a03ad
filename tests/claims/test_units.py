"""A velocity is measured as z is, a rate of the drift is not: the claims of flows hold in any unit of z."""

from dataclasses import replace

from sympy import Expr, Symbol, cancel, log

from derivations import symbols as o
from derivations.catalogue import claims
from derivations.form.claim import Claim, leaves
from derivations.form.statement import sides

FLOWS = ("sde.pfode", "sde.reverse", "sde.likelihood.rate")
UNIT = Symbol("unit", positive=True)
POWERS = {  # of the unit of z, in what each symbol stands for
    o.z_t: 1, o.x_hat: 1, o.sigma_t: 1, o.drift: 1, o.g2: 2,
    o.q_x: -1, o.dp: -2, o.d2p: -3, o.score: -1, o.dscore: -2, o.deps: -1,
    o.alpha_t: 0, o.drift_f: 0, o.dF: 0, o.dx: 0, o.eta: 0, o.eps_hat: 0, o.t: 0,
}  # fmt: skip


def mixed(claim: Claim, e: Expr) -> bool:
    """Whether an expression is a sum of what has different units."""
    assert e.free_symbols <= POWERS.keys(), (claim.name, e.free_symbols - POWERS.keys())
    if e.is_zero:
        return False
    scaled = e.xreplace({v: v * UNIT**k for v, k in POWERS.items()})
    return bool(cancel(log(cancel(scaled / e)).diff(UNIT) * UNIT).free_symbols)


def amiss(claim: Claim) -> list[Expr]:
    """The sides of statements and the fields of the answer that mix units."""
    stated = [side for s in claim.statements() for side in sides(s)]
    return [e for e in (*stated, *(e for _, e in leaves(claim.answer))) if mixed(claim, e)]


def test_flows_hold_in_any_unit() -> None:
    assert {name: amiss(claims()[name]) for name in FLOWS if amiss(claims()[name])} == {}


def test_a_velocity_for_a_rate_is_seen() -> None:
    """The drift of the flow was once printed as a velocity times z."""
    claim = claims()["sde.pfode"]
    slip = replace(claim, answer=claim.answer.xreplace({o.drift_f: o.drift}))
    assert slip.answer != claim.answer and amiss(slip) != []
    assert amiss(replace(claim, answer=claim.answer.xreplace({o.drift_f: o.dF}))) == []
