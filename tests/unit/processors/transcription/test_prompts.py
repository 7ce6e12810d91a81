from processors.transcription.engine import HeardWord, Span
from processors.transcription.prompts import prompt_spans, told_apart
from processors.transcription.turns import PartySpeech
from schemas.records.completed import AgentLeg, InteractionCompleted, SelfService, Step
from schemas.records.terms import Channel, Role, SystemSound

ZERO = 1_760_000_000_000


def call(*steps, agents=()):
    return InteractionCompleted(
        interaction_id="i",
        record_version=1,
        tenant_id="t",
        source_system="s",
        channel=Channel.VOICE,
        started_at=ZERO,
        ended_at=ZERO + 60_000,
        agents=agents,
        self_service=SelfService(flow_id="f", steps=steps),
    )


def step(seq, entered_ms, left_ms=None):
    left = None if left_ms is None else ZERO + left_ms
    return Step(seq=seq, node_id="n", entered_at=ZERO + entered_ms, left_at=left)


def speech(party, *spans):
    words = tuple(HeardWord(text="字", start_ms=a + 10, end_ms=a + 20, probability=1.0) for a, _ in spans)
    return PartySpeech(party=party, channel=0, speech=tuple(Span(*span) for span in spans), words=words)


def test_a_step_lasts_until_it_was_left_or_the_next_one_began():
    assert prompt_spans(call(step(1, 0), step(2, 4_000, 9_000), step(3, 9_000)), ZERO) == (
        Span(0, 4_000),
        Span(4_000, 9_000),
    )


def test_the_time_of_an_agent_is_no_prompts():
    agents = (AgentLeg(agent_id="1", joined_at=ZERO + 5_000, left_at=ZERO + 30_000),)

    spans = prompt_spans(
        call(step(1, 0, 5_000), step(2, 6_000, 20_000), step(3, 31_000, 40_000), agents=agents), ZERO
    )

    assert spans == (Span(0, 5_000), Span(31_000, 40_000))


def test_what_the_service_side_says_during_a_prompt_is_the_systems():
    agent = speech(Role.AGENT, (500, 4_000), (6_000, 8_000))

    (kept, system), (stretch,) = told_apart([agent], [Span(0, 5_000)])

    assert (kept.party, kept.speech, len(kept.words)) == (Role.AGENT, (Span(6_000, 8_000),), 1)
    assert (system.party, system.speech, len(system.words)) == (Role.SYSTEM, (Span(500, 4_000),), 1)
    assert (stretch.sound, stretch.start_ms, stretch.end_ms) == (SystemSound.PROMPT, 500, 4_000)


def test_what_the_customer_says_during_a_prompt_stays_the_customers():
    parties = [speech(Role.CUSTOMER, (500, 4_000)), speech(Role.MIXED, (500, 4_000))]

    assert told_apart(parties, [Span(0, 5_000)]) == (tuple(parties), ())


def test_speech_that_runs_far_beyond_the_prompt_is_a_persons():
    agent = speech(Role.AGENT, (4_000, 9_000))

    assert told_apart([agent], [Span(0, 5_000)]) == ((agent,), ())


def test_a_call_without_self_service_has_no_prompts():
    assert prompt_spans(call(), ZERO) == ()
