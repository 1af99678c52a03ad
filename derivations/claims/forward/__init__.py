"""The forward process: its marginals, its steps, its paths."""
