"""Which engines can hear: those registered under the entry point group ``callqa.engines``.

An engine of another package registers as callqa's own do, in its ``pyproject.toml``::

    [project.entry-points."callqa.engines"]
    mine = "my_package.engine:MINE"

and is chosen by ``CALLQA_ENGINE=mine``. What the entry point names is an ``EngineEntry``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from msgspec import Struct

from processors.transcription import Hearer
from streams.settings import Settings

GROUP = "callqa.engines"


class EngineUnusable(Exception):
    """The engine is not registered or cannot work with these settings; the text is for the operator."""


class EngineEntry(Struct, frozen=True, kw_only=True):
    """How to get one engine.

    ``options`` runs in the worker and turns settings into plain data (text, numbers, lists, mappings); what
    it refuses, it refuses with ``EngineUnusable``. ``load`` runs in the recognition child with these
    options as keyword arguments and gives what hears. ``load`` must be reachable under that name from the
    object that the entry point names.
    """

    options: Callable[[Settings], Mapping[str, Any]]
    load: Callable[..., Hearer]


class FoundEngine(Struct, frozen=True, kw_only=True):
    """A registered engine. ``factory`` is ``module:object.load``, for the child."""

    entry: EngineEntry
    factory: str


def engine_of(name: str) -> FoundEngine:
    """The engine registered as ``name``. Raises ``EngineUnusable`` with the names there are."""
    point = _registered().get(name)
    if point is None:
        known = ", ".join(sorted(_registered())) or "none; is callqa installed? (make setup)"
        raise EngineUnusable(f"no engine {name!r} is registered; registered: {known}")
    try:
        entry = point.load()
    except (ImportError, AttributeError) as error:
        raise EngineUnusable(f"engine {name!r} cannot be loaded: {error}") from error
    if not isinstance(entry, EngineEntry):
        raise EngineUnusable(f"engine {name!r}: {point.value} is no EngineEntry")
    return FoundEngine(entry=entry, factory=f"{point.value}.load")


def engine_names() -> list[str]:
    """Names of all registered engines."""
    return sorted(_registered())


def _registered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
