"""`udm ask --file`: a draft whose equations have right and wrong left sides, in every display and in chains."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from derivations.catalogue import claims
from derivations.query import ask as asking
from derivations.query.index.described import described
from derivations.query.standing import Stands
from udm.cli.app import app

NAMES = ("ddpm.posterior", "ddpm.marginal", "ddpm.mu.eps")
DRAFT = r"""\newcommand{\abar}{\bar\alpha}
\begin{align}
  \tilde\beta_t &= \frac{1-\abar_{t-1}}{1-\abar_t}\beta_t \label{right} \\
  \beta_t &= \frac{1-\abar_{t-1}}{1-\abar_t}\beta_t \label{another symbol} \\
  \tilde\beta_{t-1} &= \frac{1-\abar_{t-1}}{1-\abar_t}\beta_t \label{another index} \\
  \mu_\theta(x_t,t) &= \frac{1}{\sqrt{\alpha_t}}\Bigl(x_t \nonumber \\
     &\qquad - \frac{\beta_t}{\sqrt{1-\abar_t}}\epsilon_\theta(x_t,t)\Bigr) \label{two lines} \\
  \mu_\theta(x_t,t) &= \frac{1}{\sqrt{\alpha_t}}\Bigl(x_t - \frac{\beta_t}{\sqrt{1-\abar_t}}\epsilon\Bigr) \label{noise}
\end{align}
\begin{align}
  \tilde\beta_t &= \frac{1-\abar_{t-1}}{1-\abar_t}\beta_t \label{chain} \\
   &= \frac{(1-\abar_{t-1})(1-\alpha_t)}{1-\abar_t} \\
   &= \frac{(1-\abar_{t-1})\alpha_t}{1-\abar_t} \\
   &\le \beta_t
\end{align}
\begin{equation}\label{two}
  x_t = \sqrt{\abar_t}x_0 + \sqrt{1-\abar_t}\epsilon, \qquad x_0 = \sqrt{\abar_t}x_0 + \sqrt{1-\abar_t}\epsilon
\end{equation}
\[ \Sigma_\theta(x_t,t) = \frac{1-\abar_{t-1}}{1-\abar_t}\beta_t \mathbf{I} \label{matrix} \]
$$ \tilde\beta_t = \frac{1-\abar_{t-1}}{1-\abar_t}\beta_t \mathbf{I} \label{no number} $$
\begin{multline}
  \mathrm{Var}[x_{t-1}|x_t, x_0] = \\ \frac{1-\abar_{t-1}}{1-\abar_t}\beta_t \label{law}
\end{multline}
\begin{gather}
  \mathrm{Var}[x_{t-1}|x_t] = \frac{1-\abar_{t-1}}{1-\abar_t}\beta_t \label{another law} \\
  \mathbb{E}[x_t|x_0] = \sqrt{\abar_t}x_0 \label{mean} \\
  \mathbb{E}[x_0|x_t] = \sqrt{\abar_t}x_0 \label{turned}
\end{gather}
\begin{equation*}
  \tilde\beta_t = \underbrace{\frac{1-\abar_{t-1}}{1-\abar_t}}_{=1}\beta_t \label{brace}
\end{equation*}
"""
VERDICTS = [  # of each equation, and of each step of a chain, whether it holds, and its best verdict
    ("right", True, "equal"),
    ("another symbol", False, "unknown"),
    ("another index", False, "unknown"),
    ("two lines", True, "equal"),
    ("noise", False, "unknown"),
    ("chain", True, "equal"),
    ("chain", True, "equal"),
    ("chain", False, "different"),
    ("chain", False, "unread"),
    ("two", True, "equal"),
    ("", False, "unknown"),
    ("matrix", True, "equal"),
    ("no number", False, "unknown"),
    ("law", True, "equal"),
    ("another law", False, "unknown"),
    ("mean", True, "equal"),
    ("turned", False, "unknown"),
    ("brace", False, "unread"),
]


@pytest.fixture(scope="module")
def few() -> dict[str, Any]:
    return {name: described(claims()[name]) for name in NAMES}


@pytest.fixture(autouse=True)
def judged_here(few: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """An index of some claims, all of which are green, and one process."""
    monkeypatch.setattr(asking, "index", lambda *_: few)
    monkeypatch.setattr(asking, "within", lambda _, job: job())
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))


def test_each_equation_of_a_draft_has_its_verdict(tmp_path: Path) -> None:
    status, told = asked(tmp_path, DRAFT)
    assert status == 1
    assert [(row["label"] or "", row["equal"], _kind(row)) for row in told["equations"]] == VERDICTS


def test_a_draft_holds_only_if_each_of_its_equations_does(tmp_path: Path) -> None:
    """The harmless twin of each wrong equation is the draft without it."""
    _, told = asked(tmp_path, DRAFT)
    formulas = [row["formula"].strip().removesuffix("\\\\") for row in told["equations"]]
    right = [f for f, row in zip(formulas, VERDICTS, strict=True) if row[1]]
    assert asked(tmp_path, _draft(right))[0] == 0
    for wrong in set(formulas) - set(right):
        assert asked(tmp_path, _draft([right[0], wrong]))[0] == 1, wrong


def _draft(formulas: list[str]) -> str:
    return "\n".join(rf"\[ {formula} \]" for formula in formulas)


def asked(folder: Path, text: str) -> tuple[int, dict[str, Any]]:
    (folder / "draft.tex").write_text(text)
    result = CliRunner().invoke(app, ["ask", "--json", "--file", str(folder / "draft.tex")])
    return result.exit_code, json.loads(result.stdout)


def _kind(row: dict[str, Any]) -> str:
    return "unread" if row["unread"] else row["readings"][0]["verdict"]
