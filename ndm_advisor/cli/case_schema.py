"""The JSON Schema of a case file: the model's own, with the short forms a file may use."""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_ONLY_READER: Final = "drug_id"  # set by the reader, refused in a file
_NUMBER_OR_TEXT: Final[Schema] = {"anyOf": [{"type": "string"}, {"type": "number"}]}


def case_schema() -> Schema:
    """Return the schema of a case as JSON: dates and times are strings, absent may be null."""
    from ndm_advisor.model.case import Case, Hospital, Panel, Patient  # noqa: PLC0415

    for table in (Panel, Patient, Hospital):
        table.model_rebuild()  # built late; pydantic before 2.13 cannot write their defaults
    made: Schema = Case.model_json_schema()
    records: Schema = made["$defs"]
    for record in records.values():
        if record["properties"].pop(_ONLY_READER, None) is not None:
            del record["description"]  # it speaks of that key
    _allow_short_forms(records)
    records["Order"]["properties"]["start_time"] = {
        "anyOf": [{"type": "string", "pattern": r"^\d{1,2}:\d{2}(:\d{2})?$"}, {"type": "null"}],
        "default": None,
    }
    return {
        "$schema": _DRAFT,
        "title": "ndm_advisor case",
        "description": "One case, format ndm-advisor/case/1. A key that is absent is not known.",
        **{key: value for key, value in made.items() if key not in {"title", "description"}},
    }


def _allow_short_forms(records: Schema) -> None:
    """A panel row may be its category or MIC alone; a medicine is its name; an MIC a number."""
    rows = records["Panel"]["properties"]["results"]
    rows["additionalProperties"] = {
        "anyOf": [{"type": "string"}, {"$ref": "#/$defs/PanelResult"}, {"type": "null"}]
    }
    records["PanelResult"]["properties"]["mic_mg_l"] = {
        "anyOf": [*_NUMBER_OR_TEXT["anyOf"], {"type": "null"}],
        "default": None,
    }
    records["Patient"]["properties"]["medicines"] = {
        "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "null"}],
        "default": None,
    }
    del records["Medicine"]
