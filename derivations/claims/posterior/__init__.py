"""The posterior of a step, and what a network may predict of it."""
