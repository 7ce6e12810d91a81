"""The report's questions to ClickHouse: plain SQL files beside this module.

Children are read only through the result that counts now.
"""

from __future__ import annotations

from importlib.resources import files

MEASURES = (
    "conversation_ms",
    "agent_talk_ms",
    "customer_talk_ms",
    "overlap_ms",
    "silence_ms",
    "longest_silence_ms",
    "agent_interruption_count",
    "agent_cpm",
    "customer_cpm",
    "first_reply_ms",
    "longest_reply_ms",
)


def query(name: str) -> str:
    """The text of ``sql/<name>.sql``."""
    return files("streams.reports").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
