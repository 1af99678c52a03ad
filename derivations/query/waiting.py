"""What the log says where the first question takes long: claims are read, or a claim is checked, once.

Without handlers of its own, Python prints it to standard error.
"""

import logging
from collections.abc import Iterator, Sequence

log = logging.getLogger("udm")
MANY = 20  # modules, which take ten seconds or so


def reading(modules: Sequence[str]) -> Iterator[str]:
    """Go through modules of claims that have to be read, once it is said; of many, say so after each quarter."""
    log.warning(
        "udm: reading the claims of %d modules into an index, which takes up to a minute for all of them; "
        "it is kept, so that later questions take a second or two",
        len(modules),
    )
    quarters = {len(modules) * n // 4 for n in (1, 2, 3)} if len(modules) >= MANY else set[int]()
    for done, module in enumerate(modules):
        if done in quarters:
            log.warning("udm: %d of %d modules are read", done, len(modules))
        yield module


def checking(name: str) -> None:
    """Say that a claim is checked first."""
    log.warning("udm: checking %s, of which no evidence is kept, which takes from seconds to a minute", name)
