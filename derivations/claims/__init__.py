"""The claims, a module a topic; `derivations.catalogue` lists them all."""
