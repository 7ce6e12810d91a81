"""What the worker and its recognition child say to each other, as MessagePack; nothing is ever unpickled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from processors.transcription.engine import EngineInfo
from processors.transcription.hearing import HearingOptions
from schemas.records.completed import InteractionCompleted, InteractionHeader
from schemas.records.terms import DeadLetterReason
from schemas.records.transcribed import InteractionTranscribed
from streams.recordings.masking import Fill


class Setup(Struct, frozen=True, kw_only=True, tag=True):
    """First message to the child: ``engine`` is ``module:factory`` of a ``Hearer``."""

    engine: str
    arguments: dict[str, Any]


class MaskedCopies(Struct, frozen=True, kw_only=True):
    """Where copies without the masked words go, a path for each recording, and what they hold instead."""

    paths: tuple[str, ...]
    fill: Fill = Fill.SILENCE


class HearJob(Struct, frozen=True, kw_only=True, tag=True):
    """One interaction to hear. The files follow by descriptor, one for each of ``containers``."""

    completed: InteractionCompleted
    header: InteractionHeader
    containers: tuple[str, ...]
    checksums: tuple[str, ...]
    options: HearingOptions
    copies: MaskedCopies | None = None


class HearTogether(Struct, frozen=True, kw_only=True, tag=True):
    """Several interactions to hear in one pass. The files follow, those of the first job first."""

    jobs: tuple[HearJob, ...]


class Ready(Struct, frozen=True, kw_only=True, tag=True):
    """The engine is loaded."""

    info: EngineInfo


class Decoded(Struct, frozen=True, kw_only=True, tag=True):
    """The recordings are decoded and hearing begins. ``audio_ms`` is the sum over all channels."""

    audio_ms: int


class Done(Struct, frozen=True, kw_only=True, tag=True):
    """What was heard."""

    transcribed: InteractionTranscribed


class Refused(Struct, frozen=True, kw_only=True, tag=True):
    """A recording that will not be heard."""

    reason: DeadLetterReason
    detail: str


class DoneTogether(Struct, frozen=True, kw_only=True, tag=True):
    """What came of each job of a ``HearTogether``, in their order."""

    answers: tuple[Done | Refused, ...]


class Unreachable(Struct, frozen=True, kw_only=True, tag=True):
    """The engine cannot hear at the moment; no recording is to blame."""

    detail: str


class Failed(Struct, frozen=True, kw_only=True, tag=True):
    """An exception in the child, by type and place; its text could hold content and stays behind."""

    error: str


Job = HearJob | HearTogether
Reply = Ready | Decoded | Done | DoneTogether | Refused | Unreachable | Failed

_encode = msgspec.msgpack.Encoder().encode
_decode_setup = msgspec.msgpack.Decoder(Setup).decode
_decode_job: Callable[[bytes], Job] = msgspec.msgpack.Decoder(Job).decode
_decode_reply: Callable[[bytes], Reply] = msgspec.msgpack.Decoder(Reply).decode


def encode(message: Setup | Job | Reply) -> bytes:
    """Bytes of any message."""
    return _encode(message)


def decode_setup(data: bytes) -> Setup:
    """The first message to a child."""
    return _decode_setup(data)


def decode_job(data: bytes) -> Job:
    """Every later message to a child."""
    return _decode_job(data)


def decode_reply(data: bytes) -> Reply:
    """A message from a child."""
    return _decode_reply(data)
