from __future__ import annotations

from itertools import product

import pytest

from processors.classification.kleene import FALSE, TRUE, Truth, all_of, any_of, at_least, not_, unknown
from schemas.records.terms import Doubt

UNKNOWN = unknown(Doubt.SOUND_ALIKE)
VALUES = (FALSE, UNKNOWN, TRUE)


@pytest.mark.parametrize(("one", "other"), list(product(VALUES, VALUES)))
def test_all_is_the_minimum_and_any_is_the_maximum(one, other):
    assert all_of([one, other]).truth == min(one.truth, other.truth)
    assert any_of([one, other]).truth == max(one.truth, other.truth)


@pytest.mark.parametrize("value", VALUES)
def test_a_double_not_changes_nothing(value):
    assert not_(not_(value)).truth == value.truth


@pytest.mark.parametrize(("one", "other"), list(product(VALUES, VALUES)))
def test_de_morgan_holds(one, other):
    assert not_(all_of([one, other])).truth == any_of([not_(one), not_(other)]).truth


def test_n_of_is_open_while_the_undecided_could_make_up_the_number():
    assert at_least(2, [TRUE, UNKNOWN, FALSE]).truth is Truth.UNKNOWN
    assert at_least(2, [TRUE, TRUE, UNKNOWN]).truth is Truth.TRUE
    assert at_least(2, [FALSE, UNKNOWN, FALSE]).truth is Truth.FALSE


def test_an_undecided_result_says_why():
    assert all_of([TRUE, UNKNOWN]).doubt is Doubt.SOUND_ALIKE


def test_all_of_nothing_holds_and_any_of_nothing_does_not():
    assert all_of([]).truth is Truth.TRUE
    assert any_of([]).truth is Truth.FALSE
