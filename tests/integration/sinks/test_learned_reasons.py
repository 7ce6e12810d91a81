"""Reasons of a trained model are told apart in the store; what agents clicked there is its lesson."""

import pytest

from schemas.records.classified import ContactReason
from schemas.records.terms import ReasonSource, Verdict
from sinks.rows.interaction import interaction_rows
from sinks.rows.results import result_rows
from streams.training.labels import LabelsError, labels_from_store

pytestmark = pytest.mark.integration
NOON = 1_790_000_000_000


def test_a_machine_learned_reason_keeps_its_source_confidence_and_model(sink, client, records):
    header = records.header("i")
    by_rule = ContactReason(
        level1="billing", level2="bill-query", rule_id="bill", verdict=Verdict.HIT, primary=True
    )
    learned = ContactReason(
        level1="travel",
        level2="ride",
        rule_id="",
        verdict=Verdict.UNCERTAIN,
        source=ReasonSource.MODEL,
        confidence=0.71,
        model_hash="abc",
    )
    sink.write(interaction_rows(records.transcribed(header), NOON))
    sink.write(result_rows(records.scored(header, reasons=(by_rule, learned)), NOON))

    found = client.query(
        "SELECT level1, is_primary, source, confidence, model_hash FROM qa_bi.v_contact_reason"
        " WHERE tenant_id = {t:String} ORDER BY n",
        parameters={"t": records.tenant},
    ).result_rows

    assert found == [("billing", 1, "RULE", None, None), ("travel", 0, "MODEL", 0.71, "abc")]


def test_what_agents_clicked_becomes_labels_with_the_words_that_were_said(sink, client, records):
    for number in range(10):
        label = ("billing/bill-query", "travel/ride")[number % 2]
        header = records.header(f"i{number}", contact_reason=label, language="zh-CN")
        sink.write(interaction_rows(records.transcribed(header), NOON))

    labels = labels_from_store(client, "zh", 1000)

    assert {"billing/bill-query", "travel/ride"} <= set(labels.counts)
    assert all(one.said for one in labels.examples)


def test_a_store_without_clicked_reasons_says_what_is_missing(client):
    with pytest.raises(LabelsError, match="at least two labels with 5 examples each are needed"):
        labels_from_store(client, "fr", 1000)
