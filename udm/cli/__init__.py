"""The command line: `udm verify`, `show`, `find`, `ledger`, `cite`, `trust`, and what trains and evaluates.

Standard output carries the answer (with --json, one JSON document and nothing else); progress and
errors go to standard error. Exit status: 0 all is well, 1 a check failed or
nothing was found, 2 a usage error, 3 a comparison that cannot be told, 141 the reader of a pipe had seen enough.
"""

from udm.cli.app import app, main

__all__ = ["app", "main"]
