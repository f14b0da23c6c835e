"""Vectors to cases, as cheap as ten million of them ask for, and to case files."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from ndm_advisor.model.case import (
    FORMAT,
    Allergy,
    Case,
    Hospital,
    Infection,
    Isolate,
    Medicine,
    Panel,
    PanelResult,
    Patient,
)
from ndm_advisor.read.write_case import to_toml
from tests.proof.sweep.axes import AXES
from tests.proof.sweep.groups import Vector

_M = TypeVar("_M", bound=BaseModel)
ON: Final = date(2026, 11, 22)
_RESULTS: Final = "panel.results."
_STOCK: Final = "hospital.stock."


def _row(value: Any) -> PanelResult:
    if isinstance(value, str):
        return PanelResult.model_validate({"category": value})
    return PanelResult.model_validate(value)


def _field(key: str, value: Any) -> Any:
    """A value as the model holds it. Shared by every case: the models are frozen."""
    if key.startswith(_RESULTS):
        return _row(value)
    if key == "patient.allergies":
        known = {"a substance nobody knows"}
        return tuple(
            Allergy(**entry, drug_id=None if entry["drug"] in known else _id(entry["drug"]))
            for entry in value
        )
    if key == "patient.medicines":
        return tuple(Medicine(drug=name) for name in value)
    if key == "patient.creatinine_measured_on":
        return ON - timedelta(days=value)
    return value


_IDS: Final = frozenset(
    {
        "ceftazidime", "aztreonam", "cefiderocol", "ceftriaxone", "amoxicillin", "meropenem",
        "ceftazidime-avibactam", "aztreonam-avibactam", "gentamicin", "ciprofloxacin",
        "trimethoprim-sulfamethoxazole", "nitrofurantoin", "tigecycline", "colistin",
    }
)  # fmt: skip


def _id(drug: str) -> str | None:
    """The id the reader finds; `fosfomycin` without a route is read as the intravenous drug."""
    return "fosfomycin-iv" if drug == "fosfomycin" else drug if drug in _IDS else None


_HELD: Final = tuple(
    tuple(None if value is None else _field(axis.key, value) for value in axis.values)
    for axis in AXES
)


def _places(prefix: str) -> tuple[tuple[int, str], ...]:
    return tuple(
        (place, axis.key.removeprefix(prefix))
        for place, axis in enumerate(AXES)
        if axis.key.startswith(prefix)
    )


_OF_TABLE: Final = {
    "isolate": _places("isolate."),
    "infection": _places("infection."),
    "patient": _places("patient."),
}
_OF_PANEL: Final = _places(_RESULTS)
_OF_STOCK: Final = _places(_STOCK)
_REST: Final = {
    key: next(place for place, axis in enumerate(AXES) if axis.key == key)
    for key in (
        "panel.standard",
        "panel.version",
        "hospital.guideline",
        "hospital.region",
        "hospital.aztreonam_interval_h",
    )
}


def case_of(made: Vector) -> Case:
    """The case of a vector. Not validated: a test proves on a sample that the reader agrees."""
    panel = _given(made, "panel.standard", "panel.version")
    panel["results"] = _named(_OF_PANEL, made)
    hospital = _given(
        made, "hospital.guideline", "hospital.region", "hospital.aztreonam_interval_h"
    )
    hospital["stock"] = _named(_OF_STOCK, made)
    return _model(
        Case,
        {
            "format": FORMAT,
            "isolate": _model(Isolate, _named(_OF_TABLE["isolate"], made)),
            "panel": _model(Panel, panel),
            "infection": _model(Infection, _named(_OF_TABLE["infection"], made)),
            "patient": _model(Patient, _named(_OF_TABLE["patient"], made)),
            "hospital": _model(Hospital, hospital),
        },
    )


_MODELS: Final[tuple[type[BaseModel], ...]] = (
    Case,
    Isolate,
    Panel,
    Infection,
    Patient,
    Hospital,
)
_BLANK: Final = {kind: kind.model_construct().__dict__ for kind in _MODELS}


def _model(kind: type[_M], fields: dict[str, Any]) -> _M:
    """As `kind.model_construct(**fields)`, which would look for each default again."""
    made = kind.__new__(kind)
    object.__setattr__(made, "__dict__", _BLANK[kind] | fields)
    object.__setattr__(made, "__pydantic_fields_set__", set(fields))
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made


def _named(places: tuple[tuple[int, str], ...], made: Vector) -> dict[str, Any]:
    found = {}
    for place, name in places:
        held = _HELD[place][made[place]]
        if held is not None:
            found[name] = held
    return found


def _given(made: Vector, *keys: str) -> dict[str, Any]:
    found = {}
    for key in keys:
        place = _REST[key]
        held = _HELD[place][made[place]]
        if held is not None:
            found[key.partition(".")[2]] = held
    return found


@cache
def optional_places() -> tuple[int, ...]:
    """The facts that may be taken out: all but those required, and the settings of policy 10."""
    settings = {"panel.version", "hospital.guideline", "hospital.region"}
    required = {"isolate.organism", "infection.site"}
    return tuple(p for p, axis in enumerate(AXES) if axis.key not in settings | required)


def case_file(made: Vector, faults: list[str]) -> str:
    """A counterexample as the case file that `ndm-advisor advise` reads."""
    said = "".join(f"# {fault}\n" for fault in faults)
    return f"# Counterexample of the sweep, constructed; advise it on {ON}:\n{said}" + to_toml(
        case_of(made)
    )
