"""While the same results are written again and again, no reader ever counts one of them twice."""

import threading
from typing import Any

import pytest

from sinks.clickhouse import ClickHouseSink
from sinks.rows.intake import intake_rows
from sinks.rows.interaction import interaction_rows
from sinks.rows.results import result_rows
from sinks.tables import Rows, merge

pytestmark = pytest.mark.integration

INTERACTIONS = 40
READS = 15


def rows_of(records: Any, n: int) -> Rows:
    header = records.header(f"i{n}")
    return merge(
        [
            intake_rows(records.coordinates(), records.completed(f"i{n}")),
            interaction_rows(records.transcribed(header), 1_790_000_000_000),
            result_rows(records.scored(header, float(n)), 1_790_000_000_000),
        ]
    )


def test_no_count_and_no_sum_is_ever_too_high_while_rows_are_repeated(client, connect, records):
    every = [rows_of(records, n) for n in range(INTERACTIONS)]
    stop = threading.Event()
    sink = ClickHouseSink(connect)
    sink.write(merge(every))

    def repeat(part: int) -> None:
        while not stop.is_set():
            for one in every[part::3]:
                sink.write(one)

    writers = [threading.Thread(target=repeat, args=(part,)) for part in range(3)]
    for writer in writers:
        writer.start()
    sql = (
        "SELECT count(), uniqExact(interaction_id), countIf(state = 'scored') FROM qa_bi.v_coverage"
        " WHERE tenant_id = {tenant:String}"
    )
    seen = [client.query(sql, parameters={"tenant": records.tenant}).result_rows[0] for _ in range(READS)]
    scores = client.query(
        "SELECT sum(r.score) FROM qa.base_result AS b INNER JOIN qa.result AS r FINAL"
        " ON r.result_id = b.result_id WHERE b.tenant_id = {tenant:String}",
        parameters={"tenant": records.tenant},
    ).result_rows[0][0]
    stop.set()
    for writer in writers:
        writer.join()
    sink.close()

    assert seen == [(INTERACTIONS, INTERACTIONS, INTERACTIONS)] * READS
    assert scores == sum(range(INTERACTIONS))
