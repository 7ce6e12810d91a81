"""The only wiring: settings in, one running worker out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog

from schemas.codec import Codec
from schemas.records.terms import Stage
from schemas.topics import CLASSIFIED, TRANSCRIBED
from streams.configured_codec import configured_codec
from streams.operations.group_names import group_of
from streams.operations.replay_plan import ReplayPlan, load_plan
from streams.settings import NotConfigured, Settings
from streams.slots import claim, metrics_port
from streams.stages.app import AppOptions
from streams.stages.attempts import AttemptJournal
from streams.stages.crashpoints import CrashPlan, Reached, nowhere
from streams.stages.harness import HarnessOptions
from streams.stages.outcome import StageSteps
from streams.stages.worker import StageWorker, WorkerOptions
from streams.store import connect

log = structlog.get_logger()

_VOICE_WINDOW = 4
"""Calls fetched ahead of the one being heard; more would only hold recordings in memory."""


@dataclass(frozen=True, slots=True)
class WorkerRequest:
    """Which worker to run. ``plan_file`` limits a replay lane's worker."""

    stage: Stage
    slot: int = 0
    lane: str | None = None
    plan_file: Path | None = None

    @property
    def member(self) -> str:
        """Static member id: the group knows a restarted worker again and need not rebalance."""
        return f"{self.stage.value}-{self.lane or 'live'}-{self.slot}"


def run_worker(request: WorkerRequest, settings: Settings) -> int:
    """Run until stopped and return the exit code.

    Raises NotConfigured, SlotTaken, ModelMissing, ModelCorrupt, NoActiveRules, RulesDiffer, OSError for a
    plan file that cannot be read, and the store client's errors where it is asked before the start.
    """
    if settings.kafka_bootstrap is None or settings.clickhouse_url is None:
        raise NotConfigured("set CALLQA_KAFKA_BOOTSTRAP and CALLQA_CLICKHOUSE_URL, or use `callqa up`")
    claim(settings.data_dir / "slots" / f"{request.member}.lock")
    faust_dir = settings.data_dir / "faust" / request.member
    faust_dir.mkdir(parents=True, exist_ok=True)
    plan = load_plan(request.plan_file) if request.plan_file else None
    group = group_of(request.stage, request.lane)
    worker = StageWorker(
        _steps(request, settings, plan),
        AttemptJournal(settings.data_dir / "attempts" / request.member),
        AppOptions(
            group=group,
            member=request.member if request.lane is None else None,
            bootstrap=settings.kafka_bootstrap,
            data_dir=str(faust_dir),
            session_timeout_seconds=settings.session_timeout_seconds,
            request_seconds=settings.kafka_request_seconds,
        ),
        _harness_options(request, settings, plan, group),
        WorkerOptions(settings.drain_seconds, settings.stuck_seconds, _reached(settings, request.stage)),
    )
    port = metrics_port(settings.metrics_port, request.stage, request.slot)
    if port is not None:
        from prometheus_client import start_http_server

        start_http_server(port, addr="127.0.0.1")
        log.info("worker.metrics", port=port)
    return worker.run()


def _harness_options(
    request: WorkerRequest, settings: Settings, plan: ReplayPlan | None, group: str
) -> HarnessOptions:
    replayed = plan is not None and plan.stage is request.stage
    return HarnessOptions(
        window=_VOICE_WINDOW if request.stage is Stage.TRANSCRIPTION else settings.window,
        group=group,
        version=version("callqa"),
        lane=request.lane,
        dead_letters_in_a_row=settings.dead_letters_in_a_row,
        until=plan.until() if plan is not None and replayed else None,
        only=frozenset(plan.request.ids) if plan is not None and replayed and plan.request.ids else None,
    )


@dataclass(frozen=True, slots=True)
class _Wiring:
    """What a stage is built from. ``inputs`` are a replay's; None for the stage's own."""

    settings: Settings
    inputs: Sequence[str] | None
    live: bool
    replayed: bool

    def codec(self) -> Codec:
        """What reads and writes this stage's records."""
        return configured_codec(self.settings)

    def client(self) -> Any:
        return connect(self.settings, self.settings.clickhouse_url or "")


def _steps(request: WorkerRequest, settings: Settings, plan: ReplayPlan | None) -> StageSteps:
    wiring = _Wiring(
        settings,
        inputs=plan.inputs(request.stage) if plan is not None else None,
        live=request.lane is None,
        replayed=plan is not None and plan.stage is request.stage,
    )
    return _BUILDERS[request.stage](wiring)


def _transcription(wiring: _Wiring) -> StageSteps:
    from processors.language.lexicon import load_lexicon
    from streams.asr_child import AsrPool
    from streams.asr_child.configured import configured_child, masked_copies
    from streams.hearings import StoredHearings
    from streams.hot_words import hearing_options
    from streams.recordings import Fetcher
    from streams.recordings.configured import fetch_policy
    from streams.stages.transcription import Hearer, Lateness, TranscriptionSteps

    settings = wiring.settings
    pool = AsrPool(configured_child(settings))
    lexicons = {language: load_lexicon(language) for language in ("zh", "en")}
    policy = settings.redaction_policy()
    hearer = Hearer(
        pool=pool,
        fetcher=Fetcher(fetch_policy(settings)),
        hearings=StoredHearings(wiring.client, lambda: pool.info),
        options_for=lambda language, queue: hearing_options(lexicons, language, queue, policy),
        copies_for=partial(masked_copies, settings),
    )
    lateness = Lateness(
        wait_ms=round(settings.recording_wait_seconds * 1000),
        retry_ms=round(settings.recording_retry_seconds * 1000),
    )
    steps = TranscriptionSteps(wiring.codec(), hearer, lateness, _clock_ms)
    steps.inputs = tuple(wiring.inputs or steps.inputs)
    return steps


def _normalization(wiring: _Wiring) -> StageSteps:
    from streams.recordings import Fetcher
    from streams.recordings.configured import fetch_policy
    from streams.stages.content import ContentSource
    from streams.stages.normalization import NormalizationSteps

    settings = wiring.settings
    # A worker that only waits must not be taken for one that is stuck.
    wait_seconds = min(settings.recording_wait_seconds, settings.stuck_seconds / 2)
    content = ContentSource(Fetcher(fetch_policy(settings)), round(wait_seconds * 1000), _clock_ms)
    return NormalizationSteps(wiring.codec(), settings.redaction_policy(), content)


def _classification(wiring: _Wiring) -> StageSteps:
    from processors.language.lexicon import load_lexicon
    from processors.language.segmenter import Segmenter
    from sinks.activations import Activation, ActivationStore
    from streams.reason_models import learned_reasons
    from streams.rules import active_rulesets, current_activation, later_activation
    from streams.stages.classification import ActiveRules, ClassificationSteps

    segmenters = {language: Segmenter(load_lexicon(language)) for language in ("zh", "en")}
    learned = learned_reasons(wiring.settings.reason_model)

    def rules_of(activation: Activation) -> ActiveRules:
        return ActiveRules(activation.seq, active_rulesets(activation), segmenters, learned=learned)

    def renewed(known: ActiveRules) -> ActiveRules | None:
        with closing(wiring.client()) as client:
            later = later_activation(ActivationStore(client), known.activation_seq)
        return None if later is None else rules_of(later)

    with closing(wiring.client()) as client:
        activation = current_activation(ActivationStore(client))
    hashes = [file.hash[:12] for file in activation.rulesets]
    models = [one.model.hash[:12] for one in learned.values()]
    log.info("rules.active", seq=activation.seq, hashes=hashes, reason_models=models)
    return ClassificationSteps(
        wiring.codec(),
        rules_of(activation),
        wiring.inputs or (TRANSCRIBED,),
        renewed=renewed if wiring.live else None,
    )


def _scoring(wiring: _Wiring) -> StageSteps:
    from streams.rules import Scorecards
    from streams.stages.scoring import ScoringSteps

    scorecards = Scorecards(wiring.client())
    return ScoringSteps(
        wiring.codec(),
        scorecards.of,
        wiring.inputs or (CLASSIFIED,),
        alerts=wiring.live,
        renewed=scorecards.renewed if wiring.replayed else None,
    )


def _delivery(wiring: _Wiring) -> StageSteps:
    from sinks.batcher import Batcher, BatchLimits
    from sinks.clickhouse import ClickHouseSink
    from sinks.sink import Sink
    from streams.stages.crashpoints import CrashingSink
    from streams.stages.delivery import LIVE_INPUTS, DeliverySteps

    settings = wiring.settings
    sink: Sink = ClickHouseSink(wiring.client)
    if settings.crash_at:
        sink = CrashingSink(sink, _reached(settings, Stage.DELIVERY))
    limits = BatchLimits(rows=settings.batch_rows, bytes=settings.batch_bytes, age_s=settings.batch_seconds)

    def waiting(attempt: int, error: BaseException) -> None:
        log.warning("delivery.waiting", attempt=attempt, error=str(error))

    return DeliverySteps(wiring.codec(), lambda: Batcher(sink, limits, waiting), wiring.inputs or LIVE_INPUTS)


_BUILDERS: dict[Stage, Callable[[_Wiring], StageSteps]] = {
    Stage.TRANSCRIPTION: _transcription,
    Stage.NORMALIZATION: _normalization,
    Stage.CLASSIFICATION: _classification,
    Stage.SCORING: _scoring,
    Stage.DELIVERY: _delivery,
}


def _reached(settings: Settings, stage: Stage) -> Reached:
    if not settings.crash_at:
        return nowhere
    return CrashPlan(settings.crash_at, settings.data_dir / "crashpoints" / stage.value).reached


def _clock_ms() -> int:
    return time.time_ns() // 1_000_000
