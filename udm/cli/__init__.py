"""The command line: `udm verify`, `show`, `find`, `ledger`, `cite`, `trust`, and what trains and evaluates.

Standard output carries the answer (with --json, one JSON document and nothing else, on failure too); progress and
faults go to standard error. `udm.cli.status` has the exit statuses.
"""

from udm.cli.app import app, main

__all__ = ["app", "main"]
