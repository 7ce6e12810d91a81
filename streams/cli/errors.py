"""Expected failures as one clear line: an operator reads no traceback for a broker that is down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streams.cli.console import fail


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn what a user can cause or mend into a message and exit code 1."""
    from clickhouse_connect.driver.exceptions import ClickHouseError

    from processors.classification import RuleSetError
    from processors.scoring import ScorecardError
    from schemas.codec import SchemaViolation
    from streams.local.jars import KafkaUnavailable
    from streams.local.kafka import BrokerFailed, BrokerInUse
    from streams.local.own_recording import UnusableRecording
    from streams.local.running import NothingRuns
    from streams.local.store import StoreFailed
    from streams.models import ModelCorrupt, ModelMissing, ModelUnavailable
    from streams.operations.cluster import BrokerUnreachable
    from streams.operations.offsets import TopicMissing
    from streams.settings import UnknownSetting

    try:
        yield
    except ClickHouseError as error:
        fail(f"ClickHouse: {type(error).__name__}: {str(error).splitlines()[0][:200]}")
    except (
        BrokerFailed,
        BrokerInUse,
        BrokerUnreachable,
        FileNotFoundError,
        KafkaUnavailable,
        ModelCorrupt,
        ModelMissing,
        ModelUnavailable,
        NothingRuns,
        RuleSetError,
        SchemaViolation,
        ScorecardError,
        StoreFailed,
        TopicMissing,
        UnknownSetting,
        UnusableRecording,
    ) as error:
        fail(str(error))
