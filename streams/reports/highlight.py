"""Cuts a turn's text at the borders of its evidence, so that a page can mark the very words."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from streams.reports.content import Finding


class Piece(Struct, frozen=True, kw_only=True):
    """A run of text and the findings (by ``n``) whose evidence covers it; ``tone`` is a style name."""

    text: str
    findings: tuple[int, ...] = ()
    tone: str = ""


def tone_of(finding: Finding) -> str:
    """Style of a finding: its doubt outranks its kind, since an uncertain fault is not a fault."""
    return "uncertain" if finding.verdict == "UNCERTAIN" else finding.kind.lower()


def pieces(turn: int, text: str, findings: Sequence[Finding]) -> tuple[Piece, ...]:
    """The text of ``turn`` cut where evidence starts and ends; joined they give ``text`` again."""
    marks = [
        (evidence.start, min(evidence.end, len(text)), finding)
        for finding in findings
        for evidence in finding.evidence
        if evidence.turn == turn and evidence.start < min(evidence.end, len(text))
    ]
    borders = sorted({0, len(text), *(start for start, _, _ in marks), *(end for _, end, _ in marks)})
    return tuple(
        _piece(text[start:end], [finding for low, high, finding in marks if low <= start and end <= high])
        for start, end in zip(borders, borders[1:], strict=False)
    )


def _piece(text: str, covering: Sequence[Finding]) -> Piece:
    ranked = sorted(
        covering, key=lambda one: ("fault", "exemption", "uncertain", "credit", "signal").index(tone_of(one))
    )
    return Piece(
        text=text,
        findings=tuple(dict.fromkeys(one.n for one in covering)),
        tone=tone_of(ranked[0]) if ranked else "",
    )
