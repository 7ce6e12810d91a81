"""Text lane: chats, self-service sessions and calls that arrive with a transcript take one shape.

This lane also owns every event that cannot be decoded or contradicts itself, whatever its channel: one
dead letter, not one per lane.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from processors.normalization import normalise_interaction
from processors.redaction import RedactionPolicy
from processors.transcript import header_of
from schemas.codec import Codec
from schemas.lanes import Lane, lane_of
from schemas.records.completed import InteractionCompleted
from schemas.records.terms import Stage
from schemas.topics import COMPLETED, TRANSCRIBED
from schemas.validation import check
from streams.recordings import Fetcher, FetchPolicy
from streams.stages.content import ContentSource, claims_content
from streams.stages.outcome import Incoming, NothingToOpen, Output, Work
from streams.stages.source import key_of, present, source_of


class NormalizationSteps(NothingToOpen):
    """Completed text interactions in, redacted transcripts out. Without ``content`` none is fetched."""

    stage = Stage.NORMALIZATION
    inputs: tuple[str, ...] = (COMPLETED,)

    def __init__(
        self, codec: Codec, policy: RedactionPolicy = RedactionPolicy(), content: ContentSource | None = None
    ) -> None:
        self._codec = codec
        self._policy = policy
        self._content = content or ContentSource(Fetcher(FetchPolicy()), wait_ms=0, clock_ms=lambda: 0)

    def admit(self, record: Incoming) -> Work | None:
        """Validated events of the text lane; raises SchemaViolation for what no lane can take."""
        event = self._codec.decode(present(record), InteractionCompleted)
        check(event)
        if lane_of(event) is not Lane.TEXT:
            return None
        return Work(event, event.interaction_id, event.record_version)

    async def work(self, record: Incoming, work: Work) -> Sequence[Output]:
        """One transcribed record, with a transcript or with the reason why there is none."""
        assert isinstance(work.content, InteractionCompleted)
        event = await self._with_words(work.content)
        transcribed = normalise_interaction(event, header_of(event, source_of(record)), self._policy)
        return [Output(TRANSCRIBED, key_of(event.interaction_id), self._codec.encode(transcribed))]

    async def _with_words(self, event: InteractionCompleted) -> InteractionCompleted:
        return await asyncio.to_thread(self._content.complete, event) if claims_content(event) else event
