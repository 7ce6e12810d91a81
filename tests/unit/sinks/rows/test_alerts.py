from schemas.records.scored import AlertRaised
from schemas.records.terms import AlertKind
from sinks.rows.alerts import alert_rows

ALERT = AlertRaised(
    alert_id="a-1",
    kind=AlertKind.AGENT_CARE,
    tenant_id="t-1",
    interaction_id="i-1",
    record_version=3,
    rule_id="customer-insult",
    rule_name="客户辱骂",
    ended_at=5,
    words="骂人的话",
    linked_interaction_ids=("i-0",),
)


def test_the_words_of_an_alert_are_kept_apart_from_its_facts(named):
    rows = alert_rows(ALERT, 9)

    [row] = named(rows, "qa.alert")
    assert (row["kind"], row["raised_at"], row["linked_interaction_ids"]) == ("AGENT_CARE", 9, ["i-0"])
    assert "骂人的话" not in repr(rows["qa.alert"])
    assert [row["words"] for row in named(rows, "qa_content.alert_words")] == ["骂人的话"]


def test_the_first_raising_outranks_a_later_one(named):
    [first] = named(alert_rows(ALERT, 9), "qa.alert")
    [later] = named(alert_rows(ALERT, 10), "qa.alert")

    assert first["version"] > later["version"]
