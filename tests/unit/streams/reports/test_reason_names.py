"""Contact reasons carry the names that the rule sets give them."""

import pytest

from processors.classification import shipped_ruleset
from sinks.activations import RuleFile
from streams.reports.reason_names import names_in
from streams.rules import ruleset_file


@pytest.fixture(scope="module")
def chinese():
    return ruleset_file(shipped_ruleset("zh"))


def test_reasons_are_called_what_the_rules_call_them(chinese):
    assert names_in([chinese])["billing", "bill-query"] == "费用账单/账单查询"


def test_rules_of_another_release_name_nothing_and_the_rest_stays(chinese):
    foreign = RuleFile(id="en", hash="0", text="kind: of another release", language="en")

    assert names_in([foreign]) == {}
    assert names_in([foreign, chinese]) == names_in([chinese])
