"""What all commands share on the terminal: the console, machine-readable output and errors."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

import msgspec
import typer
from rich.console import Console
from rich.markup import escape


class OutputFormat(StrEnum):
    """How a command prints its result."""

    TABLE = "table"
    JSON = "json"


def console(*, stderr: bool = False) -> Console:
    """Standard output. Wide characters take two cells, so Chinese columns line up."""
    return Console(highlight=False, stderr=stderr)


def fail(message: str, code: int = 1) -> NoReturn:
    """Print an error for a person on standard error and end with ``code``."""
    Console(stderr=True, highlight=False).print(f"[red]error[/red] {escape(message)}", soft_wrap=True)
    raise typer.Exit(code)


def print_json(value: object) -> None:
    """One JSON document on standard output, UTF-8, keys as given."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    Console(highlight=False, soft_wrap=True).print(text, markup=False)
