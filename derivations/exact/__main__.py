"""``python -m derivations.exact`` computes the kept tables anew, and writes them: `make exact`."""

import sys
from time import monotonic

from derivations.exact.reading import read
from derivations.exact.tables import KEPT, lines, path

EVERY = 20.0  # seconds between lines on standard error


def main() -> None:
    """Write each file whole, when all of it is there."""
    for law, *settings in KEPT:
        asked = read(law, settings)
        file, said = path(asked), [monotonic()]

        def watch(done: int, total: int, name: str = file.name, said: list[float] = said) -> None:
            if monotonic() - said[0] > EVERY:
                said[0] = monotonic()
                print(f"{name}: {done} of {total}", file=sys.stderr, flush=True)

        text = "".join(lines(asked, watch))
        file.write_text(text)
        print(f"{file.name}: written", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
