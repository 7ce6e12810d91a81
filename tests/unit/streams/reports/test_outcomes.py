"""Asking for the outcome of single interactions: in portions that fit an address, and with patience."""

import pytest

from streams.reports.outcomes import StillInFlight, names_of, outcomes_of, wait_for_outcomes
from streams.reports.queries import query


class Store:
    """Answers the two questions from what it holds; notes how long each list of ids was."""

    column_names: tuple[str, ...] = ()
    result_rows: list[tuple[object, ...]] = []

    def __init__(self) -> None:
        self.states: dict[str, tuple[int, str]] = {}
        self.others: dict[str, tuple[int, str]] = {}
        self.findings: list[tuple[str, str]] = []
        self.lengths: list[int] = []
        self.asked = 0

    def query(self, sql: str, parameters: dict[str, list[str]]) -> "Store":
        ids = parameters["ids"]
        if sql == query("outcomes"):
            self.asked += 1
            self.lengths.append(sum(map(len, ids)))
            self.column_names = ("tenant_id", "interaction_id", "record_version", "state")
            self.result_rows = [("t", name, *self.states[name]) for name in ids if name in self.states]
            self.result_rows += [("u", name, *state) for name, state in self.others.items() if name in ids]
        else:
            self.column_names = (
                "tenant_id",
                "interaction_id",
                "rule_id",
                "rule_name",
                "kind",
                "verdict",
                "leg",
            )
            self.result_rows = [
                ("t", name, rule, "名", "FAULT", "HIT", 0) for name, rule in self.findings if name in ids
            ]
        return self


def test_findings_stand_with_their_interaction_and_what_is_unknown_is_left_out():
    store = Store()
    store.states = {"a": (1, "scored"), "b": (2, "excluded")}
    store.findings = [("a", "insult"), ("a", "hang-up"), ("gone", "insult")]

    found = outcomes_of(store, ["a", "b", "gone"])

    assert found.keys() == {("t", "a"), ("t", "b")}
    assert [finding.rule_id for finding in found["t", "a"].findings] == ["insult", "hang-up"]
    assert found["t", "b"].findings == ()


def test_no_question_is_longer_than_an_address_may_be():
    store = Store()
    names = [f"{n:0100}" for n in range(205)]
    store.states = dict.fromkeys(names, (1, "scored"))

    found = outcomes_of(store, names)

    assert list(found) == [("t", name) for name in names]
    assert max(store.lengths) <= 4_000
    assert len(store.lengths) == 6


def test_an_outcome_of_an_older_version_or_in_flight_is_waited_for(monkeypatch):
    store = Store()
    store.states = {"a": (1, "scored"), "b": (7, "in_flight"), "c": (9, "dead_lettered")}
    counted: list[int] = []

    def time_passes(_: float) -> None:
        store.states = {**store.states, "a": (2, "scored"), "b": (7, "scored")}

    monkeypatch.setattr("streams.reports.outcomes.time.sleep", time_passes)

    found = wait_for_outcomes(
        store, {("t", "a"): 2, ("t", "b"): 7, ("t", "c"): 8}, deadline_s=60, on_progress=counted.append
    )

    assert [(one.interaction_id, one.state) for one in found] == [
        ("a", "scored"),
        ("b", "scored"),
        ("c", "dead_lettered"),
    ]
    assert counted == [1, 3]


def test_who_is_still_waited_for_at_the_deadline_is_named():
    store = Store()
    store.states = {"a": (1, "scored")}

    with pytest.raises(
        StillInFlight, match=r"4 without an outcome after 0 s: b, c, d \.\.\.; see `callqa status`"
    ):
        wait_for_outcomes(store, dict.fromkeys((("t", name) for name in "abcde"), 1), deadline_s=0)


def test_the_same_id_of_another_tenant_is_another_interaction():
    store = Store()
    store.states = {"a": (1, "scored")}
    store.others = {"a": (9, "excluded")}
    store.findings = [("a", "insult")]

    found = outcomes_of(store, ["a"])
    (waited,) = wait_for_outcomes(store, {("t", "a"): 1}, deadline_s=0)

    assert [(key, one.state, len(one.findings)) for key, one in found.items()] == [
        (("t", "a"), "scored", 1),
        (("u", "a"), "excluded", 0),
    ]
    assert waited == found["t", "a"]
    with pytest.raises(StillInFlight, match="a; see"):
        wait_for_outcomes(store, {("t", "a"): 2}, deadline_s=0)


def test_names_tell_the_tenant_where_there_are_several():
    keys = [("u", "b"), ("t", "a")]

    assert names_of(keys, among=keys) == ["t/a", "u/b"]
    assert names_of([("t", "a")], among=[("t", "a"), ("t", "c")]) == ["a"]
