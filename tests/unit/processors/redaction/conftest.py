import pytest

from streams.bench.redaction_forms import Invented


@pytest.fixture(params=range(5))
def numbers(request: pytest.FixtureRequest) -> Invented:
    return Invented(request.param)
