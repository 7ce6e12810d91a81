"""``callqa worker STAGE``: one process, one stage, one slot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from schemas.records.terms import Stage
from streams.cli.errors import ExitCode, clear_errors, message_of


def worker(
    stage: Annotated[Stage, typer.Argument(help="Which stage this process runs.")],
    slot: Annotated[
        int, typer.Option(help="Number of this worker within its stage; no two may share one.")
    ] = 0,
    lane: Annotated[str | None, typer.Option(help="Lane suffix, e.g. replay; default: live traffic.")] = None,
    plan: Annotated[
        Path | None, typer.Option(help="Replay plan file: where the replayed stage ends.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda, for transcription.")] = None,
    die_with_parent: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Run one stage until it is stopped. Needs CALLQA_KAFKA_BOOTSTRAP and CALLQA_CLICKHOUSE_URL.

    What keeps it from starting is one line of the log, and exit code 1.
    """
    import structlog

    from streams.bootstrap import WorkerRequest, run_worker
    from streams.local.parent import exit_with_parent
    from streams.logs import configure_logs
    from streams.settings import Settings

    if die_with_parent:
        exit_with_parent()
    with clear_errors():
        settings = Settings()
    if device is not None:
        settings = settings.model_copy(update={"device": device})
    configure_logs(settings.log_level, stage=stage.value)
    try:
        code = run_worker(WorkerRequest(stage, slot, lane, plan), settings)
    except Exception as error:
        message = message_of(error)
        if message is None:
            raise
        structlog.get_logger().error("worker.not_started", error=type(error).__name__, detail=message)
        code = ExitCode.ERROR
    raise typer.Exit(code)


if __name__ == "__main__":
    typer.run(worker)
