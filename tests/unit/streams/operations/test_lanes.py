import pytest

from schemas.records.terms import Stage
from schemas.topics import (
    ALERT_RAISED,
    CLASSIFIED,
    COMPLETED,
    DEFERRED,
    REVIEW_RECORDED,
    SCORED,
    SURVEY_ANSWERED,
    TRANSCRIBED,
    dead_letter_topic,
    lane_topic,
    load_topics,
)
from streams.operations.lanes import LaneStage, lane_stages, written_topics

TOPICS = load_topics()


def by_stage(replayed: Stage) -> dict[Stage, LaneStage]:
    return {stage.stage: stage for stage in lane_stages(replayed, TOPICS)}


def on_lane(*topics: str) -> set[str]:
    return {lane_topic(topic, "replay") for topic in topics}


def test_replay_of_classification_reads_live_transcripts_and_writes_to_the_lane_alone() -> None:
    stages = by_stage(Stage.CLASSIFICATION)
    assert list(stages) == [Stage.CLASSIFICATION, Stage.SCORING, Stage.DELIVERY]
    assert stages[Stage.CLASSIFICATION].live_topics == (TRANSCRIBED,)
    assert stages[Stage.CLASSIFICATION].lane_topics == ()
    assert stages[Stage.SCORING].live_topics == ()
    assert set(stages[Stage.SCORING].lane_topics) == on_lane(CLASSIFIED)


def test_delivery_on_the_lane_reads_only_what_the_lane_wrote() -> None:
    delivery = by_stage(Stage.CLASSIFICATION)[Stage.DELIVERY]
    assert delivery.live_topics == ()
    assert on_lane(SCORED, ALERT_RAISED, dead_letter_topic(Stage.SCORING)) <= set(delivery.lane_topics)
    assert on_lane(COMPLETED, TRANSCRIBED, SURVEY_ANSWERED).isdisjoint(delivery.lane_topics)


def test_late_recordings_of_a_replay_stay_on_the_lane() -> None:
    transcription = by_stage(Stage.TRANSCRIPTION)[Stage.TRANSCRIPTION]
    assert transcription.live_topics == (COMPLETED,)
    assert set(transcription.lane_topics) == on_lane(DEFERRED)


def test_replaying_one_of_the_two_lanes_leaves_the_other_out() -> None:
    assert Stage.TRANSCRIPTION not in by_stage(Stage.NORMALIZATION)
    assert Stage.NORMALIZATION not in by_stage(Stage.TRANSCRIPTION)


def test_replay_of_delivery_reads_everything_it_ever_read() -> None:
    (delivery,) = lane_stages(Stage.DELIVERY, TOPICS)
    wanted = {COMPLETED, TRANSCRIBED, SCORED, ALERT_RAISED, SURVEY_ANSWERED, REVIEW_RECORDED}
    assert wanted | {dead_letter_topic(stage) for stage in Stage} <= set(delivery.live_topics)


@pytest.mark.parametrize("replayed", list(Stage))
def test_no_lane_stage_reads_a_live_topic_except_the_replayed_one(replayed: Stage) -> None:
    first, *rest = lane_stages(replayed, TOPICS)
    assert first.stage is replayed
    assert first.live_topics
    assert all(stage.live_topics == () for stage in rest)


@pytest.mark.parametrize("replayed", list(Stage))
def test_every_lane_topic_that_is_read_is_also_written_on_the_lane(replayed: Stage) -> None:
    written = on_lane(*(topic.name for topic in written_topics(replayed, TOPICS)))
    read = {topic for stage in lane_stages(replayed, TOPICS) for topic in stage.lane_topics}
    assert read <= written


def test_upstream_topics_are_never_written_on_a_lane() -> None:
    names = {topic.name for stage in Stage for topic in written_topics(stage, TOPICS)}
    assert names.isdisjoint({COMPLETED, SURVEY_ANSWERED, REVIEW_RECORDED})
