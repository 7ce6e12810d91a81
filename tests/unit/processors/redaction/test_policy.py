import pytest

from processors.redaction import REDACTION_VERSION, MaskStyle, RedactionPolicy, redact
from schemas.records.terms import Entity

TAIL = RedactionPolicy(style=MaskStyle.TAIL)


def masked(text, policy):
    return redact([text], policy=policy)[0].text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("电话13800138000", "电话[电话*8000]"),
        ("身份证11010519491231002x", "身份证[身份证*002X]"),
        ("卡号4111 1111 1111 1111", "卡号[银行卡*1111]"),
        ("我的账号是12345678", "我的账号是[号码]"),
        ("验证码是1234", "验证码是[验证码]"),
        ("卡号后四位1234", "卡号后四位[号码]"),
        ("邮箱a@b.com", "邮箱[邮箱]"),
    ],
)
def test_the_tail_style_tells_the_last_four_of_long_numbers_only(raw, expected):
    assert masked(raw, TAIL) == expected


def test_the_tail_of_a_split_number_stands_in_its_last_part():
    turns = ["13800", "138000"]

    assert [one.text for one in redact(turns, policy=TAIL)] == ["[电话]", "[电话*8000]"]


def test_what_was_masked_with_its_tail_stays_when_masked_again():
    once = masked("身份证11010519491231002X,电话13800138000", TAIL)

    assert masked(once, TAIL) == once
    assert masked(once, RedactionPolicy()) == once


def test_spans_and_offsets_follow_the_longer_placeholder():
    (redacted,) = redact(["打13800138000找我"], policy=TAIL)

    (span,) = redacted.spans
    assert redacted.text[span.start : span.end] == "[电话*8000]"
    assert redacted.text[redacted.offsets[12] :] == "找我"


def test_a_kept_kind_stays_and_the_others_go():
    policy = RedactionPolicy(keep=(Entity.PLATE, Entity.ADDRESS))

    text = masked("京A12345,住址幸福路12号,电话13800138000", policy)

    assert text == "京A12345,住址幸福路12号,电话[电话]"


@pytest.mark.parametrize(
    "entity", [Entity.ID_CARD, Entity.BANK_CARD, Entity.CODE, Entity.NUMBER, Entity.UNKNOWN]
)
def test_what_must_always_go_cannot_be_kept(entity):
    with pytest.raises(ValueError, match="cannot be kept"):
        RedactionPolicy(keep=(entity,))


def test_every_policy_has_a_version_of_its_own():
    kept = RedactionPolicy(keep=(Entity.PLATE, Entity.EMAIL))
    versions = [RedactionPolicy().version, TAIL.version, kept.version]

    assert versions == [
        REDACTION_VERSION,
        f"{REDACTION_VERSION} style=tail",
        f"{REDACTION_VERSION} keep=EMAIL,PLATE",
    ]
    assert RedactionPolicy(keep=(Entity.EMAIL, Entity.PLATE)).version == kept.version
