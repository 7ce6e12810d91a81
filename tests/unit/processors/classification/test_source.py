from __future__ import annotations

import pytest

from processors.classification.source import RuleSetError, read_yaml


def test_a_mistake_is_named_with_file_and_line():
    cursor = read_yaml("a: 1\nb:\n  - x\n  - 2.5\n", "rules.yaml")

    with pytest.raises(RuleSetError, match=r"^rules\.yaml:4: expected a whole number"):
        cursor.child("b").child(1).whole()


def test_an_unknown_key_brings_the_nearest_known_one():
    cursor = read_yaml("phrasez: [x]\n", "rules.yaml")

    with pytest.raises(RuleSetError, match="unknown key 'phrasez'; did you mean 'phrases'"):
        cursor.mapping(("phrases", "pattern"))


def test_a_missing_key_is_asked_for():
    with pytest.raises(RuleSetError, match="'id' is missing; add 'id: ...'"):
        read_yaml("name: x\n", "rules.yaml").mapping(("id", "name"), ("id",))


def test_a_key_that_stands_twice_is_refused():
    with pytest.raises(RuleSetError, match=r"rules\.yaml:3: key 'a' stands twice"):
        read_yaml("a: 1\nb: 2\na: 3\n", "rules.yaml")


def test_text_that_is_not_yaml_is_refused_with_its_line():
    with pytest.raises(RuleSetError, match=r"rules\.yaml:2: not valid YAML"):
        read_yaml("a: [1\nb: 2\n", "rules.yaml")


def test_a_bare_yes_is_no_phrase_but_a_truth_value():
    with pytest.raises(RuleSetError, match="write it in quotes"):
        read_yaml("[hello, yes]", "rules.yaml").texts()


def test_numbers_may_stand_as_phrases():
    assert read_yaml("[12315, 工信部]", "rules.yaml").texts() == ("12315", "工信部")
