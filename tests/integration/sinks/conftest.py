"""One embedded store with the product's schema, and records to write into it."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import clickhouse_connect
import pytest

from schemas.dead_letters import DeadLetterHeaders
from schemas.records.classified import ContactReason, Evidence, Finding, PartySentiment
from schemas.records.completed import (
    AgentLeg,
    InteractionCompleted,
    InteractionHeader,
    Recording,
    SelfService,
    Step,
)
from schemas.records.scored import AlertRaised, InteractionScored, LegScore, ScoreItem
from schemas.records.terms import (
    AlertKind,
    Channel,
    DeadLetterReason,
    Disposition,
    ExclusionReason,
    FindingKind,
    ItemAnswer,
    Role,
    ScoreStatus,
    SelfServiceOutcome,
    Stage,
    StepResult,
    Verdict,
)
from schemas.records.transcribed import (
    Hearing,
    InteractionTranscribed,
    Interruption,
    Loudness,
    Measures,
    Silence,
    SpeechInterval,
    Transcript,
    Turn,
    Word,
    columns_of,
)
from sinks.clickhouse import ClickHouseSink
from sinks.migrations import migrate
from sinks.rows.intake import Coordinates
from streams.local.store import EmbeddedStore

DAY = 86_400_000
NOON = 1_790_000_000_000
COMPLETED = "qa.interaction.completed.v1"


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture(scope="session")
def connect(store: EmbeddedStore) -> Callable[[], Any]:
    """Makes clients of a store that has all migrations."""

    def make() -> Any:
        return clickhouse_connect.get_client(host=store.host, port=store.port, autogenerate_session_id=False)

    client = make()
    migrate(client)
    client.close()
    return make


@pytest.fixture
def client(connect: Callable[[], Any]) -> Iterator[Any]:
    made = connect()
    yield made
    made.close()


@pytest.fixture
def sink(connect: Callable[[], Any]) -> Iterator[ClickHouseSink]:
    made = ClickHouseSink(connect)
    yield made
    made.close()


class Records:
    """Records of one tenant that no other test uses."""

    def __init__(self) -> None:
        self.tenant = f"tenant-{uuid.uuid4().hex[:8]}"
        # Coordinates are keys of the ledger: two tests in one partition would write over each other's rows.
        self._partition = uuid.uuid4().int % 2**31
        self._offsets = itertools.count()

    def coordinates(self, at: int = NOON, topic: str = COMPLETED) -> Coordinates:
        return Coordinates(
            topic=topic, partition=self._partition, offset=next(self._offsets), timestamp_ms=at
        )

    def leg(self, agent_id: str = "A1", **changes: Any) -> AgentLeg:
        return AgentLeg(**{"agent_id": agent_id, "team_id": "T1", "queue_id": "Q1", **changes})

    def facts(self, interaction_id: str, version: int = 1, **changes: Any) -> dict[str, Any]:
        return {
            "interaction_id": f"{self.tenant}-{interaction_id}",
            "record_version": version,
            "tenant_id": self.tenant,
            "source_system": "test",
            "channel": Channel.VOICE,
            "started_at": NOON - 60_000,
            "ended_at": NOON,
            "disposition": Disposition.HANDLED,
            "queue_id": "Q1",
            "agents": (self.leg(),),
            **changes,
        }

    def completed(self, interaction_id: str, version: int = 1, **changes: Any) -> InteractionCompleted:
        return InteractionCompleted(**self.facts(interaction_id, version, **changes))

    def header(self, interaction_id: str, version: int = 1, **changes: Any) -> InteractionHeader:
        at = self.coordinates()
        return InteractionHeader(
            **self.facts(interaction_id, version, **changes),
            source_topic=at.topic,
            source_partition=at.partition,
            source_offset=at.offset,
            source_timestamp=at.timestamp_ms,
        )

    def transcribed(self, header: InteractionHeader, **changes: Any) -> InteractionTranscribed:
        return InteractionTranscribed(
            **{"header": header, "transcript": transcript(), "recordings": (recording(),), **changes}
        )

    def excluded(self, header: InteractionHeader, reason: ExclusionReason, seq: int = 1) -> InteractionScored:
        return InteractionScored(
            header=header,
            status=ScoreStatus.EXCLUDED,
            exclusion=reason,
            scorecard_id="service",
            scorecard_hash="c1",
            activation_seq=seq,
            result_id=f"{header.interaction_id}-{header.record_version}-excluded-{seq}",
            content_digest="excluded",
        )

    def scored(
        self, header: InteractionHeader, score: float = 80.0, seq: int = 1, **changes: Any
    ) -> InteractionScored:
        result_id = changes.pop("result_id", f"{header.interaction_id}-{header.record_version}-{seq}-{score}")
        legs = tuple(leg_score(f"{result_id}-{n}", n, leg, score) for n, leg in enumerate(header.agents))
        return InteractionScored(
            **{
                "header": header,
                "status": ScoreStatus.SCORED,
                "transcript_id": "transcript-1",
                "ruleset_id": "zh",
                "ruleset_hash": "r1",
                "scorecard_id": "service",
                "scorecard_hash": "c1",
                "activation_seq": seq,
                "result_id": result_id,
                "content_digest": f"digest-{score}",
                "score": score,
                "legs": legs,
                "findings": (finding(),),
                "reasons": (
                    ContactReason(
                        level1="billing",
                        level2="bill-query",
                        rule_id="reason-bill",
                        verdict=Verdict.HIT,
                        turn=0,
                        primary=True,
                    ),
                ),
                "sentiment": (PartySentiment(party=Role.CUSTOMER, overall=-1.5, quarter1=0.0, shift=-2.0),),
                **changes,
            }
        )

    def alert(self, header: InteractionHeader, **changes: Any) -> AlertRaised:
        return AlertRaised(
            **{
                "alert_id": f"{header.interaction_id}-alert",
                "kind": AlertKind.SUPERVISOR,
                "tenant_id": header.tenant_id,
                "interaction_id": header.interaction_id,
                "record_version": header.record_version,
                "rule_id": "agent-insult",
                "rule_name": "辱骂",
                "leg": 0,
                "agent_id": "A1",
                "ended_at": header.ended_at,
                "words": "你有病吧",
                "linked_interaction_ids": ("other",),
                **changes,
            }
        )

    def dead_letter(self, at: Coordinates, **changes: Any) -> DeadLetterHeaders:
        return DeadLetterHeaders(
            **{
                "stage": Stage.TRANSCRIPTION,
                "reason": DeadLetterReason.RECORDING_MISSING,
                "src_topic": at.topic,
                "src_partition": at.partition,
                "src_offset": at.offset,
                "src_timestamp": at.timestamp_ms,
                "group": "g",
                "app_version": "1",
                "first_failed_at": NOON,
                "payload_sha256": "0" * 64,
                **changes,
            }
        )


@pytest.fixture
def records() -> Records:
    return Records()


def transcript() -> Transcript:
    turns = [
        Turn(party=Role.AGENT, leg=0, channel=0, start_ms=0, end_ms=900, text="您好", normalised="您好"),
        Turn(party=Role.CUSTOMER, channel=1, start_ms=1000, end_ms=2000, text="查话費", normalised="查话费"),
    ]
    return Transcript(
        transcript_id="transcript-1",
        hearing_key="hearing-1",
        hearing=Hearing(
            engine="faster-whisper", engine_version="1", model="base", model_sha256="ab", notes=("ok",)
        ),
        language="zh",
        measures=Measures(definition_version="1", agent_talk_ms=900, agent_cpm=133.3),
        **columns_of("turn_", turns, Turn),
        **columns_of("word_", [Word(turn=0, start=0, end=2, start_ms=0, end_ms=900, probability=0.5)], Word),
        **columns_of("interval_", [SpeechInterval(party=Role.AGENT, start_ms=0, end_ms=900)], SpeechInterval),
        **columns_of(
            "interruption_",
            [Interruption(by=Role.AGENT, start_ms=1500, end_ms=2600, yielded=True)],
            Interruption,
        ),
        **columns_of("silence_", [Silence(start_ms=3000, end_ms=6000)], Silence),
        **columns_of(
            "loudness_", [Loudness(party=Role.AGENT, channel=0, start_ms=0, dbfs=(-31, -100))], Loudness
        ),
    )


def recording() -> Recording:
    return Recording(uri="file:///calls/v01.opus", channel_roles=(Role.AGENT, Role.CUSTOMER), sha256="cd")


def finding(**changes: Any) -> Finding:
    return Finding(
        **{
            "rule_id": "missing-closing",
            "rule_version": "1",
            "rule_name": "未规范结束",
            "kind": FindingKind.FAULT,
            "verdict": Verdict.HIT,
            "leg": 0,
            "evidence": (
                Evidence(
                    operator="any",
                    turn=0,
                    start=0,
                    end=2,
                    start_ms=0,
                    end_ms=900,
                    party=Role.AGENT,
                    words="您好",
                ),
                Evidence(operator="speed", start_ms=0, end_ms=900, value=300.0, threshold=280.0, unit="cpm"),
            ),
            **changes,
        }
    )


def leg_score(result_id: str, n: int, leg: AgentLeg, score: float) -> LegScore:
    return LegScore(
        result_id=result_id,
        content_digest=f"digest-{score}",
        leg=n,
        agent_id=leg.agent_id,
        score=score,
        earned=score / 10,
        potential=10.0,
        red_line=score == 0,
        items=(
            ScoreItem(
                item_id="closing",
                item_name="结束语",
                section="流程",
                answer=ItemAnswer.FAIL,
                weight=2.0,
                earned=0.0,
                findings=(0,),
            ),
        ),
    )


@pytest.fixture
def self_service() -> Callable[..., SelfService]:
    """A session that fails at its second node unless told otherwise."""

    def make(outcome: SelfServiceOutcome = SelfServiceOutcome.FAILED, **changes: Any) -> SelfService:
        steps = (
            Step(seq=1, node_id="menu", node_name="菜单", result=StepResult.OK),
            Step(seq=2, node_id="code", node_name="验证码", result=StepResult.NO_MATCH, attempts=3),
            Step(seq=3, node_id="bye", node_name="结束", result=StepResult.OK),
        )
        return SelfService(**{"flow_id": "reset", "outcome": outcome, "steps": steps, **changes})

    return make
