"""The documentation: pages for people, the extension of Sphinx that fills in what is generated, and its settings."""
