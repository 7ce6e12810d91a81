"""What the contract's vocabulary is called on a page for Chinese readers, and how measures are written."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, str] = {
    # channels
    "VOICE": "语音",
    "WEB": "在线",
    "SELF_SERVICE": "自助",
    "ALL": "合计",
    # parties
    "CUSTOMER": "客户",
    "AGENT": "坐席",
    "BOT": "机器人",
    "SYSTEM": "系统",
    "SUPERVISOR": "主管",
    "THIRD_PARTY": "第三方",
    "MIXED": "通话",
    # kinds of the time line
    "SPEECH": "说话",
    "INTERRUPTION": "抢话",
    "SILENCE": "静默",
    "RAISED_VOICE": "提高嗓门",
    "RING_BACK": "回铃音",
    "BUSY": "忙音",
    "MUSIC": "保持音乐",
    "PROMPT": "系统语音",
    # exclusions
    "NO_CONTENT": "无内容",
    "CONSENT_DENIED": "客户不同意录音",
    "NO_SERVICE": "未得到服务",
    "LANGUAGE_UNSUPPORTED": "语言不支持",
    "UNINTELLIGIBLE": "无法听清",
    "TOO_SHORT": "过短",
    "CUSTOMER_ABUSE": "客户辱骂威胁，坐席豁免",
    "VOICEMAIL": "语音信箱",
    "DIALECT_UNSUPPORTED": "方言超出模型",
    # dead letters
    "UNDECODABLE": "无法解码",
    "SCHEMA_UNKNOWN": "结构未知",
    "INVALID": "内容矛盾",
    "UNKNOWN_CHANNEL": "渠道未知",
    "RECORDING_DENIED": "录音地址不允许",
    "RECORDING_MISSING": "录音缺失",
    "RECORDING_TOO_LARGE": "录音过大",
    "RECORDING_CORRUPT": "录音损坏",
    "ASR_TIMEOUT": "识别超时",
    "ASR_CRASH": "识别崩溃",
    "RULE_ERROR": "规则出错",
    "SINK_REJECTED": "入库被拒",
    "OVERSIZE": "消息过大",
    "REPEATED_FAILURE": "反复失败",
    # alerts
    "AGENT_CARE": "坐席关怀",
    "COMPLAINT": "投诉升级",
    # answers of the scorecard
    "PASS": "通过",
    "FAIL": "扣分",
    "BONUS": "加分",
    "NOT_APPLICABLE": "不适用",
    "UNCERTAIN": "存疑",
    # why an item was not asked
    "exempt": "客户辱骂，豁免",
    "short": "服务过短",
    "channel": "渠道不适用",
    "precondition": "未出现相应情形",
    "agent-silent": "坐席未说话",
    # doubts
    "AMBIGUOUS": "有歧义",
    "SOUND_ALIKE": "仅音近",
    "LOW_CONFIDENCE": "听得不清",
    "NEAR_THRESHOLD": "接近阈值",
    "NO_SPEAKER": "说话人不明",
    "NO_LEG": "坐席不明",
    "UNHEARD": "有话未听清",
    "SWAPPED_CHANNELS": "声道疑似对调",
    "UNKNOWN": "未知",
}


def label(code: str) -> str:
    """The Chinese name of a symbol; a symbol without one stands for itself."""
    return LABELS.get(code) or LABELS.get(code.upper(), code)


def measured(value: float, unit: str | None) -> str:
    """A measured value with its unit, as a person writes it."""
    if unit == "ms":
        return f"{value / 1000:.1f} 秒"
    if unit == "per minute":
        return f"{value:.0f} /分"
    if unit == "attempts":
        return f"第 {value:.0f} 次"
    return f"{value:g} {unit}" if unit else f"{value:g}"
