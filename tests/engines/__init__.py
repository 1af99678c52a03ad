"""Tests of the engines and of what they rest on: each accepts truths and is seen to reject falsehoods."""
