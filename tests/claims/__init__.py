"""Tests of the catalogue: every claim by every engine, its title, its tag, and how its module is written."""
