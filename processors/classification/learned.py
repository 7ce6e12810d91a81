"""Contact reasons by a model that a centre trained on its own labels, beside those that rules give.

A linear model over character n-grams and words, so that inference is a handful of table look-ups and needs
numpy alone. The file is numpy's ``.npz`` without pickled objects: reading it runs no code.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from processors.classification.conversation import Segmenter
from processors.language.script import normalise
from schemas.records.classified import Classification, ContactReason
from schemas.records.terms import ReasonSource, Role, Verdict
from schemas.records.transcribed import Transcript

FORMAT = 1
SHORTEST, LONGEST = 1, 4
MOST_CHARACTERS = 4_000
"""Of each party so much is read: reasons stand early, and a long talk costs no more."""
_PARTIES = {Role.CUSTOMER: "c", Role.AGENT: "a"}
_ARRAYS = ("info", "vocabulary", "idf", "weights", "bias")


class ReasonModelError(ValueError):
    """A file that holds no reason model, or one of another format; the message says what is wrong."""


class ReasonModelInfo(Struct, frozen=True, kw_only=True):
    """What a model is and how it was made.

    ``temperature`` divides the scores before they become probabilities. A label below ``least`` is not
    told; one from ``sure`` on is a HIT, between them UNCERTAIN. Accuracies are cross-validated.
    """

    format: int = FORMAT
    version: str
    language: str
    labels: tuple[str, ...]
    label_counts: dict[str, int]
    data_hash: str
    lexicon_hash: str
    temperature: float
    least: float
    sure: float
    accuracy: float
    macro_f1: float


@dataclass(frozen=True)
class ReasonModel:
    """``weights`` has a row for each feature and a column for each label; ``hash`` is that of the file."""

    info: ReasonModelInfo
    vocabulary: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    hash: str = ""
    _places: dict[str, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._places.update((feature, place) for place, feature in enumerate(self.vocabulary))

    def probabilities(self, features: Iterable[str]) -> NDArray[np.float64]:
        """Of every label, in the order of ``info.labels``: softmax((w . tfidf + b) / temperature).

        Term frequency counts as 1 + ln(tf), the vector has length 1 (scikit-learn's ``sublinear_tf``).
        """
        counts = Counter(self._places[name] for name in features if name in self._places)
        scores = self.bias.astype(np.float64)
        if counts:
            places = np.fromiter(counts, dtype=np.int64, count=len(counts))
            often = np.fromiter(counts.values(), dtype=np.float64, count=len(counts))
            weighed = (1.0 + np.log(often)) * self.idf[places]
            scores = scores + (weighed / np.linalg.norm(weighed)) @ self.weights[places]
        return softmax(scores / self.info.temperature)


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of scores along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    result: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return result


def reason_features(said: Iterable[tuple[Role, str]], segmenter: Segmenter) -> list[str]:
    """Character n-grams and words of customer and agent, each marked with its party.

    Digits and placeholders are left out: they are personal data and tell no reason.
    """
    found: list[str] = []
    for party, text in _joined(said):
        mark = _PARTIES[party]
        words = (text[token.start : token.end] for token in segmenter.tokens(text))
        found.extend(f"{mark}#{word}" for word in words if word.isalpha())
        for run in _runs(text):
            for size in range(SHORTEST, LONGEST + 1):
                found.extend(f"{mark}|{run[at : at + size]}" for at in range(len(run) - size + 1))
    return found


def _joined(said: Iterable[tuple[Role, str]]) -> list[tuple[Role, str]]:
    texts: dict[Role, list[str]] = {party: [] for party in _PARTIES}
    for party, text in said:
        if party in texts:
            texts[party].append(normalise(text).text)
    return [(party, "\n".join(parts)[:MOST_CHARACTERS]) for party, parts in texts.items()]


def _runs(text: str) -> list[str]:
    """Stretches of letters and ideographs; Latin words keep the space between them."""
    return "".join(one if one.isalpha() else "\n" if one != " " else one for one in text).split("\n")


def write_reason_model(model: ReasonModel) -> bytes:
    """The model as bytes of an ``.npz`` file, the same for the same model."""
    target = io.BytesIO()
    info = np.frombuffer(msgspec.json.encode(model.info, order="deterministic"), dtype=np.uint8)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        arrays: tuple[NDArray[Any], ...] = (
            info,
            np.frombuffer("\0".join(model.vocabulary).encode(), dtype=np.uint8),
            model.idf,
            model.weights,
            model.bias,
        )
        for name, array in zip(_ARRAYS, arrays, strict=True):
            body = io.BytesIO()
            np.lib.format.write_array(body, np.ascontiguousarray(array), allow_pickle=False)
            # A fixed date: the same training gives the same bytes, hence the same hash.
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), body.getvalue())
    return target.getvalue()


def read_reason_model(content: bytes) -> ReasonModel:
    """The model in the bytes of a file. Raises ``ReasonModelError``."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            info, vocabulary, idf, weights, bias = (file[name] for name in _ARRAYS)
        told = msgspec.json.decode(info.tobytes(), type=ReasonModelInfo)
        names = tuple(vocabulary.tobytes().decode().split("\0"))
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, msgspec.MsgspecError) as error:
        raise ReasonModelError("not a file that `callqa train reasons` wrote") from error
    if told.format != FORMAT:
        raise ReasonModelError(f"a reason model of format {told.format}; this release reads {FORMAT}")
    if weights.shape != (len(names), len(told.labels)) or idf.shape != (len(names),):
        raise ReasonModelError("the tables of the reason model do not fit together")
    return ReasonModel(told, names, idf, weights, bias, hashlib.sha256(content).hexdigest())


@dataclass(frozen=True)
class LearnedReasons:
    """A model with a segmenter of its own: no rule set's phrases may change what it reads."""

    model: ReasonModel
    segmenter: Segmenter

    def reason(self, transcript: Transcript) -> ContactReason | None:
        """The likeliest label, None where none is likely enough or nobody spoke."""
        said = [(turn.party, turn.normalised) for turn in transcript.turns() if not turn.recalled]
        features = reason_features(said, self.segmenter)
        if not features:
            return None
        info = self.model.info
        probabilities = self.model.probabilities(features)
        best = int(probabilities.argmax())
        confidence = float(probabilities[best])
        if confidence < info.least:
            return None
        level1, _, level2 = info.labels[best].partition("/")
        return ContactReason(
            level1=level1,
            level2=level2,
            rule_id="",
            verdict=Verdict.HIT if confidence >= info.sure else Verdict.UNCERTAIN,
            source=ReasonSource.MODEL,
            confidence=round(confidence, 4),
            model_hash=self.model.hash,
        )

    def beside(self, classification: Classification, transcript: Transcript) -> Classification:
        """The classification with the model's label after the rules' reasons.

        It is the primary reason only where no rule gave any, and touches no verdict.
        """
        found = self.reason(transcript)
        reasons = classification.reasons
        if found is not None:
            reasons = (*reasons, msgspec.structs.replace(found, primary=not reasons))
        return msgspec.structs.replace(classification, reasons=reasons, reason_model_hash=self.model.hash)
