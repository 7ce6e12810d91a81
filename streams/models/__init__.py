"""Speech models: which are known by their sums, how they get onto this machine, and proof of it."""

from streams.models.fetching import ModelCorrupt, ModelMissing, ModelUnavailable, check, fetch
from streams.models.registry import KNOWN_MODELS, KnownModel, ModelStatus, list_models

__all__ = [
    "KNOWN_MODELS",
    "KnownModel",
    "ModelCorrupt",
    "ModelMissing",
    "ModelStatus",
    "ModelUnavailable",
    "check",
    "fetch",
    "list_models",
]
