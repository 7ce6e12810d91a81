"""Every setting says what it means, starts with a value that works, and is named where people look."""

import re
from pathlib import Path

import pytest

from streams.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "processors", "sinks", "streams")
KNOWN = {PREFIX + name.upper() for name in Settings.model_fields}
TEXTS = [
    *(path for path in ROOT.glob("*.md")),
    *(path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))),
]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_setting_has_a_meaning_and_a_default(name):
    field = Settings.model_fields[name]

    assert len(field.description or "") >= 8
    assert not field.is_required()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_duration_names_its_unit(name):
    field = Settings.model_fields[name]

    if field.annotation is float:
        assert name.endswith(("_seconds", "_ms", "_ratio")), name


def test_every_variable_that_a_text_or_message_names_exists():
    named = {
        (variable, path.relative_to(ROOT).as_posix())
        for path in TEXTS
        for variable in re.findall(r"CALLQA_[A-Z][A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))
    }

    assert {(variable, path) for variable, path in named if variable not in KNOWN} == set()


def test_only_the_settings_read_the_environment():
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in TEXTS
        if path.suffix == ".py" and re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    }

    assert readers <= {"streams/settings.py"}
