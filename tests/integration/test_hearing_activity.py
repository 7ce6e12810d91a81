"""Voice activity of the demo calls against the times at which they were spoken."""

import json
from pathlib import Path

import pytest

from processors.transcription.activity import VoiceActivity, join_gaps
from processors.transcription.engine import Span
from processors.transcription.measures import measure
from processors.transcription.turns import PartySpeech
from schemas.records.terms import Role
from streams.recordings import decode

pytestmark = pytest.mark.integration

DEMO = Path(__file__).resolve().parents[2] / "infra" / "demo"
TRUTH = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def activity():
    detector = VoiceActivity()

    def of(call):
        with (DEMO / "audio" / f"{call}.opus").open("rb") as file:
            samples = decode(file, "ogg").samples
        return {
            role: detector.intervals(row) for role, row in zip(("agent", "customer"), samples, strict=True)
        }

    return {call: of(call) for call in TRUTH}


def spoken(call, role):
    return join_gaps([Span(t["start_ms"], t["end_ms"]) for t in TRUTH[call] if t["role"] == role])


def test_borders_of_speech_lie_within_300_ms_of_the_truth(activity):
    errors = []
    for call, parties in activity.items():
        for role, found in parties.items():
            for span in spoken(call, role):
                errors.append(min(abs(span.start_ms - other.start_ms) for other in found))
                errors.append(min(abs(span.end_ms - other.end_ms) for other in found))

    assert sum(error <= 300 for error in errors) >= 0.98 * len(errors)


def test_interruptions_are_found_where_they_are_and_nowhere_else(activity):
    counts = {}
    for call, parties in activity.items():
        speech = [
            PartySpeech(party=Role(role.upper()), channel=n, speech=found, words=())
            for n, (role, found) in enumerate(parties.items())
        ]
        measures = measure(speech, [], "zh").measures
        counts[call] = (measures.agent_interruption_count, measures.customer_interruption_count)

    assert counts.pop("v05-interruptions") == (3, 0)
    assert set(counts.values()) == {(0, 0)}


def test_the_long_silences_of_the_dead_air_call_are_found(activity):
    speech = [
        PartySpeech(party=Role(role.upper()), channel=n, speech=found, words=())
        for n, (role, found) in enumerate(activity["v10-dead-air"].items())
    ]

    silences = measure(speech, [], "zh").silences

    assert [round((s.end_ms - s.start_ms) / 1_000) for s in silences] == [14, 11]
