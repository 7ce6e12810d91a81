"""Labels for training are read from files that people write, and refused with the line that is wrong."""

from pathlib import Path

import pytest

from schemas.records.terms import Role
from streams.training.labels import LEAST_EXAMPLES, LabelsError, labels_from_csv

SAMPLE = Path(__file__).parent / "labels.csv"


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows(label: str, count: int) -> list[str]:
    return [f"{label},说法{number}" for number in range(count)]


def test_dialogues_keep_who_said_what():
    first = labels_from_csv(SAMPLE).examples[0]

    assert first.label == "billing/bill-query"
    assert [party for party, _ in first.said] == [Role.AGENT, Role.CUSTOMER]


def test_a_bare_text_is_what_the_customer_said(tmp_path):
    path = written(tmp_path, "label,text", *rows("a/one", 5), *rows("b/two", 5))

    assert {party for one in labels_from_csv(path).examples for party, _ in one.said} == {Role.CUSTOMER}


def test_rare_labels_are_left_out_and_told(tmp_path):
    few = LEAST_EXAMPLES - 1
    path = written(tmp_path, "label,text", *rows("a/one", 5), *rows("b/two", 5), *rows("c/rare", few))

    labels = labels_from_csv(path)

    assert labels.left_out == {"c/rare": few}
    assert labels.counts == {"a/one": 5, "b/two": 5}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["reason,text", "a/b,x"], "expected the columns label and dialogue"),
        (["label,text", "Billing,x"], "labels.csv:2: the label 'Billing' is not of the form level1/level2"),
        (["label,text", "a/b,"], "labels.csv:2: no words"),
        (["label,text", *rows("a/one", 9)], "at least two labels with 5 examples each"),
        (["label,dialogue", "a/b,客户(: 坏"], "labels.csv:2:"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path, lines, message):
    with pytest.raises(LabelsError, match=message.replace("(", r"\(")):
        labels_from_csv(written(tmp_path, *lines))


def test_the_hash_is_that_of_the_data_whatever_their_order(tmp_path):
    lines = [*rows("a/one", 5), *rows("b/two", 5)]
    one = labels_from_csv(written(tmp_path, "label,text", *lines)).hash
    turned = labels_from_csv(written(tmp_path, "label,text", *reversed(lines))).hash
    other = labels_from_csv(written(tmp_path, "label,text", *lines, "a/one,更多")).hash

    assert one == turned != other
