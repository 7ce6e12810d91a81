"""Text lane: chats, self-service sessions and calls with an upstream transcript become one transcript."""

from processors.normalization.interaction import normalise_interaction

__all__ = ["normalise_interaction"]
