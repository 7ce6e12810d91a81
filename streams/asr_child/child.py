"""The child process: decodes and hears what it is given, and dies with its parent.

Decoding a stranger's audio and running a native model are the two steps that can hang, eat all memory or
crash. They happen here, where the parent can kill them without losing its place in Kafka.
"""

from __future__ import annotations

import importlib
import operator
import os
import resource
import signal
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import IO, Any

from processors.transcription import Audio, CallAudio, Hearer, offsets_ms, transcribe_together
from processors.transcription.engine import AudioRefused, EngineUnavailable
from schemas.records.transcribed import InteractionTranscribed
from streams.asr_child.copies import CopyNotWritten, write_copies
from streams.asr_child.messages import (
    Decoded,
    Done,
    DoneTogether,
    Failed,
    HearJob,
    HearTogether,
    Ready,
    Refused,
    Reply,
    Unreachable,
    decode_job,
    decode_setup,
    encode,
)
from streams.masked_audio import masked_by_recording
from streams.recordings import DecodedRecording, RecordingRejected, decode

_PARENT_CHECK_SECONDS = 1.0
_EXIT_ORPHANED = 3
_NICENESS = 5


def serve(connection: Any, parent_pid: int) -> None:
    """Entry point of the child; returns when the parent hangs up."""
    _settle(parent_pid)
    try:
        setup = decode_setup(connection.recv_bytes())
        try:
            hearer = _hearer(setup.engine, setup.arguments)
        except Exception as error:  # nothing of a customer is known yet, the text may be told
            _send(connection, Failed(error=f"{type(error).__name__}: {error}"))
            return
        _send(connection, Ready(info=hearer.engine.info))
        while True:
            job = decode_job(connection.recv_bytes())
            jobs = job.jobs if isinstance(job, HearTogether) else (job,)
            files = [[recv_handle(connection) for _ in one.containers] for one in jobs]
            reply = _answer(connection, jobs, files, hearer)
            if isinstance(reply, DoneTogether) and isinstance(job, HearJob):
                (reply,) = reply.answers
            _send(connection, reply)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _settle(parent_pid: int) -> None:
    # An interrupt from the terminal goes to the whole group; the parent decides when the child stops.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A core dump would hold a customer's voice.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The parent's heartbeats come before recognition.
    os.nice(_NICENESS)
    threading.Thread(target=_die_with_parent, args=(parent_pid,), daemon=True).start()


def _die_with_parent(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(_PARENT_CHECK_SECONDS)
    os._exit(_EXIT_ORPHANED)


def _hearer(name: str, arguments: dict[str, Any]) -> Hearer:
    module, _, factory = name.partition(":")
    hearer: Hearer = operator.attrgetter(factory)(importlib.import_module(module))(**arguments)
    return hearer


def _answer(
    connection: Connection, jobs: Sequence[HearJob], descriptors: Sequence[list[int]], hearer: Hearer
) -> Reply:
    """A ``DoneTogether``, or what went wrong for all jobs at once."""
    try:
        with ExitStack() as opened:
            files = [
                [opened.enter_context(os.fdopen(descriptor, "rb")) for descriptor in own]
                for own in descriptors
            ]
            decoded = [_decoded(job, own) for job, own in zip(jobs, files, strict=True)]
            calls = [one for one in decoded if not isinstance(one, Refused)]
            audio_ms = sum(audio.duration_ms * len(audio.samples) for call in calls for audio in call.audio)
            if calls:
                _send(connection, Decoded(audio_ms=audio_ms))
            headers = [
                job.header for job, one in zip(jobs, decoded, strict=True) if not isinstance(one, Refused)
            ]
            heard = iter(transcribe_together(list(zip(headers, calls, strict=True)), hearer))
            return DoneTogether(
                answers=tuple(
                    one if isinstance(one, Refused) else _copied(job, own, one, next(heard))
                    for job, own, one in zip(jobs, files, decoded, strict=True)
                )
            )
    except AudioRefused as refusal:
        if len(jobs) > 1:  # which call is refused shows when each is heard alone
            return Failed(error=_place(refusal))
        return Refused(reason=refusal.reason, detail=refusal.detail)
    except (EngineUnavailable, CopyNotWritten) as away:
        return Unreachable(detail=str(away))
    except Exception as error:  # every failure is reported, by type and place
        return Failed(error=_place(error))


def _decoded(job: HearJob, files: Sequence[IO[bytes]]) -> CallAudio | Refused:
    try:
        audio = _audio(job, _decode_all(job, files))
    except RecordingRejected as refusal:
        return Refused(reason=refusal.reason, detail=refusal.detail)
    return CallAudio(completed=job.completed, audio=audio, options=job.options)


def _copied(
    job: HearJob, files: Sequence[IO[bytes]], call: CallAudio, transcribed: InteractionTranscribed
) -> Done | Refused:
    """The answer to one job, after its masked copies are written where they are asked for."""
    if job.copies is not None and transcribed.transcript is not None:
        offsets = [one.offset_ms for one in call.audio]
        try:
            write_copies(job, job.copies, files, masked_by_recording(transcribed.transcript, offsets))
        except RecordingRejected as refusal:
            return Refused(reason=refusal.reason, detail=refusal.detail)
    return Done(transcribed=transcribed)


def _decode_all(job: HearJob, files: Sequence[IO[bytes]]) -> list[DecodedRecording]:
    decoded = []
    for file, container in zip(files, job.containers, strict=True):
        file.seek(0)
        decoded.append(decode(file, container))
    return decoded


def _audio(job: HearJob, decoded: list[DecodedRecording]) -> list[Audio]:
    recordings = job.completed.recordings
    durations = [recording.duration_ms for recording in decoded]
    offsets = offsets_ms(recordings, durations)
    return [
        Audio(
            samples=one.samples,
            sha256=checksum,
            roles=recording.channel_roles,
            offset_ms=offset,
            notes=(f"{one.bad_packets} broken packets skipped",) if one.bad_packets else (),
        )
        for one, checksum, recording, offset in zip(decoded, job.checksums, recordings, offsets, strict=True)
    ]


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {where}"


def _send(connection: Any, reply: Reply) -> None:
    connection.send_bytes(encode(reply))
