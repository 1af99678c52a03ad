"""The engines: prove, field, enclose, decide, simulate. Each answers for one answer of one claim."""
