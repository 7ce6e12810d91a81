"""A rule set and the files it includes as one text, so that it can be stored and read back as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def bundle(path: Path) -> str:
    """YAML of the rule set with every included part merged in, in the order of ``include``.

    Lists are joined and mappings united; comments are left behind. Mistakes in the files are found when
    the text is loaded. Raises ``OSError`` for a file that cannot be read and ``yaml.YAMLError``.
    """
    whole: dict[str, Any] = dict(yaml.safe_load(path.read_text(encoding="utf-8")))
    for name in whole.pop("include", ()):
        part = yaml.safe_load((path.parent / name).read_text(encoding="utf-8"))
        for key, value in part.items():
            whole[key] = _joined(whole.get(key), value)
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=110)


def _joined(first: Any, second: Any) -> Any:
    if first is None:
        return second
    return [*first, *second] if isinstance(second, list) else {**first, **second}
