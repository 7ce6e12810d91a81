"""Records drawn at random, for round trips and broken bytes."""

from __future__ import annotations

import enum
import functools
import types
import typing
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import strategies as st

from schemas.codec import Codec

Strategies = Callable[[type[msgspec.Struct]], st.SearchStrategy[msgspec.Struct]]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def _strategy(annotation: object) -> st.SearchStrategy[object]:
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union):
        kept = next(argument for argument in arguments if argument is not type(None))
        return st.none() | _strategy(kept)
    if origin is tuple:
        return st.lists(_strategy(arguments[0]), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(TEXT, TEXT, max_size=3)
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return st.sampled_from(annotation)
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return _record(annotation)
    plain = {
        str: TEXT,
        bool: st.booleans(),
        float: st.floats(allow_nan=False),
        int: st.integers(min_value=-(2**31), max_value=2**31 - 1),
    }
    return plain[annotation]


@functools.cache
def _record(record_type: type[msgspec.Struct]) -> st.SearchStrategy[msgspec.Struct]:
    hints = typing.get_type_hints(record_type)
    fields = {name: _strategy(hints[name]) for name in record_type.__struct_fields__}
    return st.builds(record_type, **fields)


@pytest.fixture(scope="session")
def any_record() -> Strategies:
    """Gives the strategy of all instances of a record type."""
    return _record


@pytest.fixture(scope="session")
def codec() -> Codec:
    """A codec without a registry; it keeps no state between calls but parsed schemas."""
    return Codec()
