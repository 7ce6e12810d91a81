"""Audio for the report: the call's own recording, every masked word silenced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
from msgspec import Struct, convert

from schemas.records.completed import Recording
from streams.masked_audio import WordTimes, place_stretches
from streams.recordings import Fetcher, FetchPolicy, RecordingMissing, RecordingRejected
from streams.reports.audio import Stretch, data_uri
from streams.reports.content import Interaction
from streams.reports.queries import query


class MaskedTurn(Struct, frozen=True, kw_only=True):
    """A turn with masked places ``[redaction_start, redaction_end)`` in its text.

    ``words`` holds start and end in the text, start and end in milliseconds, of each word with a time.
    """

    interaction_id: str
    tenant_id: str = ""
    start_ms: int
    end_ms: int
    redaction_start: tuple[int, ...]
    redaction_end: tuple[int, ...]
    words: tuple[WordTimes, ...] = ()


class StoredRecording(Struct, frozen=True, kw_only=True):
    """A recording as the store knows it; ``started_at`` in epoch ms."""

    interaction_id: str
    tenant_id: str = ""
    n: int
    uri: str
    sha256: str | None = None
    started_at: int | None = None


class Playback:
    """Looks up recordings and masked turns of the interactions shown once, then gives audio by interaction.

    Only files below ``roots`` are read: an address in the store must not reach other files.
    """

    def __init__(self, client: Any, roots: Sequence[Path], shown: Sequence[Interaction]) -> None:
        self._fetcher = Fetcher(FetchPolicy(roots=tuple(roots)))
        ends = [one.ended_at for one in shown]
        span = {"first": min(ends, default=0), "last": max(ends, default=0)}
        self._silenced: dict[tuple[str, str], list[Stretch]] = {}
        for turn in _rows(client, "masked_turns", MaskedTurn, span):
            self._silenced.setdefault((turn.tenant_id, turn.interaction_id), []).extend(silenced(turn))
        self._recordings: dict[tuple[str, str], list[StoredRecording]] = {}
        for one in _rows(client, "recordings", StoredRecording, span):
            self._recordings.setdefault((one.tenant_id, one.interaction_id), []).append(one)

    def data_uri(self, interaction: Interaction) -> str | None:
        """A data URI with the first recording, or None where nothing can or may be played.

        Without a transcript nobody knows which words must not be heard, so that nothing is played. The
        same holds for a file that is gone, is another than the one that was heard, or does not decode.
        """
        recordings = self._recordings.get(interaction.key, [])
        if not recordings or not interaction.turns:
            return None
        first, begin_ms = recordings[0], first_offset_ms(recordings)
        stretches = [
            (start - begin_ms, end - begin_ms)
            for start, end in self._silenced.get(interaction.key, [])
            if end > begin_ms
        ]
        try:
            file = self._fetcher.fetch(Recording(uri=first.uri, sha256=first.sha256))
        except (RecordingMissing, RecordingRejected):
            return None
        try:
            return data_uri(file.file.read(), stretches)
        except av.error.FFmpegError:
            return None
        finally:
            file.close()


def silenced(turn: MaskedTurn) -> list[Stretch]:
    """Where the masked places of a turn were spoken; the whole turn where no word has a time."""
    return [
        stretch
        for low, high in zip(turn.redaction_start, turn.redaction_end, strict=True)
        for stretch in place_stretches((low, high), turn.words, (turn.start_ms, turn.end_ms))
    ]


def first_offset_ms(recordings: Sequence[StoredRecording]) -> int:
    """Where the first listed recording begins on the interaction's time line, as it was heard."""
    starts = [one.started_at for one in recordings if one.started_at is not None]
    begin = recordings[0].started_at
    return begin - min(starts) if begin is not None and len(starts) == len(recordings) else 0


def _rows(client: Any, name: str, shape: type[Any], span: dict[str, int]) -> list[Any]:
    result = client.query(query(name), parameters=span)
    return [
        convert(dict(zip(result.column_names, row, strict=True)), shape, strict=False)
        for row in result.result_rows
    ]
