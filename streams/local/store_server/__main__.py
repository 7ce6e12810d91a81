"""``python -m streams.local.store_server``: serve one directory as a ClickHouse over HTTP."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from streams.local.store_server.access import Credentials
from streams.local.store_server.process import Options, serve


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and serve; returns the exit status (73: another process has the store open)."""
    parser = argparse.ArgumentParser(prog="store_server", description=__doc__)
    parser.add_argument("--path", type=Path, required=True, help="folder of the store, made if missing")
    parser.add_argument("--port", type=int, default=8123, help="port on 127.0.0.1; 0: a free one")
    parser.add_argument("--user", default="default")
    parser.add_argument("--password-file", type=Path, help="file with the password; without it there is none")
    parser.add_argument(
        "--ready-file", type=Path, help="written (JSON: host, port, pid) once requests are answered"
    )
    parser.add_argument("--die-with-parent", action="store_true", help="end when stdin ends")
    given = parser.parse_args(arguments)
    password = given.password_file.read_text().rstrip("\r\n") if given.password_file else ""
    ready_file = given.ready_file.resolve() if given.ready_file else None
    options = Options(
        given.path, given.port, Credentials(given.user, password), ready_file, given.die_with_parent
    )
    return serve(options)


if __name__ == "__main__":
    sys.exit(main())
