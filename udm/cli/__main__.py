"""``python -m udm.cli`` is the command ``udm``."""

from udm.cli import main

main()
