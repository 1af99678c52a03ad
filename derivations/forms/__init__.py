"""Forms of statements richer than an equality, each of which opens into plain ones for the engines."""
