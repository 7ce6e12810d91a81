"""An alert: facts in ``qa``, the words that raised it in ``qa_content``."""

from __future__ import annotations

from schemas.records.scored import AlertRaised
from sinks.rows.instants import first_wins, storable
from sinks.tables import ALERT, ALERT_WORDS, Rows


def alert_rows(alert: AlertRaised, raised_at: int) -> Rows:
    """``raised_at`` is the Kafka timestamp of the alert, epoch milliseconds; the first raising counts."""
    version = first_wins(raised_at, str(alert.record_version))
    row = ALERT.row(
        alert,
        kind=alert.kind.value,
        party=alert.party.value,
        raised_at=storable(raised_at) or 0,
        linked_interaction_ids=list(alert.linked_interaction_ids),
        version=version,
    )
    return {ALERT_WORDS.name: [ALERT_WORDS.row(alert, version=version)], ALERT.name: [row]}
