"""The command line: `udm verify`, `show`, `cite`, `trust`.

Standard output carries the answer (with --json, one JSON document and nothing else); progress and
errors go to standard error. Exit status: 0 all is well, 1 a check failed, 2 a usage error.
"""

from udm.cli.app import app, main

__all__ = ["app", "main"]
