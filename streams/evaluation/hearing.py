"""Recordings heard in this process, so that the raw words can be compared before redaction takes some out."""

from __future__ import annotations

import time
from collections.abc import Mapping

from msgspec import Struct

from processors.language.lexicon import Lexicon
from processors.transcript import SourceCoordinates, header_of
from processors.transcription import (
    Audio,
    HeardBy,
    Hearer,
    Listened,
    conclude,
    listen,
    offsets_ms,
)
from schemas.records.completed import Recording
from schemas.records.transcribed import InteractionTranscribed
from streams.hot_words import hearing_options
from streams.listening import LocalCall, local_event
from streams.recordings import Fetcher, FetchPolicy, decode


class HeardRaw(Struct, frozen=True, kw_only=True):
    """One call: its raw words, the record made of them, and what it took.

    ``audio_ms`` is the sum over all channels.
    """

    listened: Listened
    transcribed: InteractionTranscribed
    audio_ms: int
    seconds: float


def load_audio(call: LocalCall) -> tuple[Audio, ...]:
    """Fetch and decode the call's recordings. Raises ``RecordingMissing`` and ``RecordingRejected``."""
    decoded, checksums = [], []
    for recording in call.recordings:
        path = recording.path.resolve()
        fetched = Fetcher(FetchPolicy(roots=(path.parent,))).fetch(Recording(uri=path.as_uri()))
        try:
            decoded.append(decode(fetched.file, fetched.container))
        finally:
            fetched.close()
        checksums.append(fetched.sha256)
    offsets = offsets_ms(local_event(call).recordings, [one.duration_ms for one in decoded])
    return tuple(
        Audio(samples=one.samples, sha256=checksum, roles=recording.roles, offset_ms=offset)
        for one, checksum, recording, offset in zip(decoded, checksums, call.recordings, offsets, strict=True)
    )


def hear_raw(call: LocalCall, hearer: Hearer, lexicons: Mapping[str, Lexicon]) -> HeardRaw:
    """Hear one call. Raises as ``load_audio`` does."""
    before = time.monotonic()
    audio = load_audio(call)
    event = local_event(call)
    options = hearing_options(lexicons if call.language else {}, call.language, call.queue)
    listened = listen(event, audio, hearer, options)
    header = header_of(event, SourceCoordinates(topic="", partition=0, offset=0, timestamp_ms=0))
    by = HeardBy(info=hearer.engine.info, options=options, readers=hearer.readers)
    return HeardRaw(
        listened=listened,
        transcribed=conclude(event, header, audio, listened, by),
        audio_ms=sum(one.duration_ms * len(one.samples) for one in audio),
        seconds=time.monotonic() - before,
    )
