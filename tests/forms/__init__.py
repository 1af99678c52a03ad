"""Each form of statement: what it refuses, and what it says."""
