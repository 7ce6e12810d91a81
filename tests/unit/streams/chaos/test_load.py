from collections import Counter

import pytest

from processors.classification import classify, load_ruleset, shipped_ruleset
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from processors.normalization import normalise_interaction
from processors.scoring import load_scorecard, score
from processors.transcript import SourceCoordinates, header_of
from schemas.codec import Codec, SchemaViolation
from schemas.lanes import Lane, lane_of
from schemas.records.completed import InteractionCompleted
from schemas.records.terms import Verdict
from schemas.validation import check
from streams.chaos.load import Load, LoadRecord, Truth

ENDED = 1_790_000_000_000


@pytest.fixture(scope="module")
def judge():
    """What the processors, called one after the other, say of a record."""
    codec, segmenter = Codec(), Segmenter(load_lexicon("zh"))
    ruleset = load_ruleset(shipped_ruleset("zh"))
    scorecard = load_scorecard()

    def say(record: LoadRecord) -> tuple[str, str | None, set[str]]:
        try:
            event = codec.decode(record.value, InteractionCompleted)
            check(event)
        except SchemaViolation as violation:
            return "dead_lettered", violation.reason.value, set()
        assert lane_of(event) is Lane.TEXT
        at = SourceCoordinates(topic="t", partition=0, offset=0, timestamp_ms=ENDED)
        transcribed = normalise_interaction(event, header_of(event, at))
        scored = score(classify(transcribed, ruleset, segmenter, 1), scorecard).scored
        hits = {one.rule_id for one in scored.findings if one.verdict is Verdict.HIT}
        return scored.status.value.lower(), scored.exclusion and scored.exclusion.value, hits

    return say


def test_the_truth_of_every_kind_is_what_the_processors_say(judge):
    kinds = Counter()

    for records in Load(7, ENDED).interactions(150):
        last = max(records, key=records.index)
        state, reason, hits = judge(last)
        kinds[last.kind] += 1
        assert (state, reason) == (last.truth.state, last.truth.reason), last.kind
        assert set(last.truth.must) <= hits, last.kind
        assert not set(last.truth.must_not) & hits, last.kind

    assert len(kinds) == 9


def test_the_same_seed_gives_the_same_load_and_another_seed_another():
    first, again, other = (list(Load(seed, ENDED).interactions(40)) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_records_of_one_interaction_agree_on_its_truth():
    for records in Load(3, ENDED).interactions(100):
        assert len({record.key for record in records}) == 1
        assert len({(record.truth.state, record.truth.version) for record in records}) == 1


def test_a_truth_says_what_it_does_not_expect_by_leaving_it_out():
    assert Truth(state="scored").must == ()
