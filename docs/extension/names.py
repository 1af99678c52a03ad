"""The public names of things, as udm.schedule.Cosine and derivations.ask, lead to where these are defined."""

from importlib import import_module
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def resolved(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.TextElement
) -> nodes.reference | None:
    """Resolve a reference to a public name, as the event missing-reference wants it; None if it is no such name."""
    name = node.get("reftarget", "")
    if node.get("refdomain") != "py" or (home := defined(name)) in (None, name):
        return None
    python = env.domains.python_domain
    return python.resolve_xref(env, node["refdoc"], app.builder, node["reftype"], home, node, shown)


def defined(name: str) -> str | None:
    """Return the module and name by which a public object is defined; None if there is none of this name."""
    module, _, last = name.rpartition(".")
    if module.split(".")[0] not in ("udm", "derivations"):
        return None
    try:
        value: Any = getattr(import_module(module), last)
    except (ImportError, AttributeError):
        return None
    return f"{value.__module__}.{value.__qualname__}" if hasattr(value, "__qualname__") else None
