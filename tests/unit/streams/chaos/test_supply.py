"""The load of a run: as many interactions as asked, and always something to do."""

from collections import Counter
from types import SimpleNamespace

import pytest

from streams.chaos.load import SCORED, Load, Recordings, Truth, Voices
from streams.chaos.supply import Supply

VOICES = Voices(kind="call", uris=("file:///a.wav",), truth=Truth(state=SCORED))
BROKEN = Voices(kind="killer-call", uris=("file:///k.wav",), truth=Truth(state="dead_lettered"))


class Paper:
    """A journal that remembers what it was given, and fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.records = []
        self.failures = failures

    def publish(self, cluster, records, during):
        if self.failures:
            self.failures -= 1
            raise OSError("no broker")
        self.records += records


def supply(paper: Paper, total: int = 100) -> Supply:
    cluster = SimpleNamespace(close=lambda: None)
    recordings = Recordings(calls=VOICES, broken=[BROKEN])
    return Supply(Load(1, 1_790_000_000_000), paper, cluster, recordings, total)


def test_in_the_end_exactly_as_many_interactions_are_out_as_were_asked_for():
    paper = Paper()
    load = supply(paper)

    for share in (0.1, 0.1, 0.5, 0.5, 0.5, 0.9):
        load.feed(share, "kill")
    load.finish("calm")

    assert load.published == 100
    assert len({record.key for record in paper.records}) == 100


def test_where_everything_due_is_out_earlier_interactions_come_again():
    paper = Paper()
    load = supply(paper)
    load.feed(0.5, "kill")
    before = {record.value for record in paper.records}

    load.feed(0.5, "kill")

    assert {record.value for record in paper.records} == before
    assert load.published == 50


def test_about_a_tenth_are_calls_and_none_where_none_are_wanted():
    with_calls, without = Paper(), Paper()
    supply(with_calls, 400).finish("calm")
    supply(without, 400).feed(1.0, "calm", calls=False)

    kinds = Counter(record.kind for record in with_calls.records)
    assert 20 < kinds["call"] < 60
    assert not [record for record in without.records if record.kind == "call"]


def test_hopeless_interactions_are_for_both_stages_that_write_dead_letters_and_on_top_of_the_total():
    paper = Paper()
    load = supply(paper)

    load.feed_hopeless("crash")

    assert [record.kind for record in paper.records] == ["contradictory", "killer-call"]
    assert load.published == 0


def test_what_a_broker_refused_is_published_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("streams.chaos.supply._AGAIN_SECONDS", 0)
    paper = Paper(failures=2)

    supply(paper).feed(0.1, "broker-restart")

    assert len(paper.records) >= 10
