"""Events that people write in files: read, checked against the contract, and encoded, before any is sent."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from schemas.codec import Codec

_LINES = (".jsonl", ".ndjson")
_YAML = (".yaml", ".yml")
_SUFFIXES = (".json", *_LINES, *_YAML)
STANDARD_INPUT = Path("-")


class EventKind(StrEnum):
    """What a file holds."""

    COMPLETED = "completed"
    SURVEY = "survey"
    REVIEW = "review"


class EventsRefused(Exception):
    """Events that break the contract; ``problems`` names file, event and field of each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"{len(problems)} events break the contract")
        self.problems = tuple(problems)


class CheckedEvent(Struct, frozen=True, kw_only=True):
    """A legal event, its encoded value, where it stood, and what upstream could add to it."""

    place: str
    record: Any
    value: bytes
    advice: tuple[str, ...] = ()


def read_events(files: Sequence[Path], kind: EventKind, *, max_bytes: int, now_ms: int) -> list[CheckedEvent]:
    """Every event of every file. ``-`` is standard input, one JSON event a line.

    ``max_bytes`` is the topic's limit. Raises EventsRefused with all problems, OSError for a file that
    cannot be read.
    """
    from schemas.codec import Codec, SchemaViolation

    codec = Codec()
    events: list[CheckedEvent] = []
    problems: list[str] = []
    for path in files:
        try:
            for place, value in _values(path):
                try:
                    events.append(_checked(codec, kind, place, value, now_ms))
                except SchemaViolation as violation:
                    problems.append(f"{place}: {violation.detail}")
        except NotParsed as error:
            problems.append(str(error))
    problems += [
        f"{event.place}: is {len(event.value)} bytes encoded, the topic takes at most {max_bytes}"
        for event in events
        if len(event.value) > max_bytes
    ]
    if problems:
        raise EventsRefused(problems)
    return events


class NotParsed(Exception):
    """A file, or a line of it, is not what its name says."""


def _checked(codec: Codec, kind: EventKind, place: str, value: object, now_ms: int) -> CheckedEvent:
    """Raises SchemaViolation."""
    from schemas import validation
    from schemas.plain import from_plain
    from schemas.records.completed import InteractionCompleted
    from schemas.records.feedback import ReviewRecorded, SurveyAnswered
    from schemas.shortcomings import shortcomings

    advice: tuple[str, ...] = ()
    record: Struct
    if kind is EventKind.COMPLETED:
        record = from_plain(value, InteractionCompleted)
        validation.check(record, now_ms)
        advice = tuple(shortcomings(record))
    elif kind is EventKind.SURVEY:
        record = from_plain(value, SurveyAnswered)
        validation.check_survey(record)
    else:
        record = from_plain(value, ReviewRecorded)
        validation.check_review(record)
    return CheckedEvent(place=place, record=record, value=codec.encode(record), advice=advice)


def _values(path: Path) -> Iterator[tuple[str, object]]:
    """Each event with its place. Raises NotParsed and OSError."""
    if path == STANDARD_INPUT:
        yield from _lines("standard input", sys.stdin.read())
        return
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise NotParsed(f"{path}: the name must end in {', '.join(_SUFFIXES)}")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise NotParsed(f"{path}: is not UTF-8 (byte {error.start})") from None
    if suffix in _LINES:
        yield from _lines(str(path), text)
    else:
        documents = _yaml(path, text) if suffix in _YAML else [_json(str(path), text)]
        events = [event for one in documents for event in (one if isinstance(one, list) else [one])]
        for number, event in enumerate(events, start=1):
            yield f"{path}: event {number}", event


def _lines(name: str, text: str) -> Iterator[tuple[str, object]]:
    number = 0
    # Not splitlines: a JSON string may hold other characters that Python takes for line ends.
    for line, content in enumerate(text.split("\n"), start=1):
        if content.strip():
            number += 1
            yield f"{name}: event {number}, line {line}", _json(f"{name}: line {line}", content)


def _json(place: str, text: str) -> Any:
    import msgspec

    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise NotParsed(f"{place}: is not JSON: {error}") from None


def _yaml(path: Path, text: str) -> list[Any]:
    import yaml

    try:
        return [one for one in yaml.safe_load_all(text) if one is not None]
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        line = f": line {mark.line + 1}" if mark else ""
        raise NotParsed(f"{path}{line}: is not YAML: {getattr(error, 'problem', error)}") from None


def versions_of(events: Sequence[CheckedEvent]) -> Mapping[tuple[str, str], int]:
    """Highest record version of each interaction, by tenant and id, among completed events."""
    versions: dict[tuple[str, str], int] = {}
    for event in events:
        key, version = (event.record.tenant_id, event.record.interaction_id), event.record.record_version
        versions[key] = max(version, versions.get(key, version))
    return versions
