"""The command line in this process: what a command left, and the document that it printed."""

import json
from typing import Any

from click.testing import Result
from typer.testing import CliRunner

from udm.cli.app import app


def udm(*args: str) -> Result:
    return CliRunner().invoke(app, list(args), env={"COLUMNS": "120"})


def document(*args: str) -> dict[str, Any]:
    run = udm(*args, "--json")
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)
