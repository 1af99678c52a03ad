"""Claims among the tests of pytest: the plugin that an installed udm brings, and the process that judges for it."""
