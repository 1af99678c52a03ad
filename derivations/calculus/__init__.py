"""What claims of several families are built with."""
