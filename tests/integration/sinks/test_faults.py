"""What ClickHouseSink makes of a store that fails: a real store behind a gate that answers in its place."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import clickhouse_connect
import pytest

from schemas.records.feedback import ReviewRecorded
from sinks.clickhouse import ClickHouseSink
from sinks.rows.feedback import review_rows
from sinks.rows.intake import intake_rows
from sinks.sink import SinkOverloaded, SinkRejected, SinkUnavailable
from streams.local.store import EmbeddedStore

pytestmark = pytest.mark.integration
SECRET = "13800138000"


class Fault(NamedTuple):
    """Answer to the next insert: an HTTP status and error code, or a cut connection."""

    status: int = 500
    code: int = 0
    cut: bool = False
    after_applying: bool = False


class Gate(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or self._chunks()
        fault = self._fault(body)
        if fault is not None and not fault.after_applying:
            self._fail(fault)
            return
        status, headers, answer = self._forward(body)
        if fault is not None:
            self._fail(fault)
            return
        self._answer(status, headers, answer)

    do_GET = do_POST

    def _fault(self, body: bytes) -> Fault | None:
        faults: list[Fault] = self.server.faults
        return faults.pop(0) if b"INSERT" in body[:200] and faults else None

    def _chunks(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return b""
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=30)
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in {"host", "content-length", "transfer-encoding"}
        }
        connection.request(self.command, self.path, body, headers)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        return response.status, response.getheaders(), answer

    def _fail(self, fault: Fault) -> None:
        if fault.cut:
            self.close_connection = True
            self.connection.close()
            return
        headers = [("X-ClickHouse-Exception-Code", str(fault.code))] if fault.code else []
        text = f"Code: {fault.code}. DB::Exception: cannot take value '{SECRET}'. (SOME_NAME)"
        self._answer(fault.status, headers, text.encode())

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def gate(connect: Any, store: EmbeddedStore) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gate)
    server.daemon_threads = True
    server.target = store.port
    server.faults = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gated(gate: ThreadingHTTPServer) -> Iterator[ClickHouseSink]:
    made = ClickHouseSink(
        lambda: clickhouse_connect.get_client(
            host="127.0.0.1", port=gate.server_address[1], autogenerate_session_id=False
        )
    )
    yield made
    made.close()


def units(client: Any, records: Any) -> list[str]:
    rows = client.query(
        "SELECT unit_id FROM qa.intake FINAL WHERE tenant_id = {t:String} ORDER BY 1",
        parameters={"t": records.tenant},
    ).result_rows
    return [unit.removeprefix(f"{records.tenant}-") for (unit,) in rows]


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (Fault(code=241), SinkOverloaded),
        (Fault(code=252), SinkUnavailable),
        (Fault(code=243), SinkUnavailable),
        (Fault(code=242), SinkUnavailable),
        (Fault(code=60, status=404), SinkUnavailable),
        (Fault(code=516, status=403), SinkUnavailable),
        (Fault(code=99999), SinkUnavailable),
        (Fault(status=429), SinkUnavailable),
        (Fault(status=502), SinkUnavailable),
        (Fault(code=469), SinkRejected),
        (Fault(code=53), SinkRejected),
        (Fault(code=117, status=400), SinkRejected),
    ],
    ids=str,
)
def test_each_error_has_one_verdict_and_its_text_no_value(gate, gated, records, fault, verdict):
    gate.faults += [fault] * 10

    with pytest.raises(verdict) as caught:
        gated.write(intake_rows(records.coordinates(), records.completed("i")))

    assert "qa.intake" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_after_a_failure_the_same_sink_writes_again(gate, gated, client, records):
    gate.faults.append(Fault(code=243))
    rows = intake_rows(records.coordinates(), records.completed("i"))
    with pytest.raises(SinkUnavailable):
        gated.write(rows)

    gated.write(rows)

    assert units(client, records) == ["i"]


def test_an_insert_whose_answer_was_lost_counts_once(gate, gated, client, records):
    gate.faults += [Fault(cut=True, after_applying=True)] * 2
    rows = intake_rows(records.coordinates(), records.completed("i"))
    for _ in range(3):
        try:
            gated.write(rows)
        except SinkUnavailable:
            continue

    received = client.query(
        "SELECT received_count FROM qa_bi.v_coverage_daily WHERE tenant_id = {t:String}",
        parameters={"t": records.tenant},
    ).result_rows

    assert gate.faults == []
    assert received == [(1,)]


def test_a_store_that_nobody_started_is_unavailable(records):
    sink = ClickHouseSink(
        lambda: clickhouse_connect.get_client(host="127.0.0.1", port=1, autogenerate_session_id=False)
    )

    with pytest.raises(SinkUnavailable):
        sink.write(intake_rows(records.coordinates(), None))


def test_a_row_that_was_erased_can_be_written_again(sink, client, records):
    # Block deduplication would take the second, identical insert for a repeat and drop it in silence.
    client.command("ALTER TABLE qa.review MODIFY SETTING non_replicated_deduplication_window = 1000")
    review = ReviewRecorded(
        review_id="r-1",
        tenant_id=records.tenant,
        interaction_id="i",
        result_id="x",
        rule_id="deflection",
        reviewer_id="R1",
        reviewed_at=1,
    )
    sink.write(review_rows(review, comment=None))
    client.command("DELETE FROM qa.review WHERE tenant_id = {t:String}", parameters={"t": records.tenant})

    sink.write(review_rows(review, comment=None))

    kept = client.query(
        "SELECT count() FROM qa.review FINAL WHERE tenant_id = {t:String}", parameters={"t": records.tenant}
    ).result_rows
    client.command("ALTER TABLE qa.review RESET SETTING non_replicated_deduplication_window")
    assert kept == [(1,)]


def test_several_threads_write_through_one_sink(sink, client, records):
    threads = [
        threading.Thread(
            target=sink.write,
            args=(intake_rows(records.coordinates(), records.completed(f"i{n}")),),
        )
        for n in range(6)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert units(client, records) == [f"i{n}" for n in range(6)]
