"""Topics on a cluster as ``schemas/topics`` wants them: what differs, and putting it right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError
from msgspec import Struct

from schemas.topics import Topic, lane_topic
from streams.operations.cluster import Cluster

LANE_RETENTION_MS = 24 * 3600 * 1000
"""Records of a replay lane are of use while the replay runs."""

_MOST_REPLICAS = 3
_UNKNOWN_TOPIC = 3


class ChangeKind(StrEnum):
    """What is to be done, or known, about a topic."""

    CREATE = "create"
    ADD_PARTITIONS = "add-partitions"
    CONFIGURE = "configure"
    FEWER_REPLICAS = "fewer-replicas"
    AUTO_CREATE = "auto-create"


class TopicChange(Struct, frozen=True, kw_only=True):
    """One difference between the contract and the cluster.

    FEWER_REPLICAS (replicas are moved by the cluster's own tools) and AUTO_CREATE (a broker setting, topic
    is empty) are only reported. ADD_PARTITIONS sends new records of a key to another partition than its
    old ones: apply it while the topic's consumers have no lag.
    """

    topic: str
    kind: ChangeKind
    setting: str = ""
    current: str = ""
    wanted: str = ""

    @property
    def applicable(self) -> bool:
        """Whether ``apply`` does it."""
        return self.kind in (ChangeKind.CREATE, ChangeKind.ADD_PARTITIONS, ChangeKind.CONFIGURE)


class TopicsDiffer(Exception):
    """The cluster refused a change, or still shows another value after it."""


class WantedTopic(Struct, frozen=True, kw_only=True):
    """A topic of the contract on one cluster: its name on the lane and every setting spelled out."""

    name: str
    partitions: int
    replicas: int
    settings: dict[str, str]


def wanted_topics(topics: Iterable[Topic], brokers: int, lane: str | None = None) -> list[WantedTopic]:
    """What ``topics`` are to be on a cluster of ``brokers``.

    One broker: one replica. From three on: three, of which two must have written. A lane's topics are
    the same with the lane's suffix and a retention of a day.
    """
    replicas = min(brokers, _MOST_REPLICAS)
    return [
        WantedTopic(
            name=lane_topic(topic.name, lane),
            partitions=topic.partitions,
            replicas=replicas,
            settings={
                **topic.kafka_config(),
                "min.insync.replicas": str(max(1, replicas - 1)),
                "retention.ms": str(_retention(topic, lane)),
                "unclean.leader.election.enable": "false",
            },
        )
        for topic in topics
    ]


def plan(cluster: Cluster, topics: Iterable[Topic], lane: str | None = None) -> list[TopicChange]:
    """What differs on the cluster; empty where everything is as wanted. More partitions are accepted."""
    brokers = cluster.admin.describe_cluster()["brokers"]
    wanted = wanted_topics(topics, len(brokers), lane)
    if not wanted:
        return []
    found = {
        about["name"]: about for about in cluster.admin.describe_topics([topic.name for topic in wanted])
    }
    present = [topic for topic in wanted if found[topic.name]["error_code"] != _UNKNOWN_TOPIC]
    settings = _topic_settings(cluster, present)
    changes: list[TopicChange] = []
    for topic in wanted:
        if topic in present:
            changes += _differences(topic, found[topic.name]["partitions"], settings[topic.name])
        else:
            changes.append(TopicChange(topic=topic.name, kind=ChangeKind.CREATE, wanted=_summary(topic)))
    return changes


def check(cluster: Cluster, topics: Iterable[Topic], lane: str | None = None) -> list[TopicChange]:
    """``plan``, and whether the brokers would create a mistyped topic by themselves."""
    return [*plan(cluster, topics, lane), *_auto_create(cluster)]


def apply(cluster: Cluster, topics: Iterable[Topic], lane: str | None = None) -> list[TopicChange]:
    """Does every applicable change of ``plan`` and returns what was done. Safe to repeat.

    Raises TopicsDiffer where the cluster refuses one or still differs afterwards.
    """
    kept = list(topics)
    changes = [change for change in plan(cluster, kept, lane) if change.applicable]
    brokers = cluster.admin.describe_cluster()["brokers"]
    wanted = {topic.name: topic for topic in wanted_topics(kept, len(brokers), lane)}
    _create(cluster, [wanted[change.topic] for change in changes if change.kind is ChangeKind.CREATE])
    _add_partitions(cluster, [change for change in changes if change.kind is ChangeKind.ADD_PARTITIONS])
    _configure(cluster, [change for change in changes if change.kind is ChangeKind.CONFIGURE])
    cluster.admin.wait_for_topics(list(wanted))
    left = [change for change in plan(cluster, kept, lane) if change.applicable]
    if left:
        said = ", ".join(f"{change.topic} {change.setting or change.kind}" for change in left)
        raise TopicsDiffer(f"still not as wanted: {said}")
    return changes


def _retention(topic: Topic, lane: str | None) -> int:
    if lane is None or topic.retention_ms < 0:
        return topic.retention_ms
    return min(topic.retention_ms, LANE_RETENTION_MS)


def _summary(topic: WantedTopic) -> str:
    parts = [f"partitions={topic.partitions}", f"replicas={topic.replicas}"]
    return " ".join(parts + [f"{name}={value}" for name, value in topic.settings.items()])


def _differences(
    topic: WantedTopic, partitions: Sequence[Mapping[str, Any]], settings: Mapping[str, str]
) -> list[TopicChange]:
    changes = []
    if len(partitions) < topic.partitions:
        changes.append(_change(topic, ChangeKind.ADD_PARTITIONS, len(partitions), topic.partitions))
    replicas = min(len(part["replica_nodes"]) for part in partitions)
    if replicas < topic.replicas:
        changes.append(_change(topic, ChangeKind.FEWER_REPLICAS, replicas, topic.replicas))
    changes += [
        TopicChange(
            topic=topic.name,
            kind=ChangeKind.CONFIGURE,
            setting=name,
            current=settings.get(name, ""),
            wanted=value,
        )
        for name, value in topic.settings.items()
        if settings.get(name) != value
    ]
    return changes


def _change(topic: WantedTopic, kind: ChangeKind, current: int, wanted: int) -> TopicChange:
    return TopicChange(topic=topic.name, kind=kind, current=str(current), wanted=str(wanted))


def _topic_settings(cluster: Cluster, topics: Sequence[WantedTopic]) -> dict[str, dict[str, str]]:
    if not topics:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, topic.name, list(topic.settings)) for topic in topics]
    answered = cluster.admin.describe_configs(asked, config_filter="all")["topic"]
    return {
        topic: {name: about["value"] for name, about in settings.items()}
        for topic, settings in answered.items()
    }


def _auto_create(cluster: Cluster) -> list[TopicChange]:
    setting = "auto.create.topics.enable"
    brokers = [str(broker["broker_id"]) for broker in cluster.admin.describe_cluster()["brokers"]]
    asked = [ConfigResource(ConfigResourceType.BROKER, broker, [setting]) for broker in brokers]
    answered = cluster.admin.describe_configs(asked, config_filter="all")["broker"]
    if all(settings[setting]["value"] == "false" for settings in answered.values()):
        return []
    return [
        TopicChange(topic="", kind=ChangeKind.AUTO_CREATE, setting=setting, current="true", wanted="false")
    ]


def _create(cluster: Cluster, topics: Sequence[WantedTopic]) -> None:
    """One request a topic, so that a topic that someone else creates meanwhile does not stop the others."""
    for topic in topics:
        asked = {
            "num_partitions": topic.partitions,
            "replication_factor": topic.replicas,
            "configs": dict(topic.settings),
        }
        try:
            cluster.admin.create_topics({topic.name: asked})
        except TopicAlreadyExistsError:
            continue


def _add_partitions(cluster: Cluster, changes: Sequence[TopicChange]) -> None:
    if changes:
        cluster.admin.create_partitions({change.topic: int(change.wanted) for change in changes})


def _configure(cluster: Cluster, changes: Sequence[TopicChange]) -> None:
    by_topic: dict[str, dict[str, str]] = {}
    for change in changes:
        by_topic.setdefault(change.topic, {})[change.setting] = change.wanted
    if not by_topic:
        return
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, settings) for name, settings in by_topic.items()]
    answered = cluster.admin.alter_configs(asked)["topic"]
    # kafka-python returns a refusal as a text beside the OKs.
    refused = [f"{name}: {said}" for name, said in answered.items() if said != "OK"]
    if refused:
        raise TopicsDiffer("; ".join(refused))
