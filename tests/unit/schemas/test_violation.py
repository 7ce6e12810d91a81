from schemas.records.terms import DeadLetterReason
from schemas.violation import SchemaViolation, ascii_within


def test_the_detail_is_ascii_of_at_most_512_bytes():
    violation = SchemaViolation(DeadLetterReason.INVALID, "字段\n" * 400)

    assert violation.detail.isascii()
    assert violation.detail.isprintable()
    assert len(violation.detail) == 512


def test_the_text_of_the_exception_begins_with_the_reason():
    assert str(SchemaViolation(DeadLetterReason.INVALID, "ended_at: is late")) == "INVALID: ended_at: is late"


def test_escaping_keeps_what_is_already_ascii():
    assert ascii_within("a b\tc", 4) == "a b "
