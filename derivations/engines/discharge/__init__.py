"""Discharging obligations under a claim's assumptions: by SymPy, by two solvers, by Arb on a box, by a lemma or a line.

Nothing here looks at a sample in favour of an obligation. What no means reaches is left over, and is shown.
"""
