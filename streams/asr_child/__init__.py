"""Recognition in a process of its own that can be killed without losing anything."""

from streams.asr_child.messages import HearJob, MaskedCopies
from streams.asr_child.parent import AsrChild, AsrCrashed, AsrTimeout, AsrUnavailable, ChildOptions
from streams.asr_child.pool import AsrPool

__all__ = [
    "AsrChild",
    "AsrCrashed",
    "AsrPool",
    "AsrTimeout",
    "AsrUnavailable",
    "ChildOptions",
    "HearJob",
    "MaskedCopies",
]
