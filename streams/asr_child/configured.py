"""The recognition child that the settings describe, and where it is to write masked copies."""

from __future__ import annotations

from urllib.parse import quote

from schemas.identity import content_hash
from schemas.records.completed import InteractionCompleted
from streams.asr_child.messages import MaskedCopies
from streams.asr_child.parent import ChildOptions
from streams.asr_child.registry import engine_of
from streams.recordings.masking import Fill
from streams.settings import SCRIPTED, Settings

_NAME_CHARACTERS = 120
_HASH_CHARACTERS = 12


def configured_child(settings: Settings) -> ChildOptions:
    """The registered engine of the settings, ready to be loaded in a child.

    Raises ``EngineUnusable`` and, for Whisper, ``ModelMissing`` and ``ModelCorrupt``.
    """
    found = engine_of(SCRIPTED if settings.model == SCRIPTED else settings.engine)
    arguments = found.entry.options(settings)
    return ChildOptions(
        engine=found.factory,
        arguments=arguments,
        batch_calls=settings.batch_calls if arguments.get("over_calls") else 1,
        floor_seconds=settings.recognition_floor_seconds,
        max_rss_bytes=settings.recognition_memory_mib << 20,
    )


def masked_copies(settings: Settings, event: InteractionCompleted) -> MaskedCopies | None:
    """A path below the configured folder for each recording of ``event``; None where none is configured.

    Ids are other people's: what of one could lead elsewhere is escaped, and what is cut off is told apart by
    a hash.
    """
    folder = settings.masked_audio_dir
    if folder is None:
        return None
    identity = content_hash([event.tenant_id, event.interaction_id])[:_HASH_CHARACTERS]
    name = f"{quote(event.interaction_id, safe='')[:_NAME_CHARACTERS]}.{identity}"
    paths = (folder.resolve() / f"{name}.{n}.masked.wav" for n in range(len(event.recordings)))
    return MaskedCopies(paths=tuple(map(str, paths)), fill=Fill(settings.masked_audio_fill))
