"""A claim's digest depends on all that a reader relies on; a module's on all that it is built from."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sympy import (
    Abs,
    Add,
    Derivative,
    E,
    Expr,
    Float,
    Function,
    Integer,
    Integral,
    Mul,
    Piecewise,
    Rational,
    Symbol,
    exp,
    log,
    pi,
    sqrt,
    symbols,
)

from derivations.form.claim import Below, Claim, Line, Wrong
from derivations.form.experiment import Chance, Experiment, Mean, Residual, Size
from derivations.form.statement import AtMost, Equal
from derivations.judge.digest import content, digest_of, text
from derivations.judge.texts import ROOT, built_from, engine_digest, module_digest
from derivations.notation.named import unnamed
from derivations.notation.outcomes import Average, Outcomes
from derivations.notation.quantities import Quantity
from derivations.probability.density import Density
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened

a, b, u, w = symbols("a b u w", positive=True)
x, n = symbols("x n", real=True)
RUN = Experiment(
    process=((x, a * n),), normals=(n,), uniforms=(u,), steps={w: 4}, size=1000, at={a: 2, b: 1},
    checks=(Residual(x, lambda q: Normal(q - q, q * a / (a + b)), (n,)), Mean(x**2, lambda q: q * a, 3.0)),
)  # fmt: skip
HONEST = Claim(
    name="square", title="a square", kind="equality",
    says=lambda q: Equal((a + b) ** 2, q), answer=a**2 + 2 * a * b + b**2, needs=("root",), given=(Below(a, b),),
    convenience={"0 < a": "kept"}, example={a: Integer(1), b: Integer(2)}, experiment=RUN,
    wrong={"half": Wrong(a**2 + a * b + b**2, "the mean"), "none": Wrong(a**2 + b**2, "the mean")},
    trust=("Fubini",), means="symbolic parameters", printed=Equal(a, b), printed_at={a: Integer(1), b: Integer(2)},
)  # fmt: skip
BELOW = {"root": "0" * 16, "other": "1" * 16}


def run(**changes: Any) -> Claim:
    return replace(HONEST, experiment=replace(RUN, **changes))


def checks(*changed: Any) -> Claim:
    return run(checks=changed)


RESIDUAL, MEAN = RUN.checks
CHANGED: dict[str, Claim] = {
    "kind": replace(HONEST, kind="law"),
    "statement": replace(HONEST, says=lambda q: Equal((b + 2 * a) ** 2, q)),
    "form of the statement": replace(HONEST, says=lambda q: AtMost((a + b) ** 2, q, {})),
    "equality case": replace(HONEST, says=lambda q: AtMost((a + b) ** 2, q, {a: b})),
    "one more statement": replace(HONEST, says=lambda q: (Equal((a + b) ** 2, q), Equal(a, a))),
    "assumptions of a symbol": replace(HONEST, says=lambda q: Equal((a + Symbol("b", real=True)) ** 2, q)),
    "answer": replace(HONEST, answer=a**2 + b**2),
    "an assumption more": replace(HONEST, given=(*HONEST.given, Below(b, Integer(9)))),
    "an assumption less": replace(HONEST, given=()),
    "what stands for in general": replace(HONEST, means="everything"),
    "nothing on trust": replace(HONEST, trust=()),
    "more on trust": replace(HONEST, trust=("Fubini", "the limit")),
    "both of the forged": replace(HONEST, means="everything", trust=()),
    "what is needed": replace(HONEST, needs=("other",)),
    "nothing needed": replace(HONEST, needs=()),
    "what is printed": replace(HONEST, printed=Equal(a, b + 1)),
    "who prints it": replace(HONEST, printed_in=("ddpm2020 (7)",)),
    "the false sentence": replace(HONEST, refutes="another sentence"),
    "where that fails": replace(HONEST, printed_at={a: Integer(1), b: Integer(3)}),
    "no experiment": replace(HONEST, experiment=None),
    "process": run(process=((x, 2 * a * n),)),
    "normals": run(normals=()),
    "uniforms": run(uniforms=()),
    "steps": run(steps={w: 5}),
    "size": run(size=10),
    "parameters": run(at={a: 2, b: 3}),
    "parameters from the stored point": run(at={}),
    "twins": run(twins=("none",)),
    "a check less": checks(MEAN),
    "another check": checks(RESIDUAL, Chance(MEAN.of, MEAN.value)),  # type: ignore[union-attr]
    "what is measured": checks(RESIDUAL._replace(of=x + 1), MEAN),
    "given what": checks(RESIDUAL._replace(given=()), MEAN),
    "predicted law": checks(RESIDUAL._replace(law=lambda q: Normal(q - q, q)), MEAN),  # type: ignore[union-attr]
    "predicted value": checks(RESIDUAL, MEAN._replace(value=lambda q: q)),  # type: ignore[union-attr]
    "spread": checks(RESIDUAL, MEAN._replace(sd=1e4)),  # type: ignore[union-attr]
    "which samples": checks(RESIDUAL._replace(where=x), MEAN),  # type: ignore[union-attr]
    "what is to be detected": run(detects={"answer": Size(Rational(1, 5), "few samples")}),
    "a twin's own answer": replace(HONEST, wrong=dict(HONEST.wrong) | {"none": Wrong(a, "the mean")}),
}
SAME: dict[str, Claim] = {
    "name": replace(HONEST, name="another"),
    "title": replace(HONEST, title="a better title"),
    "proof": replace(HONEST, proof=((Line("", a),),)),
    "stored point": replace(HONEST, example={a: Integer(3), b: Integer(4)}),
    "reasons for a convenience": replace(HONEST, convenience={"0 < a": "another reason"}),
    "names of wrong answers": replace(HONEST, wrong=dict(zip("kl", HONEST.wrong.values(), strict=True))),
    "the same prediction": checks(RESIDUAL, MEAN._replace(value=lambda q: a * q)),  # type: ignore[union-attr]
}


@pytest.mark.parametrize("what", CHANGED)
def test_the_digest_depends_on_what_a_reader_relies_on(what: str) -> None:
    assert digest_of(CHANGED[what], BELOW) != digest_of(HONEST, BELOW)


OUTCOMES = Outcomes(x, (n, a), (Symbol("y", real=True), b))
READ_APART: dict[str, tuple[Expr, Expr]] = {
    "the condition of a mean": (Average(x, OUTCOMES, a), Average(x, OUTCOMES, b)),
    "the name of a quantity": (Quantity("SNR", (a,), a * b), Quantity("NSR", (a,), a * b)),
    "the place of a quantity": (Quantity("SNR", (a,), a * b), Quantity("SNR", (b,), a * b)),
    "a name and none": (Quantity("SNR", (a,), a * b), a * b),
}


@pytest.mark.parametrize("what", READ_APART)
def test_statements_that_read_differently_have_different_digests(what: str) -> None:
    said, printed = ([each(e) for e in READ_APART[what]] for each in (_saying, _printing))
    assert opened(unnamed(READ_APART[what][0])) == opened(unnamed(READ_APART[what][1]))
    for one, other in (said, printed):
        assert digest_of(one, BELOW) != digest_of(other, BELOW)
    assert digest_of(said[0], BELOW) == digest_of(replace(said[0], title="a better title"), BELOW)


def _saying(e: Expr) -> Claim:
    return replace(HONEST, says=lambda q: Equal(e, q))


def _printing(e: Expr) -> Claim:
    return replace(HONEST, printed=Equal(e, a))


def test_different_changes_have_different_digests() -> None:
    assert len({digest_of(claim, BELOW) for claim in CHANGED.values()}) == len(CHANGED)


@pytest.mark.parametrize("what", SAME)
def test_the_digest_does_not_depend_on_names_and_prose(what: str) -> None:
    assert digest_of(SAME[what], BELOW) == digest_of(HONEST, BELOW)


def test_every_field_of_an_experiment_is_in_the_digest() -> None:
    """A new field of an experiment is covered without a change here."""
    assert set(content(HONEST)["experiment"] and dict(content(HONEST)["experiment"])) == set(RUN.__dataclass_fields__)


def test_indistinguishable_symbols_are_refused() -> None:
    with pytest.raises(TypeError, match="expected expressions, names and numbers in a claim, got object"):
        content(run(at={a: object()}))


F, G = Function("f"), Function("g")
TEXTS = (
    a, Symbol("a", real=True), Symbol("a"), Symbol("a_1", positive=True), a + b, a * b, a**b, b**a, a - b, a / b, pi, E,
    Integer(1), Rational(1, 2), Float("0.5"), Float("0.5", 30), exp(a), log(a), sqrt(a), F(a), G(a), F(a, b),
    Function("f", positive=True)(a), Integral(a * x, (x, 0, 1)), Integral(a * x, (x, 0, 2)), Derivative(F(a), a),
    Density("q", a), Density("q", a, b), Density("p", a), Abs(x), Piecewise((a, a < 1), (b, True)), a + 2 * b,
)  # fmt: skip


def test_different_expressions_have_different_texts() -> None:
    assert len({text(e) for e in TEXTS}) == len(TEXTS)
    assert text(Add(b, a, evaluate=False)) == text(a + b) and text(Mul(b, a, evaluate=False)) == text(a * b)


# -- what a module is built from -------------------------------------------------------------------

HELPED = "from derivations.claims.helped import value\n"
STYLES: dict[str, str] = {
    "from": HELPED,
    "second of two": "from derivations.claims import other, helped\n",
    "parenthesised": "from derivations.claims import (\n    other,\n    helped,\n)\n",
    "parenthesised names": "from derivations.claims.helped import (\n    value,\n)\n",
    "aliased": "from derivations.claims import helped as h\n",
    "aliased name": "from derivations.claims.helped import value as v\n",
    "import as": "import derivations.claims.helped as h\n",
    "import": "import derivations.claims.helped\n",
    "second of an import": "import os, derivations.claims.helped\n",
    "the package": "from derivations import claims\nclaims.helped.value\n",
    "the package, aliased": "import derivations.claims as k\nk.helped.value\n",
    "the root": "import derivations\nderivations.claims.helped.value\n",
    "relative": "from .helped import value\n",
    "relative module": "from . import helped\n",
    "relative from the root": "from ..claims.helped import value\n",
    "relative package": "from .. import claims\n",
    "star": "from derivations.claims.helped import *\n",
    "indented": f"if True:\n    {HELPED}",
    "in a function": f"def f():\n    {HELPED}    return value\n",
    "in a class": f"class A:\n    {HELPED}",
    "in a try": f"try:\n    {HELPED}except ImportError:\n    pass\n",
    "continued": "from derivations.claims \\\n    import helped\n",
    "after a semicolon": f"x = 1; {HELPED}",
    "by a string": "from importlib import import_module\nimport_module('derivations.claims.helped')\n",
    "by a computed name": "import importlib\nimportlib.import_module('derivations.claims.' + 'helped')\n",
    "by the built-in": "__import__('derivations.claims.helped')\n",
    "by what is loaded": "import sys\nsys.modules['derivations.claims.helped']\n",
    "by a claim module between": "from derivations.claims.middle import value\n",
    "by a helper elsewhere": "from derivations.tools.deep import value\n",
    "by a package's own file": "from derivations.tools import value\n",
}


def tree(folder: Path, text: str, helped: str = "value = 1\n", **others: str) -> Path:
    """Return a small package like `derivations`, whose claims/it.py is the text."""
    root = folder / "derivations"
    files = {
        "__init__": "", "claim": "", "claims/__init__": "", "claims/it": text, "claims/helped": helped,
        "claims/other": "value = 2\n", "claims/middle": "def f():\n    " + HELPED, "tools/__init__": HELPED,
        "tools/deep": "import derivations.claims.middle as m\n", "tools/alone": "",
    } | others  # fmt: skip
    for name, written in files.items():
        (root / f"{name}.py").parent.mkdir(parents=True, exist_ok=True)
        (root / f"{name}.py").write_text(written)
    return root


@pytest.mark.parametrize("style", STYLES)
def test_a_module_counts_however_it_is_imported(style: str, tmp_path: Path) -> None:
    now = module_digest("it", tree(tmp_path / "now", STYLES[style]))
    assert module_digest("it", tree(tmp_path / "same", STYLES[style])) == now
    assert module_digest("it", tree(tmp_path / "later", STYLES[style], helped="value = 3\n")) != now


def test_a_module_that_is_not_imported_does_not_count(tmp_path: Path) -> None:
    alone = '"""Not from derivations.claims.helped import value."""\nfrom derivations.claims.other import value\n'
    now = module_digest("it", tree(tmp_path / "now", alone))
    assert module_digest("it", tree(tmp_path / "later", alone, helped="value = 3\n")) == now
    assert module_digest("it", tree(tmp_path / "own", alone + "\n")) != now


def test_circular_imports_terminate(tmp_path: Path) -> None:
    root = tree(tmp_path, HELPED, helped="from derivations.claims.it import *\n")
    assert {f.stem for f in built_from("derivations.claims.it", root)} == {"__init__", "it", "helped"}


def test_a_new_module_of_a_package_that_is_used_whole_counts(tmp_path: Path) -> None:
    now = module_digest("it", tree(tmp_path / "now", STYLES["the package"]))
    assert module_digest("it", tree(tmp_path / "later", STYLES["the package"], **{"claims/new": ""})) != now


CHANGE = Callable[[Path], object]
JUDGES: dict[str, CHANGE] = {
    "a module": lambda root: (root / "claim.py").write_text("x = 1\n"),
    "a new module": lambda root: (root / "obligation.py").write_text(""),
    "a module of another name": lambda root: (root / "claim.py").rename(root / "claims.py"),
    "a package": lambda root: (root / "tools/alone.py").write_text("x = 1\n"),
    "data": lambda root: (root / "left.json").write_text("{}"),
    "data beside the claims": lambda root: (root / "claims/table.json").write_text("{}"),
}


@pytest.mark.parametrize("what", JUDGES)
def test_the_judging_code_is_all_but_the_claims(what: str, tmp_path: Path) -> None:
    now, root = engine_digest(tree(tmp_path / "now", HELPED)), tree(tmp_path / "later", HELPED, helped="value = 3\n")
    (root / "tags").write_text("0000 one\n")
    (root / "__pycache__").mkdir()
    (root / "__pycache__/claim.pyc").write_text("")
    assert engine_digest.__wrapped__(root) == now, "claims, tags and what Python leaves are no judges"
    JUDGES[what](root)
    assert engine_digest.__wrapped__(root) != now


def test_helpers_in_the_catalogues_own_modules_are_followed() -> None:
    files = {f.relative_to(ROOT).as_posix() for f in built_from("derivations.claims.forward.ddpm_vdm")}
    helpers = {"claims/forward/ddpm_vdm.py", "claims/forward/ddpm.py", "claims/forward/process.py"}
    assert helpers | {"probability/gaussian.py", "__init__.py"} <= files
    assert "claims/sampling/langevin.py" not in files
