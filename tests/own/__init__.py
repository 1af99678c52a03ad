"""A user's own claims: files outside the catalogue, what they may contain, and how pytest collects them."""
