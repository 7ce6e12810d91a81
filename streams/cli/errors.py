"""Expected failures as one clear line: an operator reads no traceback for a broker that is down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING

import typer

from streams.cli.console import fail

if TYPE_CHECKING:
    from pydantic import ValidationError


class ExitCode(IntEnum):
    """How a command ended. 2 is a mistake on the command line."""

    OK = 0
    ERROR = 1
    USAGE = 2
    SOME_DEAD_LETTERED = 3
    REFUSED = 4
    INTERRUPTED = 130


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn what a user can cause or mend into a message and an exit code; anything else is a defect."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        message = message_of(error)
        if message is None:
            raise
        fail(message, ExitCode.REFUSED if isinstance(error, _refusals()) else ExitCode.ERROR)


def message_of(error: Exception) -> str | None:
    """What to tell a person, or None where the error is nobody's but ours."""
    from clickhouse_connect.driver.exceptions import ClickHouseError
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        return problems_of(error)
    if isinstance(error, ClickHouseError):
        return f"ClickHouse: {_first_line(str(error)) or type(error).__name__}"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error) if isinstance(error, (*_expected(), *_refusals())) else None


def problems_of(error: ValidationError) -> str:
    """Which settings are wrong and why, without their values: a rejected one may be a secret."""
    return "; ".join(_problem(part["loc"], part["msg"]) for part in error.errors())


def _problem(location: tuple[int | str, ...], message: str) -> str:
    text = message.removeprefix("Value error, ")
    return f"setting {'.'.join(map(str, location))}: {text}" if location else text


def _first_line(text: str, limit: int = 300) -> str:
    return next(iter(text.strip().splitlines()), "")[:limit]


def _expected() -> tuple[type[Exception], ...]:
    from processors.classification import RuleSetError
    from processors.scoring import ScorecardError
    from schemas.codec import SchemaViolation
    from sinks.migrations import MigrationError
    from streams.asr_child import AsrUnavailable
    from streams.asr_child.registry import EngineUnusable
    from streams.chaos.injection import Stuck
    from streams.local.jars import KafkaUnavailable
    from streams.local.kafka import BrokerFailed, BrokerInUse
    from streams.local.own_recording import UnusableRecording
    from streams.local.replay_run import LaneFailed
    from streams.local.running import NothingRuns
    from streams.local.store import StoreFailed
    from streams.models import ModelCorrupt, ModelMissing, ModelUnavailable
    from streams.operations.cluster import BrokerUnreachable
    from streams.operations.groups import OffsetsNotSet
    from streams.operations.lag import NotDrained
    from streams.operations.offsets import ReadStalled, TopicMissing
    from streams.operations.publish import PublishFailed
    from streams.operations.topics import TopicsDiffer
    from streams.recordings import S3NotInstalled
    from streams.rule_files import UnreadableInteraction
    from streams.rules import NoActiveRules, RulesDiffer
    from streams.settings import NotConfigured, UnknownSetting
    from streams.slots import SlotTaken
    from streams.store import StoreUnreachable

    return (
        *(AsrUnavailable, EngineUnusable, S3NotInstalled),
        *(BrokerFailed, BrokerInUse, BrokerUnreachable, KafkaUnavailable, LaneFailed),
        *(NotConfigured, NothingRuns, SlotTaken, StoreFailed),
        *(StoreUnreachable, UnusableRecording),
        *(ModelCorrupt, ModelMissing, ModelUnavailable, MigrationError, UnknownSetting),
        *(NotDrained, OffsetsNotSet, PublishFailed, ReadStalled, TopicMissing, TopicsDiffer),
        *(NoActiveRules, RuleSetError, RulesDiffer, SchemaViolation, ScorecardError),
        *(Stuck, UnreadableInteraction),
        *_of_training(),
    )


def _of_training() -> tuple[type[Exception], ...]:
    from processors.classification.learned import ReasonModelError
    from streams.training.labels import LabelsError
    from streams.training.reasons import TrainingUnavailable

    return (LabelsError, ReasonModelError, TrainingUnavailable)


def _refusals() -> tuple[type[Exception], ...]:
    from streams.chaos.injection import NotPossibleHere
    from streams.operations.groups import GroupIsLive
    from streams.operations.replay import NothingToReplay

    return (GroupIsLive, NothingToReplay, NotPossibleHere)
