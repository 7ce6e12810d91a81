"""Which rules count from when: rule texts by hash, and the order in which they were activated.

A hash has no order, so currency is the activation sequence: activating an older rule set again is a new
number. The texts themselves are kept, so that a score can be explained with the very rules that made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

_SELECT = """
SELECT activation_seq, ruleset_id, ruleset_hash, a.language, scorecard_id, scorecard_hash,
       toUnixTimestamp64Milli(activated_at), activated_by, note, r.text, s.text
FROM qa.activation AS a FINAL
INNER JOIN qa.rule_text AS r FINAL ON r.content_hash = a.ruleset_hash
INNER JOIN qa.rule_text AS s FINAL ON s.content_hash = a.scorecard_hash
WHERE a.scope = 'BASE' AND a.activation_seq = {seq:Int64} AND a.version =
    (SELECT max(version) FROM qa.activation WHERE scope = 'BASE' AND activation_seq = {seq:Int64})
ORDER BY a.language
"""

# The store's own clock makes the version: of two that take one sequence, the row that came first stays.
_INSERT = """
INSERT INTO qa.activation (activation_seq, scope, ruleset_id, ruleset_hash, language, scorecard_id,
    scorecard_hash, activated_at, activated_by, note, version)
SELECT {seq:Int64}, 'BASE', file.1, file.2, file.3, {scorecard_id:String}, {scorecard_hash:String},
    fromUnixTimestamp64Milli({activated_at:Int64}, 'UTC'), {activated_by:String}, {note:String},
    toUInt64(9223372036854775807 - toUnixTimestamp64Nano(now64(9, 'UTC')))
FROM (SELECT arrayJoin(
    arrayZip({ids:Array(String)}, {hashes:Array(String)}, {languages:Array(String)})) AS file)
"""

_TEXT_COLUMNS = ("content_hash", "file_id", "language", "text")


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
        latest = self.latest_seq()
        return None if latest is None else self.of(latest)

    def latest_seq(self) -> int | None:
        """The highest sequence, or None before the first activation."""
        sequences = self._sequences()
        return sequences[-1] if sequences else None

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

        Of two activations in the same moment the later takes the sequence after it: a number means one thing.
        """
        chosen = tuple(sorted(rulesets, key=lambda file: file.language))
        wanted = ([file.hash for file in chosen], scorecard.hash)
        texts = [(file.hash, file.id, file.language, file.text) for file in (*chosen, scorecard)]
        while True:
            current = self.current()
            if current is not None and _hashes(current) == wanted:
                return current
            seq = current.seq + 1 if current else 1
            self._client.insert("qa.rule_text", texts, column_names=_TEXT_COLUMNS)
            self._insert(
                Activation(
                    seq=seq,
                    rulesets=chosen,
                    scorecard=scorecard,
                    activated_at=now_ms,
                    activated_by=by,
                    note=note,
                )
            )
            stored = self.of(seq)
            if stored is not None and _hashes(stored) == wanted:
                return stored

    def _insert(self, activation: Activation) -> None:
        parameters = {
            "seq": activation.seq,
            "ids": [file.id for file in activation.rulesets],
            "hashes": [file.hash for file in activation.rulesets],
            "languages": [file.language for file in activation.rulesets],
            "scorecard_id": activation.scorecard.id,
            "scorecard_hash": activation.scorecard.hash,
            "activated_at": activation.activated_at,
            "activated_by": activation.activated_by,
            "note": activation.note,
        }
        self._client.command(_INSERT, parameters=parameters)

    def _sequences(self) -> list[int]:
        rows = self._client.query(
            "SELECT DISTINCT activation_seq FROM qa.activation FINAL WHERE scope = 'BASE' ORDER BY 1"
        ).result_rows
        return [seq for (seq,) in rows]


def _hashes(activation: Activation) -> tuple[list[str], str]:
    return [file.hash for file in activation.rulesets], activation.scorecard.hash
