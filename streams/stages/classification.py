"""Classification: the rules of the interaction's language are asked, with the words as evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from processors.classification import RuleSet, classify
from processors.classification.learned import LearnedReasons
from processors.language.segmenter import Segmenter
from schemas.codec import Codec
from schemas.records.terms import Stage
from schemas.records.transcribed import InteractionTranscribed
from schemas.topics import CLASSIFIED, TRANSCRIBED
from streams.stages.outcome import Incoming, NothingToOpen, Output, Work
from streams.stages.source import key_of, present


@dataclass(frozen=True, slots=True)
class ActiveRules:
    """Rule sets by language ('zh', 'en') under one activation; ``default`` serves every other language.

    ``learned`` holds trained models of contact reasons by language, asked beside the rules.
    """

    activation_seq: int
    rulesets: Mapping[str, RuleSet]
    segmenters: Mapping[str, Segmenter]
    default: str = "zh"
    learned: Mapping[str, LearnedReasons] = field(default_factory=dict)

    def for_language(self, language: str) -> tuple[RuleSet, Segmenter]:
        """Rule set and segmenter for a BCP 47 tag."""
        primary = language.split("-", maxsplit=1)[0].lower()
        chosen = primary if primary in self.rulesets else self.default
        return self.rulesets[chosen], self.segmenters[chosen]


class ClassificationSteps(NothingToOpen):
    """Transcripts in, findings and reasons out."""

    stage = Stage.CLASSIFICATION

    def __init__(self, codec: Codec, rules: ActiveRules, inputs: Sequence[str] = (TRANSCRIBED,)) -> None:
        self._codec = codec
        self._rules = rules
        self.inputs: tuple[str, ...] = tuple(inputs)

    def admit(self, record: Incoming) -> Work | None:
        """Every transcribed record is this stage's."""
        transcribed = self._codec.decode(present(record), InteractionTranscribed)
        return Work(transcribed, transcribed.header.interaction_id, transcribed.header.record_version)

    async def work(self, record: Incoming, work: Work) -> Sequence[Output]:
        """One classified record; an excluded interaction passes through with its reason."""
        transcribed = work.content
        assert isinstance(transcribed, InteractionTranscribed)
        language = transcribed.transcript.language if transcribed.transcript else ""
        ruleset, segmenter = self._rules.for_language(language)
        classified = classify(transcribed, ruleset, segmenter, self._rules.activation_seq)
        learned = self._rules.learned.get(ruleset.language)
        if learned and classified.classification and transcribed.transcript:
            beside = learned.beside(classified.classification, transcribed.transcript)
            classified = replace(classified, classification=beside)
        return [Output(CLASSIFIED, key_of(work.interaction_id), self._codec.encode(classified))]
