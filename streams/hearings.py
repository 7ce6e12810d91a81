"""A recording is heard once: before recognition the store is asked for the first durable hearing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from clickhouse_connect.driver.exceptions import ClickHouseError
from msgspec.structs import replace

from processors.transcript import with_legs
from processors.transcription.engine import EngineInfo
from processors.transcription.hearing import hearing_key
from schemas.records.transcribed import InteractionTranscribed, Transcript
from sinks.reads import hearing
from streams.asr_child import HearJob

log = structlog.get_logger()


class StoredHearings:
    """Hearings in ClickHouse. ``connect`` makes a client; ``info`` names the engine."""

    def __init__(self, connect: Callable[[], Any], info: Callable[[], EngineInfo]) -> None:
        self._connect = connect
        self._info = info

    def known(self, job: HearJob) -> InteractionTranscribed | None:
        """What was heard first of these recordings, fitted to this event's agents.

        None where nobody has heard them, and where the store cannot be asked: they are heard again then,
        and the first result assigned keeps counting.
        """
        event = job.completed
        recordings = tuple(
            replace(recording, sha256=checksum)
            for recording, checksum in zip(event.recordings, job.checksums, strict=True)
        )
        key = hearing_key(recordings, event.language, self._info(), job.options)
        transcript = self._stored(event.tenant_id, key)
        if transcript is None:
            return None
        starts = [recording.started_at for recording in recordings if recording.started_at is not None]
        fitted = with_legs(transcript, event.agents, min(starts, default=event.started_at))
        return InteractionTranscribed(header=job.header, transcript=fitted, recordings=recordings)

    def _stored(self, tenant_id: str, key: str) -> Transcript | None:
        try:
            client = self._connect()
        except (ClickHouseError, OSError) as error:
            log.warning("hearings.unavailable", error=type(error).__name__)
            return None
        try:
            return hearing(client, tenant_id, key)
        except (ClickHouseError, OSError) as error:
            log.warning("hearings.unavailable", error=type(error).__name__)
            return None
        finally:
            client.close()
