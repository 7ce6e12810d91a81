"""Measurements of this machine that the README quotes, run by `make bench-*`."""
