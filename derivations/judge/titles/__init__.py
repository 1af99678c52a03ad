"""Whether sentences about a claim say no more than it states: words that promise a form, and formulas between them."""
