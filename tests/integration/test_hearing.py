"""Two short demo calls, from the file to the redacted transcript, through the real child and Whisper base."""

import json
import re
from pathlib import Path

import pytest

from processors.language.lexicon import load_lexicon
from processors.language.script import normalise
from processors.transcript import SourceCoordinates, header_of
from processors.transcription import HearingOptions, hearing_key
from schemas.records.completed import AgentLeg, InteractionCompleted, Recording
from schemas.records.terms import Channel, Role
from streams.asr_child import AsrPool, ChildOptions, HearJob
from streams.models import ModelUnavailable, fetch
from streams.recordings import Fetcher, FetchPolicy

pytestmark = [pytest.mark.model, pytest.mark.integration]

DEMO = Path(__file__).resolve().parents[2] / "infra" / "demo"
START = 1_760_000_000_000
CALLS = {"v04-agent-abuse-hangup": "general", "v08-misselling": "sales"}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    try:
        return fetch("base", tmp_path_factory.mktemp("models"))
    except ModelUnavailable as absent:
        pytest.skip(str(absent))


def completed(call, queue):
    recording = Recording(
        uri=f"file://{DEMO}/audio/{call}.opus", channel_roles=(Role.AGENT, Role.CUSTOMER), started_at=START
    )
    return InteractionCompleted(
        interaction_id=call,
        record_version=1,
        tenant_id="demo",
        source_system="demo",
        channel=Channel.VOICE,
        started_at=START,
        ended_at=START + 120_000,
        language="zh-CN",
        queue_id=queue,
        agents=(AgentLeg(agent_id="1041", joined_at=START, left_at=START + 120_000),),
        recordings=(recording,),
    )


async def hear(pool, event):
    lexicon = load_lexicon("zh")
    header = header_of(event, SourceCoordinates(topic="t", partition=0, offset=0, timestamp_ms=START))
    fetched = Fetcher(FetchPolicy(roots=(DEMO / "audio",))).fetch(event.recordings[0])
    job = HearJob(
        completed=event,
        header=header,
        containers=(fetched.container,),
        checksums=(fetched.sha256,),
        options=HearingOptions(hot_words=lexicon.hot_words(event.queue_id, 160), lexicon_hash=lexicon.hash),
    )
    try:
        return await pool.hear(job, [fetched]), job
    finally:
        fetched.close()


def letters(text):
    return re.sub(r"[\W_]+", "", normalise(text).text)


def distance(one, other):
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


async def test_demo_calls_are_heard_as_they_were_spoken(model):
    truth = json.loads((DEMO / "truth.json").read_text(encoding="utf-8"))
    pool = AsrPool(
        ChildOptions(
            engine="streams.asr_child.engines:whisper",
            arguments={"name": model.name, "folder": str(model.folder), "sha256": model.sha256},
        )
    )
    try:
        heard = {call: await hear(pool, completed(call, queue)) for call, queue in CALLS.items()}
        again, _ = await hear(pool, completed("v04-agent-abuse-hangup", "general"))
    finally:
        await pool.close()

    for call, (result, job) in heard.items():
        spoken = [(Role(turn["role"].upper()), turn) for turn in truth[call]]
        transcript = result.transcript
        turns = list(transcript.turns())
        for role in (Role.AGENT, Role.CUSTOMER):
            said = letters("".join(turn["text"] for party, turn in spoken if party is role))
            found = letters("".join(turn.text for turn in turns if turn.party is role))
            assert distance(found, said) <= 0.15 * len(said)
        for turn in turns:
            assert min(abs(turn.start_ms - other["start_ms"]) for _, other in spoken) <= 300
            assert min(abs(turn.end_ms - other["end_ms"]) for _, other in spoken) <= 300
        assert {turn.leg for turn in turns} == {0}
        assert transcript.hearing.model_sha256 == model.sha256
        assert transcript.hearing_key == hearing_key(result.recordings, "zh-CN", pool.info, job.options)
    assert again == heard["v04-agent-abuse-hangup"][0]


async def test_words_that_rules_look_for_are_found_in_the_misselling_call(model):
    pool = AsrPool(
        ChildOptions(
            engine="streams.asr_child.engines:whisper",
            arguments={"name": model.name, "folder": str(model.folder), "sha256": model.sha256},
        )
    )
    try:
        result, _ = await hear(pool, completed("v08-misselling", "sales"))
    finally:
        await pool.close()

    agent = "".join(turn.normalised for turn in result.transcript.turns() if turn.party is Role.AGENT)
    assert "保本保息" in agent
    assert "绝对没有风险" in agent
