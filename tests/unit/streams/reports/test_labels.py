"""No symbol of the contract reaches a Chinese reader without a Chinese name."""

import pytest

from schemas.records.terms import (
    AlertKind,
    Channel,
    DeadLetterReason,
    Doubt,
    ExclusionReason,
    ItemAnswer,
    Role,
)
from streams.reports.labels import label, measured

SHOWN = [
    symbol.value
    for terms in (AlertKind, Channel, DeadLetterReason, Doubt, ExclusionReason, ItemAnswer, Role)
    for symbol in terms
    if symbol.value != "NONE"
]


@pytest.mark.parametrize("symbol", sorted(set(SHOWN)))
def test_every_symbol_that_is_shown_has_a_chinese_name(symbol):
    assert any("\u4e00" <= character <= "\u9fff" for character in label(symbol))


def test_a_doubt_in_the_reason_of_an_item_reads_as_the_doubt_itself():
    assert label("sound_alike") == label("SOUND_ALIKE")


def test_an_unknown_symbol_stands_for_itself():
    assert label("SOMETHING_NEW") == "SOMETHING_NEW"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (13_952.0, "ms", "14.0 秒"),
        (312.4, "per minute", "312 /分"),
        (2.0, "attempts", "第 2 次"),
        (3.0, None, "3"),
        (0.5, "share", "0.5 share"),
    ],
)
def test_measures_are_written_with_their_unit(value, unit, shown):
    assert measured(value, unit) == shown
