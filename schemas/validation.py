"""What a decodable event must not contradict: events that no reading makes sense of are dead letters.

Texts name the field and what to send instead; values appear only where their privacy class is P1. What is
legal but lacks something useful is the matter of ``schemas.shortcomings``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources

from msgspec import Struct

from schemas.identity import is_legal_id
from schemas.records.completed import (
    AgentLeg,
    InteractionCompleted,
    Message,
    Recording,
    Segment,
    SelfService,
    Survey,
)
from schemas.records.feedback import ReviewRecorded, SurveyAnswered
from schemas.records.terms import Channel, DeadLetterReason
from schemas.violation import SchemaViolation

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EARLIEST_MS = 946_684_800_000
"""2000-01-01 UTC. Earlier times are seconds sent as milliseconds, or a clock that was never set."""
LATEST_MS = 4_102_444_800_000
"""2100-01-01 UTC. Later times are microseconds."""
LONGEST_MS = 31 * DAY_MS
CLOCK_TOLERANCE_MS = HOUR_MS
"""Clocks of switch, desktop and chat server differ; times of different systems may lie this far outside."""
CLOSING_TOLERANCE_MS = DAY_MS
"""An agent may leave a chat window open, and a system message may follow, long after the customer left."""
INLINE_TEXT_LIMIT = 800_000
"""UTF-8 bytes of messages and segments. Later records hold every text twice and must still fit a topic."""
NAME_LIMIT = 256
INT_LIMIT = 2**31 - 1
_LISTS = {
    "agents": 100,
    "recordings": 100,
    "messages": 20_000,
    "links": 1_000,
    "attributes": 64,
    "source_ids": 64,
}
_SEGMENT_LIMIT = 50_000
_STEP_LIMIT = 10_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def check(completed: InteractionCompleted, now_ms: int | None = None, *, claimed: bool = False) -> None:
    """Raises ``SchemaViolation`` where the event contradicts itself or breaks a limit.

    The reason is UNKNOWN_CHANNEL for an unknown channel, else INVALID. With ``now_ms`` (epoch ms UTC),
    an interaction that ended more than a day later than that is refused too. ``claimed`` is an event whose
    words came from its ``content_uri``: they may be longer than words inside an event.
    """
    if completed.channel is Channel.UNKNOWN:
        detail = "channel: is UNKNOWN, send VOICE, WEB or SELF_SERVICE"
        raise SchemaViolation(DeadLetterReason.UNKNOWN_CHANNEL, detail)
    _check_identity(completed)
    _check_counts(completed)
    if not claimed:
        _check_inline_text(completed)
    _check_numbers("", completed)
    _check_span(completed, now_ms)
    for index, leg in enumerate(completed.agents):
        _check_leg(f"agents[{index}].", leg, completed)
    for index, recording in enumerate(completed.recordings):
        _check_recording(f"recordings[{index}].", recording)
    for index, link in enumerate(completed.links):
        if not is_legal_id(link.interaction_id) or link.interaction_id == completed.interaction_id:
            raise _invalid(f"links[{index}].interaction_id", "must be the id of another interaction")
    _check_messages(completed.messages, completed)
    _check_segments(completed.transcript.segments if completed.transcript else ())
    if completed.self_service is not None:
        _check_self_service(completed.self_service)
    if completed.survey is not None:
        _check_answer("survey.", completed.survey)


def check_survey(answer: SurveyAnswered) -> None:
    """``check`` for a survey answer that arrives on its own."""
    _check_reference(answer)
    _check_answer("", answer)


def check_review(review: ReviewRecorded) -> None:
    """``check`` for a reviewer's decision."""
    _check_reference(review)
    _check_ids("", review, ("review_id", "result_id", "rule_id", "reviewer_id"))
    _check_numbers("", review)


def _check_reference(record: SurveyAnswered | ReviewRecorded) -> None:
    if not is_legal_id(record.interaction_id):
        raise _invalid("interaction_id", "must be 1 to 128 printable ASCII characters without spaces")
    _check_ids("", record, ("tenant_id",))


def _check_identity(completed: InteractionCompleted) -> None:
    if not is_legal_id(completed.interaction_id):
        raise _invalid("interaction_id", "must be 1 to 128 printable ASCII characters without spaces")
    if completed.record_version < 0:
        raise _invalid("record_version", "must not be negative, send epoch ms of the last update")
    _check_ids("", completed, ("tenant_id", "source_system"))
    if completed.site_timezone not in _time_zones():
        raise _invalid("site_timezone", "must be an IANA zone such as Asia/Shanghai")
    if completed.language is not None and not _LANGUAGE.fullmatch(completed.language):
        raise _invalid("language", "must be a BCP 47 tag such as zh-CN, or null")


def _check_counts(completed: InteractionCompleted) -> None:
    for name, limit in _LISTS.items():
        count = len(getattr(completed, name))
        if count > limit:
            raise _invalid(name, f"has {count} entries, send at most {limit}")
    segments = completed.transcript.segments if completed.transcript else ()
    if len(segments) > _SEGMENT_LIMIT:
        raise _invalid("transcript.segments", f"has {len(segments)} entries, send at most {_SEGMENT_LIMIT}")
    if completed.self_service and len(completed.self_service.steps) > _STEP_LIMIT:
        raise _invalid("self_service.steps", f"has more than {_STEP_LIMIT} entries")


def _check_inline_text(completed: InteractionCompleted) -> None:
    segments = completed.transcript.segments if completed.transcript else ()
    text_bytes = sum(
        len((text or "").encode("utf-8", "surrogatepass"))
        for text in [*(m.text for m in completed.messages), *(s.text for s in segments)]
    )
    if text_bytes > INLINE_TEXT_LIMIT:
        problem = f"hold {text_bytes} bytes of text, send at most {INLINE_TEXT_LIMIT} or a content_uri"
        raise _invalid("messages and transcript", problem)


def _check_span(completed: InteractionCompleted, now_ms: int | None) -> None:
    started, ended = completed.started_at, completed.ended_at
    if ended < started:
        raise _invalid("ended_at", f"is {started - ended} ms before started_at")
    if ended - started > LONGEST_MS:
        raise _invalid("ended_at", "is more than 31 days after started_at")
    if now_ms is not None and ended > now_ms + DAY_MS:
        raise _invalid("ended_at", "is more than a day in the future, send epoch ms in UTC")
    answered = completed.answered_at
    if answered is not None and not started <= answered <= ended:
        raise _invalid(
            "answered_at", "is not between started_at and ended_at, send null if no human answered"
        )
    for name in ("enqueued_at", "dequeued_at"):
        at = getattr(completed, name)
        if at is not None:
            _check_within(name, at, completed, CLOCK_TOLERANCE_MS)
    _check_order("", completed, "enqueued_at", "dequeued_at")


def _check_leg(path: str, leg: AgentLeg, completed: InteractionCompleted) -> None:
    _check_ids(path, leg, ("agent_id",))
    _check_numbers(path, leg)
    _check_order(path, leg, "joined_at", "left_at")
    for name in ("alerted_at", "joined_at"):
        at = getattr(leg, name)
        if at is not None:
            _check_within(path + name, at, completed, CLOCK_TOLERANCE_MS)
    if leg.left_at is not None:
        _check_within(path + "left_at", leg.left_at, completed, CLOSING_TOLERANCE_MS)


def _check_recording(path: str, recording: Recording) -> None:
    _check_numbers(path, recording)
    if not recording.uri:
        raise _invalid(path + "uri", "is empty, leave the recording out")
    if recording.sample_rate_hz == 0:
        raise _invalid(path + "sample_rate_hz", "must be positive, send null if not known")
    if recording.sha256 is not None and not _SHA256.fullmatch(recording.sha256):
        raise _invalid(path + "sha256", "must be 64 hexadecimal digits, or null")


def _check_messages(messages: Sequence[Message], completed: InteractionCompleted) -> None:
    seen: set[str] = set()
    for index, message in enumerate(messages):
        path = f"messages[{index}]."
        _check_ids(path, message, ("message_id",))
        _check_numbers(path, message)
        if message.message_id in seen:
            raise _invalid(path + "message_id", "stands twice, send each message once")
        seen.add(message.message_id)
        _check_within(path + "sent_at", message.sent_at, completed, CLOSING_TOLERANCE_MS)


def _check_segments(segments: Iterable[Segment]) -> None:
    for index, segment in enumerate(segments):
        path = f"transcript.segments[{index}]."
        _check_numbers(path, segment)
        _check_order(path, segment, "start_ms", "end_ms")
        _check_ratio(path + "confidence", segment.confidence)


def _check_self_service(part: SelfService) -> None:
    _check_ids("self_service.", part, ("flow_id",))
    seen: set[int] = set()
    for index, step in enumerate(part.steps):
        path = f"self_service.steps[{index}]."
        _check_ids(path, step, ("node_id",))
        _check_numbers(path, step)
        _check_order(path, step, "entered_at", "left_at")
        _check_ratio(path + "intent_confidence", step.intent_confidence)
        if step.seq in seen:
            raise _invalid(path + "seq", "stands twice, number the steps 1, 2, 3 ...")
        seen.add(step.seq)


def _check_answer(path: str, answer: Survey | SurveyAnswered) -> None:
    _check_numbers(path, answer)
    _check_order(path, answer, "offered_at", "answered_at")
    low, high = answer.scale_min, answer.scale_max
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise _invalid(path + "scale_min", "must be finite and below scale_max")
    if answer.score is not None and not low <= answer.score <= high:
        raise _invalid(path + "score", "is outside scale_min to scale_max, send the scale that was shown")


def _check_ids(path: str, record: Struct, names: Iterable[str]) -> None:
    for name in names:
        value = getattr(record, name)
        if not value.strip():
            raise _invalid(path + name, "is empty")
        if len(value) > NAME_LIMIT:
            raise _invalid(path + name, f"has {len(value)} characters, send at most {NAME_LIMIT}")


def _check_numbers(path: str, record: Struct) -> None:
    """Times between 2000 and 2100, durations of at most 31 days, nothing negative, 32 bits for the rest."""
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if not isinstance(value, int) or isinstance(value, bool) or name in ("record_version", "leg"):
            continue
        if name.endswith("_at"):
            if not EARLIEST_MS <= value < LATEST_MS:
                raise _invalid(path + name, f"is {value}, send epoch milliseconds in UTC of this century")
        elif value < 0:
            raise _invalid(path + name, f"is {value}, send null if it is not known")
        elif name.endswith("_ms") and value > LONGEST_MS:
            raise _invalid(path + name, f"is {value}, more than 31 days: send milliseconds")
        elif not name.endswith("_ms") and value > INT_LIMIT:
            raise _invalid(path + name, f"is {value}, send at most {INT_LIMIT}")


def _check_order(path: str, record: Struct, first: str, then: str) -> None:
    begin, end = getattr(record, first), getattr(record, then)
    if begin is not None and end is not None and end < begin:
        raise _invalid(path + then, f"is {begin - end} ms before {first}")


def _check_within(path: str, at: int, completed: InteractionCompleted, tolerance_ms: int) -> None:
    if at < completed.started_at - tolerance_ms:
        raise _invalid(path, f"is {completed.started_at - at} ms before started_at")
    if at > completed.ended_at + tolerance_ms:
        raise _invalid(path, f"is {at - completed.ended_at} ms after ended_at")


def _check_ratio(path: str, value: float | None) -> None:
    if value is not None and not 0 <= value <= 1:
        raise _invalid(path, "must be between 0 and 1, send null if it is not known")


@cache
def _time_zones() -> frozenset[str]:
    """Zones that both the IANA database and ClickHouse know; one list, so that all machines agree."""
    text = (resources.files("schemas") / "time_zones.txt").read_text(encoding="ascii")
    return frozenset(text.split())


def _invalid(field: str, problem: str) -> SchemaViolation:
    return SchemaViolation(DeadLetterReason.INVALID, f"{field}: {problem}")
