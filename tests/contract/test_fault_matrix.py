"""The fault matrix has a line for every fault, and names no test that does not exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MATRIX = (ROOT / "tests/chaos/README.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/.]+\.py)::(\w+)`", MATRIX)))


def test_every_fault_has_one_line():
    assert re.findall(r"(?m)^\| (F\d+) \|", MATRIX) == [f"F{number}" for number in range(1, 41)]


def test_a_fault_names_its_tests_or_says_why_it_has_none():
    for line in re.findall(r"(?m)^\| F\d+ .*$", MATRIX):
        _, _, _, test, how, _ = (part.strip() for part in line.split("|"))
        assert "`tests/" in test or (test == "not automated" and how), line


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_exists(path: str, name: str):
    text = (ROOT / path).read_text(encoding="utf-8")

    assert re.search(rf"(?m)^\s*(?:async )?def {name}\(|^{name} = ", text)
