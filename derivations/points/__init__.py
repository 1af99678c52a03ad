"""Where a claim is tested: exact points of its domain, however narrow, and points beyond its assumptions."""
