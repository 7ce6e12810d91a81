"""Classification asks the rules of the interaction's language and says which activation they belong to."""

import asyncio
import dataclasses

import numpy as np
import pytest

from processors.classification import load_ruleset
from processors.classification.learned import LearnedReasons, ReasonModel, ReasonModelInfo
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from schemas.codec import SchemaViolation
from schemas.records.classified import InteractionClassified
from schemas.records.terms import ExclusionReason, ReasonSource
from schemas.topics import CLASSIFIED, TRANSCRIBED
from streams.stages.classification import ActiveRules, ClassificationSteps

RULES = """
ruleset: {language}-own
version: "1"
language: {language}
rules:
  - id: bill-mentioned
    version: "1"
    name: {{zh: 提到话费, en: Bill mentioned}}
    kind: SIGNAL
    when: {{said: [{phrase}]}}
"""


@pytest.fixture(scope="module")
def rules() -> ActiveRules:
    phrases = {"zh": "话费", "en": "bill"}
    return ActiveRules(
        activation_seq=7,
        rulesets={
            language: load_ruleset(RULES.format(language=language, phrase=phrase))
            for language, phrase in phrases.items()
        },
        segmenters={language: Segmenter(load_lexicon(language)) for language in phrases},
    )


async def outcome(steps, record, codec) -> InteractionClassified:
    (output,) = await steps.work(record, steps.admit(record))
    assert output.topic == CLASSIFIED
    found = codec.decode(output.value, InteractionClassified)
    assert output.key == found.header.interaction_id.encode()
    return found


async def test_a_transcript_becomes_findings_under_the_active_rules(rules, codec, example, arrived):
    steps = ClassificationSteps(codec, rules)

    found = await outcome(steps, arrived(example("InteractionTranscribed", "call"), TRANSCRIBED), codec)

    assert [finding.rule_id for finding in found.classification.findings] == ["bill-mentioned"]
    assert found.classification.activation_seq == 7
    assert found.classification.ruleset_id == "zh-own"
    assert found.classification.ruleset_hash == rules.rulesets["zh"].hash


async def test_an_excluded_interaction_passes_through_with_its_reason(rules, codec, example, arrived):
    transcribed = example("InteractionTranscribed", "excluded")

    found = await outcome(ClassificationSteps(codec, rules), arrived(transcribed, TRANSCRIBED), codec)

    assert found.classification is None
    assert found.exclusion is transcribed.exclusion
    assert isinstance(found.exclusion, ExclusionReason)


async def test_the_same_transcript_gives_the_same_bytes_again(rules, codec, example, arrived):
    steps = ClassificationSteps(codec, rules)
    record = arrived(example("InteractionTranscribed", "call"), TRANSCRIBED)

    first = await steps.work(record, steps.admit(record))

    assert await steps.work(record, steps.admit(record)) == first


@pytest.mark.parametrize(
    ("language", "chosen"),
    [("zh", "zh"), ("zh-CN", "zh"), ("EN-us", "en"), ("fr", "zh"), ("", "zh")],
)
def test_a_language_gets_its_own_rules_or_the_default_ones(rules, language, chosen):
    ruleset, segmenter = rules.for_language(language)

    assert ruleset is rules.rulesets[chosen]
    assert segmenter is rules.segmenters[chosen]


def test_a_replay_reads_the_topics_it_is_told(rules, codec):
    lane = f"{TRANSCRIBED}.lane-replay"

    assert ClassificationSteps(codec, rules, [lane]).inputs == (lane,)
    assert ClassificationSteps(codec, rules).inputs == (TRANSCRIBED,)


@pytest.mark.parametrize("value", [None, b"no record"])
def test_bytes_that_are_no_transcript_are_refused(rules, codec, arrived, value):
    with pytest.raises(SchemaViolation):
        ClassificationSteps(codec, rules).admit(arrived(value, TRANSCRIBED))


async def test_a_trained_model_is_asked_beside_the_rules(rules, codec, example, arrived):
    learned = LearnedReasons(_always("travel/ride", "travel/route"), rules.segmenters["zh"])
    steps = ClassificationSteps(codec, dataclasses.replace(rules, learned={"zh": learned}))

    found = await outcome(steps, arrived(example("InteractionTranscribed", "call"), TRANSCRIBED), codec)

    (reason,) = [one for one in found.classification.reasons if one.source is ReasonSource.MODEL]
    assert (reason.level1, reason.level2) == ("travel", "ride")
    assert found.classification.reason_model_hash == learned.model.hash
    assert [finding.rule_id for finding in found.classification.findings] == ["bill-mentioned"]


def _always(label, other):
    """A model that is sure of one label, whatever is said."""
    info = ReasonModelInfo(
        version="1",
        language="zh",
        labels=(label, other),
        label_counts={},
        data_hash="",
        lexicon_hash="",
        temperature=1.0,
        least=0.5,
        sure=0.9,
        accuracy=1.0,
        macro_f1=1.0,
    )
    tables = np.zeros(1, np.float32), np.zeros((1, 2), np.float32), np.array([9, 0], np.float32)
    return ReasonModel(info, ("c|无",), *tables, hash="abc")


async def test_a_later_activation_is_taken_up_before_the_first_work(rules, codec, example, arrived):
    later = dataclasses.replace(rules, activation_seq=8)
    steps = ClassificationSteps(codec, rules, renewed=lambda known: later)
    await steps.open()

    found = await outcome(steps, arrived(example("InteractionTranscribed", "call"), TRANSCRIBED), codec)
    await steps.close()

    assert found.classification.activation_seq == 8


async def test_a_running_worker_takes_up_each_later_activation_and_no_earlier_one(
    rules, codec, example, arrived
):
    asked: list[int] = []

    def renewed(known: ActiveRules) -> ActiveRules | None:
        asked.append(known.activation_seq)
        if len(asked) == 2:
            raise ConnectionError("the store is away")
        return dataclasses.replace(known, activation_seq={1: 7, 3: 9, 4: 8}.get(len(asked), 9))

    steps = ClassificationSteps(codec, rules, renewed=renewed, every_seconds=0.001)
    await steps.open()
    async with asyncio.timeout(10):
        while len(asked) < 6:
            await asyncio.sleep(0.001)
    await steps.close()

    found = await outcome(steps, arrived(example("InteractionTranscribed", "call"), TRANSCRIBED), codec)

    assert asked[:6] == [7, 7, 7, 9, 9, 9]
    assert found.classification.activation_seq == 9
