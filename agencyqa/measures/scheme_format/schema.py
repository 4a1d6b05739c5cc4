"""The JSON Schema of scheme files, made from their models, for editors that check while somebody writes."""

from __future__ import annotations

import json
from typing import Any

from agencyqa.measures.scheme_format.fields import POINTS_SCHEMA
from agencyqa.measures.scheme_format.model import SchemeFile
from agencyqa.scoring import format_points

_POINTS = {"$ref": "#/$defs/Points"}


def scheme_schema() -> dict[str, Any]:
    """What a schema can say: names, kinds and choices. Sums, overlaps and conditions are checked on reading."""
    schema: dict[str, Any] = _tidy(SchemeFile.model_json_schema(mode="validation"))
    schema["$defs"]["Points"] = dict(POINTS_SCHEMA)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "AgencyQA scheme", **schema}


def schema_text() -> str:
    return json.dumps(scheme_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _tidy(held: Any) -> Any:
    """Points in one place, their defaults as the file writes them, and no titles made up from names."""
    if isinstance(held, list):
        return [_tidy(each) for each in held]
    if not isinstance(held, dict):
        return held
    if held.get("description") == POINTS_SCHEMA["description"]:
        default = held.get("default")
        return _POINTS if default is None else {**_POINTS, "default": format_points(default)}
    return {
        name: _tidy(each) for name, each in held.items() if not (name == "title" and isinstance(each, str))
    }
