import json
from pathlib import Path

from schemas.avro_files import SchemaFiles
from schemas.codec import Codec
from schemas.records.completed import InteractionCompleted
from schemas.records.terms import Channel
from streams.configured_codec import configured_codec
from streams.settings import Settings

EVENT = InteractionCompleted(
    interaction_id="chat-1",
    record_version=1,
    tenant_id="t",
    source_system="s",
    channel=Channel.WEB,
    started_at=1,
    ended_at=2,
)


def test_without_a_snapshot_records_are_framed_by_fingerprint(tmp_path: Path):
    written = configured_codec(Settings(data_dir=tmp_path)).encode(EVENT)

    assert written == Codec().encode(EVENT)


def test_with_a_snapshot_records_are_framed_by_the_registrys_id(tmp_path: Path):
    schema = json.dumps(SchemaFiles().compose("InteractionCompleted"))
    snapshot = tmp_path / "registry.json"
    ids = {"by_id": {"71": schema}, "write_ids": {"InteractionCompleted": 71}}
    snapshot.write_text(json.dumps(ids))

    codec = configured_codec(Settings(data_dir=tmp_path, schema_registry_snapshot=snapshot))
    written = codec.encode(EVENT)

    assert written[:5] == b"\x00" + (71).to_bytes(4, "big")
    assert codec.decode(written, InteractionCompleted) == EVENT
