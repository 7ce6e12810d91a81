from collections.abc import Callable

import pytest

from processors.transcript import DEFINITION_VERSION, DraftTurn, TranscriptDraft
from schemas.records.transcribed import Hearing, Measures

ZERO_AT = 1_760_000_000_000


@pytest.fixture
def draft() -> Callable[..., TranscriptDraft]:
    def build(*turns: DraftTurn, **changes: object) -> TranscriptDraft:
        given: dict[str, object] = {
            "hearing_key": "key",
            "hearing": Hearing(engine="test", engine_version="1"),
            "language": "zh-CN",
            "zero_at": ZERO_AT,
            "turns": turns,
            "measures": Measures(definition_version=DEFINITION_VERSION),
        }
        return TranscriptDraft(**{**given, **changes})

    return build
