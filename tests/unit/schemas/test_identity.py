import uuid

import pytest

from schemas.identity import content_hash, is_legal_id, stable_id
from schemas.records.terms import Stage


def test_equal_parts_give_equal_ids_that_are_version_5_uuids():
    assert stable_id("a", 1, "b") == stable_id("a", "1", "b")
    assert uuid.UUID(stable_id("a", 1)).version == 5


def test_parts_do_not_run_into_each_other():
    assert stable_id("k", "a", "bc") != stable_id("k", "ab", "c")
    assert stable_id("k", "a") != stable_id("l", "a")


def test_the_hash_does_not_depend_on_the_order_of_keys():
    assert content_hash({"a": 1, "b": [Stage.SCORING]}) == content_hash({"b": ["scoring"], "a": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})


@pytest.mark.parametrize("legal", ["1", "call-2025:11/24#7", "x" * 128])
def test_printable_ascii_without_spaces_is_a_legal_id(legal):
    assert is_legal_id(legal)


@pytest.mark.parametrize("illegal", ["", " ", "a b", "通话1", "a\n", "a\x7f", "x" * 129])
def test_other_text_is_no_legal_id(illegal):
    assert not is_legal_id(illegal)
