"""The package as a whole: what its import costs and loads, and that its annotations are true."""

import subprocess
import sys
from pathlib import Path

import udm
from tests.support.forked import forked


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def after_torch(code: str) -> str:
    """What a program prints in a process that has torch and nothing of udm."""
    fresh = "import sys; assert not [m for m in sys.modules if m.startswith('udm')]\n"
    done = forked(fresh + code, imported=("torch",))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_import_is_lazy() -> None:
    assert run("import sys, udm; print('torch' in sys.modules)") == "False"


def test_heavy_neighbours_are_never_imported() -> None:
    code = (
        "import sys; from udm import *; import udm.bound, udm.schedule;"
        "print([m for m in ('sympy', 'mpmath', 'scipy', 'derivations', 'hypothesis')"
        " if m in sys.modules and not m.startswith('torch')])"
    )
    assert after_torch(code) == "[]"


def test_public_names_exist_and_are_few() -> None:
    assert len(udm.__all__) <= 35
    assert set(udm.__all__) | {"Model", "evaluate", "fit", "load", "train", "likelihood"} == set(dir(udm))
    assert all(getattr(udm, name) is not None for name in dir(udm))


def test_sample_is_a_function_and_a_package() -> None:
    code = (
        "import udm, torch; from udm.sample import DDIM; from udm import *;"
        "model = Model(lambda z, gamma: 0.1 * z, schedule.LinearGamma());"
        "x = sample(model, (2, 3), sampler=DDIM(), grid=2);"
        "print(x.equal(udm.sample.sample(model, (2, 3), sampler=DDIM(), grid=2)), evaluate is udm.evaluate)"
    )
    assert after_torch(code) == "True True"


USER = """
import udm
model: udm.Model
version: str = udm.__version__
reveal_type(udm.evaluate)
reveal_type(udm.fit)
reveal_type(udm.sample.sample)
reveal_type(udm.likelihood.evaluate_flow)
reveal_type(udm.train.Config)
"""


def checked(folder: Path, **scripts: str) -> dict[str, list[str]]:
    """What pyright says of each script, all in one run of it; the place that a line begins with names the file."""
    for name, text in scripts.items():
        (folder / f"{name}.py").write_text(text)
    done = subprocess.run([sys.executable, "-m", "pyright", str(folder)], capture_output=True, text=True)
    return {name: [x for x in done.stdout.splitlines() if f"/{name}.py:" in x] for name in scripts}


def test_a_users_script_type_checks(tmp_path: Path) -> None:
    found = checked(tmp_path, user=USER, wrong=USER + "udm.nobody\nnumber: int = udm.__version__\n")
    shown = [line for line in found["user"] if 'is "' in line]
    assert len(found["user"]) == len(shown) == 5 and not any("Unknown" in line for line in shown), found
    assert any("-> Evaluation" in line for line in shown) and any("-> Run" in line for line in shown), found
    assert sum(" - error: " in line for line in found["wrong"]) == 2, found


def test_annotations_are_executed() -> None:
    """Every function runs once under jaxtyping's import hook, with the declared shapes and dtypes."""
    code = """
from jaxtyping import install_import_hook
with install_import_hook("udm", "beartype.beartype"):
    import udm, udm.schedule as S, torch
    from udm.model import Model
    from udm.time import systematic_times
    from udm.gaussian import sample
    from udm.stable import sigmoid
s, t, z = torch.tensor([0.2, 0.5]), torch.tensor([0.4, 0.9]), torch.randn(2, 3, 4)
for schedule in (S.LinearGamma(), S.Cosine(), S.CosineOffset(), S.BetaLinear(), S.SubVP(), S.Betas.linear(10),
                 S.Sigmoid(), S.EDM(), S.RectifiedFlow(), S.Learned(hidden=4)):
    step, at = schedule.between(s, t), schedule.at(t)
    q, p = udm.posterior(z, z, step), udm.transition(z, step)
    udm.kl(q, p), sample(q, z), udm.marginal(z, at), udm.diffuse(z, z, at), udm.prior(z, at)
    for kind in ("x", "eps", "v", "score"):
        udm.convert(z, z, at, "x", kind), udm.target(z, z, at, kind), udm.posterior_from(z, z, step, kind)
        udm.diffusion(z, z, udm.discrete_weight(step, kind)), udm.continuous_weight(at.gamma, at, kind)
index, levels = torch.zeros(2, 3, dtype=torch.int64), torch.linspace(-1, 1, 4)
bound = udm.variational_bound(Model(lambda z, g: z, S.LinearGamma()), index, levels)
systematic_times(2, 0.5)
bound.bits_per_dim(3), udm.Step.from_gamma(t, s), udm.Marginal.from_gamma(t)
try:
    udm.diffuse(z, z[:, 0], at)
except Exception as error:
    print(type(error).__name__)
"""
    assert after_torch(code) == "TypeCheckError"
