"""What contact reasons are called in Chinese: the rules that count now say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from processors.classification import RuleSetError, load_ruleset
from sinks.activations import ActivationStore, RuleFile


def reason_names(client: Any) -> Mapping[tuple[str, str], str]:
    """Names under the activation that counts now; none before the first. Raises DatabaseError."""
    activation = ActivationStore(client).current()
    return {} if activation is None else names_in(activation.rulesets)


def names_in(rulesets: Iterable[RuleFile]) -> Mapping[tuple[str, str], str]:
    """Chinese names by the codes of both levels; the Chinese rule set has the last word.

    Rule sets that this release cannot read give none.
    """
    names: dict[tuple[str, str], str] = {}
    for file in sorted(rulesets, key=lambda one: one.language == "zh"):
        try:
            reasons = load_ruleset(file.text).reasons.values()
        except RuleSetError:
            # A missing name is no reason to refuse a report: the codes are shown instead.
            continue
        for one in reasons:
            if "zh" in one.level1_name and "zh" in one.level2_name:
                names[one.level1, one.level2] = f"{one.level1_name['zh']}/{one.level2_name['zh']}"
    return names
