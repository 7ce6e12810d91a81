import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic

from streams.chaos.cuts import KafkaApi, KafkaConversation, Moment
from streams.chaos.proxy import ChaosProxy, Mode
from streams.local.kafka import BrokerFailed, BrokerInUse, EmbeddedKafka, running_at

pytestmark = pytest.mark.integration

PATIENCE_S = 40.0


def create_topic(bootstrap: str, name: str, partitions: int = 1) -> None:
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        admin.create_topics([NewTopic(name, partitions, 1)], wait_for_metadata=True)


def write(bootstrap: str, topic: str, *values: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for value in values:
        producer.send(topic, value).get(timeout=PATIENCE_S)
    producer.close()


def read(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        consumer_timeout_ms=PATIENCE_S * 1000,
    )
    try:
        return [record.value for _, record in zip(range(count), consumer, strict=False)]
    finally:
        consumer.close()


def java_processes(data_dir: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["name", "cwd", "status"]):
        about = process.info
        if "java" in (about["name"] or "") and about["cwd"] == str(data_dir) and about["status"] != "zombie":
            found.append(process)
    return found


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_broker_keeps_data_and_address_over_a_restart(kafka_jars: Path, tmp_path: Path) -> None:
    broker = EmbeddedKafka(tmp_path / "kafka", kafka_jars)
    with broker:
        first = broker.bootstrap
        create_topic(first, "kept")
        write(first, "kept", b"before")
    assert not broker.alive
    assert java_processes(tmp_path / "kafka") == []

    with EmbeddedKafka(tmp_path / "kafka", kafka_jars) as again:
        assert again.bootstrap == first
        write(first, "kept", b"after")
        assert read(first, "kept", 2) == [b"before", b"after"]


def test_broker_that_was_killed_starts_again_with_what_it_acknowledged(
    kafka_jars: Path, tmp_path: Path
) -> None:
    with EmbeddedKafka(tmp_path / "kafka", kafka_jars) as broker:
        create_topic(broker.bootstrap, "kept")
        write(broker.bootstrap, "kept", b"acknowledged")
        os.kill(broker.broker_pid(), signal.SIGKILL)
        assert eventually(lambda: not broker.alive)
        with pytest.raises(BrokerFailed):
            broker.broker_pid()

        before = broker.bootstrap
        assert broker.start() == before
        assert read(before, "kept", 1) == [b"acknowledged"]


def test_clients_that_come_through_a_proxy_stay_behind_it_and_the_others_do_not(
    kafka_jars: Path, tmp_path: Path
) -> None:
    with ChaosProxy(conversation=KafkaConversation) as proxy:
        broker = EmbeddedKafka(tmp_path / "kafka", kafka_jars, proxy_port=proxy.port)
        proxy.target = ("127.0.0.1", broker.proxied_port)
        with broker:
            create_topic(broker.bootstrap, "seen")
            producer = KafkaProducer(bootstrap_servers=f"127.0.0.1:{proxy.port}")
            producer.send("seen", b"through").get(timeout=PATIENCE_S)
            with proxy.fault(Mode.REFUSE):
                write(broker.bootstrap, "seen", b"direct")
                late = producer.send("seen", b"late")
                assert not late.is_done
            late.get(timeout=PATIENCE_S)
            proxy.cut(KafkaApi.PRODUCE, Moment.BEFORE_ANSWER)
            producer.send("seen", b"repeated").get(timeout=PATIENCE_S)
            producer.close()

            assert proxy.cuts == 1
            assert read(broker.bootstrap, "seen", 4) == [b"through", b"direct", b"late", b"repeated"]


def test_second_broker_on_the_same_directory_is_refused(kafka: EmbeddedKafka, kafka_jars: Path) -> None:
    data_dir = kafka.log_file.parent
    with pytest.raises(BrokerInUse, match=str(os.getpid())):
        EmbeddedKafka(data_dir, kafka_jars).start()
    assert kafka.alive
    assert running_at(data_dir) == kafka.bootstrap


def test_directory_without_a_broker_has_no_address(tmp_path: Path) -> None:
    assert running_at(tmp_path) is None
    (tmp_path / "broker.lock").touch()
    assert running_at(tmp_path) is None


def test_port_taken_by_another_program_is_named(
    kafka: EmbeddedKafka, kafka_jars: Path, tmp_path: Path
) -> None:
    port = int(kafka.bootstrap.split(":")[1])
    with pytest.raises(BrokerFailed, match=f"port {port}"):
        EmbeddedKafka(tmp_path / "other", kafka_jars, port=port).start()


def test_broker_that_dies_while_starting_shows_the_tail_of_its_log(kafka_jars: Path, tmp_path: Path) -> None:
    good = EmbeddedKafka(tmp_path / "kafka", kafka_jars)
    good.start()
    good.stop()
    template = tmp_path / "server.properties"
    template.write_text(
        "process.roles=broker,controller\nnode.id=2\nlog.dirs=${log_dir}\n"
        "listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller_port}\n"
        "controller.listener.names=CONTROLLER\ncontroller.quorum.bootstrap.servers=127.0.0.1:${controller_port}\n"
    )
    with pytest.raises(BrokerFailed, match="node.id"):
        EmbeddedKafka(tmp_path / "kafka", kafka_jars, template=template).start()
    assert java_processes(tmp_path / "kafka") == []
    assert running_at(tmp_path / "kafka") is None


def test_sigkill_of_the_owner_leaves_no_broker_and_a_directory_that_starts_again(
    kafka_jars: Path, tmp_path: Path
) -> None:
    data_dir = tmp_path / "kafka"
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path; from streams.local.kafka import EmbeddedKafka\n"
            "broker = EmbeddedKafka(Path(sys.argv[1]), Path(sys.argv[2]))\n"
            "print(broker.start(), flush=True)\n"
            "time.sleep(600)\n",
            str(data_dir),
            str(kafka_jars),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert owner.stdout is not None
        bootstrap = owner.stdout.readline().strip()
        assert len(java_processes(data_dir)) == 1
    finally:
        owner.kill()
        owner.wait()

    # The next start need not wait for the orphan to be gone: it does so itself.
    with EmbeddedKafka(data_dir, kafka_jars) as heir:
        assert heir.bootstrap == bootstrap
        assert len(java_processes(data_dir)) == 1
    assert eventually(lambda: java_processes(data_dir) == [])


@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is not installed")
def test_kcat_reads_a_topic(kafka: EmbeddedKafka, unique_name: Callable[[str], str]) -> None:
    topic = unique_name("kcat")
    create_topic(kafka.bootstrap, topic, partitions=2)
    write(kafka.bootstrap, topic, b"one", b"two", b"three")
    done = subprocess.run(
        ["kcat", "-b", kafka.bootstrap, "-C", "-t", topic, "-o", "beginning", "-e", "-q"],
        capture_output=True,
        check=True,
        timeout=PATIENCE_S,
    )
    assert sorted(done.stdout.split()) == [b"one", b"three", b"two"]
