"""Property tests draw the same examples on every machine; a new seed is a deliberate change."""

from hypothesis import settings

settings.register_profile("callqa", derandomize=True, database=None)
settings.load_profile("callqa")
