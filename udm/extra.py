"""What to install where a library of an extra is missing: the name on PyPI is another project's, so never by name."""


def install(extra: str) -> str:
    """Return the command that works, as the end of a message."""
    return f"pip install '.[{extra}]' in a clone of udm, or 'FILE.whl[{extra}]' from its wheel"
