"""The papers, one file a paper and version: bibliography, numbered equations, and which claim carries each.

The files are a second transcription: written from the papers, in their own symbols, by others than the claims.
"""
