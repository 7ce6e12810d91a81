from pathlib import Path

import pytest
import yaml

from schemas import topics
from schemas.records.completed import InteractionCompleted
from schemas.records.terms import Stage
from schemas.topics import consumed_by, dead_letter_topic, lane_topic, load_topics, produced_by


def written(folder: Path, file: str, **change: object) -> Path:
    declared = {
        "name": "qa.parcel.sent.v1",
        "description": {"zh": "包裹", "en": "parcels"},
        "record": "AlertRaised",
        "schema": "avro/AlertRaised.avsc",
        "content": "raw",
        "key": "interaction_id",
        "partitioner": "murmur2",
        "partitions": 4,
        "retention_ms": 1,
        "max_message_bytes": 1,
        "cleanup": "delete",
        "producers": ["upstream"],
        "consumers": ["delivery"],
    }
    (folder / file).write_text(yaml.safe_dump({**declared, **change}, allow_unicode=True), encoding="utf-8")
    return folder


def test_every_topic_of_the_product_is_declared():
    expected = {
        topics.COMPLETED,
        topics.DEFERRED,
        topics.TRANSCRIBED,
        topics.CLASSIFIED,
        topics.SCORED,
        topics.ALERT_RAISED,
        topics.SURVEY_ANSWERED,
        topics.REVIEW_RECORDED,
        *(dead_letter_topic(stage) for stage in Stage),
    }

    assert set(load_topics()) == expected
    assert len(expected) == 13


def test_a_topic_knows_its_record_and_its_settings_in_kafka():
    completed = load_topics()[topics.COMPLETED]

    assert completed.record_type is InteractionCompleted
    assert completed.kafka_config() == {
        "cleanup.policy": "delete",
        "retention.ms": str(30 * 86_400_000),
        "max.message.bytes": str(4 * 1024 * 1024),
    }


def test_a_dead_letter_topic_has_no_record_of_its_own():
    assert load_topics()[dead_letter_topic(Stage.SCORING)].record_type is None


@pytest.mark.parametrize(
    "change", [{"name": "qa.other.v1"}, {"partitions": "4"}, {"colour": "red"}, {"description": None}]
)
def test_a_file_that_does_not_fit_is_refused_by_name(tmp_path, change):
    folder = written(tmp_path, "qa.parcel.sent.v1.yaml", **change)

    with pytest.raises(ValueError, match=r"^qa\.parcel\.sent\.v1\.yaml"):
        load_topics(folder)


def test_a_file_that_is_no_yaml_is_refused_by_name(tmp_path):
    (tmp_path / "qa.broken.v1.yaml").write_text("a: b: c")

    with pytest.raises(ValueError, match="qa.broken.v1.yaml"):
        load_topics(tmp_path)


def test_on_no_lane_a_topic_keeps_its_name():
    assert lane_topic(topics.SCORED, None) == topics.SCORED


def test_a_lane_is_a_suffix():
    assert lane_topic(topics.SCORED, "replay") == "qa.interaction.scored.v1.lane-replay"


@pytest.mark.parametrize("lane", ["", "Replay", "a b", "re_play", "-a", "x" * 41, "a/b"])
def test_a_lane_that_is_no_legal_name_is_refused(lane):
    with pytest.raises(ValueError, match="a lane is named"):
        lane_topic(topics.SCORED, lane)


def test_readers_and_writers_of_topics_are_found():
    declared = load_topics()

    assert [topic.name for topic in consumed_by(declared, Stage.SCORING)] == [topics.CLASSIFIED]
    assert {topic.name for topic in produced_by(declared, Stage.SCORING)} == {
        topics.SCORED,
        topics.ALERT_RAISED,
        dead_letter_topic(Stage.SCORING),
    }
