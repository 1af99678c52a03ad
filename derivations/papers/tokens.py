"""Tokens of LaTeX, for those who need no SymPy to look at them."""

import re

TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[^\s]")
