"""Processes, schedules and divergences that claims of several families are built from."""
