import pytest
from msgspec.structs import replace

from processors.redaction import MaskStyle, RedactionPolicy
from processors.transcription.engine import EngineInfo
from processors.transcription.hearing import HearingOptions, hearing_key, language_code
from schemas.records.completed import Recording
from schemas.records.terms import Entity, Role

ENGINE = EngineInfo(name="whisper", version="1", model="base", model_sha256="ab", options="beam=5")
OPTIONS = HearingOptions(hot_words="您好,话费", lexicon_hash="l1")
CALL = Recording(
    uri="file:///a.opus", sha256="c1", channel_roles=(Role.AGENT, Role.CUSTOMER), started_at=1_000_000
)


def key(*recordings, language="zh-CN", engine=ENGINE, options=OPTIONS):
    return hearing_key(recordings or (CALL,), language, engine, options)


def test_what_cannot_change_a_word_does_not_change_the_key():
    assert key(replace(CALL, uri="file:///moved.opus", started_at=2_000_000)) == key()
    assert key(options=replace(OPTIONS, hot_words="物流")) == key()
    assert key(language="zh") == key()


@pytest.mark.parametrize(
    "other",
    [
        {"recordings": (replace(CALL, sha256="c2"),)},
        {"recordings": (replace(CALL, channel_roles=(Role.CUSTOMER, Role.AGENT)),)},
        {"recordings": (CALL, CALL)},
        {"language": "en-US"},
        {"language": None},
        {"engine": replace(ENGINE, model_sha256="cd")},
        {"engine": replace(ENGINE, options="beam=1")},
        {"options": replace(OPTIONS, lexicon_hash="l2")},
        {"options": replace(OPTIONS, redaction=RedactionPolicy(keep=(Entity.PLATE,)))},
        {"options": replace(OPTIONS, redaction=RedactionPolicy(style=MaskStyle.TAIL))},
    ],
)
def test_what_can_change_a_word_changes_the_key(other):
    recordings = other.pop("recordings", (CALL,))

    assert key(*recordings, **other) != key()


def test_the_place_of_a_second_recording_counts():
    later = replace(CALL, sha256="c2", started_at=1_060_000)

    assert key(CALL, later) != key(CALL, replace(later, started_at=1_070_000))


def test_a_recording_without_a_checksum_has_no_key():
    with pytest.raises(ValueError, match="checksum"):
        key(replace(CALL, sha256=None))


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("zh-CN", "zh"),
        ("cmn-Hans-CN", "zh"),
        ("en_US", "en"),
        ("yue", "yue"),
        ("ZH", "zh"),
        (None, None),
        ("", None),
    ],
)
def test_language_tags_become_codes_of_the_model(tag, code):
    assert language_code(tag) == code
