"""Named objects of the field show exactly what they open to."""
