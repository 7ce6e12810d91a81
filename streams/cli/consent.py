"""Consent before something is sent."""

from __future__ import annotations

import sys

import typer

from streams.cli.console import fail
from streams.cli.errors import ExitCode


def ask(question: str, refused: str) -> None:
    """Return where a person at the terminal agrees; otherwise end the command.

    Without a terminal the person is told of ``--yes``; one who says no reads ``refused``.
    """
    if not sys.stdin.isatty():
        fail("add --yes to run without a terminal", ExitCode.REFUSED)
    if not typer.confirm(question):
        fail(refused, ExitCode.REFUSED)
