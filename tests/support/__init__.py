"""Helpers shared by tests, since no test imports another test."""
