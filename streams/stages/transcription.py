"""Voice lane: recordings are fetched, heard once in a child process, and leave as redacted turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

import structlog

from processors.transcript import header_of
from processors.transcription.exclusions import excluded_unheard
from processors.transcription.hearing import HearingOptions
from schemas.codec import Codec, SchemaViolation
from schemas.lanes import Lane, lane_of
from schemas.records.completed import InteractionCompleted
from schemas.records.terms import DeadLetterReason, Stage
from schemas.records.transcribed import InteractionTranscribed
from schemas.topics import COMPLETED, DEFERRED, TRANSCRIBED
from schemas.validation import check
from streams.asr_child import AsrCrashed, AsrPool, AsrTimeout, AsrUnavailable, HearJob, MaskedCopies
from streams.recordings import FetchedRecording, Fetcher, RecordingMissing, RecordingRejected
from streams.stages.deferral import deferred, due_at, origin_of
from streams.stages.outcome import Incoming, Output, ResourceFailure, Unavailable, Unprocessable, Work
from streams.stages.source import key_of, present, source_of

log = structlog.get_logger()


class Hearings(Protocol):
    """The store of what was heard before."""

    def known(self, job: HearJob) -> InteractionTranscribed | None:
        """The first durable hearing of these recordings, fitted to this interaction; None if unheard.

        Blocking. A store that cannot be asked counts as unheard.
        """


@dataclass(frozen=True, slots=True)
class Hearer:
    """What the stage hears with.

    ``options_for`` gives hot words by language and queue, ``copies_for`` says where copies of an event's
    recordings without the masked words are to be written, None for nowhere.
    """

    pool: AsrPool
    fetcher: Fetcher
    hearings: Hearings
    options_for: Callable[[str | None, str | None], HearingOptions]
    copies_for: Callable[[InteractionCompleted], MaskedCopies | None] = lambda event: None


@dataclass(frozen=True, slots=True)
class Lateness:
    """How long after its end a call's recording may be missing, and how often it is looked for."""

    wait_ms: int
    retry_ms: int


class TranscriptionSteps:
    """Completed calls in, redacted transcripts out. ``clock_ms`` gives epoch milliseconds."""

    stage = Stage.TRANSCRIPTION
    inputs: tuple[str, ...] = (COMPLETED, DEFERRED)

    def __init__(self, codec: Codec, hearer: Hearer, lateness: Lateness, clock_ms: Callable[[], int]) -> None:
        self._codec = codec
        self._hearer = hearer
        self._lateness = lateness
        self._clock_ms = clock_ms

    async def open(self) -> None:
        """Load the model in the child. Raises Unavailable where it does not start: no record is to blame."""
        try:
            info = await self._hearer.pool.start()
        except (AsrCrashed, AsrTimeout) as error:
            log.warning("transcription.engine_not_loaded", detail=str(error))
            raise Unavailable(type(error).__name__) from error
        log.info("transcription.ready", engine=info.name, model=info.model, options=info.options)

    async def close(self) -> None:
        """End the child."""
        await self._hearer.pool.close()

    def admit(self, record: Incoming) -> Work | None:
        """Valid events of the voice lane. What cannot be decoded or is invalid is the text lane's."""
        try:
            event = self._codec.decode(present(record), InteractionCompleted)
            check(event)
        except SchemaViolation:
            return None
        if lane_of(event) is not Lane.VOICE:
            return None
        return Work(event, event.interaction_id, event.record_version, due_at(record))

    async def work(self, record: Incoming, work: Work) -> Sequence[Output]:
        """One transcribed record, or the event itself put off until its recording may be there."""
        event = work.content
        assert isinstance(event, InteractionCompleted)
        header = header_of(event, source_of(origin_of(record)))
        exclusion = excluded_unheard(event, self._hearer.pool.info.languages)
        if exclusion is not None:
            return [self._output(InteractionTranscribed(header=header, exclusion=exclusion))]
        with ExitStack() as opened:
            try:
                files = await asyncio.to_thread(self._fetch, event, opened)
            except RecordingRejected as refusal:
                raise Unprocessable(refusal.reason, refusal.detail) from None
            except RecordingMissing:
                return [self._late(record, event)]
            job = HearJob(
                completed=event,
                header=header,
                containers=tuple(file.container for file in files),
                checksums=tuple(file.sha256 for file in files),
                options=self._hearer.options_for(event.language, event.queue_id),
                copies=self._hearer.copies_for(event),
            )
            return [self._output(await self._heard(job, files))]

    def _fetch(self, event: InteractionCompleted, opened: ExitStack) -> list[FetchedRecording]:
        files = []
        for recording in event.recordings:
            file = self._hearer.fetcher.fetch(recording)
            opened.callback(file.close)
            files.append(file)
        return files

    async def _heard(self, job: HearJob, files: Sequence[FetchedRecording]) -> InteractionTranscribed:
        known = await asyncio.to_thread(self._hearer.hearings.known, job)
        if known is not None:
            return known
        try:
            return await self._hearer.pool.hear(job, files)
        except RecordingRejected as refusal:
            raise Unprocessable(refusal.reason, refusal.detail) from None
        except AsrUnavailable as away:
            log.warning("transcription.engine_unavailable", detail=str(away))
            raise Unavailable(str(away)) from None
        except AsrTimeout:
            raise ResourceFailure(DeadLetterReason.ASR_TIMEOUT, "recognition passed its deadline") from None
        except AsrCrashed:
            raise ResourceFailure(DeadLetterReason.ASR_CRASH, "recognition ended without an answer") from None

    def _late(self, record: Incoming, event: InteractionCompleted) -> Output:
        now = self._clock_ms()
        if now >= event.ended_at + self._lateness.wait_ms:
            waited = self._lateness.wait_ms // 1000
            raise Unprocessable(
                DeadLetterReason.RECORDING_MISSING, f"not there {waited} s after the call's end"
            )
        return deferred(record, not_before_ms=now + self._lateness.retry_ms)

    def _output(self, transcribed: InteractionTranscribed) -> Output:
        return Output(TRANSCRIBED, key_of(transcribed.header.interaction_id), self._codec.encode(transcribed))
