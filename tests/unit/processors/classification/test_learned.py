"""A trained model's label stands beside the reasons of rules, marked and with its confidence."""

import io

import msgspec
import numpy as np
import pytest

from processors.classification import classify, load_ruleset
from processors.classification.examples import Example, ExampleTurn, Expected
from processors.classification.learned import (
    LearnedReasons,
    ReasonModel,
    ReasonModelError,
    ReasonModelInfo,
    read_reason_model,
    reason_features,
    write_reason_model,
)
from processors.classification.rehearsal import staged
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from schemas.records.terms import ReasonSource, Role, Verdict
from schemas.records.transcribed import InteractionTranscribed

INFO = ReasonModelInfo(
    version="1",
    language="zh",
    labels=("billing/bill-query", "travel/ride"),
    label_counts={"billing/bill-query": 5, "travel/ride": 5},
    data_hash="d",
    lexicon_hash="l",
    temperature=1.0,
    least=0.6,
    sure=0.9,
    accuracy=0.9,
    macro_f1=0.9,
)
RULES = """
ruleset: own
version: "1"
language: zh
reasons:
  billing: {name: {zh: 费用}, reasons: {bill-query: {zh: 账单}}}
rules:
  - id: bill
    version: "1"
    name: {zh: 账单}
    kind: REASON
    reason: billing/bill-query
    priority: 10
    when: {said: [账单]}
"""


def model(weight: float = 5.0, **changes) -> ReasonModel:
    return ReasonModel(
        msgspec.structs.replace(INFO, **changes),
        ("c|打车", "c|话费"),
        np.ones(2, dtype=np.float32),
        np.array([[0, weight], [weight, 0]], dtype=np.float32),
        np.zeros(2, dtype=np.float32),
    )


@pytest.fixture(scope="module")
def segmenter():
    return Segmenter(load_lexicon("zh"))


@pytest.fixture(scope="module")
def judged(segmenter):
    ruleset = load_ruleset(RULES)

    def judge(*said: tuple[Role, str], learned: ReasonModel):
        example = Example(Expected.HIT, tuple(ExampleTurn(party, text) for party, text in said))
        header, transcript = staged(example, "zh")
        transcribed = InteractionTranscribed(header=header, transcript=transcript)
        found = classify(transcribed, ruleset, segmenter, 1).classification
        return found, LearnedReasons(learned, segmenter).beside(found, transcript)

    return judge


def test_the_label_is_marked_and_keeps_its_confidence(judged):
    learned = read_reason_model(write_reason_model(model()))

    _, found = judged((Role.CUSTOMER, "我要打车"), learned=learned)

    (reason,) = found.reasons
    assert (reason.level1, reason.level2, reason.rule_id) == ("travel", "ride", "")
    assert reason.source is ReasonSource.MODEL
    assert reason.confidence == pytest.approx(1 / (1 + np.exp(-5)), abs=1e-4)
    assert reason.model_hash == found.reason_model_hash == learned.hash


def test_it_never_takes_the_place_of_a_rules_reason(judged):
    before, found = judged((Role.CUSTOMER, "我要打车,账单发我"), learned=model())

    assert found.reasons[0] == before.reasons[0]
    assert [one.primary for one in found.reasons] == [True, False]
    assert [one.source for one in found.reasons] == [ReasonSource.RULE, ReasonSource.MODEL]


def test_it_is_the_primary_reason_where_no_rule_gave_one(judged):
    _, found = judged((Role.CUSTOMER, "我要打车"), learned=model())

    assert [one.primary for one in found.reasons] == [True]


def test_it_touches_nothing_but_reasons(judged):
    before, found = judged((Role.CUSTOMER, "我要打车"), learned=model())

    without = {"reasons": before.reasons, "reason_model_hash": None}
    assert msgspec.structs.replace(found, **without) == before


@pytest.mark.parametrize(("weight", "verdict"), [(5.0, Verdict.HIT), (1.0, Verdict.UNCERTAIN), (0.2, None)])
def test_how_sure_it_is_decides_whether_it_says_so(judged, weight, verdict):
    _, found = judged((Role.CUSTOMER, "我要打车"), learned=model(weight))

    assert [one.verdict for one in found.reasons] == ([verdict] if verdict else [])


def test_nothing_said_gives_no_label(judged):
    _, found = judged((Role.BOT, "请选择"), learned=model())

    assert found.reasons == ()


def test_personal_data_are_no_features(segmenter):
    features = reason_features([(Role.CUSTOMER, "我的号码是[电话]尾号8888,叫车")], segmenter)

    assert not any(character.isdigit() for name in features for character in name)
    assert not any("[" in name for name in features)


def test_the_same_words_of_customer_and_agent_are_told_apart(segmenter):
    of_customer = reason_features([(Role.CUSTOMER, "打车")], segmenter)
    of_agent = reason_features([(Role.AGENT, "打车")], segmenter)

    assert not set(of_customer) & set(of_agent)


def test_a_file_reads_back_as_it_was():
    read = read_reason_model(write_reason_model(model()))

    assert read.info == INFO
    assert read.vocabulary == model().vocabulary
    assert write_reason_model(read) == write_reason_model(model())


def test_what_is_no_model_is_refused_without_running_anything():
    harmful = io.BytesIO()
    np.save(harmful, np.array([_Trap()], dtype=object), allow_pickle=True)

    for content in (b"", b"text", harmful.getvalue()):
        with pytest.raises(ReasonModelError):
            read_reason_model(content)


class _Trap:
    def __reduce__(self):
        return (pytest.fail, ("a model file ran code",))


def test_another_format_is_named():
    with pytest.raises(ReasonModelError, match="of format 99"):
        read_reason_model(write_reason_model(model(format=99)))


def test_tables_that_do_not_fit_are_refused():
    broken = ReasonModel(
        INFO, ("c|打车",), np.ones(2, np.float32), np.ones((2, 2), np.float32), np.zeros(2, np.float32)
    )

    with pytest.raises(ReasonModelError, match="do not fit"):
        read_reason_model(write_reason_model(broken))
