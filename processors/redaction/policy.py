"""What a centre lets be masked, and what stands in its place."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from schemas.records.terms import Entity

REDACTION_VERSION = "2"
"""Rises with every change of what is masked; part of the identity of a hearing."""

PLACEHOLDERS = {
    Entity.ID_CARD: "[身份证]",
    Entity.BANK_CARD: "[银行卡]",
    Entity.PHONE: "[电话]",
    Entity.EMAIL: "[邮箱]",
    Entity.PLATE: "[车牌]",
    Entity.PASSPORT: "[护照]",
    Entity.CODE: "[验证码]",
    Entity.NUMBER: "[号码]",
    Entity.ADDRESS: "[地址]",
}
"""What stands for each kind of data in a redacted text."""

ALWAYS_MASKED = frozenset({Entity.ID_CARD, Entity.BANK_CARD, Entity.CODE, Entity.NUMBER})
"""Kinds that no setting leaves in the text."""

_WITH_TAIL = frozenset({Entity.ID_CARD, Entity.BANK_CARD, Entity.PHONE})
_TAIL = 4
# Four characters of a shorter number would be too much of it.
_SHORTEST_WITH_TAIL = 11


class MaskStyle(StrEnum):
    """What a placeholder tells: its kind alone, or also the last four characters, as on a receipt.

    There is no hash: whoever has it finds the number again by trying all telephones.
    """

    PLACEHOLDER = "placeholder"
    TAIL = "tail"


class RedactionPolicy(Struct, frozen=True, kw_only=True):
    """``keep`` are kinds that stay in the text. Raises ``ValueError`` for one that is always masked."""

    style: MaskStyle = MaskStyle.PLACEHOLDER
    keep: tuple[Entity, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a policy that would let identities through."""
        for entity in self.keep:
            if entity in ALWAYS_MASKED or entity not in PLACEHOLDERS:
                raise ValueError(f"{entity} cannot be kept; these can: {', '.join(keepable())}")

    @property
    def version(self) -> str:
        """Identity of what is masked and how; the bare version for the default policy."""
        kept = ",".join(sorted(set(self.keep)))
        style = "" if self.style is MaskStyle.PLACEHOLDER else f" style={self.style}"
        return REDACTION_VERSION + style + (f" keep={kept}" if kept else "")

    def placeholder(self, entity: Entity, value: str) -> str:
        """What stands for ``value``, the digits of a number ('' where it is none, or goes on elsewhere)."""
        mark = PLACEHOLDERS[entity]
        if (
            self.style is MaskStyle.PLACEHOLDER
            or entity not in _WITH_TAIL
            or len(value) < _SHORTEST_WITH_TAIL
        ):
            return mark
        return f"{mark[:-1]}*{value[-_TAIL:]}]"


def keepable() -> list[str]:
    """Names of the kinds that a policy may keep."""
    return sorted(set(PLACEHOLDERS) - ALWAYS_MASKED)
