"""What decides the words that are heard, and the key that says that two hearings would be the same."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from processors.language.readings import READING_VERSION
from processors.redaction import RedactionPolicy
from processors.transcription.engine import EngineInfo
from schemas.identity import stable_id
from schemas.records.completed import Recording

# BCP 47 subtags that Whisper calls otherwise.
_WHISPER_CODES = {"cmn": "zh", "fil": "tl", "nb": "no", "iw": "he", "in": "id"}


class HearingOptions(Struct, frozen=True, kw_only=True):
    """What the caller adds to the audio: likely words, the hash of their lexicon, and what is masked."""

    hot_words: str = ""
    lexicon_hash: str = ""
    redaction: RedactionPolicy = RedactionPolicy()


def language_code(tag: str | None) -> str | None:
    """Whisper's code of a BCP 47 tag (zh-CN: zh, yue-HK: yue), None for none."""
    if not tag:
        return None
    primary = tag.replace("_", "-").split("-", maxsplit=1)[0].lower()
    return _WHISPER_CODES.get(primary, primary)


def hearing_key(
    recordings: Sequence[Recording], language: str | None, engine: EngineInfo, options: HearingOptions
) -> str:
    """Identity of a hearing: equal keys need no second recognition.

    ``recordings`` carry the SHA-256 of the bytes that are heard. The hot words themselves are left out: a
    corrected queue must not cost a second hearing. So is the absolute start; only the recordings' places
    relative to each other count. Raises ``ValueError`` for a recording without a checksum.
    """
    starts = [recording.started_at for recording in recordings if recording.started_at is not None]
    first = min(starts, default=0)
    return stable_id(
        "hearing",
        *(_heard(recording, first) for recording in recordings),
        language_code(language) or "",
        engine.name,
        engine.version,
        engine.model_sha256,
        engine.options,
        options.lexicon_hash,
        options.redaction.version,
        READING_VERSION,
    )


def _heard(recording: Recording, first: int) -> str:
    if recording.sha256 is None:
        raise ValueError("a recording without a checksum has no hearing key")
    place = "" if recording.started_at is None else recording.started_at - first
    return f"{recording.sha256}:{','.join(recording.channel_roles)}:{place}"
