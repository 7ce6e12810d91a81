"""Everything that describes one machine, read from ``CALLQA_*`` variables or a ``.env`` file.

What describes the product's behaviour (rules, scorecards, topics) is a reviewed file, what concerns one
run is a flag; neither belongs here. This is the only module that reads the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    from processors.redaction import RedactionPolicy

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "CALLQA_"
SCRIPTED = "scripted"
"""The model that is none: a stand-in for load tests."""


class UnknownSetting(ValueError):
    """A ``CALLQA_*`` variable that callqa does not know: a typo must not pass silently."""


class NotConfigured(Exception):
    """A worker needs addresses; only ``up`` and ``demo`` start embedded parts."""


class Settings(BaseSettings):
    """Settings of one process. Units stand in the names; durations are seconds unless named otherwise.

    A variable that is set to nothing counts as not set.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        protected_namespaces=(),
    )

    kafka_bootstrap: str | None = Field(None, description="host:port[,...]; unset: an embedded Kafka is used")
    kafka_security_protocol: str = Field(
        "PLAINTEXT", description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
    )
    clickhouse_url: str | None = Field(
        None, description="http(s)://host:port; unset: an embedded store is used"
    )
    clickhouse_user: str = Field("default", description="user of the ClickHouse HTTP interface")
    clickhouse_password: SecretStr = Field(SecretStr(""), description="password of that user")

    schema_registry_snapshot: Path | None = Field(
        None, description="JSON with by_id and write_ids of a Confluent-compatible registry; unset: none"
    )

    data_dir: Path = Field(Path(".local"), description="embedded parts keep their data, logs and locks here")
    engine: str = Field(
        "whisper", description="engine that hears: whisper, http, or any registered one (callqa.engines)"
    )
    engine_options: str = Field("", description="options of an engine other than whisper, as a JSON object")
    engine_key: SecretStr = Field(SecretStr(""), description="key of an engine that is a service")
    model_dir: Path = Field(Path(".local/cache/models"), description="speech models are kept here, by name")
    model: str = Field(
        "base",
        description="speech model: base, or any name or path that faster-whisper takes;"
        " scripted: no model, every recording says the same (load tests only)",
    )
    device: str = Field("cpu", description="cpu or cuda")
    compute_type: str = Field("int8", description="CTranslate2 compute type: int8, float16, ...")
    cpu_threads: int = Field(2, ge=0, description="threads of one recognition; 0: all cores")
    batch_calls: int = Field(
        1, ge=1, description="calls that whisper hears in one pass; more than 1 pays on a GPU only"
    )
    recording_roots: str = Field(
        "", description="folders below which file:// recordings may lie, joined by ':'"
    )
    recording_hosts: str = Field(
        "", description="host[:port] from which https:// recordings may come, joined by ','; none by default"
    )
    recording_networks: str = Field(
        "", description="private networks (CIDR) in which these hosts may lie, joined by ','"
    )
    recording_buckets: str = Field(
        "", description="bucket[/prefix] from which s3:// recordings may come, joined by ','; none by default"
    )
    recording_s3_endpoint: str | None = Field(
        None, description="address of an S3-compatible store; unset: Amazon's"
    )
    recording_s3_region: str | None = Field(None, description="region of the store; unset: boto3's choice")
    recording_ca_file: Path | None = Field(
        None, description="PEM file of the authority of these hosts and of the store; unset: the system's"
    )
    recording_max_bytes: int = Field(512 << 20, ge=1, description="largest recording that is fetched")
    recording_fetch_seconds: float = Field(120, gt=0, description="longest time one download may take")
    recording_wait_seconds: float = Field(
        1800, ge=0, description="how long after its end a recording may be late"
    )
    recording_retry_seconds: float = Field(
        300, gt=0, description="delay before a late recording is tried again"
    )
    recognition_floor_seconds: float = Field(120, gt=0, description="least time one recognition may take")
    recognition_memory_mib: int = Field(
        6144, ge=0, description="memory at which a recognition is ended and tried again; 0: no limit"
    )

    redaction_style: Literal["placeholder", "tail"] = Field(
        "placeholder", description="what a placeholder tells: the kind, or also the last four of long numbers"
    )
    redaction_keep: str = Field(
        "",
        description="kinds of personal data that stay in the text, joined by ','; of"
        " ADDRESS, EMAIL, PASSPORT, PHONE, PLATE",
    )

    masked_audio_dir: Path | None = Field(
        None, description="folder for copies of recordings without the masked words; unset: none are written"
    )
    masked_audio_fill: Literal["silence", "tone"] = Field(
        "silence", description="what is heard there in place of masked words: silence or a soft tone"
    )

    ruleset_dir: Path | None = Field(
        None, description="folder with zh.yaml and en.yaml; unset: the shipped ones"
    )
    scorecard: Path | None = Field(None, description="scorecard file; unset: the shipped one")
    reason_model: Path | None = Field(
        None, description="file of `callqa train reasons`, asked beside the rules; unset: rules alone"
    )

    window: int = Field(64, ge=1, description="interactions in work at once in one worker")
    batch_rows: int = Field(20_000, ge=1, description="rows after which delivery writes")
    batch_bytes: int = Field(16 << 20, ge=1, description="bytes after which delivery writes")
    batch_seconds: float = Field(0.5, gt=0, description="age after which delivery writes")
    drain_seconds: float = Field(20, ge=0, description="how long SIGTERM waits for interactions in work")
    session_timeout_seconds: float = Field(45, gt=0, description="Kafka group session timeout")
    kafka_request_seconds: float = Field(
        90, gt=0, description="Kafka's answers later than this are lost; not under the session timeout"
    )
    stuck_seconds: float = Field(900, gt=0, description="no outcome for so long with work at hand: exit 70")
    dead_letters_in_a_row: int = Field(50, ge=1, description="so many dead letters in a row stop the worker")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    metrics_port: int | None = Field(
        None,
        description="first port of the workers' Prometheus endpoints; unset: none. A worker has this"
        " + 5 x slot + 0 transcription, 1 normalization, 2 classification, 3 scoring, 4 delivery",
    )
    crash_at: str = Field(
        "", description="for tests only: crash points at which a worker kills itself, name:n[,name:n...]"
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, values: object) -> object:
        known = {PREFIX + name.upper() for name in cls.model_fields}
        unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)  # noqa: TID251
        if unknown:
            raise UnknownSetting(
                f"unknown setting {', '.join(unknown)}; without it `callqa doctor --settings` lists all"
            )
        return values

    @model_validator(mode="after")
    def _sessions_within_requests(self) -> Settings:
        if self.session_timeout_seconds > self.kafka_request_seconds:
            raise ValueError("session_timeout_seconds may not be longer than kafka_request_seconds")
        return self

    @field_validator("redaction_keep")
    @classmethod
    def _check_kept(cls, value: str) -> str:
        _policy("placeholder", value)
        return value

    def redaction_policy(self) -> RedactionPolicy:
        """What is masked in words, and how it looks."""
        return _policy(self.redaction_style, self.redaction_keep)

    def roots(self) -> tuple[Path, ...]:
        """Folders below which recordings may lie: the configured ones, or callqa's own two."""
        if not self.recording_roots:
            return (PROJECT / "infra" / "demo" / "audio", self.data_dir.resolve() / "recordings")
        return tuple(Path(root).expanduser().resolve() for root in self.recording_roots.split(":") if root)


def child_environment(settings: Settings, overrides: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process that is to have these settings, with ``overrides`` by field name."""
    values = {name: _text(value) for name, value in settings if value is not None}
    prefixed = {PREFIX + name.upper(): value for name, value in {**values, **overrides}.items()}
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}  # noqa: TID251
    return {**inherited, **prefixed}


def _policy(style: str, kept: str) -> RedactionPolicy:
    from processors.redaction import MaskStyle, RedactionPolicy
    from schemas.records.terms import Entity

    kinds = tuple(Entity(name.strip().upper()) for name in kept.split(",") if name.strip())
    return RedactionPolicy(style=MaskStyle(style), keep=kinds)


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
