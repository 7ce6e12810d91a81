import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import msgspec
import pytest

from schemas.dead_letters import REDRIVE_LIMIT, DeadLetterHeaders, payload_sha256
from schemas.records.terms import DeadLetterReason, Stage
from schemas.topics import CLASSIFIED, Topic, dead_letter_topic, lane_topic, load_topics
from streams.local.kafka import EmbeddedKafka
from streams.operations import offsets, topics
from streams.operations.cluster import Cluster
from streams.operations.dead_letters import Selection, UnreadableDeadLetter, list_dead_letters
from streams.operations.dead_letters_redrive import Redriven, RedrivePlan, Refusal, plan_redrive, redrive
from streams.operations.offsets import Place
from streams.operations.publish import Coordinates, OutgoingRecord, publish

pytestmark = pytest.mark.integration

LETTERS = dead_letter_topic(Stage.SCORING)


@pytest.fixture
def cluster(kafka: EmbeddedKafka) -> Iterator[Cluster]:
    with Cluster(kafka.bootstrap) as connection:
        yield connection


@pytest.fixture
def interaction(unique_name: Callable[[str], str]) -> str:
    """Dead-letter topics have fixed names; this id tells a test's letters from those of others."""
    return unique_name("interaction")


@pytest.fixture
def flow(cluster: Cluster, unique_name: Callable[[str], str]) -> dict[str, Topic]:
    """The product's topics, of which scoring's input has a name of the test's own."""
    declared = load_topics()
    source = msgspec.structs.replace(declared.pop(CLASSIFIED), name=unique_name(CLASSIFIED))
    declared[source.name] = source
    topics.apply(cluster, declared.values())
    return declared


@pytest.fixture
def source(flow: dict[str, Topic], unique_name: Callable[[str], str]) -> str:
    return flow[unique_name(CLASSIFIED)].name


def headers(interaction: str, source: str, **changes: object) -> DeadLetterHeaders:
    whole = DeadLetterHeaders(
        stage=Stage.SCORING,
        reason=DeadLetterReason.RULE_ERROR,
        detail="item 3 has no rule",
        src_topic=source,
        src_partition=2,
        src_offset=77,
        src_timestamp=1_700_000_000_000,
        group="callqa-scoring",
        app_version="0.1.0",
        first_failed_at=1_700_000_001_000,
        payload_sha256=payload_sha256(b"original"),
        interaction_id=interaction,
    )
    return msgspec.structs.replace(whole, **changes)


def set_aside(cluster: Cluster, letter: DeadLetterHeaders, payload: bytes = b"original") -> Coordinates:
    own = (("trace", b"from upstream"),)
    record = OutgoingRecord(key=b"key", value=payload, headers=(*own, *letter.to_kafka()))
    (place,) = publish(cluster, LETTERS, [record])
    return place


def planned(
    cluster: Cluster, flow: dict[str, Topic], interaction: str, *, force: bool = False
) -> RedrivePlan:
    mine = Selection(stages=(Stage.SCORING,), interaction_ids=(interaction,))
    return plan_redrive(cluster, mine, flow, force=force)


def sent(
    cluster: Cluster, flow: dict[str, Topic], interaction: str, *, force: bool = False
) -> list[Redriven]:
    return redrive(cluster, planned(cluster, flow, interaction, force=force).ready)


def kept(plan: RedrivePlan) -> dict[Refusal, list[Coordinates]]:
    return {why: [letter.coordinates for letter in letters] for why, letters in plan.kept.items()}


def test_dead_letter_is_listed_with_its_bytes_and_reason(
    cluster: Cluster, interaction: str, source: str
) -> None:
    place = set_aside(cluster, headers(interaction, source))
    (letter,) = list_dead_letters(cluster, Selection(interaction_ids=(interaction,)))
    assert letter.coordinates == place
    assert (letter.key, letter.payload) == (b"key", b"original")
    assert letter.headers == headers(interaction, source)
    assert letter.other_headers == (("trace", b"from upstream"),)


def test_listing_is_narrowed_by_stage_and_reason(cluster: Cluster, interaction: str, source: str) -> None:
    set_aside(cluster, headers(interaction, source))
    mine = Selection(interaction_ids=(interaction,), stages=(Stage.DELIVERY,))
    assert list(list_dead_letters(cluster, mine)) == []
    mine = Selection(interaction_ids=(interaction,), reasons=(DeadLetterReason.UNDECODABLE,))
    assert list(list_dead_letters(cluster, mine)) == []


def test_record_that_is_no_dead_letter_is_reported_and_the_others_are_listed(
    cluster: Cluster, interaction: str, source: str
) -> None:
    (stray,) = publish(cluster, LETTERS, [OutgoingRecord(key=b"key", value=b"stray")])
    set_aside(cluster, headers(interaction, source))
    unreadable: list[UnreadableDeadLetter] = []
    letters = list_dead_letters(cluster, Selection(interaction_ids=(interaction,)), unreadable=unreadable)
    assert len(list(letters)) == 1
    assert stray in [record.coordinates for record in unreadable]


def test_redriven_letter_comes_to_its_stage_with_its_bytes_and_a_higher_count(
    cluster: Cluster, interaction: str, source: str, flow: dict[str, Topic]
) -> None:
    place = set_aside(cluster, headers(interaction, source, redrive_count=1))
    confirmed: list[int] = []
    (one,) = redrive(cluster, planned(cluster, flow, interaction).ready, on_sent=confirmed.append)
    assert one.letter.coordinates == place
    assert one.copy.topic == source
    assert confirmed == [1]
    limits = {Place(one.copy.topic, one.copy.partition): (one.copy.offset, one.copy.offset + 1)}
    (record,) = offsets.read_ranges(cluster, limits)
    assert (record.key, record.value) == (b"key", b"original")
    assert DeadLetterHeaders.from_kafka(record.headers) == headers(interaction, source, redrive_count=2)
    assert ("trace", b"from upstream") in record.headers


def test_a_plan_changes_nothing_and_holds_no_payload(
    cluster: Cluster, interaction: str, source: str, flow: dict[str, Topic]
) -> None:
    set_aside(cluster, headers(interaction, source))
    (letter,) = planned(cluster, flow, interaction).ready
    assert letter.payload is None
    assert all(end == 0 for end in offsets.ends(cluster, offsets.places_of(cluster, [source])).values())


def test_original_stays_on_its_topic_after_a_redrive(
    cluster: Cluster, interaction: str, source: str, flow: dict[str, Topic]
) -> None:
    place = set_aside(cluster, headers(interaction, source))
    sent(cluster, flow, interaction)
    mine = Selection(interaction_ids=(interaction,))
    assert [letter.coordinates for letter in list_dead_letters(cluster, mine)] == [place]


@pytest.mark.parametrize("key", [b"key", None])
def test_a_letter_that_was_sent_again_is_not_sent_twice_unless_forced(
    cluster: Cluster, interaction: str, source: str, flow: dict[str, Topic], key: bytes | None
) -> None:
    record = OutgoingRecord(
        key=key, value=b"original", headers=tuple(headers(interaction, source).to_kafka())
    )
    (place,) = publish(cluster, LETTERS, [record])
    assert len(sent(cluster, flow, interaction)) == 1

    again = planned(cluster, flow, interaction)

    assert again.ready == ()
    assert kept(again) == {Refusal.REDRIVEN: [place]}
    assert len(sent(cluster, flow, interaction, force=True)) == 1


KILLED = """
import os, signal, sys
import msgspec
from schemas.records.terms import Stage
from schemas.topics import CLASSIFIED, load_topics
from streams.operations.cluster import Cluster
from streams.operations.dead_letters import Selection
from streams.operations.dead_letters_redrive import plan_redrive, redrive

bootstrap, source, interaction = sys.argv[1:]
flow = load_topics()
flow[source] = msgspec.structs.replace(flow.pop(CLASSIFIED), name=source)
with Cluster(bootstrap) as cluster:
    plan = plan_redrive(cluster, Selection(stages=(Stage.SCORING,), interaction_ids=(interaction,)), flow)
    redrive(cluster, plan.ready, on_sent=lambda count: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_redrive_that_was_killed_goes_on_with_what_it_had_not_sent(
    cluster: Cluster, interaction: str, source: str, flow: dict[str, Topic]
) -> None:
    letters = [headers(interaction, source, src_offset=n) for n in range(450)]
    records = [
        OutgoingRecord(key=b"k%d" % n, value=b"v", headers=tuple(letters[n].to_kafka())) for n in range(450)
    ]
    publish(cluster, LETTERS, records)
    arguments = [sys.executable, "-c", KILLED, cluster.bootstrap, source, interaction]

    killed = subprocess.run(arguments, check=False, timeout=100).returncode
    left = len(planned(cluster, flow, interaction).ready)
    sent(cluster, flow, interaction)

    places = offsets.places_of(cluster, [source])
    ends = offsets.ends(cluster, places)
    copies = list(offsets.read_ranges(cluster, {place: (0, end) for place, end in ends.items()}))
    assert killed == -signal.SIGKILL
    assert 0 < left < 450
    assert len(copies) == 450
    assert len({DeadLetterHeaders.from_kafka(copy.headers).dead_letter_id for copy in copies}) == 450


def test_a_letter_that_came_back_stands_for_the_one_before(
    cluster: Cluster, interaction: str, source: str, flow: dict[str, Topic]
) -> None:
    first = set_aside(cluster, headers(interaction, source))
    sent(cluster, flow, interaction)
    second = set_aside(cluster, headers(interaction, source, redrive_count=1))

    plan = planned(cluster, flow, interaction, force=True)

    assert [letter.coordinates for letter in plan.ready] == [second]
    assert kept(plan) == {Refusal.SUPERSEDED: [first]}
    assert [letter.coordinates for letter in planned(cluster, flow, interaction).ready] == [second]


def test_letters_that_cannot_go_back_are_told_apart_and_the_others_go(
    cluster: Cluster, interaction: str, source: str, flow: dict[str, Topic]
) -> None:
    parked = set_aside(cluster, headers(interaction, source, redrive_count=REDRIVE_LIMIT, src_offset=1))
    pointer = set_aside(cluster, headers(interaction, source, pointer=True, src_offset=2), b"")
    foreign = set_aside(cluster, headers(interaction, source, src_topic="someone.elses.topic"))
    last_try = set_aside(cluster, headers(interaction, source, redrive_count=REDRIVE_LIMIT - 1, src_offset=3))
    plan = planned(cluster, flow, interaction)
    assert kept(plan) == {
        Refusal.PARKED: [parked],
        Refusal.WITHOUT_PAYLOAD: [pointer],
        Refusal.UNROUTABLE: [foreign],
    }
    assert [letter.coordinates for letter in plan.ready] == [last_try]
    forced = planned(cluster, flow, interaction, force=True)
    assert {letter.coordinates for letter in forced.ready} == {parked, last_try}


def test_letters_of_a_lane_are_listed_apart_from_those_of_the_live_pipeline(
    cluster: Cluster, flow: dict[str, Topic], source: str, interaction: str
) -> None:
    topic = msgspec.structs.replace(flow[LETTERS], name=lane_topic(LETTERS, "replay"))
    topics.apply(cluster, [topic])
    record = OutgoingRecord(key=b"key", value=b"original", headers=headers(interaction, source).to_kafka())
    (place,) = publish(cluster, topic.name, [record])

    live = list(list_dead_letters(cluster, Selection(interaction_ids=(interaction,))))
    (letter,) = list_dead_letters(cluster, Selection(interaction_ids=(interaction,), lane="replay"))

    assert live == []
    assert letter.coordinates == place
    assert letter.place == f"scoring.lane-replay/{place.partition}@{place.offset}"
