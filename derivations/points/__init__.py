"""Where a claim is looked at: exact points of its domain, however narrow, and beyond its assumptions."""
