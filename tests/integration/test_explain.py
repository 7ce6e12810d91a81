"""A published interaction is explained from what the topics hold of it."""

from __future__ import annotations

import pytest

from processors.classification import classify, load_ruleset, shipped_ruleset
from processors.classification.examples import Example, ExampleTurn, Expected
from processors.classification.rehearsal import staged
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from schemas.codec import Codec
from schemas.records.terms import Role
from schemas.records.transcribed import InteractionTranscribed
from schemas.topics import CLASSIFIED, TRANSCRIBED, load_topics
from streams.explanation import NothingRecorded, explained, recorded
from streams.operations import topics
from streams.operations.cluster import Cluster
from streams.operations.publish import OutgoingRecord, publish

pytestmark = pytest.mark.integration


@pytest.fixture
def cluster(kafka):
    with Cluster(kafka.bootstrap) as connection:
        topics.apply(connection, [load_topics()[name] for name in (TRANSCRIBED, CLASSIFIED)])
        yield connection


def test_the_verdict_on_the_topic_comes_out_again_from_the_transcript_on_the_topic(cluster, unique_name):
    codec, ruleset = Codec(), load_ruleset(shipped_ruleset("zh"))
    segmenter = Segmenter(load_lexicon("zh"))
    said = (ExampleTurn(Role.CUSTOMER, "我要投诉你们"), ExampleTurn(Role.AGENT, "这个不归我们管"))
    interaction_id = unique_name("explained")
    header, transcript = staged(Example(Expected.HIT, said, {"interaction_id": interaction_id}), "zh")
    told = InteractionTranscribed(header=header, transcript=transcript)
    key = interaction_id.encode()
    publish(cluster, TRANSCRIBED, [OutgoingRecord(key=key, value=codec.encode(told))])
    classified = classify(told, ruleset, segmenter, 3)
    publish(cluster, CLASSIFIED, [OutgoingRecord(key=key, value=codec.encode(classified))])

    found = recorded(cluster, codec, interaction_id)
    answers = [a for r in ruleset.rules for a in explained(found, ruleset, segmenter, r.id).answers]

    assert found.classification == classified.classification
    assert {answer.same for answer in answers} == {True}
    assert {answer.verdict.value for answer in answers} >= {"HIT", "NO_HIT"}


def test_an_unknown_interaction_is_told(cluster, unique_name):
    with pytest.raises(NothingRecorded, match="no record"):
        recorded(cluster, Codec(), unique_name("nobody"))
