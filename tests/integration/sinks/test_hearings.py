"""What was heard once is found again by its sound, and fitted to the agents of the event at hand."""

from typing import Any

import pytest
from msgspec.structs import replace

from processors.transcription.engine import EngineInfo
from processors.transcription.hearing import HearingOptions, hearing_key
from schemas.records.completed import InteractionCompleted, Recording
from schemas.records.terms import Role
from sinks.rows.interaction import interaction_rows
from streams.asr_child import HearJob
from streams.hearings import StoredHearings

pytestmark = pytest.mark.integration

NOON = 1_790_000_000_000
INFO = EngineInfo(
    name="faster-whisper", version="1", model="base", model_sha256="ab", options="", languages=("zh",)
)
OPTIONS = HearingOptions(hot_words="话费", lexicon_hash="l1")
SOUND = "cd" * 32


def recordings(start: int = NOON - 60_000) -> tuple[Recording, ...]:
    return (
        Recording(uri="file:///calls/v01.opus", channel_roles=(Role.AGENT, Role.CUSTOMER), started_at=start),
    )


@pytest.fixture
def hearings(connect) -> StoredHearings:
    return StoredHearings(connect, lambda: INFO)


@pytest.fixture
def job(records):
    """A call to be heard; arguments change the event."""

    def make(version: int = 1, checksum: str = SOUND, **changes: Any) -> HearJob:
        facts = {"recordings": recordings(), "language": "zh-CN", **changes}
        event: InteractionCompleted = records.completed("i", version, **facts)
        kept = {name: value for name, value in changes.items() if name in ("agents", "language")}
        return HearJob(
            completed=event,
            header=records.header("i", version, **kept),
            containers=("ogg",),
            checksums=(checksum,),
            options=OPTIONS,
        )

    return make


@pytest.fixture
def heard(sink, records, job):
    """The transcript that delivery stored after the call was heard for the first time."""
    heard_of = tuple(replace(one, sha256=SOUND) for one in recordings())
    first = records.transcribed(job().header)
    key = hearing_key(heard_of, "zh-CN", INFO, OPTIONS)
    transcript = replace(first.transcript, hearing_key=key)
    sink.write(interaction_rows(replace(first, transcript=transcript, recordings=heard_of), NOON))
    return transcript


def test_a_call_heard_before_is_known_by_its_sound_with_its_own_header(hearings, heard, job):
    again = job(version=2)

    found = hearings.known(again)

    assert found.header == again.header
    assert found.transcript.turn_text == heard.turn_text
    assert found.recordings[0].sha256 == SOUND


def test_another_sound_is_unheard(hearings, heard, job):
    assert hearings.known(job(checksum="ef" * 32)) is None


def test_another_language_engine_or_lexicon_is_unheard(connect, hearings, heard, job):
    other_engine = StoredHearings(connect, lambda: replace(INFO, model_sha256="cd"))
    other_words = replace(job(), options=replace(OPTIONS, lexicon_hash="l2"))

    assert hearings.known(job(language="en-US")) is None
    assert other_engine.known(job()) is None
    assert hearings.known(other_words) is None


def test_other_hot_words_of_the_same_lexicon_are_no_reason_to_hear_again(hearings, heard, job):
    corrected_queue = replace(job(), options=replace(OPTIONS, hot_words="宽带"))

    assert hearings.known(corrected_queue) is not None


def test_corrected_agents_get_the_turns_of_their_time(hearings, heard, job, records):
    begin = NOON - 60_000
    agents = (
        records.leg("A1", joined_at=begin - 5_000, left_at=begin - 4_000),
        records.leg("A2", joined_at=begin - 1_000, left_at=NOON),
    )

    found = hearings.known(job(version=2, agents=agents))

    assert heard.turn_leg[0] == 0
    assert found.transcript.turn_leg[0] == 1
