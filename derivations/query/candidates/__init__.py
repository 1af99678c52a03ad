"""What a formula may be: expressions of claims that agree with it by value, and those that come near."""
