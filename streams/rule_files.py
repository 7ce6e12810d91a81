"""Interactions and rule sets from files, so that rules can be tried without Kafka and without a store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from processors.classification import RuleSet, load_ruleset, shipped_ruleset
from processors.classification.examples import Example, Expected, parse_examples
from processors.classification.rehearsal import staged
from processors.classification.source import Cursor, Source
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from processors.normalization import normalise_interaction
from processors.transcript import SourceCoordinates, header_of
from schemas.records.completed import InteractionCompleted
from schemas.records.transcribed import InteractionTranscribed
from schemas.validation import check

LANGUAGES = ("zh", "en")


class UnreadableInteraction(ValueError):
    """A file is neither an event, nor a transcript, nor a dialogue; the message says what was expected."""


@dataclass(frozen=True)
class RuleTools:
    """A rule set with the segmenter of its language."""

    ruleset: RuleSet
    segmenter: Segmenter


def rule_tools(rules: Path | None, language: str) -> RuleTools:
    """The rule set in a file, or the shipped one of a language; raises ``RuleSetError``, ``LookupError``."""
    ruleset = load_ruleset(rules or shipped_ruleset(language))
    return RuleTools(ruleset, Segmenter(load_lexicon(ruleset.language)))


def read_interaction(path: Path, language: str) -> InteractionTranscribed:
    """A transcript or a completed event in JSON, or a dialogue of one turn a line (``客服: ...``).

    Raises ``UnreadableInteraction``, and ``SchemaViolation`` for an event that breaks the contract.
    """
    text = path.read_text(encoding="utf-8")
    if not text.lstrip().startswith("{"):
        return _dialogue(text, path, language)
    try:
        return msgspec.json.decode(text, type=InteractionTranscribed)
    except msgspec.DecodeError:
        pass
    try:
        return _heard(msgspec.json.decode(text, type=InteractionCompleted))
    except msgspec.DecodeError as error:
        expected = "an InteractionCompleted or an InteractionTranscribed in JSON, or a dialogue"
        raise UnreadableInteraction(f"{path}: expected {expected}") from error


def _heard(event: InteractionCompleted) -> InteractionTranscribed:
    check(event)
    source = SourceCoordinates(topic="file", partition=0, offset=0, timestamp_ms=event.ended_at)
    return normalise_interaction(event, header_of(event, source))


def _dialogue(text: str, path: Path, language: str) -> InteractionTranscribed:
    written = Cursor({Expected.HIT.value: [text]}, Source(path.name))
    example: Example = parse_examples(written)[0]
    header, transcript = staged(example, language)
    return InteractionTranscribed(header=header, transcript=transcript)
