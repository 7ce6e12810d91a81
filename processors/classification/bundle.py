"""A rule set and the files it includes as one text, so that it can be stored and read back as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml


def bundle(path: Path) -> str:
    """YAML of the rule set with every included part merged in, in the order of ``include``.

    Comments are left behind. Mistakes in the files are found when the text is loaded. Raises ``OSError``
    for a file that cannot be read and ``yaml.YAMLError``.
    """
    head = yaml.safe_load(path.read_text(encoding="utf-8"))
    parts = [
        yaml.safe_load((path.parent / name).read_text(encoding="utf-8")) for name in head.get("include", ())
    ]
    return yaml.safe_dump(merged([head, *parts]), allow_unicode=True, sort_keys=False, width=110)


def merged(documents: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The parsed files of a rule set as one: lists joined, mappings united at every depth.

    Of two single values under one key the later counts, as where the files are read one by one.
    """
    whole: dict[str, Any] = {}
    for document in documents:
        whole = _joined(whole, {key: value for key, value in document.items() if key != "include"})
    return whole


def _joined(first: Any, second: Any) -> Any:
    if isinstance(first, dict) and isinstance(second, dict):
        united = {key: _joined(first[key], second[key]) for key in first.keys() & second.keys()}
        return {**first, **second, **united}
    if isinstance(first, list) and isinstance(second, list):
        return [*first, *second]
    return second
