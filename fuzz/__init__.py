"""Fuzzing of everything that takes bytes from outside: `make fuzz`. Never imported by the product."""
