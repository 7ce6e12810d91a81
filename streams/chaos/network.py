"""The workers' connections to Kafka and to the store, led through proxies so that they can be disturbed."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import MappingProxyType

from streams.chaos.cuts import KafkaApi, KafkaConversation, Moment
from streams.chaos.faults import Disturbance, Network, Target
from streams.chaos.proxy import ChaosProxy, Mode

_HOST = "127.0.0.1"
_LATENCY_SECONDS = 2.0
_CUT_EVERY_SECONDS = 1.0
_REQUESTS: Mapping[Target, Sequence[int | bytes]] = MappingProxyType(
    {Target.KAFKA: (KafkaApi.PRODUCE, KafkaApi.OFFSET_COMMIT, KafkaApi.FETCH), Target.STORE: (b"INSERT",)}
)


class DisturbedNetwork:
    """Two proxies, one before each part."""

    def __init__(self) -> None:
        self.kafka = ChaosProxy(conversation=KafkaConversation)
        self.store = ChaosProxy()
        self._open = ExitStack()

    @property
    def bootstrap(self) -> str:
        """Address of Kafka for the workers."""
        return f"{_HOST}:{self.kafka.port}"

    @property
    def clickhouse_url(self) -> str:
        """Address of the store for the workers."""
        return f"http://{_HOST}:{self.store.port}"

    def start(self, kafka_port: int, store_port: int) -> None:
        """Listen, and forward to these ports of this machine."""
        for proxy, port in ((self.kafka, kafka_port), (self.store, store_port)):
            proxy.target = (_HOST, port)
            self._open.enter_context(proxy)

    def stop(self) -> None:
        """Close the proxies and every connection through them."""
        self._open.close()

    def disturb(self, fault: Network) -> None:
        """Do as ``fault`` says for as long as it says, then let everything pass again."""
        proxy = self.kafka if fault.target is Target.KAFKA else self.store
        if fault.disturbance is Disturbance.LOST_ANSWER:
            self._lose_answers(proxy, fault)
            return
        with proxy.fault(Mode(fault.disturbance.value), latency_seconds=_LATENCY_SECONDS):
            time.sleep(fault.seconds)

    def _lose_answers(self, proxy: ChaosProxy, fault: Network) -> None:
        requests = itertools.cycle(_REQUESTS[fault.target])
        until = time.monotonic() + fault.seconds
        while time.monotonic() < until:
            proxy.cut(next(requests), Moment.BEFORE_ANSWER)
            time.sleep(_CUT_EVERY_SECONDS)
        # A request that did not come in time must not lose its answer after the fault.
        proxy.withdraw_cuts()
