"""A table of betas in a loop that counts steps: its arrays, its numbers of steps, and what is refused."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import torch

from udm.schedule import Betas, Cosine

TABLE = Betas.linear(1000)


def f64(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_a_table_has_the_arrays_of_a_loop() -> None:
    betas = [1e-4, 0.02, 0.3, 0.999]
    table, product = Betas(betas), Fraction(1)
    assert len(table) == 4 and table.betas.tolist() == betas and bool(table)
    for beta, got in zip(betas, table.alphas_cumprod.tolist(), strict=True):
        product *= 1 - Fraction(beta)
        assert abs(Fraction(got) / product - 1) < 3 * Fraction(2) ** -53


@pytest.mark.parametrize("made", [Betas.linear, Betas.cosine, lambda: Betas([0.1, 1.0])], ids=["linear", "cosine", "1"])
def test_the_betas_that_were_given_come_back_from_a_checkpoint(made: Callable[[], Betas]) -> None:
    table = made()
    other = Betas([0.5] * table.T)
    other.load_state_dict(table.state_dict())
    assert torch.equal(other.betas, table.betas) and not torch.equal(Betas([0.5] * table.T).betas, table.betas)
    assert table.half().betas.dtype == torch.float64


def test_numbers_of_steps_become_times_by_an_explicit_first_number() -> None:
    assert TABLE.times(torch.tensor([0, 499, 999]), steps_from=0).tolist() == [0.001, 0.5, 1.0]
    assert TABLE.times(torch.tensor([1, 500, 1000]), steps_from=1).tolist() == [0.001, 0.5, 1.0]
    assert TABLE.times(999, steps_from=0).tolist() == TABLE.times(np.int64(1000), steps_from=1).tolist() == [1.0]
    assert TABLE.times(np.array([0, 999]), steps_from=0).tolist() == [0.001, 1.0]
    assert TABLE.times(-1, steps_from=0).tolist() == TABLE.times(0, steps_from=1).tolist() == [0.0]
    t = torch.arange(1000)
    assert torch.equal(
        TABLE.alpha(TABLE.times(t, steps_from=0)) ** 2, TABLE.alpha(TABLE.times(t + 1, steps_from=1)) ** 2
    )
    at = TABLE.at(TABLE.times(t, steps_from=0))
    torch.testing.assert_close(at.alpha**2, TABLE.alphas_cumprod, rtol=1e-15, atol=0)


def test_numbers_off_the_table_are_no_times() -> None:
    assert TABLE.times(torch.tensor([-2, 1000]), steps_from=0).isnan().all()
    assert TABLE.times(torch.tensor([-1, 1001]), steps_from=1).isnan().all()


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a number past the end": (lambda: TABLE.times(1000, steps_from=0), "-1 to 999, -1 for the data, got 1000"),
    "a number before the data": (lambda: TABLE.times(-1, steps_from=1), "0 to 1000, 0 for the data, got -1"),
    "another first number": (lambda: TABLE.times(5, steps_from=2), r"steps_from 0 \(as diffusers"),  # type: ignore[arg-type]
    "a bool": (lambda: TABLE.times(5, steps_from=True), "steps_from 0"),  # type: ignore[arg-type]
    "floats": (lambda: TABLE.times(f64(0.5), steps_from=0), "index of shape .*, integer, got"),
    "one axis too many": (lambda: TABLE.times(torch.tensor([[3]]), steps_from=0), r"index of shape \(batch,\)"),
    "integers for times": (lambda: TABLE.at(torch.tensor([3])), r"times\(index, steps_from=0\), or 1"),
    "an integer for a time": (lambda: TABLE.at(1), r"times i/1000 .* got 1: for numbers of steps use"),
    "a time between steps": (lambda: TABLE.sigma(0.0005), "one of the times i/1000 of the table, got 0.0005"),
    "a time past the end": (lambda: TABLE.at(1.001), "one of the times i/1000 of the table, got 1.001"),
    "no number": (lambda: TABLE.at(float("nan")), "one of the times i/1000 of the table, got nan"),
    "a time past the end of a path": (lambda: Cosine().gap(0.5, 1.5), r"expected t in \[0, 1\], got 1.5"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_time_is_refused(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        call()


def test_times_are_numbers_and_arrays_too() -> None:
    for schedule in (TABLE, Cosine()):
        want = schedule.at(f64(0.25, 0.5))
        assert all(map(torch.equal, schedule.at(np.array([0.25, 0.5])), want))
        assert all(torch.equal(a, b[1:]) for a, b in zip(schedule.at(0.5), want, strict=True))
        assert all(torch.equal(a, b[1:]) for a, b in zip(schedule.at(np.float32(0.5)), want, strict=True))
        assert torch.equal(schedule.gap(0.25, 0.5), schedule.gap(f64(0.25), f64(0.5)))
        assert schedule.between(0.25, 0.5).gap.shape == (1,)
    assert Cosine().at(1).sigma.tolist() == [1.0]
    assert TABLE.at(0.1 + 0.2).alpha.isfinite().all()  # within 2 eps of 3/10


def test_a_derivative_in_the_time_of_a_table_is_refused_forward_too() -> None:
    t = f64(0.5, 0.2)
    for derivative in (torch.func.jacfwd, torch.func.jacrev):
        with pytest.raises(NotImplementedError, match="no derivative"):
            derivative(TABLE.gamma)(t)
        assert derivative(lambda a: a * TABLE.gamma(t))(t).diagonal().equal(TABLE.gamma(t))


def test_the_last_beta_may_be_1() -> None:
    """With zero terminal SNR the last latent is noise, and every number of the last step is finite but for the gap."""
    table = Betas([0.1, 0.5, 1.0])
    end, step = table.at(1.0), table.between(2 / 3, 1.0)
    assert (end.alpha.item(), end.sigma.item(), end.gamma.item()) == (0.0, 1.0, float("inf"))
    assert (step.c.item(), step.weight_z.item(), step.var_ts.item()) == (1.0, 0.0, 1.0)
    torch.testing.assert_close(step.posterior_var, f64(1 - 0.45), rtol=1e-15, atol=0)
    torch.testing.assert_close(step.weight_x**2, f64(0.45), rtol=1e-15, atol=0)
    assert table.alphas_cumprod.tolist()[-1] == 0.0
    with pytest.raises(ValueError, match=r"expected betas\[0\] finite and in \(0.0, 1.0\), got 1.0"):
        Betas([1.0, 0.5])


def test_rescaling_keeps_the_first_alpha_bar_ends_at_none_and_changes_nothing_twice() -> None:
    new = Betas.linear(1000).rescaled()
    assert torch.equal(new.betas[:1], TABLE.betas[:1]) and new.alphas_cumprod[-1] == 0 and len(new) == 1000
    assert bool((new.alphas_cumprod.diff() < 0).all())
    assert torch.allclose(new.rescaled().betas, new.betas, rtol=1e-15, atol=0)
    assert new.gamma(1.0).tolist() == [torch.inf] and new.sigma(1.0).tolist() == [1.0]
    with pytest.raises(ValueError, match="rescaled: expected a table of at least 2 steps, got 1"):
        Betas([0.5]).rescaled()
