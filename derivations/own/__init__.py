"""Claims of one's own: files outside the catalogue, whose claims are judged as the catalogue's are."""
