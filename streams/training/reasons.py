"""Trains the classifier of contact reasons and measures it by cross-validation. Needs scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from processors.classification.learned import ReasonModel, ReasonModelInfo, reason_features, softmax
from processors.language.segmenter import Segmenter
from streams.training.labels import Labels

MOST_FEATURES = 40_000
LEAST_DOCUMENTS = 2
FOLDS = 5
STRENGTH = 10.0
LEAST_CONFIDENCE = 0.5
"""Below this no label is told: another choice would be as likely as not."""
WANTED_PRECISION = 0.9
"""The floor of metrics 3.14, own choice: below it a verdict goes to a person."""
_TEMPERATURES = np.geomspace(0.1, 4.0, 60)
_SEED = 20_261_124


class TrainingUnavailable(Exception):
    """scikit-learn is not installed."""


class LabelReport(Struct, frozen=True, kw_only=True):
    """Of one label: how many there are, and how well they are found when unseen."""

    label: str
    examples: int
    precision: float | None
    recall: float
    f1: float


class TrainingReport(Struct, frozen=True, kw_only=True):
    """Cross-validated: every example was judged by a model that had not seen it.

    ``majority`` is the share of the commonest label, the accuracy of always naming it. ``told`` is the share
    of examples with a label confident enough to be told, ``sure`` of those that are certain, each with its
    precision. ``calibration_error`` is the mean distance between confidence and accuracy, over ten bins.
    """

    version: str
    data: str
    data_hash: str
    examples: int
    left_out: dict[str, int]
    folds: int
    accuracy: float
    macro_f1: float
    majority: float
    told: float
    told_precision: float | None
    sure: float
    sure_precision: float | None
    calibration_error: float
    labels: tuple[LabelReport, ...]
    confusion: tuple[tuple[int, ...], ...]


def train_reasons(
    labels: Labels, segmenter: Segmenter, *, data: str, version: str
) -> tuple[ReasonModel, TrainingReport]:
    """A model over all examples, and what it is worth on unseen ones.

    ``data`` is the name of where the labels came from. Raises ``TrainingUnavailable`` without scikit-learn.
    """
    if find_spec("sklearn") is None:
        raise TrainingUnavailable("scikit-learn is not installed: pip install 'callqa[train]'")
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    documents = [reason_features(one.said, segmenter) for one in labels.examples]
    names = np.array([one.label for one in labels.examples])
    folds = min(FOLDS, *labels.counts.values())
    unseen = cross_val_predict(
        _pipeline(),
        documents,
        names,
        cv=StratifiedKFold(folds, shuffle=True, random_state=_SEED),
        method="decision_function",
    )
    kinds = tuple(labels.counts)
    truth = np.array([kinds.index(name) for name in names])
    judged = _Judged(truth, _columns(unseen), _temperature(_columns(unseen), truth))
    report = _report(labels, judged, data=data, version=version, folds=folds)
    info = ReasonModelInfo(
        version=version,
        language=segmenter.language,
        labels=kinds,
        label_counts=labels.counts,
        data_hash=labels.hash,
        lexicon_hash=segmenter.lexicon_hash,
        temperature=judged.temperature,
        least=LEAST_CONFIDENCE,
        sure=judged.sure,
        accuracy=report.accuracy,
        macro_f1=report.macro_f1,
    )
    return _model(info, _pipeline().fit(documents, names)), report


def _pipeline() -> Any:
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    same: Callable[[list[str]], list[str]] = list
    return make_pipeline(
        CountVectorizer(analyzer=same, min_df=LEAST_DOCUMENTS, max_features=MOST_FEATURES),
        TfidfTransformer(sublinear_tf=True),
        LogisticRegression(C=STRENGTH, max_iter=200, tol=1e-3),
    )


def _model(info: ReasonModelInfo, fitted: Any) -> ReasonModel:
    counting, weighing, deciding = (step for _, step in fitted.steps)
    weights, bias = deciding.coef_.T, deciding.intercept_
    if weights.shape[1] == 1:  # Two labels have one column of scores: that of the second.
        weights, bias = np.hstack([np.zeros_like(weights), weights]), np.array([0.0, bias[0]])
    return ReasonModel(
        info,
        tuple(counting.get_feature_names_out()),
        weighing.idf_.astype(np.float32),
        weights.astype(np.float32),
        bias.astype(np.float32),
    )


def _columns(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.zeros_like(scores), scores], axis=1) if scores.ndim == 1 else scores


def _temperature(scores: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """Of a range of temperatures the one with the least log loss on unseen examples (Guo et al. 2017)."""

    def loss(temperature: float) -> float:
        given = softmax(scores / temperature)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(given, 1e-12)).mean())

    return float(min(_TEMPERATURES, key=loss))


class _Judged:
    """Confidence and choice of every unseen example."""

    def __init__(self, truth: NDArray[np.int64], scores: NDArray[np.float64], temperature: float) -> None:
        probabilities = softmax(scores / temperature)
        self.truth, self.temperature = truth, temperature
        self.choice = probabilities.argmax(axis=1)
        self.confidence = probabilities.max(axis=1)
        self.right = self.choice == truth
        self.sure = self._surest()

    def _surest(self) -> float:
        """The lowest confidence from which on the wanted precision holds; 1.01, never, where none does."""
        for least in np.arange(LEAST_CONFIDENCE, 1.0, 0.01):
            chosen = self.confidence >= least
            if chosen.any() and self.right[chosen].mean() >= WANTED_PRECISION:
                return round(float(least), 2)
        return 1.01

    def share_and_precision(self, least: float) -> tuple[float, float | None]:
        chosen = self.confidence >= least
        share = round(float(chosen.mean()), 4)
        return share, round(float(self.right[chosen].mean()), 4) if chosen.any() else None

    def calibration_error(self) -> float:
        bins = np.minimum((self.confidence * 10).astype(int), 9)
        gaps = [
            abs(self.confidence[bins == one].mean() - self.right[bins == one].mean()) * (bins == one).mean()
            for one in np.unique(bins)
        ]
        return round(float(sum(gaps)), 4)


def _report(labels: Labels, judged: _Judged, *, data: str, version: str, folds: int) -> TrainingReport:
    kinds = tuple(labels.counts)
    confusion = np.zeros((len(kinds), len(kinds)), dtype=int)
    np.add.at(confusion, (judged.truth, judged.choice), 1)
    rows = tuple(_label_report(name, place, confusion) for place, name in enumerate(kinds))
    told, told_precision = judged.share_and_precision(LEAST_CONFIDENCE)
    sure, sure_precision = judged.share_and_precision(judged.sure)
    return TrainingReport(
        version=version,
        data=data,
        data_hash=labels.hash,
        examples=len(labels.examples),
        left_out=labels.left_out,
        folds=folds,
        accuracy=round(float(judged.right.mean()), 4),
        macro_f1=round(float(np.mean([row.f1 for row in rows])), 4),
        majority=round(max(labels.counts.values()) / len(labels.examples), 4),
        told=told,
        told_precision=told_precision,
        sure=sure,
        sure_precision=sure_precision,
        calibration_error=judged.calibration_error(),
        labels=rows,
        confusion=tuple(tuple(map(int, row)) for row in confusion),
    )


def _label_report(name: str, place: int, confusion: NDArray[np.int64]) -> LabelReport:
    hits, given, found = confusion[place, place], confusion[place].sum(), confusion[:, place].sum()
    return LabelReport(
        label=name,
        examples=int(given),
        precision=round(float(hits / found), 4) if found else None,
        recall=round(float(hits / given), 4),
        f1=round(float(2 * hits / (given + found)), 4),
    )
