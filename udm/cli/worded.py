"""Faults of public functions in the words of the shell: what they call by the name of an argument is an option."""

import dataclasses
import re

from udm.cli.settings import NAMES
from udm.train import Config

OPTIONS = {f.name: f.name for f in dataclasses.fields(Config)}
OPTIONS |= {name: name for name in ("repeats", "count", "sampler", "seed", "part", "examples", "grid")}
OPTIONS |= {setting: option for option, setting in NAMES.items()} | {"source": "data"}
_NAME = rf"({'|'.join(map(re.escape, OPTIONS))})"
_FUNCTION = re.compile(rf"^udm\.(?:train\.Config|train\.fit|data\.load|sample\.\w+|evaluate): expected {_NAME}(?= )")
_COMMAND = re.compile(rf"(?<=^sample: expected ){_NAME}(?= )|(?<=: expected )(steps)(?= >= \d+, which are done)")
_SETTING = re.compile(rf"(?:(?<=got )|(?<=; )){_NAME}(?=: \S+, not )|(?<=give ){_NAME}(?= \d)")


def in_options(message: str) -> str:
    """Return a message in which the arguments that are options have their names as they are typed."""
    message = _FUNCTION.sub(lambda found: f"expected {_option(found[1])}", message)
    for names in (_COMMAND, _SETTING):
        message = names.sub(lambda found: _option(found[0]), message)
    return message


def _option(name: str) -> str:
    return f"--{OPTIONS[name].replace('_', '-')}"
