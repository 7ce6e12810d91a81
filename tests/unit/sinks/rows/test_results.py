import msgspec

from schemas.records.terms import ExclusionReason, ScoreStatus
from sinks.rows.results import result_rows

NOON = 1_790_000_000_000


def test_the_whole_interaction_and_each_leg_are_assigned_by_the_same_decision(scored, named):
    rows = named(result_rows(scored, NOON), "qa.result_assignment")

    assert [(row["leg"], row["result_id"]) for row in rows] == [(-1, "whole-result"), (0, "leg-result")]
    assert {row["interaction_result_id"] for row in rows} == {"whole-result"}
    assert {row["decided_at"] for row in rows} == {NOON}
    assert {(row["record_version"], row["activation_seq"], row["source_offset"]) for row in rows} == {
        (3, 4, 40)
    }
    assert len({row["version"] for row in rows}) == 1


def test_rows_of_a_result_do_not_depend_on_when_or_under_which_activation_it_was_made(scored):
    again = msgspec.structs.replace(scored, activation_seq=9)

    first, second = result_rows(scored, NOON), result_rows(again, NOON + 1)

    del first["qa.result_assignment"], second["qa.result_assignment"]
    assert first == second


def test_an_excluded_interaction_has_a_result_and_one_assignment(scored, named):
    excluded = msgspec.structs.replace(
        scored,
        status=ScoreStatus.EXCLUDED,
        exclusion=ExclusionReason.CUSTOMER_ABUSE,
        score=None,
        legs=(),
    )

    rows = result_rows(excluded, NOON)

    assert [row["exclusion"] for row in named(rows, "qa.result")] == ["CUSTOMER_ABUSE"]
    assert [row["leg"] for row in named(rows, "qa.result_assignment")] == [-1]
    assert named(rows, "qa.leg_score") == []


def test_evidence_keeps_its_place_and_number_and_only_words_go_to_content(scored, named):
    rows = result_rows(scored, NOON)

    evidence = named(rows, "qa.evidence")
    words = named(rows, "qa_content.evidence_words")

    assert [(row["finding"], row["n"], row["sound_alike"]) for row in evidence] == [
        (0, 0, 0),
        (0, 1, 1),
        (0, 2, 0),
    ]
    assert [(row["n"], row["reading"]) for row in words] == [(0, None), (1, "滚")]
    assert evidence[2]["value"] == 300.0


def test_items_belong_to_their_leg_and_point_at_findings_of_the_interaction(scored, named):
    rows = result_rows(scored, NOON)

    assert [(row["result_id"], row["findings"]) for row in named(rows, "qa.score_item")] == [
        ("leg-result", [0])
    ]
    assert [row["result_id"] for row in named(rows, "qa.finding")] == ["whole-result"]


def test_no_word_leaves_the_content_database(scored):
    rows = result_rows(scored, NOON)

    leaked = [name for name, each in rows.items() if name.startswith("qa.") and "你们公司的话" in repr(each)]

    assert leaked == []
    assert "你们公司的话" in repr(rows["qa_content.evidence_words"])
