"""JSON Schema of rule files, for editors: built from the keys that the parsers themselves accept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from processors.classification.applies import KEYS as APPLIES_KEYS
from processors.classification.grammar import PARTIES, SCOPE_KEYS
from processors.classification.operators.around import AROUND_KEYS, NOT_NEAR_KEYS, UNITS
from processors.classification.operators.comparison import COMPARISONS
from processors.classification.operators.facts import NAMES, QUANTITIES
from processors.classification.operators.gap import GAP_KEYS
from processors.classification.operators.monologue import MONOLOGUE_KEYS
from processors.classification.operators.raised_voice import RAISED_VOICE_KEYS
from processors.classification.operators.repeated import REPEATED_KEYS
from processors.classification.operators.scope import Regard
from processors.classification.operators.self_service import KEYS as SELF_SERVICE_KEYS
from processors.classification.operators.sentiment import PARTS
from processors.classification.operators.sequence import SEQUENCE_KEYS
from processors.classification.operators.within import WITHIN_KEYS
from processors.classification.ruleset import PART_KEYS, RULE_KEYS, TOP_KEYS, Grain
from processors.classification.view import RuleKind, Thresholds
from schemas.records.terms import Entity

Schema = dict[str, Any]
TEXT: Schema = {"type": ["string", "number"]}
TEXTS: Schema = {"anyOf": [TEXT, {"type": "array", "minItems": 1, "items": TEXT}]}
FLAG: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
ANY: Schema = {}
CONDITION: Schema = {"$ref": "#/$defs/condition"}
_SHARED_COMPARISON: Schema = {**dict.fromkeys(COMPARISONS, NUMBER), "band": NUMBER}


def rules_schema() -> Schema:
    """The schema of a rule set and of the parts it includes."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "callqa rules",
        **_object({key: _top(key) for key in (*TOP_KEYS, *PART_KEYS)}),
        "$defs": {"condition": {"oneOf": _operators()}, "rule": _rule()},
    }


def _object(properties: Mapping[str, Any], required: Iterable[str] = ()) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _known(keys: Iterable[str], told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: told.get(key, ANY) for key in keys}


def _symbols(symbols: type[StrEnum]) -> Schema:
    return {"enum": [spelled for symbol in symbols for spelled in (symbol.value, symbol.value.lower())]}


def _names() -> Schema:
    return {**_object({"zh": TEXT, "en": TEXT}), "minProperties": 1}


def _top(key: str) -> Schema:
    told: dict[str, Schema] = {
        "ruleset": TEXT,
        "version": TEXT,
        "language": TEXT,
        "description": TEXT,
        "name": _names(),
        "thresholds": _object(dict.fromkeys(Thresholds.__struct_fields__, NUMBER)),
        "include": {"type": "array", "items": {"type": "string"}},
        "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
        "conditions": {"type": "object", "additionalProperties": CONDITION},
        "synonyms": {"type": "object", "additionalProperties": TEXTS},
        "quoting": _object({"phrases": TEXTS, "reach": WHOLE}, ["phrases"]),
        "negation": _object({"before": TEXTS, "after": TEXTS}),
        "sentiment": _object({"positive": TEXTS, "negative": TEXTS, "negators": TEXTS, "reach": WHOLE}),
    }
    return told.get(key, {"type": "object"})


def _rule() -> Schema:
    applies = {"known": TEXTS, "requires": CONDITION, "agent_turns": WHOLE, "customer_turns": WHOLE}
    told = {
        "id": TEXT,
        "version": TEXT,
        "name": _names(),
        "description": TEXT,
        "kind": _symbols(RuleKind),
        "grain": _symbols(Grain),
        "applies": _object(_known(APPLIES_KEYS, applies)),
        "when": CONDITION,
        "ambiguous": FLAG,
        "reason": TEXT,
        "priority": WHOLE,
        "examples": _object({kind: {"type": "array"} for kind in ("hit", "miss", "uncertain")}),
    }
    return _object(_known(RULE_KEYS, told), ["id", "version", "name", "kind", "when"])


def _scope() -> dict[str, Schema]:
    within = _object(_known(WITHIN_KEYS, dict.fromkeys(WITHIN_KEYS, NUMBER)))
    told = {
        "by": {"enum": list(PARTIES)},
        "within": within,
        "around": _object(_known(AROUND_KEYS, {"of": CONDITION}), ["of"]),
        "words": FLAG,
        "automatic": FLAG,
        "ambiguous": FLAG,
        "except": TEXTS,
        "unless": TEXTS,
        "except_pattern": TEXTS,
        "not_near": _object(_known(NOT_NEAR_KEYS, {"phrases": TEXTS, "distance": WHOLE}), NOT_NEAR_KEYS[:2]),
        "quoted": _symbols(Regard),
        "negated": _symbols(Regard),
    }
    return _known(SCOPE_KEYS, told)


def _operators() -> list[Schema]:
    scope, unit = _scope(), {"enum": list(UNITS)}
    conditions: Schema = {"type": "array", "minItems": 1, "items": CONDITION}
    sounds: Schema = {"anyOf": [FLAG, TEXTS]}
    lists: Schema = {"type": "array", "minItems": 2, "items": TEXTS}
    operators: dict[str, tuple[Schema, dict[str, Any]]] = {
        "all": (conditions, {}),
        "any": (conditions, {}),
        "not": (CONDITION, {}),
        "n_of": (conditions, {"count": WHOLE}),
        "use": (TEXT, {}),
        "said": (TEXTS, {**scope, "match": ANY, "times": WHOLE, "sounds_like": sounds}),
        "says_only": (TEXTS, {"leftover": WHOLE, "by": scope["by"], "automatic": FLAG}),
        "pattern": (TEXTS, scope),
        "near": (lists, {**scope, "distance": WHOLE, "unit": unit, "ordered": FLAG}),
        "similar": (TEXTS, {**scope, "at_least": NUMBER, "band": NUMBER}),
        "entity": ({"anyOf": [_symbols(Entity), {"type": "array"}]}, {"by": scope["by"]}),
        **{name: (body, {}) for name, body in _bodies(scope).items()},
    }
    required = {"n_of": ["count"], "near": ["distance"]}
    return [
        _object({name: body, **options}, [name, *required.get(name, [])])
        for name, (body, options) in operators.items()
    ]


def _bodies(scope: Mapping[str, Schema]) -> dict[str, Schema]:
    """Operators whose options stand inside their braces."""
    compared = _SHARED_COMPARISON
    sentiment = {"of": scope["by"], "part": {"enum": list(PARTS)}, "times": WHOLE, "share": NUMBER}
    sentiment |= {"within": scope["within"], "around": scope["around"]}
    speed = {"by": scope["by"], "of": {"enum": ["average", "turn"]}, "turns": WHOLE, "least_units": WHOLE}
    facts = (*NAMES, *QUANTITIES, "attributes", "survey_comment")
    return {
        "sequence": _object(
            _known(SEQUENCE_KEYS, {"first": CONDITION, "then": CONDITION}), SEQUENCE_KEYS[:2]
        ),
        "script": _object({"steps": {"type": "array", "minItems": 1}, "ordered": FLAG}, ["steps"]),
        "gap": _object({**_known(GAP_KEYS, {}), **compared}),
        "interruptions": _object({"by": scope["by"], **compared}),
        "speed": _object({**speed, **compared}),
        "raised_voice": _object({**_known(RAISED_VOICE_KEYS, {"above_db": NUMBER, **scope}), **compared}),
        "monologue": _object({**_known(MONOLOGUE_KEYS, {"times": WHOLE, **scope}), **compared}),
        "reply": _object({"which": {"enum": ["first", "any"]}, **compared}),
        "contact": _object(_known(facts, {})),
        "self_service": _object(_known(SELF_SERVICE_KEYS, {})),
        "number": _object({"unit": TEXTS, **scope, **compared}, ["unit"]),
        "repeated": _object(_known(REPEATED_KEYS, {"times": WHOLE}), ["times"]),
        "sentiment": _object({**sentiment, **compared}),
    }
