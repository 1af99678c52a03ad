"""Tests of each form of statement: what it states, and what it refuses."""
