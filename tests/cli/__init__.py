"""The command line and the README as a user meets them."""
