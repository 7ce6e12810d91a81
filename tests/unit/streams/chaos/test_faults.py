"""The language of faults: what can be written, and what is said about the rest."""

import pytest

from schemas.records.terms import Stage
from streams.chaos.faults import (
    POINTS_OF,
    BrokerRestart,
    Crash,
    Disturbance,
    Kill,
    KillAll,
    Network,
    Stop,
    StoreDown,
    Target,
    Terminate,
    UnknownFault,
    family,
    kills_of,
    parse_fault,
    stages_of,
)
from streams.stages.crashpoints import CrashPoint

WRITTEN = {
    "kill:scoring": Kill(Stage.SCORING),
    "kill:all": KillAll(),
    "terminate:delivery": Terminate(Stage.DELIVERY),
    "stop:transcription:2.5": Stop(Stage.TRANSCRIPTION, 2.5),
    "broker-restart": BrokerRestart(),
    "broker-restart:30": BrokerRestart(30),
    "store-down:8": StoreDown(8),
    "network:kafka:lost-answer:5": Network(Target.KAFKA, Disturbance.LOST_ANSWER, 5),
    "network:store:half-open:0.5": Network(Target.STORE, Disturbance.HALF_OPEN, 0.5),
    "crashpoint:acked:3:scoring": Crash(Stage.SCORING, CrashPoint.ACKED, 3),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_fault_is_read_and_written_alike(text):
    (fault,) = parse_fault(text)

    assert fault == WRITTEN[text]
    assert str(fault) == text


def test_a_crash_point_without_a_stage_means_every_stage_that_passes_it():
    everywhere = parse_fault("crashpoint:acked:2")
    at_transcription = parse_fault("crashpoint:attempt.noted:1")

    assert [fault.stage for fault in everywhere] == list(Stage)
    assert [fault.stage for fault in at_transcription] == [Stage.TRANSCRIPTION]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("smash:scoring", "write kill:STAGE"),
        ("kill", "write kill:STAGE or kill:all"),
        ("kill:skoring", "write transcription, normalization"),
        ("kill:scoring:3", "write kill:STAGE"),
        ("stop:scoring", "write stop:STAGE:SECONDS"),
        ("stop:all:3", "no stage"),
        ("stop:scoring:soon", "write seconds"),
        ("stop:scoring:0", "write seconds"),
        ("stop:scoring:-1", "write seconds"),
        ("stop:scoring:nan", "write seconds"),
        ("store-down", "write store-down:SECONDS"),
        ("store-down:1e9", "at most 3600"),
        ("network:kafka:5", "write network:kafka|store:KIND:SECONDS"),
        ("network:disk:reset:5", "write kafka, store"),
        ("network:kafka:fog:5", "latency"),
        ("crashpoint:acked", "write crashpoint:NAME:N[:STAGE]"),
        ("crashpoint:nowhere:1", "in.received"),
        ("crashpoint:acked:0", "the first is 1"),
        ("crashpoint:acked:x", "the first is 1"),
        ("crashpoint:attempt.noted:1:scoring", "scoring passes in.received"),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_to_write_instead(text, advice):
    with pytest.raises(UnknownFault, match="'") as refused:
        parse_fault(text)

    assert repr(text) in str(refused.value)
    assert advice in str(refused.value)


def test_every_crash_point_is_passed_by_some_stage():
    assert {point for points in POINTS_OF.values() for point in points} == set(CrashPoint)


def test_a_fault_is_over_when_the_stages_that_it_hits_go_on():
    assert stages_of(Kill(Stage.SCORING)) == (Stage.SCORING,)
    assert stages_of(StoreDown(1)) == (Stage.DELIVERY,)
    assert stages_of(Network(Target.STORE, Disturbance.RESET, 1)) == (Stage.DELIVERY,)
    assert stages_of(Network(Target.KAFKA, Disturbance.RESET, 1)) == tuple(Stage)
    assert stages_of(BrokerRestart()) == stages_of(KillAll()) == tuple(Stage)


def test_kills_are_counted_by_process():
    assert kills_of(KillAll()) == 7
    assert kills_of(Crash(Stage.SCORING, CrashPoint.ACKED, 1)) == 2
    assert kills_of(Kill(Stage.SCORING)) == kills_of(BrokerRestart(3)) == kills_of(StoreDown(3)) == 1
    assert kills_of(Stop(Stage.SCORING, 1)) == kills_of(Terminate(Stage.SCORING)) == 0


def test_a_family_leaves_out_the_numbers():
    families = {text: family(fault) for text, fault in WRITTEN.items()}

    assert families["stop:transcription:2.5"] == "stop:transcription"
    assert families["broker-restart:30"] == families["broker-restart"] == "broker-restart"
    assert families["crashpoint:acked:3:scoring"] == "crashpoint:acked"
    assert families["network:kafka:lost-answer:5"] == "network:kafka:lost-answer"
    assert families["kill:scoring"] == "kill:scoring"
