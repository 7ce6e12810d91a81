"""How well a model hears, measured on recordings whose words are known."""

from streams.evaluation.accuracy import Accuracy
from streams.evaluation.asr import AsrEvaluation, CallEvaluation, evaluate_asr, evaluate_call
from streams.evaluation.manifest import EvaluatedCall, ManifestError, ReferenceTurn, load_manifest

__all__ = [
    "Accuracy",
    "AsrEvaluation",
    "CallEvaluation",
    "EvaluatedCall",
    "ManifestError",
    "ReferenceTurn",
    "evaluate_asr",
    "evaluate_call",
    "load_manifest",
]
