"""Training gives a model that predicts as scikit-learn does, and a report that holds on unseen examples."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from processors.classification.learned import read_reason_model, reason_features, write_reason_model
from processors.language.lexicon import load_lexicon
from processors.language.segmenter import Segmenter
from streams.training import reasons as training
from streams.training.labels import Labelled, Labels, labels_from_csv

SAMPLE = Path(__file__).parent / "labels.csv"


@pytest.fixture(scope="module")
def segmenter():
    return Segmenter(load_lexicon("zh"))


@pytest.fixture(scope="module")
def labels():
    return labels_from_csv(SAMPLE)


@pytest.fixture(scope="module")
def trained(labels, segmenter):
    return training.train_reasons(labels, segmenter, data="labels.csv", version="1")


def test_unseen_examples_are_told_apart_far_better_than_by_the_commonest_label(trained):
    _, report = trained

    assert report.majority == 0.25
    assert report.accuracy >= 0.6
    assert sum(map(sum, report.confusion)) == report.examples == 40


def test_the_same_data_give_the_same_file(trained, labels, segmenter):
    again, _ = training.train_reasons(labels, segmenter, data="labels.csv", version="1")

    assert write_reason_model(again) == write_reason_model(trained[0])


def test_the_file_says_what_the_model_was_made_of(trained, labels):
    read = read_reason_model(write_reason_model(trained[0]))

    assert read.info.data_hash == labels.hash
    assert read.info.label_counts == labels.counts
    assert len(read.hash) == 64


def test_numpy_alone_gives_the_probabilities_of_scikit_learn(trained, labels, segmenter):
    model, _ = trained
    fitted = training._pipeline().fit(
        [reason_features(one.said, segmenter) for one in labels.examples],
        [one.label for one in labels.examples],
    )
    unseen = reason_features(labels.examples[3].said + labels.examples[17].said, segmenter)

    scores = fitted.decision_function([unseen])[0] / model.info.temperature
    expected = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()

    assert model.probabilities(unseen) == pytest.approx(expected, abs=1e-5)


def test_two_labels_are_enough(labels, segmenter):
    two = [one for one in labels.examples if one.label in ("travel/ride", "order/logistics")]
    model, _ = training.train_reasons(
        Labels(examples=tuple(two), left_out={}), segmenter, data="two", version="1"
    )

    ride = model.probabilities(reason_features([(two[0].said[1][0], "帮我打车去机场")], segmenter))

    assert model.info.labels[int(ride.argmax())] == "travel/ride"
    assert ride.sum() == pytest.approx(1)


def test_labels_without_meaning_are_never_certain(segmenter, labels):
    said = [one.said for one in labels.examples]
    mixed = tuple(Labelled(f"x/{'ab'[n % 2]}", one) for n, one in enumerate(said))

    model, report = training.train_reasons(
        Labels(examples=mixed, left_out={}), segmenter, data="mixed", version="1"
    )

    assert report.accuracy < 0.8
    assert model.info.sure > 0.5


def test_real_service_dialogues_of_seven_kinds_are_told_apart(segmenter):
    """The dialogues are kept outside of the repository; where they are, real words decide."""
    folder = Path("/work/shared/data/teleantifraud")
    if not folder.is_dir():
        pytest.skip("no service dialogues here")
    examples = tuple(_dialogues(folder / "normal_dialogues.jsonl"))[:240]
    counted = Labels(examples=examples, left_out={})

    _, report = training.train_reasons(counted, segmenter, data="service dialogues", version="1")

    assert report.accuracy >= 0.85 > 2 * report.majority


def _dialogues(path):
    import json

    from schemas.records.terms import Role

    codes = {
        "订餐服务": "order/meal",
        "外卖服务": "order/meal",
        "打车服务": "travel/ride",
        "预约服务": "booking/make",
    }
    codes |= {"交通咨询": "travel/route", "日常购物": "order/place", "咨询客服": "consult/general"}
    for line in path.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        said = [(Role.AGENT, text) for text in one["left"]] + [(Role.CUSTOMER, text) for text in one["right"]]
        yield Labelled(codes[one["fraud_type"]], tuple(said))
