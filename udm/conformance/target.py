"""The target of a check: `module:name`, imported, or run if it is a file, and made with its keys.

Keys are parsed as JSON, or else are text; nothing is evaluated. Each reaches every one of the constructor,
`set_timesteps` and `step` that has a parameter of its name.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from udm.conformance import gaussian, ksampling, monai, schedulers
from udm.conformance.adapter import Adapter, prepare
from udm.conformance.formulas import BY_NAME
from udm.conformance.guard import FAULTS, TooLong, heard, limit, raised
from udm.conformance.promote import of_object, promoted
from udm.conformance.script import Making

OF_FILE = "udm_target_"
LATER = ("set_timesteps", "step")
_MISSING = object()
SECONDS = 60.0  # for a target to be made


@dataclass(frozen=True)
class Target:
    """What is checked, and how it is made anew.

    Attributes:
        name: as it was given.
        adapter: makes its adapter.
        modules: that define it, in which float32 is made float64 to run it again.
        remade: whether it is made anew, so that its tables can be made in float64.
        config: the keys.
        version: of its package, or "".
        making: how a script makes it, or None where it cannot.
    """

    name: str
    adapter: Callable[[], Adapter]
    modules: tuple[str, ...] = ()
    remade: bool = False
    config: Mapping[str, Any] = ()  # type: ignore[assignment]
    version: str = ""
    making: Making | None = None


def keys(words: list[str]) -> dict[str, Any]:
    """Return the settings that words such as `steps_offset=1` give.

    Raises:
        ValueError: a word is no `key=value`.
    """
    found: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name.isidentifier():
            raise ValueError(f"expected settings as key=value, got {word!r}")
        if name in found:
            raise ValueError(f"expected each setting once, got {name} twice")
        found[name] = parsed(text)
    return found


def parsed(text: str) -> Any:
    """Return the number, truth value, list or text that is written."""
    plain = {"True": True, "False": False, "None": None, "true": True, "false": False, "null": None}
    if text in plain:
        return plain[text]
    try:
        return json.loads(text)
    except ValueError:
        return text


def named(name: str, settings: Mapping[str, Any]) -> Target:
    """Return the target of a name, `module:attribute` or `file.py:attribute`.

    Raises:
        ValueError: there is no such module or attribute, or it does not take the settings.
    """
    return of(_found(name), settings, name)


def of(thing: Any, settings: Mapping[str, Any] | None = None, name: str = "") -> Target:
    """Return the target of a class, a function that makes an object, or an object.

    Raises:
        ValueError: it does not take the settings, cannot be made with them, or has nothing that can be checked.
    """
    settings, name = dict(settings or {}), name or getattr(thing, "__qualname__", type(thing).__name__)
    if ksampling.is_sampler(thing):
        return _of_function(thing, settings, name)
    try:
        with limit(SECONDS), heard():
            make, further = _maker(thing, settings, name)
            one = make()
    except ImportError as lack:
        raise ValueError(f"{name}: expected what it needs to be installed, got {raised(lack)}") from None
    except FAULTS as fault:  # whatever the target's code raises
        raise ValueError(f"{name}: expected an object, got {raised(fault)}") from None
    except TooLong:
        raise ValueError(f"{name}: expected an object, got none within {SECONDS:g} seconds") from None
    try:
        with heard():
            return _of_object(thing, one, make, further, settings, name)
    except ValueError as fault:
        raise ValueError(str(fault) if str(fault).startswith(f"{name}: ") else f"{name}: {fault}") from None
    except FAULTS as fault:  # of what an object answers when it is asked what it has
        raise ValueError(f"{name}: expected an object that tells what it offers, got {raised(fault)}") from None


def _of_function(thing: Any, settings: dict[str, Any], name: str) -> Target:
    """Return the target of a sampler that is a function of a model, a state and noise levels."""
    known = [key for key in schedulers.parameters(thing) if key not in ksampling.FIRST]
    if unknown := [key for key in settings if key not in known]:
        raise ValueError(f"{name}: expected settings among {', '.join(known)}, got {', '.join(unknown)}")
    modules = _module(thing)
    return Target(name, lambda: ksampling.adapted(thing, settings), modules, True, settings, _version(modules))


def _of_object(
    thing: Any, one: Any, make: Callable[[], Any], further: dict[str, Any], settings: dict[str, Any], name: str
) -> Target:
    modules = tuple(dict.fromkeys((*of_object(one), *_module(thing))))
    common = {"modules": modules, "remade": makes(thing), "config": settings, "version": _version(modules)}
    common["making"] = _making(thing, {k: v for k, v in settings.items() if k not in further or makes_of(thing, k)})
    if monai.is_monai(one):
        make = monai.shown_as(make)
        one, common["making"] = make(), None
    if schedulers.is_scheduler(one) or isinstance(one, monai.Shown):
        setting, stepping = _shared(one, further, name)
        if common["making"]:
            common["making"] = replace(common["making"], sampler="scheduler", setting=setting, stepping=stepping)
        return Target(name, lambda: schedulers.adapted(make, setting, stepping), **common)
    if further:
        raise ValueError(f"{name}: expected settings that it takes, got {', '.join(further)}")
    if gaussian.is_gaussian(one):
        return Target(name, lambda: gaussian.adapted(make), **common)
    prepare(one)
    if common["making"]:
        common["making"] = replace(common["making"], sampler="own")
    return Target(name, lambda: prepare(make()), **common)


def makes_of(thing: Any, key: str) -> bool:
    """Return whether a setting is one of those with which a thing is called."""
    try:
        return makes(thing) and key in schedulers.parameters(thing)
    except ValueError:
        return False


def _making(thing: Any, settings: Mapping[str, Any]) -> Making | None:
    """Return how a script makes a class or function that a module has under its name, or None."""
    home, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", "")
    module = sys.modules.get(str(home))
    if not makes(thing) or module is None or home == "__main__" or getattr(module, name, None) is not thing:
        return None
    top = sys.modules.get(str(home).partition(".")[0])
    imports = f"from {home if getattr(top, name, None) is not thing else top.__name__} import {name}"  # type: ignore[union-attr]
    if str(home).startswith(OF_FILE):
        path = Path(str(module.__file__)).resolve()
        imports = f"import sys\n\nsys.path.append({str(path.parent)!r})\nfrom {path.stem} import {name}"
    arguments = ", ".join(f"{key}={value!r}" for key, value in settings.items())
    return Making(imports, f"{name}({arguments})")


def _module(thing: Any) -> tuple[str, ...]:
    home = getattr(thing, "__module__", None)
    return (home,) if isinstance(home, str) and home != "builtins" else ()


def _found(name: str) -> Any:
    place, colon, path = name.rpartition(":")
    _importing(Path.cwd())
    if not colon or not place or not path:
        raise ValueError(f"expected a target as module:name or file.py:name, got {name!r}")
    try:
        with heard():
            found, lack = _reached(_file(place) if place.endswith(".py") else import_module(place), path)
    except FAULTS as fault:  # whatever the module raises while it is imported
        raise ValueError(f"{name}: expected a module that can be imported, got {raised(fault)}") from None
    if lack:
        raise ValueError(f"{name}: {lack}")
    return found


def _reached(found: Any, path: str) -> tuple[Any, str]:
    """Return what a module has under a path of names, or what is lacking there, in words."""
    for part in path.split("."):
        owner, found = found, getattr(found, part, _MISSING)
        if found is _MISSING:
            return None, f"expected a name that the module has{_near(part, dir(owner))}, got {part}, which it has not"
    return found, ""


def _near(name: str, known: Sequence[str]) -> str:
    """Return the names that are near one, or else some that are not hidden, as a part of a sentence."""
    shown = [one for one in known if not one.startswith("_")]
    near = get_close_matches(name, shown) or get_close_matches(name.lower(), shown, cutoff=0.4) or shown[:3]
    return f", such as {', '.join(near)}" if near else ""


def _file(place: str) -> Any:
    """Return the module of a file that the reader chose to run."""
    from importlib.util import module_from_spec, spec_from_file_location

    path = Path(place)
    home = f"{OF_FILE}{path.stem}"  # no module of the file's own name is replaced
    spec = spec_from_file_location(home, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise FileNotFoundError(f"no file {place}")
    module = module_from_spec(spec)
    sys.modules[home] = module
    _importing(path.parent.resolve())
    spec.loader.exec_module(module)
    return module


def _importing(folder: Path) -> None:
    """Let modules of a folder be imported, as Python lets a script's."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def makes(thing: Any) -> bool:
    """Return whether a thing is called to make the object; a module of torch, which can be called, is one itself."""
    kinds = (type, FunctionType, MethodType, BuiltinFunctionType, partial)
    return isinstance(thing, kinds) or (callable(thing) and not _offers(thing))


def _offers(thing: Any) -> bool:
    return any(hasattr(thing, name) for name in ("betas", "alpha_bars", "step", *BY_NAME))


def _maker(thing: Any, settings: dict[str, Any], name: str) -> tuple[Callable[[], Any], dict[str, Any]]:
    """Return how the object is made, and the settings that are not the constructor's alone."""
    if not makes(thing):
        return (lambda: deepcopy(thing)), settings
    try:
        known = schedulers.parameters(thing)
    except ValueError:
        known = {}
    later = {key for part in LATER for key in schedulers.parameters(getattr(thing, part, _nothing))}
    if LATER[0] in dir(thing) and any(p.kind is p.VAR_KEYWORD for p in known.values()):  # it takes any others
        known = known | {key: known[next(iter(known))] for key in settings if key not in later}
    own = {key: value for key, value in settings.items() if key in known}
    rest = settings if schedulers.is_scheduler(thing) else {k: v for k, v in settings.items() if k not in known}
    return (lambda: thing(**deepcopy(own))), rest


def _nothing() -> None: ...


def _shared(one: Any, further: dict[str, Any], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of set_timesteps and of step, each of which has what it knows."""
    built = schedulers.parameters(type(one))
    later = {part: schedulers.parameters(getattr(one, part, lambda: None)) for part in ("set_timesteps", "step")}
    unknown = [key for key in further if key not in built and not any(key in known for known in later.values())]
    if unknown:
        known = sorted({*built, *later["set_timesteps"], *later["step"]} - {"return_dict", "kwargs"})
        raise ValueError(f"{name}: expected settings among {', '.join(known)}, got {', '.join(unknown)}")
    setting, stepping = ({k: v for k, v in further.items() if k in later[part]} for part in later)
    return setting, stepping


def _version(modules: tuple[str, ...]) -> str:
    top = modules[0].partition(".")[0] if modules else "builtins"
    try:
        return version(top)
    except PackageNotFoundError:
        return ""


def in_float64(target: Target) -> Any:
    """Return the context in which a target is made and run in float64."""
    return promoted(target.modules)
