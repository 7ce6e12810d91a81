"""A worker with a deliberate fault: it acknowledges a record first and makes its outcome durable later.

Run in place of ``callqa worker`` by a test that wants to see the oracle find what such a worker loses.
"""

import asyncio
import typing

import typer

from streams.cli.worker import worker
from streams.stages.harness import Harness

LATER_SECONDS = 30.0


async def acknowledge_first(
    self: Harness, delivery: typing.Any, record: typing.Any, outcome: typing.Any, before: typing.Any
) -> None:
    self._finish(delivery, record)
    await asyncio.sleep(LATER_SECONDS)
    await outcome


if __name__ == "__main__":
    Harness._run = acknowledge_first
    typer.run(worker)
