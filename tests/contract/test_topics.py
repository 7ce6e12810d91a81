"""The topic files fit each other, the records and the stages; nothing is left without a use."""

from __future__ import annotations

import json
from importlib import resources

import jsonschema
import pytest
import yaml

from schemas.avro_files import SchemaFiles
from schemas.codec import RECORD_TYPES
from schemas.records.terms import Stage
from schemas.topics import INSPECTION, UPSTREAM, consumed_by, dead_letter_topic, lane_topic, load_topics

FOLDER = resources.files("schemas") / "topics"
SHAPE = json.loads((FOLDER / "topic.schema.json").read_text(encoding="utf-8"))
TOPICS = load_topics()
DEAD_LETTERS = {name: topic for name, topic in TOPICS.items() if topic.dead_letters_of}
DAY_MS = 86_400_000
HEADER_BYTES = 64 * 1024
LONGEST_NAME = 249  # Kafka's limit


def declared(name: str) -> dict[str, object]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def errors(topic: dict[str, object]) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(SHAPE).iter_errors(topic)]


@pytest.mark.parametrize("name", TOPICS)
def test_a_topic_file_has_the_declared_shape(name):
    assert errors(declared(name)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": "qa.Interaction.v1"},
        {"name": "qa.interaction.completed"},
        {"name": "qa.interaction-completed.v1"},
        {"description": {"zh": "只有中文说明的一个主题"}},
        {"description": {"zh": "说明说明说明说明", "en": "short"}},
        {"record": None},
        {"record": "lower"},
        {"schema": "avro/AlertRaised.json"},
        {"content": "secret"},
        {"key": "agent_id"},
        {"partitioner": "crc32"},
        {"partitions": 0},
        {"partitions": "4"},
        {"retention_ms": DAY_MS},
        {"max_message_bytes": 1000},
        {"cleanup": "compact"},
        {"producers": []},
        {"producers": ["scoring", "scoring"]},
        {"consumers": ["somebody"]},
        {"dead_letters_of": ["qa.interaction.completed.v1"]},
        {"colour": "red"},
    ],
)
def test_a_topic_file_of_another_shape_is_refused(change):
    assert errors({**declared("qa.interaction.completed.v1"), **change})


@pytest.mark.parametrize("missing", SHAPE["required"])
def test_a_topic_file_without_a_required_field_is_refused(missing):
    topic = declared("qa.interaction.completed.v1")
    del topic[missing]

    assert errors(topic)


def test_a_dead_letter_topic_must_say_whose_dead_letters_it_holds():
    topic = declared("qa.dead_letter.scoring.v1")
    del topic["dead_letters_of"]

    assert errors(topic)


@pytest.mark.parametrize("name", sorted(set(TOPICS) - set(DEAD_LETTERS)))
def test_the_record_of_a_topic_exists_with_its_file(name):
    topic = TOPICS[name]

    assert topic.record in RECORD_TYPES
    assert topic.schema == f"avro/{topic.record}.avsc"
    assert SchemaFiles().read(topic.record)["name"] == topic.record


def test_every_record_travels_on_a_topic():
    assert {topic.record for topic in TOPICS.values() if topic.record} == set(RECORD_TYPES)


def test_every_party_named_exists():
    parties = {*Stage, UPSTREAM, INSPECTION}
    named = {party for topic in TOPICS.values() for party in (*topic.producers, *topic.consumers)}

    assert named == parties


def test_every_file_in_the_folder_is_a_topic_or_their_shape():
    files = {file.name for file in FOLDER.iterdir()}

    assert files == {f"{name}.yaml" for name in TOPICS} | {"topic.schema.json"}


def test_no_two_topics_collide_where_kafka_metrics_turn_dots_into_underscores():
    names = [*TOPICS, *(lane_topic(name, "replay") for name in TOPICS)]

    assert len({name.replace(".", "_") for name in names}) == len(names)
    assert max(map(len, names)) <= LONGEST_NAME


def test_every_stage_has_one_dead_letter_topic_that_it_alone_writes():
    assert set(DEAD_LETTERS) == {dead_letter_topic(stage) for stage in Stage}
    for stage in Stage:
        assert TOPICS[dead_letter_topic(stage)].producers == (stage.value,)


@pytest.mark.parametrize("stage", Stage)
def test_a_stage_dead_letters_what_it_reads_and_never_a_dead_letter(stage):
    read = {topic.name for topic in consumed_by(TOPICS, stage)}

    assert set(TOPICS[dead_letter_topic(stage)].dead_letters_of) == read - set(DEAD_LETTERS)


@pytest.mark.parametrize("name", DEAD_LETTERS)
def test_a_dead_letter_fits_with_its_headers_and_outlives_its_source(name):
    for source in DEAD_LETTERS[name].dead_letters_of:
        assert DEAD_LETTERS[name].max_message_bytes >= TOPICS[source].max_message_bytes + HEADER_BYTES
        assert DEAD_LETTERS[name].retention_ms >= max(30 * DAY_MS, TOPICS[source].retention_ms)


@pytest.mark.parametrize("name", DEAD_LETTERS)
def test_dead_letters_of_raw_content_are_raw(name):
    sources = {TOPICS[source].content for source in DEAD_LETTERS[name].dead_letters_of}

    assert DEAD_LETTERS[name].content == ("raw" if "raw" in sources else "redacted")


def test_raw_content_is_kept_equally_long_wherever_it_lies():
    assert len({topic.retention_ms for topic in TOPICS.values() if topic.content == "raw"}) == 1


def test_all_topics_have_the_same_partitions_so_that_a_key_keeps_its_number():
    assert len({topic.partitions for topic in TOPICS.values()}) == 1


def test_delivery_reads_every_topic_but_those_that_only_stages_pass_on():
    read = {topic.name for topic in consumed_by(TOPICS, Stage.DELIVERY)}

    assert set(TOPICS) - read == {"qa.interaction.deferred.v1", "qa.interaction.classified.v1"}
