"""A table of the engines that reach each claim, so that an engine that stops reaching one fails a test.

`python -m tests.support.reach` writes the table anew; a test compares it with what the engines do.
"""

import json
from pathlib import Path

from derivations.catalogue import claims
from derivations.form.verdict import SUPPORTS
from derivations.judge.certificate import Certificate
from derivations.judge.verify import verify

TABLE = Path(__file__).with_name("reach.json")


def reached(certificate: Certificate) -> list[str]:
    return [e.engine for e in certificate.engines if e.verdict in SUPPORTS]


def written() -> dict[str, list[str]]:
    return json.loads(TABLE.read_text())


def main() -> None:
    rows = {name: reached(c) for name, c in verify(list(claims().values())).items()}
    lines = [f"{json.dumps(name)}: {json.dumps(engines)}" for name, engines in rows.items() if engines]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
