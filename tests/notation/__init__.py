"""Named objects of the field: what is shown is what is opened."""
