"""Claims as theorems of Coq: their text, the scripts that prove them, the runs of `coqc`, and what is kept of these."""
