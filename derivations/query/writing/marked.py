"""Letters of names, without marks, scripts and arguments, and what such a letter is on a left side, by a convention."""

import re

from sympy import Expr

from derivations.query.writing.conventions import Convention, key_of
from derivations.syntax.keys import MARKS
from derivations.syntax.tree import Node

MARKED = re.compile(rf"\\(?:{'|'.join(MARKS)}) ?")


def letter_in(key: str) -> str:
    """Return the letter of a key, or of a left side as it is written."""
    return re.split(r"[_('^|\[]", MARKED.sub("", key))[0].strip()


def decorated(node: Node, convention: Convention) -> Expr | None:
    """Return what a left side is by its letter, whatever its marks and scripts; what it is of has to be known."""
    key = key_of(node)
    found = convention.lefts.get(letter_in(key)) if key is not None and key not in convention.meanings else None
    if key is None or found is None or "(" not in key:
        return found
    arguments = key[key.index("(") :]
    of = (m for name, m in convention.meanings.items() if "(" in name and name[name.index("(") :] == arguments)
    return found if any(found in several for several in of) else None
