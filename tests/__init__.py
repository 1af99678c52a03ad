"""Tests: one per claim and engine, the library's units, and the guards seen to fire."""
