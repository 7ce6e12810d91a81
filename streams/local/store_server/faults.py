"""Errors as ClickHouse reports them: a number, a name, a sentence, and an HTTP status."""

from __future__ import annotations

import re
from enum import IntEnum

_CODE = re.compile(r"Code: (\d+)\.")
_NAME = re.compile(r"\(([A-Z][A-Z0-9_]+)\)(?: \(version [^)]*\))?\s*$")


class Code(IntEnum):
    """ClickHouse error codes that this server raises itself."""

    CANNOT_DECOMPRESS = 271
    NOT_IMPLEMENTED = 48
    SYNTAX_ERROR = 62
    READONLY = 164
    REQUIRED_PASSWORD = 194
    QUERY_IS_TOO_LARGE = 229
    TOO_MANY_SIMULTANEOUS_QUERIES = 202
    TOO_MANY_BYTES = 307
    SESSION_NOT_FOUND = 372
    SESSION_IS_LOCKED = 373
    INVALID_SESSION_TIMEOUT = 374
    BAD_ARGUMENTS = 36
    ABORTED = 236
    ACCESS_DENIED = 497
    AUTHENTICATION_FAILED = 516
    UNKNOWN_EXCEPTION = 1002


# As ClickHouse's exceptionCodeToHTTPStatus, and 307 for a body past the limit; every other code is 500.
_STATUS = {
    401: (194,),
    403: (192, 193, 516, 512, 497),
    # arguments, expressions and values that cannot be parsed or do not fit
    400: (
        36,
        427,
        6,
        25,
        26,
        38,
        41,
        72,
        441,
        675,
        676,
        27,
        376,
        15,
        44,
        37,
        123,
        8,
        167,
        168,
        223,
        62,
        117,
        53,
        321,
    ),
    # unknown table, function, identifier, type, storage, database, setting, direction, aggregate, format, ...
    404: (60, 46, 47, 50, 56, 81, 115, 152, 63, 73, 336, 78, 511),
    408: (159,),
    411: (381,),
    413: (229, 307),
    415: (779,),
    501: (48,),
    503: (209, 76, 439),
}
_STATUS_OF_CODE = {code: status for status, codes in _STATUS.items() for code in codes}


class Fault(Exception):
    """A request that failed, in ClickHouse's terms. ``text`` may quote the client's data: never log it."""

    def __init__(self, code: int, name: str, text: str) -> None:
        super().__init__(f"{name} ({code})")
        self.code = code
        self.name = name
        self.text = text

    @property
    def status(self) -> int:
        """HTTP status that ClickHouse answers for this code."""
        return _STATUS_OF_CODE.get(self.code, 500)


def refuse(code: Code, sentence: str) -> Fault:
    """A fault of this server's own, worded as ClickHouse words its own."""
    return Fault(code, code.name, f"Code: {code.value}. DB::Exception: {sentence} ({code.name})")


def engine_fault(error: Exception) -> Fault:
    """What the engine said, read back from chDB's exception text."""
    text = str(error)
    start = text.find("Code: ")
    if start < 0:
        return refuse(Code.UNKNOWN_EXCEPTION, "The engine failed without a ClickHouse error code.")
    text = text[start:].strip()
    code, name = _CODE.match(text), _NAME.search(text)
    return Fault(
        int(code.group(1)) if code else Code.UNKNOWN_EXCEPTION,
        name.group(1) if name else "UNKNOWN_EXCEPTION",
        text,
    )
