"""Sentences that Whisper writes over silence and noise: the credits of the videos it learned from."""

from __future__ import annotations

import re

_PHANTOM = re.compile(
    r"(谢谢|感谢|謝謝|感謝)(您|你|大家)?的?(观看|觀看|收看|收听|收聽)"
    r"|请不吝点赞|請不吝點贊|請不吝點讚|(订阅|訂閱)(转发|轉發)?打(赏|賞)|明(镜|鏡)[与與](点点|點點)"
    r"|字幕(由|制作|製作|志愿者|志願者|提供|by)|amaraorg|(优优|優優)独播剧场|yoyotelevision"
    r"|thank(s|you)(so(much)?)?forwatching|pleasesubscribe|subtitlesby|subscribetomychannel"
)
_LETTERS = re.compile(r"[\W_]+")
# A phantom stands alone. A long sentence that merely contains one of the phrases was spoken.
_LONGEST = 40


def is_phantom(text: str) -> bool:
    """Whether a whole turn is one of the known credits."""
    letters = _LETTERS.sub("", text).lower()
    return len(letters) <= _LONGEST and _PHANTOM.search(letters) is not None
