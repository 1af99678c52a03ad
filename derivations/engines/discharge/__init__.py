"""Discharging obligations under a claim's assumptions: by SymPy, by two solvers, by Arb on a box, or by a lemma.

Nothing here looks at a sample in favour of an obligation. What no means reaches is left over, and is shown.
"""
