"""What the real recogniser makes of demo calls, and of the same calls disturbed, against what was spoken."""

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from processors.classification import load_ruleset, shipped_ruleset
from processors.classification.classify import classify
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from processors.transcript import SourceCoordinates, header_of
from processors.transcription import Audio, HeardBy, Hearer, HearingOptions, conclude, listen
from processors.transcription.activity import VoiceActivity
from processors.transcription.whisper import WhisperEngine
from schemas.records.completed import AgentLeg, InteractionCompleted, Recording
from schemas.records.terms import Channel, Doubt, ExclusionReason, FindingKind, Role, SystemSound, Verdict
from streams.models import ModelUnavailable, fetch
from streams.recordings import decode

pytestmark = [pytest.mark.model, pytest.mark.integration]

PROJECT = Path(__file__).resolve().parents[2]
DEMO = PROJECT / "infra" / "demo"
TRUTH = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
START = 1_760_000_000_000
SECOND = 16_000
BOTH = (Role.AGENT, Role.CUSTOMER)
OTHER = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT}
OPTIONS = HearingOptions(hot_words=load_lexicon("zh").hot_words("orders", 160), lexicon_hash="lexicon")


def completed(roles=BOTH):
    return InteractionCompleted(
        interaction_id="i",
        record_version=1,
        tenant_id="t",
        source_system="s",
        channel=Channel.VOICE,
        started_at=START,
        ended_at=START + 120_000,
        language="zh-CN",
        agents=(AgentLeg(agent_id="1", joined_at=START, left_at=START + 120_000),),
        recordings=(Recording(uri="file:///a", channel_roles=roles, started_at=START),),
    )


def audio(samples, roles=BOTH):
    return Audio(samples=samples, sha256="ab" * 32, roles=roles)


def demo(call):
    with (DEMO / "audio" / f"{call}.opus").open("rb") as file:
        return decode(file, "ogg").samples


@pytest.fixture(scope="module")
def hearer():
    try:
        model = fetch("base", PROJECT / ".local" / "cache" / "models")
    except ModelUnavailable as absent:
        pytest.skip(str(absent))
    return Hearer(engine=WhisperEngine(model), detector=VoiceActivity())


@pytest.fixture(scope="module")
def listened(hearer):
    """Each call is heard once, whatever the tests ask of it."""
    kept = {}

    def of(call):
        if call not in kept:
            kept[call] = listen(completed(), [audio(demo(call))], hearer, OPTIONS)
        return kept[call]

    return of


@pytest.fixture(scope="module")
def transcribed(hearer):
    def of(heard, samples, roles=BOTH):
        event = completed(roles)
        header = header_of(event, SourceCoordinates(topic="t", partition=0, offset=0, timestamp_ms=START))
        by = HeardBy(info=hearer.engine.info, options=OPTIONS)
        return conclude(event, header, [audio(samples, roles)], heard, by)

    return of


@pytest.mark.parametrize("call", ["v05-interruptions", "v10-dead-air"])
def test_turns_begin_and_end_within_300_ms_of_the_truth(listened, transcribed, call):
    turns = list(transcribed(listened(call), demo(call)).transcript.turns())

    errors = []
    for spoken in TRUTH[call]:
        own = [turn for turn in turns if turn.party is Role(spoken["role"].upper())]
        errors.append(min(abs(turn.start_ms - spoken["start_ms"]) for turn in own))
        errors.append(min(abs(turn.end_ms - spoken["end_ms"]) for turn in own))
    assert sum(error <= 300 for error in errors) >= 0.95 * len(errors)


def test_interruptions_and_their_overlap_are_those_that_were_spoken(listened, transcribed):
    spoken = TRUTH["v05-interruptions"]
    overlaps = [
        (later["start_ms"], before["end_ms"])
        for before, later in zip(spoken, spoken[1:], strict=False)
        if later["start_ms"] < before["end_ms"]
    ]

    transcript = transcribed(listened("v05-interruptions"), demo("v05-interruptions")).transcript

    found = [(one.by, one.start_ms, one.end_ms) for one in transcript.interruptions()]
    assert [by for by, _, _ in found] == [Role.AGENT] * len(overlaps)
    for (_, start, end), (told_start, told_end) in zip(found, overlaps, strict=True):
        assert start == pytest.approx(told_start, abs=300)
        assert end == pytest.approx(told_end, abs=300)
    told_ms = sum(end - start for start, end in overlaps)
    assert transcript.measures.agent_talk_over_ms == pytest.approx(told_ms, abs=300 * len(overlaps))
    assert transcript.measures.customer_talk_over_ms == 0


def test_dead_air_is_found_where_it_was_and_nowhere_else(listened, transcribed):
    spoken = TRUTH["v10-dead-air"]
    gaps = [
        (before["end_ms"], later["start_ms"])
        for before, later in zip(spoken, spoken[1:], strict=False)
        if later["start_ms"] - before["end_ms"] > 5_000
    ]

    transcript = transcribed(listened("v10-dead-air"), demo("v10-dead-air")).transcript

    found = [(s.start_ms, s.end_ms, s.after, s.before) for s in transcript.silences()]
    assert transcript.measures.dead_air_count == len(gaps) == len(found)
    for (start, end, _, _), told in zip(found, gaps, strict=True):
        assert (start, end) == pytest.approx(told, abs=300)
    assert [(after, before) for _, _, after, before in found] == [BOTH, (Role.CUSTOMER, Role.AGENT)]


def test_swapped_channels_are_noticed_and_nobody_is_blamed(listened, transcribed):
    heard = listened("v05-interruptions")
    swapped = replace(
        heard,
        parties=tuple(replace(party, party=OTHER[party.party]) for party in heard.parties),
        turns=tuple(replace(turn, party=OTHER[turn.party]) for turn in heard.turns),
    )

    result = transcribed(swapped, demo("v05-interruptions")[::-1])

    assert result.transcript.doubts == (Doubt.SWAPPED_CHANNELS,)
    assert result.transcript.measures.agent_talk_ms is None
    found = classify(
        result, load_ruleset(shipped_ruleset("zh")), Segmenter(load_lexicon("zh")), 1
    ).classification
    blamed = [f for f in found.findings if f.kind is FindingKind.FAULT]
    assert blamed
    assert {finding.verdict for finding in blamed} == {Verdict.UNCERTAIN}


def test_one_channel_for_both_is_a_mixed_party_of_whom_nothing_is_certain(hearer, transcribed):
    mono = demo("v10-dead-air").mean(axis=0, keepdims=True)
    roles = (Role.MIXED,)
    heard = listen(completed(roles), [audio(mono, roles)], hearer, OPTIONS)

    result = transcribed(heard, mono, roles)

    measures = result.transcript.measures
    assert set(result.transcript.turn_party) == {Role.MIXED}
    assert measures.silence_5s_ms == pytest.approx(25_000, abs=1_000)
    assert measures.agent_talk_ms is measures.dead_air_count is measures.overlap_ms is None
    found = classify(
        result, load_ruleset(shipped_ruleset("zh")), Segmenter(load_lexicon("zh")), 1
    ).classification
    assert Verdict.HIT not in {f.verdict for f in found.findings if f.kind is FindingKind.FAULT}


def test_hold_tones_in_a_call_are_the_systems_and_no_silence(hearer, transcribed):
    call = demo("v10-dead-air")
    beat = (0.1 * np.sin(2 * np.pi * 450 * np.arange(SECOND) / SECOND)).astype(np.float32)
    ringing = np.stack([np.zeros(15 * SECOND, np.float32), np.zeros(15 * SECOND, np.float32)])
    for at in (0, 5, 10):
        ringing[0, at * SECOND : (at + 1) * SECOND] = beat
    samples = np.concatenate([ringing, call[:, : 12 * SECOND]], axis=1)
    heard = listen(completed(), [audio(samples)], hearer, OPTIONS)

    transcript = transcribed(heard, samples).transcript

    (ring,) = transcript.system_stretches()
    assert (ring.sound, ring.channel) == (SystemSound.RING_BACK, 0)
    assert (ring.start_ms, ring.end_ms) == pytest.approx((0, 11_000), abs=100)
    assert next(transcript.turns()).start_ms > 15_000


def test_a_call_in_another_language_than_stated_is_excluded(hearer, transcribed):
    recording = PROJECT.parent / "shared" / "data" / "audio" / "aws_pca_auto0_mono.wav"
    if not recording.is_file():
        pytest.skip("the English recording is not here")
    with recording.open("rb") as file:
        samples = decode(file, "wav").samples[:, : 15 * SECOND]
    roles = (Role.MIXED,)
    heard = listen(completed(roles), [audio(samples, roles)], hearer, OPTIONS)

    assert heard.spoken[0].language == "en"
    assert transcribed(heard, samples, roles).exclusion is ExclusionReason.LANGUAGE_UNSUPPORTED
