"""Classification: the rules of the interaction's language are asked, with the words as evidence."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from msgspec.structs import replace

from processors.classification import RuleSet, classify
from processors.classification.learned import LearnedReasons
from processors.language.segmenter import Segmenter
from schemas.codec import Codec
from schemas.records.terms import Stage
from schemas.records.transcribed import InteractionTranscribed
from schemas.topics import CLASSIFIED, TRANSCRIBED
from streams.stages.outcome import Incoming, Output, Work
from streams.stages.source import key_of, present

log = structlog.get_logger()

RENEWAL_SECONDS = 10.0


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


Renewed = Callable[[ActiveRules], ActiveRules | None]
"""The rules of a later activation than these, or None. Runs in a thread; raises what the store raises."""


class ClassificationSteps:
    """Transcripts in, findings and reasons out.

    ``renewed`` is asked before the first work and then every ``every_seconds``: work that begins afterwards
    is done under the later activation. An interaction is judged by one activation, which stands in its
    result; a worker never goes back to an earlier one.
    """

    stage = Stage.CLASSIFICATION

    def __init__(
        self,
        codec: Codec,
        rules: ActiveRules,
        inputs: Sequence[str] = (TRANSCRIBED,),
        renewed: Renewed | None = None,
        every_seconds: float = RENEWAL_SECONDS,
    ) -> None:
        self._codec = codec
        self._rules = rules
        self.inputs: tuple[str, ...] = tuple(inputs)
        self._renewed = renewed
        self._every_seconds = every_seconds
        self._renewing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Take up what was activated since the start, and go on looking."""
        if self._renewed is not None:
            await self._renew(self._renewed)
            self._renewing = asyncio.create_task(self._keep_renewing(self._renewed))

    async def close(self) -> None:
        """Look no more."""
        if self._renewing is not None:
            self._renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._renewing

    def admit(self, record: Incoming) -> Work | None:
        """Every transcribed record is this stage's."""
        transcribed = self._codec.decode(present(record), InteractionTranscribed)
        return Work(transcribed, transcribed.header.interaction_id, transcribed.header.record_version)

    async def work(self, record: Incoming, work: Work) -> Sequence[Output]:
        """One classified record; an excluded interaction passes through with its reason."""
        transcribed = work.content
        assert isinstance(transcribed, InteractionTranscribed)
        language = transcribed.transcript.language if transcribed.transcript else ""
        rules = self._rules
        ruleset, segmenter = rules.for_language(language)
        classified = classify(transcribed, ruleset, segmenter, rules.activation_seq)
        learned = rules.learned.get(ruleset.language)
        if learned and classified.classification and transcribed.transcript:
            beside = learned.beside(classified.classification, transcribed.transcript)
            classified = replace(classified, classification=beside)
        return [Output(CLASSIFIED, key_of(work.interaction_id), self._codec.encode(classified))]

    async def _keep_renewing(self, renewed: Renewed) -> None:
        while True:
            await asyncio.sleep(self._every_seconds)
            await self._renew(renewed)

    async def _renew(self, renewed: Renewed) -> None:
        try:
            later = await asyncio.to_thread(renewed, self._rules)
        except Exception as error:  # whatever is wrong with the store or the rules: those in force stay
            log.error("rules.not_renewed", error=type(error).__name__, in_force=self._rules.activation_seq)
            return
        if later is not None and later.activation_seq > self._rules.activation_seq:
            self._rules = later
            log.info("rules.renewed", seq=later.activation_seq)
