"""Chat messages as turns, and the chat times of metrics 3.10."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from processors.transcript import DraftTurn
from schemas.records.completed import AgentLeg, Message
from schemas.records.terms import MessageKind, Role, TurnKind

_WITHOUT_WORDS = {
    MessageKind.IMAGE: "[图片]",
    MessageKind.VOICE: "[语音]",
    MessageKind.VIDEO: "[视频]",
    MessageKind.FILE: "[文件]",
    MessageKind.CARD: "[卡片]",
    MessageKind.EVENT: "[事件]",
}
# A customer's sender id is personal; the others are names of ours.
_NAMED = (Role.AGENT, Role.BOT, Role.SUPERVISOR)


class ChatTimes(Struct, frozen=True, kw_only=True):
    """Times of a chat in ms; null where no person of ours answered, or nobody asked."""

    greeting_ms: int | None = None
    first_reply_ms: int | None = None
    average_reply_ms: int | None = None
    longest_reply_ms: int | None = None


def in_time_order(messages: Sequence[Message]) -> list[Message]:
    """Messages by the time of sending; equal times keep the order of the event."""
    return sorted(messages, key=lambda message: message.sent_at)


def message_turns(messages: Sequence[Message], zero_at: int) -> Iterator[DraftTurn]:
    """One turn a message. A picture or the like is an EVENT with a placeholder; empty text gives none."""
    for message in in_time_order(messages):
        kind, text = _content(message)
        if not text:
            continue
        at_ms = max(0, message.sent_at - zero_at)
        yield DraftTurn(
            party=message.role,
            speaker_id=(message.sender_id or "") if message.role in _NAMED else "",
            kind=kind,
            start_ms=at_ms,
            end_ms=at_ms,
            text=text,
            automatic=message.automatic,
            recalled=message.recalled,
        )


def _content(message: Message) -> tuple[TurnKind, str]:
    text = (message.text or "").strip()
    mark = _WITHOUT_WORDS.get(message.kind, "")
    if message.kind is MessageKind.EVENT or not text:
        return TurnKind.EVENT, text or mark
    # A voice message with text was transcribed upstream; other files have a caption.
    if message.kind is MessageKind.VOICE:
        return TurnKind.MESSAGE, text
    return TurnKind.MESSAGE, mark + text


def chat_times(messages: Sequence[Message], agents: Sequence[AgentLeg], joined_at: int | None) -> ChatTimes:
    """How fast people of ours wrote. Templates, bots and withdrawn messages answer nobody.

    The clock of a reply starts at the first message that nobody answered, but not before the replying
    agent had joined (own choice: the wait in the queue is measured apart, and the agent could not
    answer). ``joined_at`` serves where a leg has no time of its own. Where none is known, a bot's
    message counts as an answer, or the agent would be charged with the customer's talk to the bot.
    """
    said = [message for message in in_time_order(messages) if _counts(message)]
    human = [message for message in said if message.role is Role.AGENT]
    replies = list(_reply_times(said, agents, joined_at))
    greeted = human[0].sent_at if human else None
    joined = _joined_at(human[0], agents, joined_at) if human else None
    return ChatTimes(
        greeting_ms=greeted - joined if greeted and joined and greeted >= joined else None,
        first_reply_ms=replies[0] if replies else None,
        average_reply_ms=round(sum(replies) / len(replies)) if replies else None,
        longest_reply_ms=max(replies, default=None),
    )


def _counts(message: Message) -> bool:
    return not message.automatic and not message.recalled and message.kind is not MessageKind.EVENT


def _reply_times(said: Sequence[Message], agents: Sequence[AgentLeg], joined_at: int | None) -> Iterator[int]:
    asked_at: int | None = None
    for message in said:
        if message.role is Role.CUSTOMER:
            asked_at = message.sent_at if asked_at is None else asked_at
        elif message.role is Role.AGENT and asked_at is not None:
            joined = _joined_at(message, agents, joined_at)
            yield max(0, message.sent_at - max(asked_at, joined or asked_at))
            asked_at = None
        elif message.role is Role.BOT and joined_at is None and not _any_joined(agents):
            asked_at = None


def _any_joined(agents: Sequence[AgentLeg]) -> bool:
    return any(leg.joined_at is not None for leg in agents)


def _joined_at(message: Message, agents: Sequence[AgentLeg], otherwise: int | None) -> int | None:
    """When the sender last joined before the message."""
    own = [leg.joined_at for leg in agents if leg.agent_id == message.sender_id and leg.joined_at is not None]
    before = [at for at in own if at <= message.sent_at]
    return max(before) if before else min(own, default=otherwise)
