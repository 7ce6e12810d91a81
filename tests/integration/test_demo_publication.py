"""The demo day on a real broker: every event where it is said to lie, and a late call that ended just now."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from schemas.codec import Codec
from schemas.records.completed import InteractionCompleted
from schemas.topics import COMPLETED, SURVEY_ANSWERED, load_topics
from schemas.validation import check
from streams.demo.events import DemoEvents, build_demo_events
from streams.demo.files import load_demo_files
from streams.demo.publication import Publication, publish_demo
from streams.local.kafka import EmbeddedKafka
from streams.operations import topics
from streams.operations.cluster import Cluster
from streams.operations.offsets import Place, ends, places_of, read_ranges

pytestmark = pytest.mark.integration

DEMO = Path(__file__).parents[2] / "infra" / "demo"
NOW = 1_795_000_000_000
LATE = "b04-recording-never-arrives"


@pytest.fixture(scope="module")
def cluster(kafka: EmbeddedKafka) -> Iterator[Cluster]:
    with Cluster(kafka.bootstrap) as connected:
        topics.apply(connected, load_topics().values())
        yield connected


@pytest.fixture(scope="module")
def events() -> DemoEvents:
    return build_demo_events(load_demo_files(DEMO), date(2026, 11, 20), (DEMO / "audio").as_uri())


def records_at(cluster: Cluster, publication: Publication) -> dict[str, tuple[bytes, bytes]]:
    """Key and value at each place of a publication, by the id it is said to be of."""
    ranges = {Place(topic, partition): (0, 1 << 40) for topic, partition, _ in publication.places}
    limits = ends(cluster, ranges)
    read = read_ranges(cluster, {place: (0, limits[place]) for place in ranges})
    found = {(record.topic, record.partition, record.offset): (record.key, record.value) for record in read}
    return {name: found[place] for place, name in publication.places.items()}


def test_every_event_of_the_day_lies_where_the_publication_says(cluster, events):
    confirmed: list[int] = []

    publication = publish_demo(cluster, events, on_confirmed=confirmed.append)

    wanted = {event.interaction_id for event in events.completed} | {raw.key for raw in events.raw}
    found = records_at(cluster, publication)
    assert set(found) == wanted
    assert all(key == name.encode() for name, (key, _) in found.items())
    assert {topic for topic, _, _ in publication.places} == {COMPLETED}
    assert confirmed[-1] == len(wanted)


def test_events_survive_the_journey_and_broken_ones_stay_as_broken_as_they_were(cluster, events):
    found = records_at(cluster, publish_demo(cluster, events, on_confirmed=lambda count: None))

    for event in events.completed:
        assert Codec().decode(found[event.interaction_id][1], InteractionCompleted) == event
    for raw in events.raw:
        assert found[raw.key][1] == raw.value


def test_a_call_without_a_recording_ended_just_now_and_keeps_its_shape(cluster, events):
    publication = publish_demo(cluster, events, on_confirmed=lambda count: None, late_since_ms=NOW)

    found = records_at(cluster, publication)
    (before,) = [event for event in events.completed if event.interaction_id == LATE]
    late = Codec().decode(found[LATE][1], InteractionCompleted)
    check(late)
    moved = NOW - before.ended_at
    assert (late.started_at, late.ended_at) == (before.started_at + moved, NOW)
    assert late.agents[0].joined_at == before.agents[0].joined_at + moved
    assert late.recordings[0].started_at == before.recordings[0].started_at + moved
    (other,) = [event for event in events.completed if event.interaction_id.startswith("v01")]
    assert Codec().decode(found[other.interaction_id][1], InteractionCompleted) == other


def test_surveys_go_to_their_own_topic(cluster, events):
    def written() -> int:
        return sum(ends(cluster, places_of(cluster, [SURVEY_ANSWERED])).values())

    before = written()

    publish_demo(cluster, events, on_confirmed=lambda count: None)

    assert written() - before == len(events.surveys) > 0
