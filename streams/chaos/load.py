"""Interactions made up from a seed, each with the outcome that a correct pipeline must give it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

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
    DeadLetterReason,
    Disposition,
    ExclusionReason,
    InputMode,
    MessageKind,
    Role,
    SelfServiceOutcome,
    Stage,
    StepResult,
)

SCORED, EXCLUDED, DEAD_LETTERED = "scored", "excluded", "dead_lettered"

_OPENING = ("您好，在线客服为您服务，很高兴为您解答", "您好，请问有什么可以帮您")
_ASKING = ("我想查一下这个月的账单", "请问我的快递到哪里了", "帮我看看套餐里还有多少流量")
_HELPING = ("好的，我马上帮您查询", "请您稍等，这边为您核实一下")
_ANSWERING = ("查到了，您本月消费五十九元，没有其他费用", "查到了，预计明天上午可以送到")
_CLOSING = "感谢您的咨询，祝您生活愉快，再见"
_FORBIDDEN = "你有完没完，爱投诉不投诉"


class Truth(Struct, frozen=True, kw_only=True):
    """The one right outcome. ``reason`` and ``stage`` where it is not scored; ``must`` are rules that have
    to be found, ``must_not`` rules that may not. ``version`` is the record version that counts at the end.
    """

    state: str
    reason: str | None = None
    stage: str | None = None
    version: int = 1
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()


class LoadRecord(Struct, frozen=True, kw_only=True):
    """Bytes to publish under ``key``, and what is to become of them; the same for all records of one key.

    ``unit_by_place`` says that the record cannot be decoded and is a unit of its own, by its coordinates.
    """

    kind: str
    key: str
    value: bytes
    truth: Truth
    unit_by_place: bool = False


class Voices(Struct, frozen=True, kw_only=True):
    """Recordings for voice calls: where they lie, and what a pipeline must make of each."""

    uris: tuple[str, ...]
    truth: Truth
    kind: str


class Recordings(Struct, frozen=True, kw_only=True):
    """Recordings by what must become of them: ``calls`` are scored, ``broken`` become dead letters."""

    calls: Voices
    broken: Sequence[Voices]


class Load:
    """Endless interactions; the same ``seed`` and ``ended_at`` (epoch ms) give the same ones.

    Their ids begin with ``name``, by default ``chaos-`` and the seed.
    """

    def __init__(self, seed: int, ended_at: int, name: str = "") -> None:
        self._random = random.Random(seed)  # noqa: S311 the same load again, not a secret
        self._name = name or f"chaos-{seed}"
        self._ended_at = ended_at
        self._codec = Codec()
        self._made = 0

    def interaction(self) -> list[LoadRecord]:
        """The next interaction: one record, or several where upstream repeats or corrects itself."""
        (kind,) = self._random.choices(list(_KINDS), list(_KINDS.values()))
        return kind(self, self._identity())

    def call(self, voices: Voices) -> list[LoadRecord]:
        """The next interaction as a call with one of ``voices``' recordings."""
        identity = self._identity()
        uri = self._random.choice(voices.uris)
        event = replace(
            self._event(identity),
            channel=Channel.VOICE,
            recordings=(Recording(uri=uri, channel_roles=(Role.AGENT, Role.CUSTOMER)),),
        )
        return [self._record(voices.kind, event, voices.truth)]

    def hopeless(self) -> list[LoadRecord]:
        """The next interaction as one that contradicts itself."""
        return self.contradictory(self._identity())

    def interactions(self, count: int) -> Iterator[list[LoadRecord]]:
        """So many interactions, without calls."""
        for _ in range(count):
            yield self.interaction()

    def clean_chat(self, identity: str) -> list[LoadRecord]:
        """Nothing wrong in it."""
        truth = Truth(state=SCORED, must_not=("forbidden-words", "agent-insult"))
        return [self._record("clean-chat", self._chat(identity), truth)]

    def rude_chat(self, identity: str) -> list[LoadRecord]:
        """The agent uses forbidden words."""
        truth = Truth(state=SCORED, must=("forbidden-words",))
        return [self._record("rude-chat", self._chat(identity, _FORBIDDEN), truth)]

    def repeated_chat(self, identity: str) -> list[LoadRecord]:
        """Upstream publishes the same event two to four times."""
        (record,) = self.rude_chat(identity)
        return [replace(record, kind="repeated-chat")] * self._random.randint(2, 4)

    def corrected_chat(self, identity: str) -> list[LoadRecord]:
        """A second version takes the forbidden words back; sometimes the first comes once more after it."""
        truth = Truth(state=SCORED, version=2, must_not=("forbidden-words",))
        first = self._record("corrected-chat", self._chat(identity, _FORBIDDEN), truth)
        second = self._record("corrected-chat", replace(self._chat(identity), record_version=2), truth)
        return [first, second, first] if self._random.random() < 0.3 else [first, second]

    def empty_chat(self, identity: str) -> list[LoadRecord]:
        """Nobody wrote anything."""
        truth = Truth(state=EXCLUDED, reason=ExclusionReason.NO_CONTENT)
        return [self._record("empty-chat", replace(self._event(identity), channel=Channel.WEB), truth)]

    def vendor_call(self, identity: str) -> list[LoadRecord]:
        """A call that comes with a transcript."""
        said = [(Role.AGENT, _OPENING[1]), (Role.CUSTOMER, self._random.choice(_ASKING))]
        said += [(Role.AGENT, self._random.choice(_ANSWERING)), (Role.AGENT, _CLOSING)]
        segments = tuple(
            Segment(start_ms=n * 9_000, end_ms=n * 9_000 + 4_000, role=role, text=text)
            for n, (role, text) in enumerate(said)
        )
        event = replace(
            self._event(identity),
            channel=Channel.VOICE,
            transcript=VendorTranscript(provider="vendor", language="zh-CN", segments=segments),
        )
        return [self._record("vendor-call", event, Truth(state=SCORED, must_not=("forbidden-words",)))]

    def session(self, identity: str) -> list[LoadRecord]:
        """A self-service session that fails."""
        at = self._ended_at - 90_000
        steps = tuple(
            Step(
                seq=n,
                node_id="sms-code",
                node_name="输入短信验证码",
                entered_at=at + n * 10_000,
                left_at=at + n * 10_000 + 9_000,
                input_mode=InputMode.TEXT,
                attempts=n,
                result=StepResult.TIMEOUT,
            )
            for n in range(1, 4)
        )
        event = replace(
            self._event(identity),
            channel=Channel.SELF_SERVICE,
            disposition=Disposition.ABANDONED_SELF_SERVICE,
            agents=(),
            self_service=SelfService(flow_id="change-plan", outcome=SelfServiceOutcome.FAILED, steps=steps),
        )
        truth = Truth(state=SCORED, must=("self-service-failure",))
        return [self._record("self-service", event, truth)]

    def undecodable(self, identity: str) -> list[LoadRecord]:
        """Bytes that no schema explains."""
        truth = Truth(
            state=DEAD_LETTERED, reason=DeadLetterReason.UNDECODABLE, stage=Stage.NORMALIZATION.value
        )
        value = b"{" + self._random.randbytes(self._random.randint(0, 200))
        return [LoadRecord(kind="undecodable", key=identity, value=value, truth=truth, unit_by_place=True)]

    def contradictory(self, identity: str) -> list[LoadRecord]:
        """It ended before it began."""
        event = self._chat(identity)
        truth = Truth(state=DEAD_LETTERED, reason=DeadLetterReason.INVALID, stage=Stage.NORMALIZATION.value)
        return [self._record("contradictory", replace(event, ended_at=event.started_at - 1), truth)]

    def _identity(self) -> str:
        number, self._made = self._made, self._made + 1
        return f"{self._name}-{number:06d}"

    def _chat(self, identity: str, *rude: str) -> InteractionCompleted:
        agent = [self._random.choice(_HELPING), self._random.choice(_ANSWERING), *rude]
        lines: list[tuple[Role, str]] = [(Role.CUSTOMER, self._random.choice(_ASKING))]
        lines += [(Role.AGENT, self._random.choice(_OPENING)), *((Role.AGENT, text) for text in agent)]
        lines += [(Role.CUSTOMER, "好的，知道了"), (Role.AGENT, _CLOSING)]
        began = self._ended_at - 80_000
        messages = tuple(
            Message(
                message_id=f"{identity}-m{n}",
                sent_at=began + n * 9_000,
                role=role,
                sender_id="3011" if role is Role.AGENT else None,
                kind=MessageKind.TEXT,
                text=text,
            )
            for n, (role, text) in enumerate(lines, start=1)
        )
        return replace(self._event(identity), channel=Channel.WEB, messages=messages)

    def _event(self, identity: str) -> InteractionCompleted:
        began = self._ended_at - 100_000
        leg = AgentLeg(agent_id="3011", team_id="t1", queue_id="q1", joined_at=began, left_at=self._ended_at)
        return InteractionCompleted(
            interaction_id=identity,
            record_version=1,
            tenant_id="chaos",
            source_system="chaos",
            started_at=began,
            answered_at=began,
            ended_at=self._ended_at,
            language="zh-CN",
            disposition=Disposition.HANDLED,
            disconnect_party=Role.CUSTOMER,
            queue_id="q1",
            agents=(leg,),
        )

    def _record(self, kind: str, event: InteractionCompleted, truth: Truth) -> LoadRecord:
        value = self._codec.encode(event)
        return LoadRecord(kind=kind, key=event.interaction_id, value=value, truth=truth)


_KINDS: dict[Callable[[Load, str], list[LoadRecord]], int] = {
    Load.clean_chat: 30,
    Load.rude_chat: 20,
    Load.repeated_chat: 10,
    Load.corrected_chat: 10,
    Load.empty_chat: 6,
    Load.vendor_call: 10,
    Load.session: 10,
    Load.undecodable: 2,
    Load.contradictory: 2,
}
"""How often each kind comes, in a hundred."""
