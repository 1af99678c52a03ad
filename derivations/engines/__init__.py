"""The engines prove, field, enclose, decide and simulate. Each gives evidence on one answer of one claim."""
