"""Rules that are activated while the workers run: taken up without a restart, one activation a result."""

import json
import time
import uuid
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.codec import Codec
from schemas.plain import from_plain
from schemas.records.completed import InteractionCompleted
from schemas.topics import COMPLETED
from sinks.activations import ActivationStore
from streams.operations.cluster import Cluster
from streams.operations.publish import OutgoingRecord, publish
from streams.rules import activate_configured
from streams.store import connect

pytestmark = [pytest.mark.integration, pytest.mark.chaos]

RUN = uuid.uuid4().hex[:8]


def send_one(pipeline: Any, codec: Codec) -> None:
    path = resources.files("schemas") / "examples" / "InteractionCompleted" / "chat.pass.json"
    example = from_plain(json.loads(path.read_text(encoding="utf-8")), InteractionCompleted)
    name = f"activated-{RUN}-{uuid.uuid4().hex[:8]}"
    event = msgspec.structs.replace(example, interaction_id=name)
    with Cluster(pipeline.bootstrap) as cluster:
        publish(cluster, COMPLETED, [OutgoingRecord(key=name.encode(), value=codec.encode(event))])


def results(pipeline: Any) -> list[tuple[int, str]]:
    """Sequence and scorecard hash of every result of this run that counts."""
    sql = (
        "SELECT b.activation_seq, r.scorecard_hash FROM qa.base_result AS b"
        " INNER JOIN qa.result AS r FINAL"
        " ON r.result_id = b.result_id AND r.interaction_id = b.interaction_id"
        " WHERE startsWith(b.interaction_id, {run:String})"
    )
    return [(seq, card) for seq, card in pipeline.query(sql, run=f"activated-{RUN}")]


def test_running_workers_take_up_a_new_activation_and_say_so_in_each_result(
    pipeline: Any, tmp_path: Path, eventually: Any
):
    codec = Codec()
    client = connect(pipeline.settings, pipeline.addresses.clickhouse_url)
    before = ActivationStore(client).current()
    send_one(pipeline, codec)
    assert eventually(lambda: results(pipeline), seconds=120)
    card = tmp_path / "card.yaml"
    card.write_text(before.scorecard.text.replace("weight: 10", "weight: 9"), encoding="utf-8")
    changed = pipeline.settings.model_copy(update={"scorecard": card})

    after = activate_configured(
        ActivationStore(client), changed, now_ms=time.time_ns() // 1_000_000, by="test"
    )
    client.close()

    def taken_up() -> bool:
        send_one(pipeline, codec)
        time.sleep(1)
        return any(seq == after.seq for seq, _ in results(pipeline))

    assert eventually(taken_up, seconds=120)
    pipeline.rest()
    hashes = {before.seq: before.scorecard.hash, after.seq: after.scorecard.hash}
    assert {(seq, card) for seq, card in results(pipeline)} == set(hashes.items())
    assert all(worker.restarts == 0 for worker in pipeline.stack.workers)
