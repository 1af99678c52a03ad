"""Claims as theorems: their export, the runs of Coq, and the committed evidence of these."""
