"""Derivatives and maps of torch.func: of what is computed by series, of tables, and of what the compiler cannot see."""

import warnings

import pytest
import torch
from torch import Tensor
from torch.func import grad, jvp

from udm import continuous_weight
from udm.schedule import Betas, Cosine, Learned, LinearGamma
from udm.schedule.learned import _gamma, _opaque
from udm.stable import excess

TIMES = torch.arange(1, 5, dtype=torch.float64) / 10


def test_the_excess_has_its_derivatives_of_every_order() -> None:
    """They are x/(1 + x), (1 + x)^-2 and -2 (1 + x)^-3, each of at most four roundings; the first keeps its digits."""
    x = torch.tensor([-0.9, -0.4, -1e-9, 1e-7, 0.3, 0.7, 40.0], dtype=torch.float64, requires_grad=True)
    first, second, third = orders(x)
    one_more = 1 + x.detach()
    near = x.detach().abs() <= 0.5  # elsewhere 1 - 1/(1 + x) cancels by less than 3, or 1/(1 + x) is at most 10
    torch.testing.assert_close(first[near], (x / (1 + x)).detach()[near], rtol=2.0**-50, atol=0.0)
    torch.testing.assert_close(first, (x / (1 + x)).detach(), rtol=2.0**-50, atol=10 * 2.0**-52)
    torch.testing.assert_close(second, one_more**-2, rtol=2.0**-50, atol=0.0)
    torch.testing.assert_close(third, -2 * one_more**-3, rtol=2.0**-49, atol=0.0)
    with pytest.raises(AssertionError):  # the derivative of x - log(1 + x) as it is written
        torch.testing.assert_close((1 - 1 / one_more)[near], first[near], rtol=2.0**-50, atol=0.0)


def orders(x: Tensor) -> list[Tensor]:
    """Return the first three derivatives, by reverse mode, of which the first is the same forward."""
    made, value = [], excess(x, 1 + x)
    for _ in range(3):
        (value,) = torch.autograd.grad(value.sum(), x, create_graph=True)
        made.append(value.detach())
    forward = jvp(lambda x: excess(x, 1 + x), (x.detach(),), (torch.ones_like(x),))[1]
    torch.testing.assert_close(forward.detach(), made[0], rtol=2.0**-50, atol=10 * 2.0**-52)
    return made


@pytest.mark.parametrize("order", ["jvp of vmap", "vmap of jvp", "grad of vmap", "vmap of grad"])
def test_a_table_has_no_derivative_in_any_transform(order: str) -> None:
    """A derivative in its times would be 0 without a word; one in anything else is right."""
    table = Betas.linear(10)

    def alpha(t: Tensor) -> Tensor:
        return table.alpha(t[None])[0]

    def derivative(of: Tensor) -> Tensor:
        """Return the derivative in ``of`` of one alpha for each of its numbers."""
        by = {
            "jvp of vmap": lambda f: jvp(torch.vmap(f), (of,), (torch.ones_like(of),))[1],
            "vmap of jvp": lambda f: torch.vmap(lambda a, b: jvp(f, (a,), (b,))[1])(of, torch.ones_like(of)),
            "grad of vmap": lambda f: grad(lambda a: torch.vmap(f)(a).sum())(of),
            "vmap of grad": lambda f: torch.vmap(grad(f))(of),
        }
        return by[order](lambda a: a * alpha(TIMES[1]) if of is not TIMES else alpha(a))

    with pytest.raises(NotImplementedError, match=r"udm\.schedule\.Betas\.dgamma: expected a schedule in continuous"):
        derivative(TIMES)
    assert derivative(TIMES.clone()).equal(alpha(TIMES[1]).expand(4))


@pytest.mark.xdist_group("compiled")
def test_a_learned_schedule_is_mapped_and_compiled() -> None:
    """As one batch, and without torch's warning that an operation has no rule for vmap."""
    schedule = Learned(hidden=4).requires_grad_(False)

    def alpha(t: Tensor) -> Tensor:
        return schedule.alpha(t[None])[0]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mapped = torch.compile(torch.vmap(alpha), backend="aot_eager", fullgraph=True)(TIMES)
    torch.testing.assert_close(mapped, schedule.alpha(TIMES), rtol=2.0**-50, atol=0.0)


def test_an_operation_of_the_compiler_is_mapped_over_times_and_weights() -> None:
    """Mapped times are one batch, along any axis; mapped weights are taken one by one."""
    schedule = Learned(hidden=4).requires_grad_(False)
    weights = schedule.ends, *schedule.weights()[:2], schedule.bias, schedule.weights()[3], schedule.points
    rows = TIMES.reshape(2, 2)
    by_row = torch.stack([_gamma(row, *weights) for row in rows.T], dim=1)
    assert torch.vmap(lambda t: _opaque(t, *weights), in_dims=1, out_dims=1)(rows).equal(by_row)
    biases = torch.stack([schedule.bias, schedule.bias + 0.1])
    ends, w_1, w_2, _, w_3, points = weights
    by_bias = torch.stack([_gamma(TIMES, ends, w_1, w_2, bias, w_3, points) for bias in biases])
    assert torch.vmap(lambda bias: _opaque(TIMES, ends, w_1, w_2, bias, w_3, points))(biases).equal(by_bias)
    assert not by_bias[0].equal(by_bias[1])


def test_a_step_backwards_is_nan_where_it_is_used() -> None:
    """What it has of its two times alone is right; all that is of the step is NaN, in its own row only."""
    schedule = Cosine()
    step = schedule.between(torch.tensor([0.5, 0.2]), torch.tensor([0.4, 0.6]))
    for a in (step.gap, step.alpha_ts, step.var_ts, step.c, step.kept, step.weight_z, step.weight_x, step.snr_drop):
        assert a.isnan().tolist() == [True, False]
    assert step.alpha_t.equal(schedule.alpha(torch.tensor([0.4, 0.6])))


@pytest.mark.parametrize(
    ("kind", "at_0", "at_1"),
    [("eps", "inf", "inf"), ("x", "inf", "nan"), ("v", "inf", "nan"), ("score", "nan", "inf")],
)
def test_weights_at_the_ends_of_time_are_infinite_or_said_to_be_nan(kind: str, at_0: str, at_1: str) -> None:
    ends = torch.arange(2, dtype=torch.float64)
    weights = {s: continuous_weight(s.dgamma(ends), s.at(ends), kind) for s in (Cosine(), LinearGamma())}  # type: ignore
    edged, inside = weights.values()
    assert [str(w) for w in edged.tolist()] == [at_0, at_1]
    assert inside.isfinite().all()
