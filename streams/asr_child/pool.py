"""Several recognition children, so that several interactions are heard at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from processors.transcription.engine import EngineInfo
from schemas.records.transcribed import InteractionTranscribed
from streams.asr_child.batches import CallBatches
from streams.asr_child.messages import HearJob
from streams.asr_child.parent import AsrChild, ChildOptions
from streams.recordings import FetchedRecording


class AsrPool:
    """``size`` children of one kind; a job goes to whichever is free, alone or with others."""

    def __init__(self, options: ChildOptions, size: int = 1) -> None:
        self._children = [AsrChild(options) for _ in range(size)]
        self._free: asyncio.Queue[AsrChild] = asyncio.Queue()
        for child in self._children:
            self._free.put_nowait(child)
        many = options.batch_calls > 1
        self._batches = CallBatches(self._children, options.batch_calls) if many else None

    @property
    def info(self) -> EngineInfo:
        """The engine that hears; known once ``start`` has returned."""
        return self._children[0].info

    async def start(self) -> EngineInfo:
        """Start all children. Raises ``AsrCrashed`` and ``AsrTimeout``."""
        await asyncio.gather(*(child.start() for child in self._children))
        return self.info

    async def hear(
        self,
        job: HearJob,
        files: Sequence[FetchedRecording],
        on_decoded: Callable[[int], None] | None = None,
    ) -> InteractionTranscribed:
        """As ``AsrChild.hear``, on the next free child; in batches over calls as ``CallBatches.hear``."""
        if self._batches is not None:
            return await self._batches.hear(job, files, on_decoded)
        child = await self._free.get()
        try:
            return await child.hear(job, files, on_decoded)
        finally:
            self._free.put_nowait(child)

    async def close(self) -> None:
        """Stop all children."""
        await asyncio.gather(*(child.close() for child in self._children))
