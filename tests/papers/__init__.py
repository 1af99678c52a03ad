"""Tests of the papers as data, and of the second transcriptions of their equations."""
