"""A store that cannot be asked never keeps a call from being heard."""

import json

import pytest

from processors.transcript import SourceCoordinates, header_of
from processors.transcription.engine import EngineInfo
from processors.transcription.hearing import HearingOptions
from schemas.records.completed import InteractionCompleted, Recording
from schemas.records.terms import Channel, Role
from streams.asr_child import HearJob
from streams.hearings import StoredHearings
from streams.local.ports import free_port
from streams.settings import Settings
from streams.store import connect

INFO = EngineInfo(name="e", version="1", model="m", model_sha256="0", options="", languages=("zh",))


@pytest.fixture
def job() -> HearJob:
    event = InteractionCompleted(
        interaction_id="i1",
        record_version=1,
        tenant_id="t",
        source_system="pbx",
        channel=Channel.VOICE,
        started_at=1_790_000_000_000,
        ended_at=1_790_000_060_000,
        recordings=(Recording(uri="file:///a", channel_roles=(Role.AGENT, Role.CUSTOMER)),),
    )
    at = SourceCoordinates(topic="t", partition=0, offset=1, timestamp_ms=2)
    return HearJob(
        completed=event,
        header=header_of(event, at),
        containers=("wav",),
        checksums=("ab" * 32,),
        options=HearingOptions(),
    )


def test_a_store_where_nothing_answers_counts_as_unheard_and_is_logged(job, capsys):
    url = f"http://127.0.0.1:{free_port()}"
    hearings = StoredHearings(lambda: connect(Settings(), url), lambda: INFO)

    assert hearings.known(job) is None

    assert "hearings.unavailable" in "".join(capsys.readouterr())


def test_a_store_that_goes_away_before_it_answers_counts_as_unheard_and_is_let_go(job):
    class Client:
        closed = False

        def query(self, *_, **__):
            raise ConnectionResetError("by peer")

        def close(self):
            self.closed = True

    client = Client()

    assert StoredHearings(lambda: client, lambda: INFO).known(job) is None

    assert client.closed


def test_a_mistake_of_ours_is_not_taken_for_an_absent_store(job):
    def connect_wrongly():
        raise KeyError(json.dumps("clickhouse_url"))

    with pytest.raises(KeyError):
        StoredHearings(connect_wrongly, lambda: INFO).known(job)
