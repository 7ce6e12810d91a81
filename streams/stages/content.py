"""Words that an event names but does not carry (``content_uri``), fetched under the rules for recordings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from schemas.plain import from_plain
from schemas.records.completed import InteractionCompleted, Message, VendorTranscript
from schemas.records.terms import Channel, Consent, DeadLetterReason
from schemas.validation import check
from schemas.violation import SchemaViolation
from streams.recordings import Fetcher, RecordingMissing, RecordingRejected
from streams.stages.outcome import Unavailable, Unprocessable

LARGEST_BYTES = 16 << 20
"""Far more than a transcribed record can hold; what becomes too large for its topic is OVERSIZE."""


class Content(Struct, frozen=True, kw_only=True):
    """The document at a ``content_uri``: UTF-8 JSON with the event's own fields of these names."""

    messages: tuple[Message, ...] = ()
    transcript: VendorTranscript | None = None


@dataclass(frozen=True, slots=True)
class ContentSource:
    """Where content is fetched, and until how long after an interaction's end it may still be missing."""

    fetcher: Fetcher
    wait_ms: int
    clock_ms: Callable[[], int]

    def complete(self, event: InteractionCompleted) -> InteractionCompleted:
        """The event with its words. Blocking.

        Raises ``Unprocessable`` (RECORDING_DENIED, RECORDING_TOO_LARGE, RECORDING_CORRUPT, and after the wait
        RECORDING_MISSING), ``Unavailable`` while the content may still come, and ``SchemaViolation`` for
        content that would be refused inside an event too.
        """
        try:
            data = self.fetcher.fetch_content(event.content_uri or "", LARGEST_BYTES)
        except RecordingRejected as refusal:
            raise Unprocessable(refusal.reason, f"content: {refusal.detail}") from None
        except RecordingMissing:
            if self.clock_ms() < event.ended_at + self.wait_ms:
                raise Unavailable("content is not there yet") from None
            detail = f"content: not there {self.wait_ms // 1000} s after the end"
            raise Unprocessable(DeadLetterReason.RECORDING_MISSING, detail) from None
        content = from_plain(_parsed(data), Content)
        whole = replace(event, messages=content.messages, transcript=content.transcript)
        check(whole, claimed=True)
        return whole


def claims_content(event: InteractionCompleted) -> bool:
    """Whether words of the event lie elsewhere and may be read: those of a call need consent."""
    if event.content_uri is None or event.messages or event.transcript is not None:
        return False
    return event.channel is not Channel.VOICE or event.recording_consent is not Consent.DENIED


def _parsed(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise SchemaViolation(DeadLetterReason.INVALID, "content_uri: leads to no JSON document") from None
