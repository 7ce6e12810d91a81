"""Which rules count from when: rule texts by hash, and the order in which they were activated.

A hash has no order, so currency is the activation sequence: activating an older rule set again is a new
number. The texts themselves are kept, so that a score can be explained with the very rules that made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

_LATEST_VERSION = 2**63 - 1

_SELECT = """
SELECT activation_seq, ruleset_id, ruleset_hash, a.language, scorecard_id, scorecard_hash,
       toUnixTimestamp64Milli(activated_at), activated_by, note, r.text, s.text
FROM qa.activation AS a FINAL
INNER JOIN qa.rule_text AS r FINAL ON r.content_hash = a.ruleset_hash
INNER JOIN qa.rule_text AS s FINAL ON s.content_hash = a.scorecard_hash
WHERE a.scope = 'BASE' AND a.activation_seq = {seq:Int64}
ORDER BY a.language
"""

_TEXT_COLUMNS = ("content_hash", "file_id", "language", "text")

_COLUMNS = (
    "activation_seq",
    "scope",
    "ruleset_id",
    "ruleset_hash",
    "language",
    "scorecard_id",
    "scorecard_hash",
    "activated_at",
    "activated_by",
    "note",
    "version",
)


class RuleFile(Struct, frozen=True, kw_only=True):
    """One rule set or scorecard: its own id, the hash of its parsed content, and its text.

    ``language`` is empty for a scorecard.
    """

    id: str
    hash: str
    text: str
    language: str = ""


class Activation(Struct, frozen=True, kw_only=True):
    """Rule sets by language and one scorecard that count together from ``activated_at`` (epoch ms)."""

    seq: int
    rulesets: tuple[RuleFile, ...]
    scorecard: RuleFile
    activated_at: int
    activated_by: str
    note: str = ""


class ActivationStore:
    """Reads and writes activations through a clickhouse-connect client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def current(self) -> Activation | None:
        """The activation with the highest sequence, or None before the first."""
        sequences = self._sequences()
        return self.of(sequences[-1]) if sequences else None

    def of(self, seq: int) -> Activation | None:
        """The activation with this sequence."""
        rows = self._client.query(_SELECT, parameters={"seq": seq}).result_rows
        if not rows:
            return None
        first = rows[0]
        return Activation(
            seq=first[0],
            rulesets=tuple(RuleFile(id=row[1], hash=row[2], language=row[3], text=row[9]) for row in rows),
            scorecard=RuleFile(id=first[4], hash=first[5], text=first[10]),
            activated_at=first[6],
            activated_by=first[7],
            note=first[8],
        )

    def history(self) -> list[Activation]:
        """All activations, oldest first."""
        return [found for seq in self._sequences() if (found := self.of(seq)) is not None]

    def activate(
        self, rulesets: Sequence[RuleFile], scorecard: RuleFile, *, now_ms: int, by: str, note: str = ""
    ) -> Activation:
        """Give these rules the next sequence and return it; unchanged rules keep the current one.

        One operator at a time: two activations in the same moment could take the same sequence.
        """
        current = self.current()
        chosen = tuple(sorted(rulesets, key=lambda file: file.language))
        if current is not None and _hashes(current) == ([file.hash for file in chosen], scorecard.hash):
            return current
        seq = current.seq + 1 if current else 1
        texts = [(file.hash, file.id, file.language, file.text) for file in (*chosen, scorecard)]
        self._client.insert("qa.rule_text", texts, column_names=_TEXT_COLUMNS)
        at = datetime.fromtimestamp(now_ms / 1000, UTC)
        common = (scorecard.id, scorecard.hash, at, by, note, _LATEST_VERSION - now_ms)
        rows = [(seq, "BASE", file.id, file.hash, file.language, *common) for file in chosen]
        self._client.insert("qa.activation", rows, column_names=_COLUMNS)
        stored = self.of(seq)
        assert stored is not None
        return stored

    def _sequences(self) -> list[int]:
        rows = self._client.query(
            "SELECT DISTINCT activation_seq FROM qa.activation FINAL WHERE scope = 'BASE' ORDER BY 1"
        ).result_rows
        return [seq for (seq,) in rows]


def _hashes(activation: Activation) -> tuple[list[str], str]:
    return [file.hash for file in activation.rulesets], activation.scorecard.hash
