"""Structured logs: one JSON object a line, times in UTC, never a word that a person said."""

from __future__ import annotations

import logging
import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger


def configure_logs(level: str, **context: str) -> None:
    """Send structlog and the libraries' loggers to standard error as JSON, with ``context`` on every line."""
    number = logging.getLevelNamesMapping()[level.upper()]
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            stamp,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(**context)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.processors.add_log_level,
                stamp,
                _frames_only,
            ],
        )
    )
    # Libraries speak from WARNING on; some set a level of their own, so that the handler must hold it too.
    level_of_libraries = max(number, logging.WARNING)
    handler.setLevel(level_of_libraries)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level_of_libraries)


def _frames_only(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """A library's exception by class and frames: its text may quote what a person said."""
    kind, _text, trace = line.pop("exc_info", None) or (None, None, None)
    if kind is not None:
        line["error"] = kind.__name__
        line["frames"] = traceback.format_tb(trace)
    return line
