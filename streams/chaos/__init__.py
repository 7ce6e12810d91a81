"""Proof by destruction: a load with known truth, faults on purpose, and an oracle that counts afterwards.

The oracle (:mod:`streams.chaos.oracle`) shares no code with the pipeline. Nothing here runs in production.
"""
