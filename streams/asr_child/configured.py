"""The recognition child that the settings describe."""

from __future__ import annotations

from streams.asr_child.parent import ChildOptions
from streams.asr_child.registry import engine_of
from streams.settings import SCRIPTED, Settings


def configured_child(settings: Settings) -> ChildOptions:
    """The registered engine of the settings, ready to be loaded in a child.

    Raises ``EngineUnusable`` and, for Whisper, ``ModelMissing`` and ``ModelCorrupt``.
    """
    found = engine_of(SCRIPTED if settings.model == SCRIPTED else settings.engine)
    return ChildOptions(
        engine=found.factory,
        arguments=found.entry.options(settings),
        floor_seconds=settings.recognition_floor_seconds,
        max_rss_bytes=settings.recognition_memory_mib << 20,
    )
