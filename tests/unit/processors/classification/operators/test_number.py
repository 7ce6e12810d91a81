from __future__ import annotations

import pytest

from processors.classification.operators.number import value_of
from schemas.records.terms import Verdict

HIT, NO_HIT = Verdict.HIT, Verdict.NO_HIT


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0", 0),
        ("1,200", 1200),
        ("3.5", 3.5),
        ("3万", 30_000),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("一百二", 120),
        ("一百零二", 102),
        ("两千零五十", 2050),
        ("两万三", 23_000),
        ("一亿三千万", 130_000_000),
        ("三点五", 3.5),
        ("二零二六", 2026),
    ],
)
def test_numbers_are_understood_however_they_are_said(written, value):
    assert value_of(written) == value


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("给您补偿两百元", HIT),
        ("给您补偿200 元", HIT),
        ("给您补偿三十块", NO_HIT),
        ("稍等两百秒", NO_HIT),
        ("号码是二零零", NO_HIT),
    ],
)
def test_an_amount_above_a_limit(ask, text, verdict):
    (judgement,) = ask("number: {unit: [元, 块], above: 100, by: agent}", f"客服: {text}")

    assert judgement.verdict is verdict


def test_the_value_stands_beside_its_limit(ask):
    (judgement,) = ask("number: {unit: [元], at_least: 100}", "客服: 一共一百二十元")

    (place,) = judgement.evidence
    assert (place.words, place.value, place.threshold) == ("一百二十元", 120.0, 100.0)
