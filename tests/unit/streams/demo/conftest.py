"""The demo's own files."""

from datetime import date
from pathlib import Path

import pytest

from streams.demo.events import DemoEvents, build_demo_events
from streams.demo.files import DemoFiles, load_demo_files

DEMO = Path(__file__).parents[4] / "infra" / "demo"


@pytest.fixture(scope="session")
def demo_folder() -> Path:
    return DEMO


@pytest.fixture(scope="session")
def demo_files() -> DemoFiles:
    return load_demo_files(DEMO)


@pytest.fixture(scope="session")
def demo_events(demo_files) -> DemoEvents:
    return build_demo_events(demo_files, date(2026, 11, 20), (DEMO / "audio").as_uri())
