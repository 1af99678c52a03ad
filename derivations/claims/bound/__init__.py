"""The variational bound and its terms."""
