"""The settings of Faust that the promises of callqa hang on; see ARCHITECTURE.md, "Faust"."""

import mode
import pytest

from streams.stages.app import AppOptions, create_app, raw_topic

PINNED = {
    "processing_guarantee": "at_least_once",
    "web_enabled": False,
    "topic_allow_declare": False,
    "topic_disable_leader": True,
    "stream_buffer_maxsize": 32,
    "stream_wait_empty": False,
    "broker_max_poll_records": 50,
    "broker_max_poll_interval": 7 * 86_400,
    "broker_session_timeout": 45,
    "broker_heartbeat_interval": 3,
    "broker_request_timeout": 90,
    "broker_rebalance_timeout": 120,
    "broker_commit_interval": 1,
    "consumer_auto_offset_reset": "earliest",
    "consumer_group_instance_id": "scoring-live-0",
    "producer_acks": -1,
    "producer_request_timeout": 60,
    "producer_linger": 0.005,
    "producer_max_batch_size": 1 << 20,
    "producer_max_request_size": (4 << 20) + (128 << 10),
    "producer_threaded": False,
    "cython_optimizations": False,
    "worker_redirect_stdouts": False,
}


def options(tmp_path, **changes):
    return AppOptions(
        **{
            "group": "callqa.scoring",
            "member": "scoring-live-0",
            "bootstrap": "a:9092,b:9093",
            "data_dir": str(tmp_path),
            **changes,
        }
    )


@pytest.fixture
def app(tmp_path):
    return create_app(options(tmp_path))


@pytest.mark.parametrize(("name", "value"), PINNED.items())
def test_a_setting_has_its_pinned_value(app, name, value):
    found = getattr(app.conf, name)

    assert getattr(found, "value", found) == value


def test_the_application_is_its_consumer_group_and_knows_every_broker(app):
    assert app.conf.id == "callqa.scoring"
    assert [str(url) for url in app.conf.broker] == ["kafka://a:9092", "kafka://b:9093"]


def test_keys_and_values_stay_bytes_and_nothing_is_kept_on_disk(app):
    assert str(app.conf.key_serializer) == "raw"
    assert str(app.conf.value_serializer) == "raw"
    assert app.conf.store.scheme == "memory"


def test_an_agent_that_fails_ends_the_worker(app):
    assert app.conf.agent_supervisor is mode.CrashingSupervisor


def test_a_replay_lane_has_no_static_member_so_that_its_group_empties_at_once(tmp_path):
    assert create_app(options(tmp_path, member=None)).conf.consumer_group_instance_id is None


def test_a_short_session_has_three_heartbeats(tmp_path):
    app = create_app(options(tmp_path, session_timeout_seconds=6.0))

    assert app.conf.broker_session_timeout == 6
    assert app.conf.broker_heartbeat_interval == 2


def test_a_topic_is_read_as_bytes(app):
    topic = raw_topic(app, "qa.interaction.scored.v1")

    assert topic.get_topic_name() == "qa.interaction.scored.v1"
    assert str(topic.schema.key_serializer) == "raw"
    assert str(topic.schema.value_serializer) == "raw"
