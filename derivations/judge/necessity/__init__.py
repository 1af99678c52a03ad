"""Whether each assumption of a claim is needed: what its statements come to where that one alone fails."""
