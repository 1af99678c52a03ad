"""What the log says where the first question takes long: claims are read, or a claim is checked, once.

Without handlers of its own, Python prints it to standard error.
"""

import logging
from collections.abc import Iterator, Sequence

log = logging.getLogger("udm")


def reading(modules: Sequence[str]) -> Iterator[str]:
    """Go through modules of claims that have to be read, once it is said."""
    log.warning(
        "udm: reading the claims of %d modules into an index, which takes half a minute or more; "
        "it is kept, so that later questions take a second or two",
        len(modules),
    )
    return iter(modules)


def checking(name: str) -> None:
    """Say that a claim is checked first."""
    log.warning("udm: checking %s, of which no evidence is kept, which takes from seconds to a minute", name)
