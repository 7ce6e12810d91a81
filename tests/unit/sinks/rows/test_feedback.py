import msgspec

from schemas.records.completed import Survey
from schemas.records.feedback import ReviewRecorded, SurveyAnswered
from schemas.records.terms import ReviewDecision
from sinks.rows.feedback import embedded_survey_rows, review_rows, survey_rows

ANSWER = SurveyAnswered(tenant_id="t-1", interaction_id="i-1", answered_at=9, score=5.0, comment="raw words")


def test_an_answer_of_its_own_and_an_embedded_one_share_the_key(header, named):
    embedded = msgspec.structs.replace(header, survey=Survey(answered_at=9, score=4.0))

    [own] = named(survey_rows(ANSWER, "masked words"), "qa.survey")
    [inside] = named(embedded_survey_rows(embedded, with_comment=True), "qa.survey")

    assert (own["tenant_id"], own["interaction_id"]) == (inside["tenant_id"], inside["interaction_id"])
    assert own["version"] > inside["version"]


def test_the_comment_that_is_stored_is_the_redacted_one(named):
    rows = survey_rows(ANSWER, "masked words")

    assert [row["comment"] for row in named(rows, "qa_content.survey_comment")] == ["masked words"]
    assert "raw words" not in repr(rows)
    assert [row["has_comment"] for row in named(rows, "qa.survey")] == [1]


def test_without_a_survey_there_is_no_row(header):
    assert embedded_survey_rows(header, with_comment=True) == {}


def test_a_review_keeps_its_decision_apart_from_its_words(named):
    review = ReviewRecorded(
        review_id="r-1",
        tenant_id="t-1",
        interaction_id="i-1",
        result_id="x",
        rule_id="deflection",
        decision=ReviewDecision.OVERTURNED,
        reviewer_id="R1",
        reviewed_at=9,
        comment="raw words",
    )

    rows = review_rows(review, "masked words")

    assert [row["decision"] for row in named(rows, "qa.review")] == ["OVERTURNED"]
    assert "words" not in repr(rows["qa.review"])
    assert "raw words" not in repr(rows)
