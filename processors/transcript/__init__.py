"""The one shape for every channel: drafts of the lane stages become redacted transcripts with identity."""

from processors.transcript.assembly import assemble, with_legs, with_readings
from processors.transcript.draft import DEFINITION_VERSION, DraftTurn, DraftWord, TranscriptDraft
from processors.transcript.header import SourceCoordinates, header_of

__all__ = [
    "DEFINITION_VERSION",
    "DraftTurn",
    "DraftWord",
    "SourceCoordinates",
    "TranscriptDraft",
    "assemble",
    "header_of",
    "with_legs",
    "with_readings",
]
