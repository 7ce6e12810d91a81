"""Files on this machine heard as the transcription stage hears them, without Kafka and without a store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from msgspec import Struct

from processors.language.lexicon import Lexicon
from processors.redaction import RedactionPolicy
from processors.transcript import SourceCoordinates, header_of
from processors.transcription.engine import EngineInfo
from schemas.records.completed import AgentLeg, InteractionCompleted, Recording
from schemas.records.terms import Channel, DeadLetterReason, Direction, Role
from schemas.records.transcribed import InteractionTranscribed
from streams.asr_child import AsrCrashed, AsrPool, AsrTimeout, ChildOptions, HearJob
from streams.hot_words import hearing_options
from streams.recordings import FetchedRecording, Fetcher, FetchPolicy, RecordingMissing, RecordingRejected


class RecordingFile(Struct, frozen=True, kw_only=True):
    """A recording on this machine; ``started_at`` places it among the call's other recordings, epoch ms."""

    path: Path
    roles: tuple[Role, ...] = (Role.AGENT, Role.CUSTOMER)
    started_at: int | None = None


class LocalCall(Struct, frozen=True, kw_only=True):
    """A call that lies in files. ``language`` None is detected, ``agent`` and ``queue`` may be unknown."""

    id: str
    recordings: tuple[RecordingFile, ...]
    language: str | None = None
    queue: str | None = None
    agent: str = "agent"


class Refusal(Struct, frozen=True, kw_only=True):
    """Why a call would become a dead letter. ``detail`` names no content."""

    reason: DeadLetterReason
    detail: str


class Listened(Struct, frozen=True, kw_only=True):
    """One call heard or refused. ``audio_ms`` is the sum over its channels, ``seconds`` the time it took."""

    call: LocalCall
    transcribed: InteractionTranscribed | None = None
    refusal: Refusal | None = None
    audio_ms: int = 0
    seconds: float = 0.0

    @property
    def real_time_factor(self) -> float | None:
        """Seconds of work for each second of each channel."""
        return self.seconds * 1000 / self.audio_ms if self.audio_ms else None


class Listener:
    """A recognition child that lives as long as the ``with`` block. Entering loads the model."""

    def __init__(
        self,
        options: ChildOptions,
        lexicons: Mapping[str, Lexicon],
        policy: RedactionPolicy = RedactionPolicy(),
    ) -> None:
        self._pool = AsrPool(options)
        self._lexicons = lexicons
        self._policy = policy
        self._loop = asyncio.Runner()

    def __enter__(self) -> Listener:
        """Start the child. Raises ``AsrCrashed`` and ``AsrTimeout``."""
        try:
            self._loop.run(self._pool.start())
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        self._loop.run(self._pool.close())
        self._loop.close()

    @property
    def info(self) -> EngineInfo:
        """Who is hearing."""
        return self._pool.info

    def hear(self, call: LocalCall, on_decoded: Callable[[int], None] | None = None) -> Listened:
        """Hear one call. ``on_decoded`` is told the milliseconds of all its channels once they are known."""
        decoded: list[int] = []

        def known(audio_ms: int) -> None:
            decoded.append(audio_ms)
            if on_decoded is not None:
                on_decoded(audio_ms)

        before = time.monotonic()
        transcribed, refusal = self._outcome(call, known)
        return Listened(
            call=call,
            transcribed=transcribed,
            refusal=refusal,
            audio_ms=sum(decoded),
            seconds=time.monotonic() - before,
        )

    def _outcome(
        self, call: LocalCall, on_decoded: Callable[[int], None]
    ) -> tuple[InteractionTranscribed | None, Refusal | None]:
        try:
            with ExitStack() as opened:
                files = _fetched(call.recordings, opened)
                job = self._job(call, files)
                return self._loop.run(self._pool.hear(job, files, on_decoded)), None
        except RecordingMissing:
            return None, Refusal(reason=DeadLetterReason.RECORDING_MISSING, detail="no recording, or empty")
        except RecordingRejected as refused:
            return None, Refusal(reason=refused.reason, detail=refused.detail)
        except AsrTimeout as late:
            return None, Refusal(reason=DeadLetterReason.ASR_TIMEOUT, detail=str(late))
        except AsrCrashed as crash:
            return None, Refusal(reason=DeadLetterReason.ASR_CRASH, detail=str(crash))

    def _job(self, call: LocalCall, files: Sequence[FetchedRecording]) -> HearJob:
        event = local_event(call)
        lexicons = self._lexicons if call.language else {}
        return HearJob(
            completed=event,
            header=header_of(event, SourceCoordinates(topic="", partition=0, offset=0, timestamp_ms=0)),
            containers=tuple(file.container for file in files),
            checksums=tuple(file.sha256 for file in files),
            options=hearing_options(lexicons, call.language, call.queue, self._policy),
        )


def local_event(call: LocalCall) -> InteractionCompleted:
    """The event that an upstream system would have published, its clock at zero where none is known."""
    return InteractionCompleted(
        interaction_id=call.id,
        record_version=1,
        tenant_id="local",
        source_system="local",
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        started_at=0,
        ended_at=0,
        language=call.language,
        queue_id=call.queue,
        agents=(AgentLeg(agent_id=call.agent),),
        recordings=tuple(
            Recording(uri=one.path.resolve().as_uri(), channel_roles=one.roles, started_at=one.started_at)
            for one in call.recordings
        ),
    )


def _fetched(recordings: Sequence[RecordingFile], opened: ExitStack) -> list[FetchedRecording]:
    files = []
    for recording in recordings:
        path = recording.path.resolve()
        file = Fetcher(FetchPolicy(roots=(path.parent,))).fetch(Recording(uri=path.as_uri()))
        opened.callback(file.close)
        files.append(file)
    return files
