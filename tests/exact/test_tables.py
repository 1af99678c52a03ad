"""What is kept of long computations is what is computed anew, in a sample; a wrong digit is not."""

import random
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from flint import arb

from derivations.arithmetic.number import precision
from derivations.exact import tables
from derivations.exact.balls import MOST, START
from derivations.exact.reading import Asked, read
from derivations.exact.tables import KEPT, NAMED, error, load, path, table
from derivations.exact.terms import Known, reconstruction, terms
from derivations.exact.variances import Variance

ASKED = {"_".join(words): read(words[0], words[1:]) for words in KEPT}
SAMPLE = 12


def unlike(asked: Asked, kept: Known, times: list[int]) -> list[int]:
    """Return the times whose kept ball does not meet the one computed to more bits."""
    p, wrong = asked.problem, []
    for t in times:
        with precision(START + 160):
            anew = p.law.mmse(p.marginals[t].snr, START + 24)
            scale = float(p.marginals[t].snr)
            if not (anew.overlaps(kept.errors[t]) and float(kept.errors[t].rad()) * scale < 1e-17):
                wrong.append(t)
    return wrong


@pytest.mark.parametrize("name", ASKED)
def test_a_sample_is_enclosed_again(name: str) -> None:
    asked = ASKED[name]
    kept, times = load(path(asked)), list(asked.problem.times)
    assert list(kept.errors) == times
    sample = sorted({times[0], times[-1], *random.Random(name).sample(times, SAMPLE)})
    assert unlike(asked, kept, sample) == []


def test_the_first_steps_are_enclosed_again() -> None:
    for asked in ASKED.values():
        kept = load(path(asked)).first
        assert list(kept) == ([] if asked.problem.schedule.noisy else list(NAMED))
    asked = ASKED["_".join(KEPT[1])]
    kept = load(path(asked)).first
    with precision(START + 100):
        for name in ("beta", "optimal"):
            anew = reconstruction(replace(asked.problem, variance=Variance(name)), 40)
            assert anew.overlaps(kept[name]) and float(kept[name].rad()) < 1e-18
            assert not anew.overlaps(kept[name] * (1 + arb("1e-9")))


def test_a_wrong_digit_is_seen(tmp_path: Path) -> None:
    asked = ASKED["_".join(KEPT[0])]
    lines = path(asked).read_text().splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if line.startswith("700 "))
    digits = re.search(r"\[(\d\.\d{12})(\d)", lines[place])
    assert digits
    planted = f"[{digits[1]}{(int(digits[2]) + 1) % 10}"
    lines[place] = lines[place].replace(digits[0], planted)
    (tmp_path / "table.toml").write_text("".join(lines))
    assert unlike(asked, load(tmp_path / "table.toml"), [699, 700, 701]) == [700]


def test_tables_are_found_by_all_that_they_depend_on() -> None:
    words = KEPT[1]
    assert table(read(words[0], (*words[1:], "variance=beta"))) is table(read(words[0], words[1:])) is not None
    for a, b in (("levels=256", "levels=255"), ("placement=ends", "placement=midpoints"), ("T=1000", "T=999")):
        assert table(read(words[0], [b if w == a else w for w in words[1:]])) is None
    assert len({path(asked) for asked in ASKED.values()}) == len(KEPT)
    assert {file.name for file in tables.DATA.iterdir()} == {path(asked).name for asked in ASKED.values()}


def test_what_is_kept_gives_what_is_computed() -> None:
    """For a small table, made as the kept ones are, the terms are the same with it and without."""
    words = ("levels=40", "placement=ends", "schedule=ddpm_cosine", "T=6")
    asked = read("grid", words)
    text = "".join(tables.lines(asked))
    with precision(2 * MOST):
        assert 'beta_tilde = "' in text and '6 = "' in text
    for name in NAMED:
        p = replace(asked.problem, variance=Variance(name))
        found = terms(p, _loaded(text))
        wrong = terms(p, replace(_loaded(text), errors={t: 2 * e for t, e in _loaded(text).errors.items()}))
        for term, value in terms(p).items():
            assert value.overlaps(found[term]) and float(found[term].rad()) < 1e-15
        assert not wrong["diffusion"].overlaps(found["diffusion"])
    with precision(200):
        assert error(asked.problem, 3).overlaps(_loaded(text).errors[3])


def _loaded(text: str) -> Known:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "table.toml"
        file.write_text(text)
        return load(file)
