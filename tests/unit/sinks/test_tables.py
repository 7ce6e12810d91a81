import pytest

from sinks.tables import INTAKE, RESULT_ASSIGNMENT, SURVEY, TABLES, Table, merge


class Source:
    a = 1
    b = None


def test_a_row_takes_named_values_first_and_then_the_first_source_that_has_the_column():
    table = Table(name="t", columns=("b", "a", "c"), key=("a",))
    other = type("Other", (), {"b": 2, "c": 3})

    assert table.row(Source(), other(), a=9) == (None, 9, 3)


def test_a_column_that_nobody_has_is_an_error():
    with pytest.raises(AttributeError, match="no source for column c"):
        Table(name="t", columns=("a", "c"), key=("a",)).row(Source())


def test_every_key_and_version_is_a_column():
    for table in TABLES.values():
        assert set(table.key) <= set(table.columns)
        assert table.version is None or table.version in table.columns


def test_an_assignment_comes_after_the_results_and_the_ledger_last():
    order = list(TABLES)

    assert order[-1] == INTAKE.name
    assert all(
        order.index(name) < order.index(RESULT_ASSIGNMENT.name)
        for name in ("qa.result", "qa.leg_score", "qa.finding", "qa.evidence", "qa.score_item")
    )


def test_parts_are_merged_in_the_order_of_writing_and_nothing_is_lost():
    merged = merge([{"qa.intake": [(1,)]}, {SURVEY.name: [(2,)], "qa.intake": [(3,)]}, {"qa.alert": []}])

    assert list(merged.items()) == [(SURVEY.name, [(2,)]), ("qa.intake", [(1,), (3,)])]
