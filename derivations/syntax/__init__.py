"""A formula as a person writes it: tokens, a tree of what was written, an expression built unevaluated."""
