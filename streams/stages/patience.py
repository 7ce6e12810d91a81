"""Waiting for the outside world: the same call again, with growing pauses, for as long as it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential_jitter

from streams.stages.outcome import Unavailable

log = structlog.get_logger()

Answer = TypeVar("Answer")


async def patiently(call: Callable[[], Awaitable[Answer]], longest_wait_seconds: float) -> Answer:
    """Call until it does not raise Unavailable. Never gives up: progress is watched elsewhere."""
    retrying = AsyncRetrying(
        retry=retry_if_exception_type(Unavailable),
        wait=wait_exponential_jitter(multiplier=0.2, max=longest_wait_seconds),
        before_sleep=_log_wait,
        reraise=True,
    )

    async def attempt() -> Answer:
        return await call()

    return cast(Answer, await retrying(attempt))


def _log_wait(state: RetryCallState) -> None:
    log.warning("stage.waiting", attempt=state.attempt_number, seconds=round(state.upcoming_sleep, 1))
