"""Claims of one's own that can't be built, each with the fault: it stands in its file as a claim that is not green.

The others of the file are executed and judged as if its statement were right.
"""

import ast
from collections.abc import Mapping
from typing import NamedTuple

from sympy import Integer

from derivations.form.claim import Claim
from derivations.form.typed import Malformed

MAKER, HELD = "Claim", "__unbuilt__"  # what makes claims, and the name under which a module has what stands for them


class Unbuilt(NamedTuple):
    """A claim by its name and title, and why there is none."""

    name: str
    title: str
    fault: str

    def stands(self) -> Claim:
        """Return a claim of this name that fails, with the fault, as soon as its statement is asked for."""

        def says(_: object) -> None:
            raise Malformed(self.fault)

        return Claim(name=self.name, title=self.title or self.name, kind="equality", says=says, answer=Integer(0))  # type: ignore[arg-type]


def made_at(tree: ast.Module, line: int) -> ast.Assign | None:
    """Return the statement `x = Claim(name="...", ...)` of a module that reaches over a line, if one does."""
    return next(
        (one for one in tree.body if isinstance(one, ast.Assign) and _reaches(one, line) and word(one, "name")), None
    )


def _reaches(one: ast.stmt, line: int) -> bool:
    return one.lineno <= line <= (one.end_lineno or one.lineno)


def word(made: ast.Assign, part: str) -> str:
    """Return a part of the claim that is written as a text; "" for any other statement or part."""
    call = made.value
    if not (isinstance(call, ast.Call) and ast.unparse(call.func) == MAKER):
        return ""
    found = (k.value.value for k in call.keywords if k.arg == part and isinstance(k.value, ast.Constant))
    return next((text for text in found if isinstance(text, str)), "")


def without(tree: ast.Module, unbuilt: Mapping[str, Unbuilt]) -> ast.Module:
    """Return the module with what stands for them in the place of claims that can't be built."""
    body: list[ast.stmt] = []
    for one in tree.body:
        if isinstance(one, ast.Assign) and (name := word(one, "name")) in unbuilt:
            held = ast.Subscript(ast.Name(HELD, ast.Load()), ast.Constant(name), ast.Load())
            new = ast.copy_location(ast.Assign(one.targets, held), one)
            one = ast.fix_missing_locations(new)
        body.append(one)
    return ast.Module(body, tree.type_ignores)
