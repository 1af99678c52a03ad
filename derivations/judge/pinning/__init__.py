"""The analysis of what a claim's statements determine about its answer, of which nothing may be left open."""
