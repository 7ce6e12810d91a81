"""Rule sets and scorecards between files, the store of activations, and the stages that apply them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from clickhouse_connect.driver.exceptions import ClickHouseError
from msgspec.structs import replace

from processors.classification import RuleSet, load_ruleset, shipped_ruleset
from processors.classification.bundle import bundle
from processors.scoring import Scorecard, parse_scorecard
from processors.scoring.scorecard import SERVICE_SCORECARD
from schemas.records.classified import InteractionClassified
from sinks.activations import Activation, ActivationStore, RuleFile
from streams.settings import Settings
from streams.stages.outcome import Unavailable

LANGUAGES = ("zh", "en")

Loaded = TypeVar("Loaded", RuleSet, Scorecard)


class NoActiveRules(Exception):
    """No rules were ever activated in this store."""


class RulesDiffer(Exception):
    """This release reads an activated text differently than the release that activated it."""


def configured_rules(settings: Settings) -> tuple[list[RuleFile], RuleFile]:
    """The configured rule sets and scorecard, or the shipped ones, checked and ready to activate.

    Raises RuleSetError or ScorecardError with file, line and remedy.
    """
    folder = settings.ruleset_dir
    paths = [folder / f"{language}.yaml" if folder else shipped_ruleset(language) for language in LANGUAGES]
    scorecard = settings.scorecard or SERVICE_SCORECARD
    return [ruleset_file(path) for path in paths], scorecard_file(scorecard)


def ruleset_file(path: Path) -> RuleFile:
    """A rule set with its parts as one text."""
    load_ruleset(path)
    text = bundle(path)
    ruleset = load_ruleset(text)
    return RuleFile(id=ruleset.id, hash=ruleset.hash, text=text, language=ruleset.language)


def scorecard_file(path: Path) -> RuleFile:
    """A scorecard as text."""
    text = path.read_text(encoding="utf-8")
    scorecard = parse_scorecard(text)
    return RuleFile(id=scorecard.id, hash=scorecard.hash, text=text)


def active_rulesets(activation: Activation) -> Mapping[str, RuleSet]:
    """The activation's rule sets by language. Raises RulesDiffer where a text gives another hash here."""
    return {file.language: _checked(load_ruleset(file.text), file) for file in activation.rulesets}


def active_scorecard(activation: Activation) -> Scorecard:
    """The activation's scorecard. Raises RulesDiffer where its text gives another hash here."""
    return _checked(parse_scorecard(activation.scorecard.text), activation.scorecard)


class Scorecards:
    """Scorecards by activation sequence, read once each. ``client`` serves one thread."""

    def __init__(self, client: Any) -> None:
        self._store = ActivationStore(client)
        self._known: dict[int, Scorecard] = {}
        self._current = current_activation(self._store)

    def renewed(self, classified: InteractionClassified) -> InteractionClassified:
        """The findings under the current activation, where its rules are those that made them.

        For a replay of scoring: a new scorecard then counts at once. Findings of other rules keep their
        sequence, and need a replay of classification.
        """
        found = classified.classification
        current = {file.hash for file in self._current.rulesets}
        if found is None or found.ruleset_hash not in current:
            return classified
        return replace(classified, classification=replace(found, activation_seq=self._current.seq))

    def of(self, seq: int | None) -> Scorecard:
        """The scorecard that goes with a classification; without one, the current scorecard.

        A later sequence than the current one becomes the current one. Raises NoActiveRules for a sequence
        that this store does not hold, Unavailable while the store cannot be asked.
        """
        wanted = self._current.seq if seq is None else seq
        if wanted not in self._known:
            activation = self._current if wanted == self._current.seq else self._asked(wanted)
            self._known[wanted] = active_scorecard(activation)
            self._current = max(self._current, activation, key=lambda one: one.seq)
        return self._known[wanted]

    def _asked(self, seq: int) -> Activation:
        try:
            activation = self._store.of(seq)
        except (ClickHouseError, OSError) as error:
            raise Unavailable(type(error).__name__) from None
        if activation is None:
            raise NoActiveRules(f"activation {seq} is not in the store")
        return activation


def current_activation(store: ActivationStore) -> Activation:
    """The activation that counts now. Raises NoActiveRules before the first."""
    activation = store.current()
    if activation is None:
        raise NoActiveRules("no rules are active: run `callqa rules activate`")
    return activation


def later_activation(store: ActivationStore, seq: int) -> Activation | None:
    """The activation that counts now, if it is a later one than ``seq``."""
    latest = store.latest_seq()
    return store.of(latest) if latest is not None and latest > seq else None


def activate_configured(
    store: ActivationStore, settings: Settings, *, now_ms: int, by: str, note: str = ""
) -> Activation:
    """Activate the configured rules and scorecard; unchanged ones keep the current sequence."""
    rulesets, scorecard = configured_rules(settings)
    return store.activate(rulesets, scorecard, now_ms=now_ms, by=by, note=note)


def _checked(loaded: Loaded, file: RuleFile) -> Loaded:
    if loaded.hash != file.hash:
        raise RulesDiffer(f"{file.id} was activated as {file.hash[:12]} and is read as {loaded.hash[:12]}")
    return loaded
