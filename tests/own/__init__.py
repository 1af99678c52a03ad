"""Claims of one's own: files outside the catalogue, what they may contain, and pytest's way to them."""
