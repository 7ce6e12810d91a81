import pytest

from schemas.topics import COMPLETED, load_topics
from streams.operations.topics import LANE_RETENTION_MS, wanted_topics

TOPICS = load_topics()


@pytest.mark.parametrize(
    ("brokers", "replicas", "in_sync"), [(1, 1, "1"), (2, 2, "1"), (3, 3, "2"), (9, 3, "2")]
)
def test_replicas_follow_the_number_of_brokers(brokers: int, replicas: int, in_sync: str) -> None:
    (topic,) = wanted_topics([TOPICS[COMPLETED]], brokers)
    assert topic.replicas == replicas
    assert topic.settings["min.insync.replicas"] == in_sync


def test_settings_of_the_contract_are_spelled_out() -> None:
    (topic,) = wanted_topics([TOPICS[COMPLETED]], 1)
    assert topic.name == COMPLETED
    assert topic.partitions == TOPICS[COMPLETED].partitions
    assert TOPICS[COMPLETED].kafka_config().items() <= topic.settings.items()
    assert topic.settings["unclean.leader.election.enable"] == "false"


def test_topics_of_a_lane_have_the_suffix_and_a_short_retention() -> None:
    live = TOPICS[COMPLETED]
    (topic,) = wanted_topics([live], 1, "replay")
    assert topic.name == f"{COMPLETED}.lane-replay"
    assert topic.partitions == live.partitions
    assert topic.settings["retention.ms"] == str(LANE_RETENTION_MS)
    assert live.retention_ms > LANE_RETENTION_MS
