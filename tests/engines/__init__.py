"""The engines and what they stand on: each accepts what is true and has been seen to reject what is not."""
