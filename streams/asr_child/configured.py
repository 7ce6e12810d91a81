"""The recognition child that the settings describe."""

from __future__ import annotations

from streams.asr_child.parent import ChildOptions
from streams.models import check
from streams.settings import SCRIPTED, Settings


def configured_child(settings: Settings) -> ChildOptions:
    """Whisper with the configured model on the configured device, or the scripted stand-in.

    Raises ``ModelMissing`` and ``ModelCorrupt``.
    """
    if settings.model == SCRIPTED:
        return ChildOptions(
            engine="streams.chaos.scripted_engine:scripted", floor_seconds=settings.recognition_floor_seconds
        )
    files = check(settings.model, settings.model_dir)
    return ChildOptions(
        engine="streams.asr_child.engines:whisper",
        arguments={
            "name": files.name,
            "folder": str(files.folder),
            "sha256": files.sha256,
            "device": settings.device,
            "compute_type": settings.compute_type,
            "cpu_threads": settings.cpu_threads,
        },
        floor_seconds=settings.recognition_floor_seconds,
        max_rss_bytes=settings.recognition_memory_mib << 20,
    )
