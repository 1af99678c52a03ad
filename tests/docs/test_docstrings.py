"""Docstrings say the shape and dtype of every tensor under Args and Returns, in agreement with the annotations.

The annotations are executed by `tests/udm/test_package.py`, so a docstring that agrees with them is true. A line of
Args, Returns or Attributes that is about a tensor has its shape in double backquotes, as ``(batch, *event)``, and a
word for its dtype; one that is about a record of tensors, a Marginal or a Gaussian, has the shape of its fields.
What checks its arguments has Raises.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dis import get_instructions
from importlib import import_module
from inspect import Parameter
from types import ModuleType
from typing import Any, get_args, get_origin

import pytest
from torch import Tensor, nn

import udm
from tests.support.pages import DOCS
from udm.gaussian import Gaussian
from udm.process import Marginal, Step
from udm.shapes import Event, PerExample, per_example

HEADS = ("Args", "Attributes", "Returns", "Raises")
PACKAGES = ("data", "guidance", "laws", "likelihood", "network", "sample", "schedule", "train")
FIELDS = {Marginal: "(batch,)", Step: "(batch,)", Gaussian: "(batch, *event)"}  # names of records
DTYPES = {"Float": ("floating", "float64", "dtype"), "Float64": ("float64",), "Integer": ("integer", "int64")}
ANY_DTYPE = ("floating", "float64", "integer", "int64", "bool", "dtype")
ALSO = {  # other names of batches
    "(batch,)": ("(K,)", "(T,)", "(steps + 1,)"),
    "(batch, *event)": ("(n, *event)", "(count, *event)"),
}
CHECKS = ("udm.shapes", "udm.arguments")  # a schedule has one more, of times
CODE = re.compile(r"`[^`]*`")
SHAPE = re.compile(r"``\([^`]*\)``")


def public() -> dict[str, Callable[..., Any]]:
    """Return the functions and classes of `udm` that its pages document, with the methods of these classes."""
    found: dict[str, Callable[..., Any]] = {}
    for page in sorted((DOCS / "api").glob("*.md")):
        for module, members in re.findall(r"automodule:: (udm\S+)\n +:members: (.*)", page.read_text()):
            for member in members.split(", "):
                value = getattr(import_module(module), member)
                found |= {f"{module}.{member}": value, **dict(_methods(f"{module}.{member}", value))}
    return found


def _methods(name: str, owner: object) -> Iterator[tuple[str, Callable[..., Any]]]:
    if inspect.isclass(owner):
        for key, value in vars(owner).items():
            f = value.__func__ if isinstance(value, classmethod) else value
            if not key.startswith("_") and inspect.isfunction(f) and f.__doc__:
                yield f"{name}.{key}", f


def sections(doc: str) -> dict[str, dict[str, str]]:
    """Return the entries of each section by name; Returns has one, without a name."""
    found: dict[str, dict[str, str]] = {}
    lines, head = inspect.cleandoc(doc).splitlines(), ""
    for line in lines:
        if line.rstrip(":") in HEADS and line.endswith(":"):
            head = line.rstrip(":")
            found[head] = {}
        elif not line.startswith(" ") and line:
            head = ""
        elif head and line.strip():
            _add(found[head], head, line[4:])
    return found


def _add(entries: dict[str, str], head: str, line: str) -> None:
    if head == "Returns":
        entries[""] = f"{entries.get('', '')} {line.strip()}".strip()
    elif line.startswith(" "):
        last = next(reversed(entries))
        entries[last] += f" {line.strip()}"
    else:
        name, _, text = line.partition(": ")
        entries[name] = text


def faults(name: str, value: Callable[..., Any]) -> Iterator[str]:
    """Yield what a docstring does not say of parameters, fields and the result."""
    found = sections(value.__doc__ or "")
    given = found.get("Args", {}) | found.get("Attributes", {})
    for parameter in _parameters(value):
        if parameter.name not in given:
            yield f"{name}: expected {parameter.name} under Args"
        else:
            yield from _unsaid(f"{name}: {parameter.name}", given[parameter.name], parameter.annotation)
    for extra in found.get("Args", {}).keys() - {p.name for p in _parameters(value)}:
        yield f"{name}: expected no {extra} under Args, which it does not take"
    if "Raises" not in found and (checks := refusals(value)):
        yield f"{name}: expected Raises, since it calls {', '.join(checks)}"
    if not inspect.isclass(value) and (result := inspect.signature(value).return_annotation) is not None:
        if "Returns" not in found:
            yield f"{name}: expected Returns"
        else:
            yield from _unsaid(f"{name}: Returns", found["Returns"][""], result)
            if ": " in CODE.sub("", found["Returns"][""]):
                yield f"{name}: expected no colon under Returns, before which Sphinx sees a type"


def refusals(value: Callable[..., Any]) -> list[str]:
    """Return what a function, or a class where it is made, uses to refuse arguments: checks, or a raise of its own."""
    made = vars(value).get("__init__", vars(value).get("__post_init__")) if inspect.isclass(value) else value
    f = inspect.unwrap(made) if made is not None else None
    if not inspect.isfunction(f):
        return []
    home = {name: getattr(f.__globals__.get(name), "__module__", "") for name in f.__code__.co_names}
    calls = [name for name, module in home.items() if module in CHECKS or name == "_time"]
    return calls + ["raise"] * any(step.opname == "RAISE_VARARGS" for step in get_instructions(f))


def _parameters(value: Callable[..., Any]) -> list[Parameter]:
    if inspect.isclass(value) and (inspect.isabstract(value) or issubclass(value, Exception) or _bare(value)):
        return []
    return [p for p in inspect.signature(value).parameters.values() if p.name not in ("self", "cls")]


def _bare(value: type) -> bool:
    """Return whether a module takes torch's own arguments, of which it has none."""
    makers = [c for c in value.__mro__ if "__init__" in vars(c)]
    return issubclass(value, nn.Module) and makers[0].__module__.startswith("torch.")


def _unsaid(where: str, text: str, annotation: object) -> Iterator[str]:
    for kind in _tensors(annotation):
        if kind in FIELDS:
            if f"``{FIELDS[kind]}``" not in text:
                yield f"{where}: expected the shape ``{FIELDS[kind]}`` of the fields of a {kind.__name__}, got {text!r}"
            continue
        shapes, dtypes = _expected(kind)
        if not (any(f"``{shape}``" in text for shape in shapes) if shapes else SHAPE.search(text)):
            yield f"{where}: expected a shape, {' or '.join(shapes) or 'as ``(K,)``'}, got {text!r}"
        if not any(word in text for word in dtypes):
            yield f"{where}: expected a dtype, one of {', '.join(dtypes)}, got {text!r}"


def _expected(kind: Any) -> tuple[list[str], tuple[str, ...]]:
    """Return the shapes, one of which must be stated, and the words for a dtype; no shape if any will do."""
    if kind is Tensor:
        return [], ANY_DTYPE
    axes = kind.dim_str.split()
    shape = f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"
    kinds = DTYPES[kind.__name__.partition("[")[0]]
    return [shape, *ALSO.get(shape, ())], kinds


def _tensors(annotation: Any) -> Iterator[Any]:
    """Yield the types of tensors, and of records of them, that an annotation has outside of callables."""
    if getattr(annotation, "__module__", "") == "jaxtyping" or annotation is Tensor or annotation in FIELDS:
        yield annotation
    elif not _callable(annotation):
        for part in get_args(annotation):
            yield from _tensors(part)


def _callable(annotation: Any) -> bool:
    return get_origin(annotation) is Callable


PUBLIC = public()


@pytest.mark.parametrize("name", PUBLIC)
def test_shapes_and_dtypes_are_in_args_and_returns(name: str) -> None:
    assert list(faults(name, PUBLIC[name])) == []


def test_all_public_names_are_documented() -> None:
    """Every name that a package of `udm` exports is on a page, under the module that defines it."""
    exported = [udm, *(import_module(f"udm.{name}") for name in PACKAGES)]
    values = {f"{m.__name__}.{name}": getattr(m, name) for m in exported for name in _exported(m)}
    found = {name: f"{v.__module__}.{v.__qualname__}" for name, v in values.items() if _defined(v)}
    assert len(found) > 60
    assert {name: home for name, home in found.items() if home not in PUBLIC} == {}


def _exported(module: ModuleType) -> list[str]:
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    return getattr(module, "__all__", [name for name in own if not name.startswith("_")])


def _defined(value: object) -> bool:
    return inspect.isclass(value) or inspect.isfunction(value)


def right(x: Event, t: PerExample) -> Event:
    """Return a product.

    Args:
        x: the data, ``(batch, *event)``, floating.
        t: the times, ``(batch,)``,
            floating.

    Returns:
        The product, ``(batch, *event)``, in the dtype of x.

    Raises:
        ValueError: if t is not floating of shape (batch,).
    """
    per_example("right", t=t)
    return x * t


WRONG: dict[str, tuple[tuple[str, str], str]] = {
    "no shape of an argument": (("``(batch,)``,", "one per example,"), r"right: t: expected a shape"),
    "another shape": (("``(batch,)``,", "``(batch, *event)``,"), r"right: t: expected a shape"),
    "no dtype": (("            floating.", "            of course."), r"right: t: expected a dtype"),
    "no shape of the result": (("product, ``(batch, *event)``,", "product"), r"right: Returns: expected a shape"),
    "no argument": (("        x: the data, ``(batch, *event)``, floating.\n", ""), r"expected x under Args"),
    "an argument too many": (("        x:", "        y: none.\n        x:"), r"expected no y under Args"),
    "a colon": (("product, ``(", "product: ``("), r"right: expected no colon under Returns"),
    "no refusal": (("    Raises:\n    ", ""), r"expected Raises, since it calls per_example"),
    "no result": (("    Returns:\n        The", "    The"), r"right: expected Returns"),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_omission_in_a_docstring_is_detected(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (old, new), message = WRONG[case]
    assert list(faults("right", right)) == [] and right.__doc__ and old in right.__doc__
    monkeypatch.setattr(right, "__doc__", right.__doc__.replace(old, new))
    assert any(re.search(message, fault) for fault in faults("right", right))
