"""The papers as data, and their equations transcribed a second time."""
