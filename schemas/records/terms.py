"""Closed vocabularies of the contract: every enumeration that travels on a topic.

Each symbol list equals the enumeration of the same name in ``schemas/avro``; a contract test holds
the two together. ``UNKNOWN`` is the symbol an older reader falls back to.
"""

from enum import StrEnum


class Channel(StrEnum):
    """Analytics channel on which the interaction ended."""

    VOICE = "VOICE"
    WEB = "WEB"
    SELF_SERVICE = "SELF_SERVICE"
    UNKNOWN = "UNKNOWN"


class Direction(StrEnum):
    """Who initiated the interaction."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"
    CALLBACK = "CALLBACK"
    INTERNAL = "INTERNAL"
    UNKNOWN = "UNKNOWN"


class Disposition(StrEnum):
    """Normalised end state."""

    HANDLED = "HANDLED"
    SELF_SERVED = "SELF_SERVED"
    ABANDONED_SELF_SERVICE = "ABANDONED_SELF_SERVICE"
    ABANDONED_QUEUE = "ABANDONED_QUEUE"
    ABANDONED_RINGING = "ABANDONED_RINGING"
    QUEUE_TIMEOUT = "QUEUE_TIMEOUT"
    QUEUE_OVERFLOW = "QUEUE_OVERFLOW"
    NOT_ANSWERED = "NOT_ANSWERED"
    REJECTED = "REJECTED"
    VOICEMAIL = "VOICEMAIL"
    FORWARDED_OUT = "FORWARDED_OUT"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"


NEVER_SERVED = frozenset(
    {
        Disposition.ABANDONED_QUEUE,
        Disposition.ABANDONED_RINGING,
        Disposition.ABANDONED_SELF_SERVICE,
        Disposition.QUEUE_TIMEOUT,
        Disposition.QUEUE_OVERFLOW,
        Disposition.NOT_ANSWERED,
        Disposition.REJECTED,
    }
)
"""End states in which the customer may have met nobody: what took part decides whether it is NO_SERVICE."""


class Role(StrEnum):
    """Who speaks, writes or occupies an audio channel."""

    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    BOT = "BOT"
    SYSTEM = "SYSTEM"
    SUPERVISOR = "SUPERVISOR"
    THIRD_PARTY = "THIRD_PARTY"
    MIXED = "MIXED"
    UNKNOWN = "UNKNOWN"


class WorkLocation(StrEnum):
    """Where the agent was sitting."""

    SITE = "SITE"
    HOME = "HOME"
    UNKNOWN = "UNKNOWN"


class TransferKind(StrEnum):
    """How an agent leg was handed on."""

    NONE = "NONE"
    BLIND = "BLIND"
    CONSULT = "CONSULT"
    TO_QUEUE = "TO_QUEUE"
    EXTERNAL = "EXTERNAL"
    TO_BOT = "TO_BOT"
    TAKEOVER = "TAKEOVER"
    UNKNOWN = "UNKNOWN"


class TextForm(StrEnum):
    """Which form an upstream transcript is in."""

    LEXICAL = "LEXICAL"
    ITN = "ITN"
    ITN_PUNCTUATED = "ITN_PUNCTUATED"
    MASKED = "MASKED"
    UNKNOWN = "UNKNOWN"


class MessageKind(StrEnum):
    """Content kind of a chat message."""

    TEXT = "TEXT"
    IMAGE = "IMAGE"
    VOICE = "VOICE"
    VIDEO = "VIDEO"
    FILE = "FILE"
    CARD = "CARD"
    EVENT = "EVENT"
    UNKNOWN = "UNKNOWN"


class SelfServiceOutcome(StrEnum):
    """How self-service ended."""

    RESOLVED = "RESOLVED"
    FAILED = "FAILED"
    ABANDONED = "ABANDONED"
    TRANSFERRED = "TRANSFERRED"
    CALLBACK = "CALLBACK"
    UNKNOWN = "UNKNOWN"


class OutcomeSource(StrEnum):
    """Who says how self-service ended."""

    FLOW = "FLOW"
    CUSTOMER = "CUSTOMER"
    INFERRED = "INFERRED"
    UNKNOWN = "UNKNOWN"


class InputMode(StrEnum):
    """How the customer answered a self-service node."""

    NONE = "NONE"
    DTMF = "DTMF"
    SPEECH = "SPEECH"
    TEXT = "TEXT"
    TAP = "TAP"
    API = "API"
    UNKNOWN = "UNKNOWN"


class StepResult(StrEnum):
    """Result of one self-service node."""

    OK = "OK"
    NO_INPUT = "NO_INPUT"
    NO_MATCH = "NO_MATCH"
    INVALID = "INVALID"
    BACKEND_ERROR = "BACKEND_ERROR"
    TIMEOUT = "TIMEOUT"
    TRANSFER = "TRANSFER"
    HANGUP = "HANGUP"
    UNKNOWN = "UNKNOWN"


class Resolved(StrEnum):
    """The customer's own answer to: was it solved."""

    YES = "YES"
    NO = "NO"
    NOT_ASKED = "NOT_ASKED"
    NOT_ANSWERED = "NOT_ANSWERED"
    UNKNOWN = "UNKNOWN"


class LinkKind(StrEnum):
    """What another interaction is to this one."""

    PARENT = "PARENT"
    PREVIOUS = "PREVIOUS"
    TRANSFERRED_FROM = "TRANSFERRED_FROM"
    BOT_TO_HUMAN = "BOT_TO_HUMAN"
    CALLBACK_OF = "CALLBACK_OF"
    CONFERENCE = "CONFERENCE"
    REOPENED = "REOPENED"
    UNKNOWN = "UNKNOWN"


class Consent(StrEnum):
    """How the customer was told of the recording."""

    ANNOUNCED = "ANNOUNCED"
    GRANTED = "GRANTED"
    DENIED = "DENIED"
    NOT_REQUIRED = "NOT_REQUIRED"
    UNKNOWN = "UNKNOWN"


class TurnKind(StrEnum):
    """What a turn of the transcript was made from."""

    SPEECH = "SPEECH"
    MESSAGE = "MESSAGE"
    MENU = "MENU"
    INPUT = "INPUT"
    EVENT = "EVENT"
    UNKNOWN = "UNKNOWN"


class SystemSound(StrEnum):
    """What a machine, not a person, is heard to play."""

    RING_BACK = "RING_BACK"
    BUSY = "BUSY"
    MUSIC = "MUSIC"
    PROMPT = "PROMPT"
    UNKNOWN = "UNKNOWN"


class Entity(StrEnum):
    """Kind of personal data that redaction replaced by a placeholder."""

    ID_CARD = "ID_CARD"
    BANK_CARD = "BANK_CARD"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    PLATE = "PLATE"
    PASSPORT = "PASSPORT"
    CODE = "CODE"
    NUMBER = "NUMBER"
    UNKNOWN = "UNKNOWN"
    ADDRESS = "ADDRESS"


class ExclusionReason(StrEnum):
    """Why an interaction is not scored. Scoring decides TOO_SHORT and CUSTOMER_ABUSE, lanes the rest."""

    NO_CONTENT = "NO_CONTENT"
    CONSENT_DENIED = "CONSENT_DENIED"
    NO_SERVICE = "NO_SERVICE"
    LANGUAGE_UNSUPPORTED = "LANGUAGE_UNSUPPORTED"
    UNINTELLIGIBLE = "UNINTELLIGIBLE"
    TOO_SHORT = "TOO_SHORT"
    CUSTOMER_ABUSE = "CUSTOMER_ABUSE"
    UNKNOWN = "UNKNOWN"
    VOICEMAIL = "VOICEMAIL"
    DIALECT_UNSUPPORTED = "DIALECT_UNSUPPORTED"


class ReasonSource(StrEnum):
    """Who told a contact reason: a rule, or a model trained on labels."""

    RULE = "RULE"
    MODEL = "MODEL"
    UNKNOWN = "UNKNOWN"


class Verdict(StrEnum):
    """Three-valued answer of a rule, plus the case in which it could not be asked."""

    HIT = "HIT"
    NO_HIT = "NO_HIT"
    UNCERTAIN = "UNCERTAIN"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    UNKNOWN = "UNKNOWN"


class FindingKind(StrEnum):
    """What a rule's hit means for the people involved."""

    FAULT = "FAULT"
    CREDIT = "CREDIT"
    SIGNAL = "SIGNAL"
    EXEMPTION = "EXEMPTION"
    UNKNOWN = "UNKNOWN"


class Doubt(StrEnum):
    """Why a verdict is uncertain. NONE for a hit."""

    NONE = "NONE"
    AMBIGUOUS = "AMBIGUOUS"
    SOUND_ALIKE = "SOUND_ALIKE"
    LOW_CONFIDENCE = "LOW_CONFIDENCE"
    NEAR_THRESHOLD = "NEAR_THRESHOLD"
    NO_SPEAKER = "NO_SPEAKER"
    NO_LEG = "NO_LEG"
    UNHEARD = "UNHEARD"
    UNKNOWN = "UNKNOWN"
    SWAPPED_CHANNELS = "SWAPPED_CHANNELS"


class ScoreStatus(StrEnum):
    """Outcome of scoring."""

    SCORED = "SCORED"
    EXCLUDED = "EXCLUDED"
    UNKNOWN = "UNKNOWN"


class ItemAnswer(StrEnum):
    """Answer to one scorecard item. PASS and FAIL count, the others leave the denominator."""

    PASS = "PASS"
    FAIL = "FAIL"
    BONUS = "BONUS"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    UNCERTAIN = "UNCERTAIN"
    UNKNOWN = "UNKNOWN"


class AlertKind(StrEnum):
    """Who is to act on an alert."""

    AGENT_CARE = "AGENT_CARE"
    SUPERVISOR = "SUPERVISOR"
    COMPLAINT = "COMPLAINT"
    UNKNOWN = "UNKNOWN"


class ReviewDecision(StrEnum):
    """What a person said of a machine's verdict."""

    CONFIRMED = "CONFIRMED"
    OVERTURNED = "OVERTURNED"
    UNDECIDED = "UNDECIDED"
    UNKNOWN = "UNKNOWN"


class ReviewKind(StrEnum):
    """Why a person looked."""

    RANDOM_AUDIT = "RANDOM_AUDIT"
    UNCERTAIN_VERDICT = "UNCERTAIN_VERDICT"
    APPEAL = "APPEAL"
    CALIBRATION = "CALIBRATION"
    UNKNOWN = "UNKNOWN"


class Stage(StrEnum):
    """The five workers of the pipeline."""

    TRANSCRIPTION = "transcription"
    NORMALIZATION = "normalization"
    CLASSIFICATION = "classification"
    SCORING = "scoring"
    DELIVERY = "delivery"


class DeadLetterReason(StrEnum):
    """Closed list of reasons in the header of a dead letter."""

    UNDECODABLE = "UNDECODABLE"
    SCHEMA_UNKNOWN = "SCHEMA_UNKNOWN"
    INVALID = "INVALID"
    UNKNOWN_CHANNEL = "UNKNOWN_CHANNEL"
    RECORDING_DENIED = "RECORDING_DENIED"
    RECORDING_MISSING = "RECORDING_MISSING"
    RECORDING_TOO_LARGE = "RECORDING_TOO_LARGE"
    RECORDING_CORRUPT = "RECORDING_CORRUPT"
    ASR_TIMEOUT = "ASR_TIMEOUT"
    ASR_CRASH = "ASR_CRASH"
    RULE_ERROR = "RULE_ERROR"
    SINK_REJECTED = "SINK_REJECTED"
    OVERSIZE = "OVERSIZE"
    REPEATED_FAILURE = "REPEATED_FAILURE"
