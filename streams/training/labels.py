"""Labelled interactions for training: from a CSV file, or from what agents clicked, in ClickHouse."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from processors.classification.examples import Expected, parse_examples
from processors.classification.source import Cursor, RuleSetError, Source
from schemas.records.terms import Role

LEAST_EXAMPLES = 5
_LABEL = re.compile(r"[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*")
_TURN = re.compile(r"^(客服|客户|机器人|系统|agent|customer|bot|system)\d?[::(]")
_STORED = """
SELECT i.source_contact_reason, t.parties, t.texts
FROM qa.interaction AS i FINAL
INNER JOIN
(
    SELECT tenant_id, interaction_id,
        arrayMap(x -> x.2, arraySort(groupArray((turn, party, normalised)))) AS parties,
        arrayMap(x -> x.3, arraySort(groupArray((turn, party, normalised)))) AS texts
    FROM qa_content.turn FINAL
    WHERE NOT recalled
    GROUP BY tenant_id, interaction_id, transcript_id
) AS t ON t.tenant_id = i.tenant_id AND t.interaction_id = i.interaction_id
WHERE i.source_contact_reason IS NOT NULL
    AND startsWith(ifNull(i.language, {language:String}), {language:String})
ORDER BY i.tenant_id, i.interaction_id
LIMIT 1 BY i.tenant_id, i.interaction_id
LIMIT {limit:UInt32}
"""


class LabelsError(ValueError):
    """Labels that cannot be used; the message names file, line and what is expected."""


class Labelled(Struct, frozen=True):
    """What was said in one interaction, and why the customer made contact: ``level1/level2``."""

    label: str
    said: tuple[tuple[Role, str], ...]


class Labels(Struct, frozen=True, kw_only=True):
    """Examples enough for training. ``left_out``: labels that are too rare or no two-level code."""

    examples: tuple[Labelled, ...]
    left_out: dict[str, int]

    @property
    def counts(self) -> dict[str, int]:
        """Examples by label."""
        return dict(sorted(Counter(one.label for one in self.examples).items()))

    @property
    def hash(self) -> str:
        """SHA-256 over labels and words, whatever their order."""
        lines = sorted(f"{one.label}\0{one.said!r}" for one in self.examples)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def labels_from_csv(path: Path) -> Labels:
    """A CSV file with the columns ``label`` and ``dialogue`` (or ``text``: the customer's words alone).

    ``dialogue`` has one turn a line, as examples of rules: ``客户: ...``. Raises ``LabelsError``.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        columns = set(rows.fieldnames or ())
        if "label" not in columns or not columns & {"dialogue", "text"}:
            raise LabelsError(f"{path}: expected the columns label and dialogue (or text)")
        found = [_labelled(row, path, rows.line_num) for row in rows]
    return _enough(found)


def _labelled(row: dict[str, str], path: Path, line: int) -> Labelled:
    label = (row["label"] or "").strip()
    text = (row.get("dialogue") or row.get("text") or "").strip()
    if not _LABEL.fullmatch(label):
        raise LabelsError(f"{path}:{line}: the label '{label}' is not of the form level1/level2")
    if not text:
        raise LabelsError(f"{path}:{line}: no words")
    if not _TURN.match(text):
        return Labelled(label, ((Role.CUSTOMER, text),))
    try:
        (example,) = parse_examples(Cursor({Expected.HIT.value: [text]}, Source(path.name)))
    except RuleSetError as error:
        raise LabelsError(f"{path}:{line}: {error}") from error
    return Labelled(label, tuple((turn.party, turn.text) for turn in example.turns))


def labels_from_store(client: Any, language: str, limit: int) -> Labels:
    """What agents or flows clicked as the reason, beside the redacted words of the same interaction."""
    rows = client.query(_STORED, parameters={"language": language, "limit": limit}).result_rows
    return _enough(
        Labelled(label, tuple((Role(party), text) for party, text in zip(parties, texts, strict=True)))
        for label, parties, texts in rows
    )


def _enough(found: Iterable[Labelled]) -> Labels:
    examples: Sequence[Labelled] = list(found)
    counts = Counter(one.label for one in examples)
    kept = {label for label, count in counts.items() if count >= LEAST_EXAMPLES and _LABEL.fullmatch(label)}
    if len(kept) < 2:
        told = ", ".join(f"{label} {count}" for label, count in counts.most_common(10)) or "nothing"
        raise LabelsError(f"at least two labels with {LEAST_EXAMPLES} examples each are needed; found {told}")
    return Labels(
        examples=tuple(one for one in examples if one.label in kept),
        left_out={label: count for label, count in sorted(counts.items()) if label not in kept},
    )
