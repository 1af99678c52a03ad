"""Named objects of the field: they print as papers write them, and open to primitives for the engines."""
