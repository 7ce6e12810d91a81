from collections.abc import Callable

import pytest

from schemas.codec import Codec
from schemas.records.completed import (
    AgentLeg,
    InteractionCompleted,
    Message,
    Recording,
    Segment,
    SelfService,
    Step,
    VendorTranscript,
)
from schemas.records.terms import (
    Channel,
    Consent,
    Disposition,
    Entity,
    ExclusionReason,
    InputMode,
    Role,
    TurnKind,
)
from schemas.records.transcribed import InteractionTranscribed

STARTED_AT = 1_760_000_000_000
Event = Callable[..., InteractionCompleted]
Build = Callable[..., Message]
Normalise = Callable[[InteractionCompleted], InteractionTranscribed]

SAID = (
    Segment(start_ms=1_000, end_ms=3_000, role=Role.AGENT, text="您好请问有什么可以帮您", confidence=0.9),
    Segment(start_ms=4_000, end_ms=8_000, role=Role.CUSTOMER, text="我的号码是一三八零零一三八零零零"),
)
CALL = {
    "channel": Channel.VOICE,
    "transcript": VendorTranscript(provider="asr", engine_version="2", segments=SAID),
}


def test_a_chat_becomes_a_redacted_transcript_with_legs(
    event: Event, message: Build, normalised: Normalise
) -> None:
    agents = (AgentLeg(agent_id="a-0", joined_at=STARTED_AT), AgentLeg(agent_id="a-1"))
    result = normalised(
        event(
            agents=agents,
            messages=(
                message(1, Role.CUSTOMER, "手機13800138000"),
                message(2, Role.AGENT, "收到"),
                message(3, Role.AGENT, "稍等", sender_id="stranger"),
            ),
        )
    )
    transcript = result.transcript
    assert transcript is not None
    assert transcript.turn_text == ("手機[电话]", "收到", "稍等")
    assert transcript.turn_normalised[0] == "手机[电话]"
    assert transcript.turn_leg == (0, 1, -1)
    assert transcript.redaction_entity == (Entity.PHONE,)
    assert (transcript.hearing.engine, transcript.language) == ("chat", "zh-CN")
    assert (transcript.measures.agent_turn_count, transcript.measures.customer_turn_count) == (2, 1)
    assert transcript.measures.first_reply_ms == 1_000


def test_a_self_service_session_becomes_menus_and_inputs(event: Event, normalised: Normalise) -> None:
    steps = (
        Step(seq=1, node_id="m", node_name="主菜单", input_mode=InputMode.DTMF, input_value="1"),
        Step(
            seq=2,
            node_id="i",
            node_name="请输入身份证号码",
            input_mode=InputMode.DTMF,
            input_value="110101199003072316",
        ),
        Step(seq=3, node_id="h"),
    )
    result = normalised(
        event(channel=Channel.SELF_SERVICE, self_service=SelfService(flow_id="f", steps=steps))
    )
    assert result.transcript is not None
    assert result.transcript.turn_text == ("主菜单", "1", "请输入身份证号码", "[身份证]", "h")
    assert result.transcript.turn_kind == (
        TurnKind.MENU,
        TurnKind.INPUT,
        TurnKind.MENU,
        TurnKind.INPUT,
        TurnKind.MENU,
    )
    assert result.transcript.hearing.engine == "self_service"
    assert result.header.self_service is not None
    assert all(step.input_value is None for step in result.header.self_service.steps)


def test_a_vendor_transcript_keeps_times_and_confidence(event: Event, normalised: Normalise) -> None:
    result = normalised(event(**CALL, agents=(AgentLeg(agent_id="a-1"),)))
    transcript = result.transcript
    assert transcript is not None
    assert transcript.turn_text == ("您好请问有什么可以帮您", "我的号码是[电话]")
    assert (transcript.turn_start_ms, transcript.turn_confidence) == ((1_000, 4_000), (0.9, 1.0))
    assert (transcript.hearing.engine, transcript.hearing.engine_version) == ("vendor:asr", "2")
    assert transcript.turn_leg == (0, 0)
    assert transcript.interval_party == (Role.AGENT, Role.CUSTOMER)


def test_times_count_from_the_begin_of_the_recording(
    event: Event, message: Build, normalised: Normalise
) -> None:
    recording = Recording(uri="s3://a/b.wav", started_at=STARTED_AT + 10_000)
    leg = AgentLeg(agent_id="a-1", joined_at=STARTED_AT + 10_000, left_at=STARTED_AT + 13_000)
    result = normalised(
        event(
            **CALL,
            recordings=(recording,),
            agents=(leg,),
            messages=(message(15, Role.CUSTOMER, "收到短信"),),
        )
    )
    assert result.transcript is not None
    assert result.transcript.turn_start_ms == (1_000, 4_000, 5_000)
    assert result.transcript.turn_leg[0] == 0
    assert result.recordings == (recording,)


def test_the_same_event_gives_the_same_record_and_other_words_another_id(
    event: Event, message: Build, normalised: Normalise
) -> None:
    one = event(messages=(message(1, Role.CUSTOMER, "您好"),))
    other = event(messages=(message(1, Role.CUSTOMER, "你好"),))
    assert normalised(one) == normalised(one)
    ids = {result.transcript.transcript_id for result in map(normalised, (one, other)) if result.transcript}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ExclusionReason.NO_CONTENT),
        ({"content_uri": "s3://a/b"}, ExclusionReason.NO_CONTENT),
        ({"disposition": Disposition.ABANDONED_QUEUE}, ExclusionReason.NO_SERVICE),
        ({"disposition": Disposition.REJECTED, "channel": Channel.SELF_SERVICE}, ExclusionReason.NO_SERVICE),
        ({**CALL, "recording_consent": Consent.DENIED}, ExclusionReason.CONSENT_DENIED),
        ({**CALL, "language": "fr-FR"}, ExclusionReason.LANGUAGE_UNSUPPORTED),
        ({**CALL, "disposition": Disposition.VOICEMAIL}, ExclusionReason.VOICEMAIL),
        (
            {**CALL, "disposition": Disposition.VOICEMAIL, "recording_consent": Consent.DENIED},
            ExclusionReason.CONSENT_DENIED,
        ),
        ({**CALL, "disposition": Disposition.VOICEMAIL, "language": "fr"}, ExclusionReason.VOICEMAIL),
        (
            {
                "agents": (AgentLeg(agent_id="a"),),
                "self_service": SelfService(flow_id="f", steps=(Step(seq=1, node_id="m"),)),
            },
            ExclusionReason.NO_CONTENT,
        ),
    ],
)
def test_what_cannot_be_judged_says_why(
    event: Event, normalised: Normalise, changes: dict[str, object], reason: ExclusionReason
) -> None:
    result = normalised(event(**changes))
    assert (result.transcript, result.exclusion) == (None, reason)


def test_a_refused_recording_is_not_handed_on(event: Event, normalised: Normalise) -> None:
    denied = event(**CALL, recording_consent=Consent.DENIED, recordings=(Recording(uri="s3://a/b"),))
    assert normalised(denied).recordings == ()


def test_a_refusal_to_be_recorded_does_not_concern_a_chat(
    event: Event, message: Build, normalised: Normalise
) -> None:
    chat = event(messages=(message(1, Role.CUSTOMER),), recording_consent=Consent.DENIED)
    assert normalised(chat).transcript is not None


def test_a_chat_that_only_the_queue_answered_is_no_service(
    event: Event, message: Build, normalised: Normalise
) -> None:
    queue = message(1, Role.SYSTEM, "前面还有9位客户", automatic=True)
    chat = event(
        messages=(message(0, Role.CUSTOMER, "有人吗"), queue),
        agents=(),
        disposition=Disposition.ABANDONED_QUEUE,
    )
    assert normalised(chat).exclusion is ExclusionReason.NO_SERVICE


def test_an_abandoned_chat_that_a_bot_answered_is_read(
    event: Event, message: Build, normalised: Normalise
) -> None:
    said = (message(0, Role.CUSTOMER, "有人吗"), message(1, Role.BOT, "请问您要办理什么业务"))
    chat = event(messages=said, agents=(), disposition=Disposition.ABANDONED_QUEUE)
    assert normalised(chat).transcript is not None


@pytest.mark.parametrize(("text", "language"), [("我要查话费", "zh-CN"), ("I want a refund", "en")])
def test_an_unnamed_language_is_told_by_its_script(
    event: Event, message: Build, normalised: Normalise, text: str, language: str
) -> None:
    result = normalised(event(language=None, messages=(message(1, Role.CUSTOMER, text),)))
    assert result.transcript is not None
    assert result.transcript.language == language


def test_a_call_that_must_be_heard_is_refused(event: Event, normalised: Normalise) -> None:
    with pytest.raises(ValueError, match="voice lane"):
        normalised(event(channel=Channel.VOICE))


def test_the_record_survives_the_wire(event: Event, message: Build, normalised: Normalise) -> None:
    steps = SelfService(flow_id="f", steps=(Step(seq=1, node_id="m", input_value="1"),))
    result = normalised(
        event(**CALL, self_service=steps, messages=(message(1, Role.CUSTOMER, "卡号4111111111111111"),))
    )
    codec = Codec()
    assert codec.decode(codec.encode(result), InteractionTranscribed) == result
    assert b"4111" not in codec.encode(result)
