"""The judge: guards that fire, digests, the store, necessity, and statements that pin their answers."""
