"""The Faust application of one stage, with every setting that the contract hangs on pinned.

Reasons stand in ARCHITECTURE.md, "Faust"; a test holds these values. Streams are always raw bytes with
automatic acknowledgement off: everything else Faust offers (typed topics, tables, take, group_by,
exactly-once) either acknowledges before the outcome is durable or keeps state that can be lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import faust
import mode

from streams.stages.commits import BeltedTransport, SmallestUnfinished, nothing_unfinished

_SEVEN_DAYS = 604_800.0


@dataclass(frozen=True, slots=True)
class AppOptions:
    """``group`` is the consumer group, ``member`` the static member id of this worker's slot.

    A lane's worker has none: when a replay ends, its groups must be empty at once. After
    ``request_seconds`` without an answer a connection to the broker counts as dead.
    """

    group: str
    member: str | None
    bootstrap: str
    data_dir: str
    session_timeout_seconds: float = 45.0
    request_seconds: float = 90.0
    max_request_bytes: int = 4 << 20


def create_app(
    options: AppOptions, smallest_unfinished: SmallestUnfinished = nothing_unfinished
) -> faust.App:
    """A Faust application that declares nothing, serves nothing and keeps no state.

    It commits nothing beyond what ``smallest_unfinished`` says of a partition.
    """
    app = faust.App(
        options.group,
        broker=[f"kafka://{address}" for address in options.bootstrap.split(",")],
        datadir=options.data_dir,
        key_serializer="raw",
        value_serializer="raw",
        processing_guarantee="at_least_once",
        store="memory://",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        agent_supervisor=mode.CrashingSupervisor,
        stream_buffer_maxsize=32,
        stream_wait_empty=False,
        broker_max_poll_records=50,
        # Longer than any backlog: Faust's own idle clock would freeze a busy worker; liveness is ours.
        broker_max_poll_interval=_SEVEN_DAYS,
        broker_session_timeout=options.session_timeout_seconds,
        broker_heartbeat_interval=min(3.0, options.session_timeout_seconds / 3),
        broker_request_timeout=options.request_seconds,
        broker_rebalance_timeout=120.0,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        **({"consumer_group_instance_id": options.member} if options.member else {}),
        producer_acks=-1,
        producer_request_timeout=min(60.0, options.request_seconds),
        producer_linger=0.005,
        producer_max_batch_size=1 << 20,
        producer_max_request_size=options.max_request_bytes + (128 << 10),
        producer_threaded=False,
        cython_optimizations=False,
        worker_redirect_stdouts=False,
    )
    app.transport = BeltedTransport(app, smallest_unfinished)
    return app


def raw_topic(app: faust.App, name: str) -> Any:
    """A topic of raw keys and values: nothing is decoded before the harness has the event in hand."""
    return app.topic(name, key_serializer="raw", value_serializer="raw")
