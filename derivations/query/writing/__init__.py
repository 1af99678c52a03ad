"""A formula as it is written: LaTeX or Python to a tree, and what each convention takes its symbols for."""
