"""Checks of built pages: links, HTML, size, what they would fetch, what they leak, and accessibility."""
