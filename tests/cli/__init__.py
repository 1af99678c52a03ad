"""Tests of the command line and the README as a user meets them."""
