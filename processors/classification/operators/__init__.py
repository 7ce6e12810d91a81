"""Conditions that a rule can state, one module a family."""
