"""``python -m udm`` is the command ``udm``: for torchrun, which starts modules."""

from udm.cli import main

main()
