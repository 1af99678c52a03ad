"""What all claims say, by value at the points of one universe, so that a formula finds its claim and loads none."""
