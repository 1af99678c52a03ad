"""The claims, a folder a family and a module a topic; `derivations.catalogue` finds them."""
