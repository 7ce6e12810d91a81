"""The report's questions against a real store: what delivery wrote is what a reader sees."""

import base64
import hashlib
import io
import wave
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest
from msgspec.structs import replace

from schemas.records.completed import Link, Recording, Survey
from schemas.records.terms import (
    DeadLetterReason,
    Entity,
    ExclusionReason,
    LinkKind,
    Role,
)
from schemas.records.transcribed import InteractionTranscribed, Redaction, Turn, Word, columns_of
from sinks.rows.alerts import alert_rows
from sinks.rows.dead_letters import dead_letter_rows
from sinks.rows.intake import intake_rows
from sinks.rows.interaction import interaction_rows
from sinks.rows.results import result_rows
from streams.reports.audio import RATE
from streams.reports.content import Interaction, ReportContent, Window, load
from streams.reports.outcomes import content_digests, outcomes_of
from streams.reports.page import render
from streams.reports.playback import Playback

pytestmark = pytest.mark.integration

NOON = 1_790_000_000_000


def one(content: ReportContent, name: str) -> Interaction:
    (found,) = [each for each in content.interactions if each.interaction_id == name]
    return found


@pytest.fixture
def write(sink, records):
    """Writes a scored call as delivery does, and returns its id."""

    def scored(name="i", version=1, score=80.0, transcribed=None, **facts):
        event = records.completed(name, version, **facts)
        header = records.header(name, version, **facts)
        heard = records.transcribed(header, **(transcribed or {}))
        if transcribed is None:
            own = replace(heard.transcript, transcript_id=f"{header.interaction_id}-{version}")
            heard = replace(heard, transcript=own)
        result = records.scored(header, score, transcript_id=heard.transcript.transcript_id)
        sink.write(intake_rows(records.coordinates(), event))
        sink.write(interaction_rows(heard, NOON))
        sink.write(result_rows(result, NOON))
        sink.write(alert_rows(records.alert(header), NOON))
        return header.interaction_id

    return scored


def test_a_call_comes_back_with_its_words_receipt_findings_and_evidence(client, write):
    name = write()

    call = one(load(client), name)

    assert [(turn.party, turn.text) for turn in call.turns] == [("AGENT", "您好"), ("CUSTOMER", "查话費")]
    assert {span.kind for span in call.spans} == {"SPEECH", "INTERRUPTION", "SILENCE"}
    (leg,) = call.legs
    assert (leg.agent_id, leg.score, [item.answer for item in leg.items]) == ("A1", 80.0, ["FAIL"])
    (finding,) = call.findings
    assert finding.rule_name == "未规范结束"
    assert [evidence.words for evidence in finding.evidence] == ["您好", ""]
    assert (finding.evidence[1].value, finding.evidence[1].unit) == (300.0, "cpm")
    assert [(reason.level2, reason.is_primary) for reason in call.reasons] == [("bill-query", True)]
    assert (call.engine, call.activation_seq) == ("faster-whisper base", 1)
    assert call.measures["agent_cpm"] == pytest.approx(133.3)
    assert call.measures["customer_cpm"] is None


def test_survey_and_links_belong_to_their_call(client, write):
    name = write(
        survey=Survey(answered_at=NOON + 1, score=2.0),
        links=(Link(interaction_id="call-before", kind=LinkKind.PREVIOUS),),
    )

    call = one(load(client), name)

    assert (call.survey_score, call.links) == (2.0, ("call-before",))


def test_a_corrected_record_shows_only_what_counts_now(client, write):
    write(version=1, score=20.0)
    name = write(version=2, score=90.0)

    call = one(load(client), name)

    assert call.score == 90.0
    assert len(call.legs) == 1
    assert len(call.findings) == 1


def test_tenants_with_the_same_id_keep_their_own_words_receipts_and_pages(client, write):
    name = write("same", score=80.0)
    write("same", score=20.0, tenant_id="tenant-other")

    content = load(client)
    found = {each.tenant_id: each for each in content.interactions if each.interaction_id == name}
    page = render(content, audio_of=lambda one: None, generated_at=datetime.now(UTC))

    assert sorted(each.score for each in found.values()) == [20.0, 80.0]
    for each in found.values():
        assert (len(each.turns), len(each.legs), len(each.findings)) == (2, 1, 1)
        assert [item.answer for item in each.legs[0].items] == ["FAIL"]
        assert len(each.findings[0].evidence) == 2
        assert page.count(f'id="{each.tenant_id}/{name}"') == 1


def test_outcomes_and_digests_of_one_id_are_told_apart_by_tenant(client, write):
    first = write("shared-outcome", score=80.0, tenant_id="outcome-a")
    write("shared-outcome", score=30.0, tenant_id="outcome-b")

    found = {key[0]: one for key, one in outcomes_of(client, [first]).items()}

    assert {tenant: one.score for tenant, one in found.items()} == {"outcome-a": 80.0, "outcome-b": 30.0}
    assert [len(one.findings) for one in found.values()] == [1, 1]
    assert {content_digests(client)[one.key] for one in found.values()} == {"digest-80.0", "digest-30.0"}


def test_only_the_latest_interactions_are_read_and_the_rest_is_counted(client, write, sink, records):
    after_all_others = NOON + 2_000_000_000_000
    late = [write(f"late-{n}", ended_at=after_all_others + n) for n in range(3)]
    judged_later = records.header("judged-later", 1, ended_at=after_all_others + 9)
    sink.write(interaction_rows(records.transcribed(judged_later), NOON))

    whole = load(client)
    content = load(client, Window(most=2))

    assert sorted(each.interaction_id for each in content.interactions) == sorted(late[1:])
    assert content.left_out == len(whole.interactions) - 2
    assert all(len(each.turns) == 2 for each in content.interactions)
    assert content.total == whole.total
    page = render(content, audio_of=lambda one: None, generated_at=datetime.now(UTC))
    assert f"另有 {content.left_out} 条未显示" in page


def test_a_day_shows_what_ended_on_it_where_it_ended(client, write):
    write("before", started_at=NOON - 172_900_000, ended_at=NOON - 172_800_000)
    name = write("on-the-day", started_at=NOON - 260_000_000, ended_at=NOON - 259_200_000)
    day = datetime.fromtimestamp((NOON - 259_200_000) / 1000, ZoneInfo("Asia/Shanghai")).date()

    content = load(client, Window(day=day))

    assert [each.interaction_id for each in content.interactions] == [name]
    assert content.total.received == 1
    assert content.left_out == 0


def test_the_ledger_grows_by_each_outcome_and_alerts_and_dead_letters_are_listed(
    client, sink, records, write
):
    before = load(client).total
    name = write()
    excluded = records.header("left-out")
    sink.write(intake_rows(records.coordinates(), records.completed("left-out")))
    unheard = InteractionTranscribed(header=excluded, exclusion=ExclusionReason.NO_CONTENT)
    sink.write(interaction_rows(unheard, NOON))
    sink.write(result_rows(records.excluded(excluded, ExclusionReason.NO_CONTENT), NOON))
    at = records.coordinates()
    sink.write(intake_rows(at, None))
    sink.write(dead_letter_rows(records.dead_letter(at, reason=DeadLetterReason.UNDECODABLE), at))

    content = load(client)

    after = content.total
    assert (after.received - before.received, after.scored - before.scored) == (3, 1)
    assert (after.excluded - before.excluded, after.dead_lettered - before.dead_lettered) == (1, 1)
    assert one(content, excluded.interaction_id).exclusion == "NO_CONTENT"
    assert [alert.words for alert in content.alerts if alert.interaction_id == name] == ["你有病吧"]
    places = {(each.source_partition, each.source_offset) for each in content.dead_letters}
    assert (at.partition, at.offset) in places


@pytest.fixture
def masked_call(tmp_path, records, write):
    """A call whose customer says a number from 1.0 to 2.0 s, masked, with its recording of three seconds."""
    target = io.BytesIO()
    tone = (12_000 * np.sin(2 * np.pi * 440 * np.arange(3 * 8_000) / 8_000)).astype("<i2")
    with wave.open(target, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(np.repeat(tone[:, None], 2, axis=1).tobytes())
    path = tmp_path / "call.wav"
    path.write_bytes(target.getvalue())
    text = "号码[电话]对"
    spoken = Turn(party=Role.CUSTOMER, channel=1, start_ms=0, end_ms=3_000, text=text, normalised=text)
    heard = records.transcribed(records.header("masked")).transcript
    transcript = replace(
        heard,
        transcript_id=f"{records.tenant}-masked",
        **columns_of("turn_", [spoken], Turn),
        **columns_of(
            "word_", [Word(turn=0, start=2, end=6, start_ms=1_300, end_ms=1_700, probability=0.9)], Word
        ),
        **columns_of("redaction_", [Redaction(turn=0, start=2, end=6, entity=Entity.PHONE)], Redaction),
    )
    recording = Recording(
        uri=path.as_uri(),
        channel_roles=(Role.AGENT, Role.CUSTOMER),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    name = write("masked", transcribed={"transcript": transcript, "recordings": (recording,)})
    return name, path


def loudness(uri, start_ms, end_ms):
    with av.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        blocks = [b.to_ndarray() for frame in container.decode(audio=0) for b in resampler.resample(frame)]
    part = np.concatenate(blocks, axis=1)[:, start_ms * RATE // 1000 : end_ms * RATE // 1000]
    return float(np.sqrt(np.mean(np.square(part))))


def test_a_masked_number_is_neither_read_nor_heard_in_the_report(client, masked_call):
    name, path = masked_call
    content = load(client)
    call = one(content, name)

    uri = Playback(client, [path.parent], [call]).data_uri(call)

    assert loudness(uri, 1_100, 1_900) < 0.003
    assert loudness(uri, 200, 900) > 0.1
    assert loudness(uri, 2_100, 2_900) > 0.1
    page = render(
        replace(content, interactions=(call,)), audio_of=lambda _: uri, generated_at=datetime.now(UTC)
    )
    assert "[电话]" in page
    assert page.count("<audio") == 1


def test_a_recording_outside_the_folders_is_not_played(client, masked_call, tmp_path):
    name, _ = masked_call
    (tmp_path / "other").mkdir()

    call = one(load(client), name)

    assert Playback(client, [tmp_path / "other"], [call]).data_uri(call) is None
