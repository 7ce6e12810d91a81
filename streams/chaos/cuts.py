"""Where a proxy cuts a conversation: in the middle of a request, or after the server has done what it says
and before the client hears of it.

Kafka's frames are read as far as needed: a request begins with its length, api key, api version and
correlation id, an answer with its length and the correlation id
(https://kafka.apache.org/protocol, "Request Header", "Response Header"). Plain connections only.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import partial
from operator import eq
from typing import Protocol

_REQUEST = struct.Struct(">ihhi")  # length of what follows, api key, api version, correlation id
_ANSWER = struct.Struct(">ii")  # length of what follows, correlation id
_LENGTH_BYTES = 4
_LONGEST_WORD = 64


class KafkaApi(IntEnum):
    """The requests that are worth a cut."""

    PRODUCE = 0
    FETCH = 1
    OFFSET_COMMIT = 8
    JOIN_GROUP = 11
    HEARTBEAT = 12


class Moment(StrEnum):
    """IN_REQUEST: the server gets a part of it and does nothing. BEFORE_ANSWER: the server has done it."""

    IN_REQUEST = "in-request"
    BEFORE_ANSWER = "before-answer"


class CutOrders:
    """Which requests are to be cut, and how many more of each; shared by all conversations of a proxy."""

    def __init__(self) -> None:
        self._left: Counter[tuple[Moment, int | bytes]] = Counter()
        self.done = 0

    def order(self, moment: Moment, request: int | bytes, times: int) -> None:
        """Cut the next ``times`` of such requests. ``request`` is an api key, or bytes a request holds."""
        self._left[moment, request] += times

    def clear(self) -> None:
        """Cut nothing more."""
        self._left.clear()

    def take(self, moment: Moment, matches: Callable[[int | bytes], bool]) -> bool:
        """Use up one order whose request ``matches``, if there is one."""
        for (when, request), left in self._left.items():
            if when is moment and left > 0 and matches(request):
                self._left[when, request] -= 1
                return True
        return False


@dataclass(frozen=True, slots=True)
class Passage:
    """What of a chunk may pass, and whether the connection is to be reset after it."""

    data: bytes
    cut: bool = False


class Conversation(Protocol):
    """One connection, seen in both directions in the order of the bytes."""

    def request(self, chunk: bytes) -> Passage:
        """Bytes on their way to the server."""

    def answer(self, chunk: bytes) -> Passage:
        """Bytes on their way to the client."""


class KafkaConversation:
    """Cuts by api key. A frame passes when it is whole, so that a cut falls between two of them."""

    def __init__(self, orders: CutOrders) -> None:
        self._orders = orders
        self._requests = b""
        self._answers = b""
        self._unanswered: set[int] = set()

    def request(self, chunk: bytes) -> Passage:
        """See ``Conversation.request``."""
        frames, self._requests = _frames(self._requests + chunk)
        passed: list[bytes] = []
        for frame in frames:
            _, api, _, correlation = _REQUEST.unpack_from(frame)
            if self._orders.take(Moment.IN_REQUEST, partial(eq, api)):
                return Passage(b"".join([*passed, frame[: len(frame) // 2]]), cut=True)
            if self._orders.take(Moment.BEFORE_ANSWER, partial(eq, api)):
                self._unanswered.add(correlation)
            passed.append(frame)
        return Passage(b"".join(passed))

    def answer(self, chunk: bytes) -> Passage:
        """See ``Conversation.answer``."""
        frames, self._answers = _frames(self._answers + chunk)
        passed: list[bytes] = []
        for frame in frames:
            _, correlation = _ANSWER.unpack_from(frame)
            if correlation in self._unanswered:
                return Passage(b"".join(passed), cut=True)
            passed.append(frame)
        return Passage(b"".join(passed))


class TextConversation:
    """Cuts requests that hold given bytes, for protocols of one request and then one answer, as HTTP/1.1."""

    def __init__(self, orders: CutOrders) -> None:
        self._orders = orders
        self._tail = b""
        self._unanswered = False

    def request(self, chunk: bytes) -> Passage:
        """See ``Conversation.request``."""
        seen = self._tail + chunk
        self._tail = seen[-_LONGEST_WORD:]
        if self._orders.take(Moment.IN_REQUEST, partial(_holds, seen)):
            return Passage(chunk[: len(chunk) // 2], cut=True)
        if self._orders.take(Moment.BEFORE_ANSWER, partial(_holds, seen)):
            self._unanswered = True
        return Passage(chunk)

    def answer(self, chunk: bytes) -> Passage:
        """See ``Conversation.answer``."""
        self._tail = b""
        return Passage(b"", cut=True) if self._unanswered else Passage(chunk)


def _holds(seen: bytes, wanted: int | bytes) -> bool:
    return isinstance(wanted, bytes) and wanted in seen


def _frames(buffer: bytes) -> tuple[list[bytes], bytes]:
    """Whole frames with their length field, and what is left over."""
    frames, at = [], 0
    while len(buffer) - at >= _LENGTH_BYTES:
        (length,) = struct.unpack_from(">i", buffer, at)
        end = at + _LENGTH_BYTES + length
        if end > len(buffer):
            break
        frames.append(buffer[at:end])
        at = end
    return frames, buffer[at:]
