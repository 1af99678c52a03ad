"""What the statements of a claim know of its answer: nothing that could be otherwise may be left."""
