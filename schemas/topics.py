"""Every Kafka topic of the product: one file a topic in ``schemas/topics``, and the names used in code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec
import yaml
from msgspec import Struct

from schemas.codec import RECORD_TYPES
from schemas.records.terms import Stage

COMPLETED = "qa.interaction.completed.v1"
DEFERRED = "qa.interaction.deferred.v1"
TRANSCRIBED = "qa.interaction.transcribed.v1"
CLASSIFIED = "qa.interaction.classified.v1"
SCORED = "qa.interaction.scored.v1"
ALERT_RAISED = "qa.alert.raised.v1"
SURVEY_ANSWERED = "qa.survey.answered.v1"
REVIEW_RECORDED = "qa.review.recorded.v1"

UPSTREAM = "upstream"
"""Telephony, chat and self-service platforms."""
INSPECTION = "inspection"
"""The tool in which inspectors confirm and overturn verdicts."""

_LANE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANE_LIMIT = 40


class Description(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a topic is for."""

    zh: str
    en: str


class Topic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One topic as its file declares it.

    ``record`` names the record it carries and ``schema`` its file below ``schemas``; both are null for
    a dead-letter topic, which carries the original bytes of ``dead_letters_of``. ``content`` is raw
    where words of people are not redacted; raw topics have equal retention. ``key`` is the field whose
    UTF-8 is the Kafka key. ``producers`` and ``consumers`` are stages, ``upstream`` or ``inspection``.
    """

    name: str
    description: Description
    record: str | None
    schema: str | None
    dead_letters_of: tuple[str, ...] = ()
    content: str
    key: str
    partitioner: str
    partitions: int
    retention_ms: int
    max_message_bytes: int
    cleanup: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]

    @property
    def record_type(self) -> type[Struct] | None:
        """The record's class; null for a dead-letter topic."""
        return None if self.record is None else RECORD_TYPES[self.record]

    def kafka_config(self) -> dict[str, str]:
        """The topic's settings in Kafka's own names."""
        return {
            "cleanup.policy": self.cleanup,
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(self.max_message_bytes),
        }


def load_topics(root: Traversable | None = None) -> dict[str, Topic]:
    """All topics by name, read from the YAML files of the package or of ``root``.

    Raises ``ValueError`` where a file declares another name than its own or does not fit ``Topic``.
    """
    folder = root if root is not None else resources.files("schemas") / "topics"
    topics: dict[str, Topic] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".yaml"):
            continue
        try:
            topic = msgspec.convert(yaml.safe_load(file.read_text(encoding="utf-8")), Topic, strict=True)
        except (msgspec.ValidationError, yaml.YAMLError) as error:
            raise ValueError(f"{file.name}: {error}") from error
        if file.name != f"{topic.name}.yaml":
            raise ValueError(f"{file.name} declares the topic {topic.name}")
        topics[topic.name] = topic
    return topics


def dead_letter_topic(stage: Stage) -> str:
    """Where a stage puts what it cannot process."""
    return f"qa.dead_letter.{stage.value}.v1"


def lane_topic(name: str, lane: str | None) -> str:
    """The name of topic ``name`` on a lane, e.g. ``replay``; on no lane, the name itself.

    Raises ``ValueError`` for a lane that is not short lower-case words joined by hyphens.
    """
    if lane is None:
        return name
    if len(lane) > _LANE_LIMIT or not _LANE.fullmatch(lane):
        raise ValueError(f"a lane is named in lower-case letters, digits and hyphens, not {lane!r}")
    return f"{name}.lane-{lane}"


def consumed_by(topics: Mapping[str, Topic], party: str) -> list[Topic]:
    """The topics that a stage, or another party, reads."""
    return [topic for topic in topics.values() if party in topic.consumers]


def produced_by(topics: Mapping[str, Topic], party: str) -> list[Topic]:
    """The topics that a stage, or another party, writes."""
    return [topic for topic in topics.values() if party in topic.producers]
