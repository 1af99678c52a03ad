"""Problems as they are written: what is meant, and what is refused, with what was expected and what was got."""

from fractions import Fraction
from pathlib import Path

import pytest

from derivations.exact.laws import Gaussian, Grid, Mixture, Point, TwoPoints
from derivations.exact.reading import read
from derivations.exact.schedules import DdpmCosine, DdpmLinear, LinearGamma
from derivations.exact.variances import Variance

ENDS = "gamma0=-13.3 gamma1=5"
READ = {
    f"grid levels=256 {ENDS} T=1000": Grid(256),
    f"grid levels=4 placement=ends {ENDS} T=inf": Grid(4, "ends"),
    f"two_points {ENDS} T=3": TwoPoints(),
    f"two_points value=1/2 {ENDS} T=3": TwoPoints(Fraction(1, 2)),
    f"point value=-0.5 {ENDS} T=3": Point(Fraction(-1, 2)),
    f"gaussian variance=0.25 {ENDS} T=inf": Gaussian(Fraction(0), Fraction(1, 4)),
    f"mixture weights=0.3,0.7 means=-1,1 variances=1e-1,2 {ENDS} T=9": Mixture(
        (Fraction(3, 10), Fraction(7, 10)), (Fraction(-1), Fraction(1)), (Fraction(1, 10), Fraction(2))
    ),
}


@pytest.mark.parametrize("words", READ)
def test_a_law_is_read(words: str) -> None:
    law, *settings = words.split()
    assert read(law, settings).problem.law == READ[words]


def test_a_path_and_a_variance_are_read(tmp_path: Path) -> None:
    def of(words: str) -> tuple[object, int | None, Variance]:
        p = read("grid", ["levels=3", *words.split()]).problem
        return p.schedule, p.steps, p.variance

    gammas = LinearGamma(Fraction(-133, 10), Fraction(5))
    assert of(f"{ENDS} T=inf") == (gammas, None, Variance())
    assert of(f"schedule=linear_gamma {ENDS} T=7 variance=beta") == (gammas, 7, Variance("beta"))
    assert of("schedule=ddpm_linear T=7 variance=optimal") == (DdpmLinear(), 7, Variance("optimal"))
    assert of("schedule=ddpm_cosine T=7 variance=beta-tilde") == (DdpmCosine(), 7, Variance())
    given = Variance("given", (Fraction(1, 100),))
    assert of("schedule=ddpm_linear T=7 variance=0.01") == (DdpmLinear(), 7, given)
    assert of("schedule=ddpm_linear T=7 variance=given given=0.01") == (DdpmLinear(), 7, given)
    (tmp_path / "table").write_text("0.1, 0.2\n1/4\n")
    of_file = Variance("given", (Fraction(1, 10), Fraction(1, 5), Fraction(1, 4)))
    assert of(f"schedule=ddpm_linear T=3 variance={tmp_path}/table")[2] == of_file
    normal = read("gaussian", ["variance=2", "schedule=ddpm_linear", "T=3", "reverse_variance=beta"]).problem
    assert (normal.law, normal.variance) == (Gaussian(Fraction(0), Fraction(2)), Variance("beta"))


REFUSED = {
    "gauss T=3": "expected a law, one of grid, two_points, point, gaussian, mixture, got 'gauss': gaussian?",
    f"grid level=3 {ENDS} T=3": "variance, given, got 'level': levels?",
    f"gaussian var=2 {ENDS} T=3": "variance, given, got 'var': variance?",
    f"grid {ENDS} T=3": "expected levels=... for grid on linear_gamma, got none",
    "grid levels=3": "expected T=..., gamma0=..., gamma1=... for grid on linear_gamma, got none",
    f"grid levels=3 levels=4 {ENDS} T=3": "levels: expected one value, got '3' and '4'",
    f"grid levels {ENDS} T=3": "expected settings key=value, got 'levels'",
    f"grid levels=1 {ENDS} T=3": "levels: expected a whole number from 2 to 4096, got '1'",
    f"grid levels=1e9 {ENDS} T=3": "levels: expected a whole number from 2 to 4096, got '1e9'",
    f"grid levels=3 placement=end {ENDS} T=3": "placement: expected midpoints or ends, got 'end'",
    f"grid levels=3 {ENDS} T=0": "T: expected a whole number from 1 to 100000 or inf, got '0'",
    f"grid levels=3 {ENDS} T=-1": "T: expected a whole number from 1 to 100000 or inf, got '-1'",
    "grid levels=3 schedule=ddpm_linear T=inf": "T: expected a number of steps, as ddpm_linear is a table of",
    "grid levels=3 schedule=ddpm_linear T=1": "T: expected a whole number from 2 to 100000, got '1'",
    "grid levels=3 schedule=ddpm T=3": "schedule: expected one of linear_gamma, ddpm_linear, ddpm_cosine, got 'ddpm'",
    "grid levels=3 schedule=ddpm_linear gamma0=1 T=3": "expected a key of grid on ddpm_linear",
    "grid levels=3 gamma0=5 gamma1=-5 T=3": "expected -200 <= gamma0 < gamma1 <= 200, got 5 and -5",
    "grid levels=3 gamma0=x gamma1=5 T=3": "gamma0: expected a number, got 'x'",
    "grid levels=3 gamma0=nan gamma1=5 T=3": "gamma0: expected a number, got 'nan'",
    "grid levels=3 gamma0=1e999999999 gamma1=5 T=3": "gamma0: expected a number, got '1e999999999'",
    "grid levels=3 gamma0=-1_0 gamma1=5 T=3": "gamma0: expected a number, got '-1_0'",
    "grid levels=3 gamma0=-\u0663 gamma1=5 T=3": "gamma0: expected a number, got '-\u0663'",
    f"gaussian variance=-1 {ENDS} T=3": "variance: expected a positive number, got -1",
    f"gaussian variance=0 {ENDS} T=3": "the law without variance is `point`",
    f"two_points value=0 {ENDS} T=3": "value: expected a positive number, got 0",
    f"mixture weights=1 means=1,2 variances=1 {ENDS} T=3": "as many weights, means and variances, got 1, 2, 1",
    f"mixture weights=0.5,0.4 means=1,2 variances=1,1 {ENDS} T=3": "of the sum 1, got 0.5,0.4, of the sum 9/10",
    f"mixture weights=0.5,0.5 means=1,2 variances=1,-1 {ENDS} T=3": "variances: expected a positive number, got -1",
    f"grid levels=3 {ENDS} T=inf variance=beta": "variance: expected none in continuous time",
    f"grid levels=3 {ENDS} T=3 variance=small": "got 'small'; or beta_tilde, beta, optimal, or a file",
    f"grid levels=3 {ENDS} T=3 variance=-1": "variance: expected a positive number, got -1",
    f"grid levels=3 {ENDS} T=3 variance=given": "with variance=given and with it alone, got variance=given",
    f"grid levels=3 {ENDS} T=3 variance=beta given=1": "with variance=given and with it alone, got variance=beta",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_means_nothing_is_refused(words: str) -> None:
    law, *settings = words.split()
    with pytest.raises(ValueError) as seen:
        read(law, settings)
    assert REFUSED[words] in str(seen.value)


def test_a_table_has_to_fit(tmp_path: Path) -> None:
    words = ["levels=3", "schedule=ddpm_linear", "T=3", f"variance={tmp_path}/table"]
    (tmp_path / "table").write_text("0.1 0.2")
    with pytest.raises(ValueError, match="variance: expected 3 numbers, one for each step, got 2"):
        read("grid", words)
    (tmp_path / "table").write_text("0.1 0 0.2")
    with pytest.raises(ValueError, match=r"number 2 of .*table: expected a positive number, got 0"):
        read("grid", words)
    (tmp_path / "table").write_text("0.1 0.3 0.2")
    assert len(read("grid", words).problem.variance.given) == 3
    (tmp_path / "table").write_text("")
    with pytest.raises(ValueError, match="expected 3 numbers"):
        read("grid", words)
