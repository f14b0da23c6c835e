"""A case: what is known about one isolate, one infection and one patient on the date of advice.

Frozen models with the keys of the case file (interface section 1). None means "not given", which
is never the same as "no": `()` and False are answers. Drug and organism names are canonical ids
here; `read/` resolves them before a model is built. Plausible ranges are the reader's business too.

This module has no `from __future__ import annotations` on purpose: pydantic would have to evaluate
every annotation from its text, which costs a tenth of the start-up time of the whole program.
"""

import json
import re
from datetime import date, time
from typing import Annotated, Final, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field

from ndm_advisor.model.mic import Category, is_category
from ndm_advisor.model.quantities import Count, NotNegative, Positive

FORMAT: Final = "ndm-advisor/case/1"
COMBINED_TEST: Final = "ceftazidime-avibactam+aztreonam"
FOSFOMYCIN_NO_ROUTE: Final = "fosfomycin"  # a panel row whose route is not stated: read for neither

Mbl = Literal["confirmed", "suspected", "ruled-out", "unknown"]
MblFamily = Literal["NDM", "VIM", "IMP", "other", "unknown"]
MblMethod = Literal[
    "pcr", "sequencing", "immunochromatography", "mcim-ecim", "inhibitor-panel", "other"
]
Pbp3Insertion = Literal["YRIN", "YRIK", "TIPY", "other", "none"]
Standard = Literal["EUCAST", "CLSI", "FDA"]
CombinedMethod = Literal["broth-disk-elution", "strip-stacking", "disk-proximity"]
Site = Literal[
    "cystitis",
    "complicated-uti",
    "bloodstream",
    "intra-abdominal",
    "pneumonia",
    "skin-soft-tissue",
    "bone-joint",
    "cns",
    "endovascular",
    "colonisation",
    "other",
]
BloodstreamSource = Literal[
    "complicated-uti",
    "intra-abdominal",
    "pneumonia",
    "skin-soft-tissue",
    "bone-joint",
    "endovascular",
    "central-line",
    "cns",
    "other",
    "unknown",
]
Device = Literal["urinary-catheter", "central-line", "prosthesis", "stent", "drain", "none"]
RenalReplacement = Literal[
    "none", "intermittent-haemodialysis", "crrt", "peritoneal-dialysis", "sled"
]
Condition = Literal[
    "seizures",
    "myasthenia-gravis",
    "prolonged-qt",
    "heart-failure",
    "g6pd-deficiency",
    "porphyria",
    "bone-marrow-transplant",
]
Guideline = Literal["simit-2022", "escmid-2022", "idsa-2026"]
Region = Literal["EU", "US"]
Route = Literal["iv", "oral", "im", "inhaled", "other"]

_Flag = Annotated[bool, Field(strict=True)]
_Date = Annotated[date, Field(strict=True)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Isolate(_Frozen):
    """The organism grown and what is known of its mechanisms."""

    organism: str
    mbl: Mbl | None = None
    mbl_family: MblFamily | None = None
    mbl_method: MblMethod | None = None
    mbl_on: Literal["current", "previous"] | None = None
    other_carbapenemases: tuple[str, ...] | None = None
    pbp3_insertion: Pbp3Insertion | None = None
    methyltransferase_16s: _Flag | None = None


class PanelResult(_Frozen):
    """One row of the panel: what the laboratory reported, in its own writing."""

    mic_mg_l: str | None = None
    zone_mm: NotNegative | None = None
    category: Category | None = None
    method: CombinedMethod | None = None
    standard: Standard | None = None


class Panel(_Frozen):
    """`results` maps drug ids to rows; a drug that is not in it was not tested."""

    standard: Standard | None = None
    version: str | None = None
    results: dict[str, PanelResult] = {}


class Infection(_Frozen):
    """Where the infection is, how ill the patient, what has been done."""

    site: Site
    source: BloodstreamSource | None = None
    severity: Literal["severe", "non-severe"] | None = None
    septic_shock: _Flag | None = None
    sofa_rise: Count | None = None
    pitt_score: Count | None = None
    increment_cpe_score: Count | None = None
    source_control: Literal["achieved", "pending", "not-possible", "not-needed"] | None = None
    device: Device | None = None
    polymicrobial: _Flag | None = None
    other_organisms: tuple[str, ...] | None = None
    anaerobes: _Flag | None = None
    active_therapy_started_on: _Date | None = None
    urology_procedure_planned: _Flag | None = None
    deteriorating: _Flag | None = None


class Allergy(_Frozen):
    """`drug` is the text as given; `drug_id` is None where the base does not know it."""

    drug: str
    drug_id: str | None = None
    reaction: str | None = None
    severity: Literal["severe", "mild", "unknown"] | None = None


class Medicine(_Frozen):
    """`drug` is the text as given; `drug_id` is None where the base does not know it."""

    drug: str
    drug_id: str | None = None


class Patient(_Frozen):
    """The patient. `allergies`, `medicines`, `conditions`: None is not asked, `()` is none."""

    age_years: Count | None = None
    sex: Literal["female", "male"] | None = None
    weight_kg: Positive | None = None
    height_cm: Positive | None = None
    crcl_ml_min: NotNegative | None = None
    creatinine_umol_l: Positive | None = None
    creatinine_mg_dl: Positive | None = None
    egfr_ml_min_1_73m2: NotNegative | None = None
    creatinine_measured_on: _Date | None = None
    renal_replacement: RenalReplacement | None = None
    residual_crcl_ml_min: NotNegative | None = None
    crrt_effluent_l_h: Positive | None = None
    aki_within_48h: _Flag | None = None
    baseline_ckd: _Flag | None = None
    child_pugh: Literal["A", "B", "C"] | None = None
    pregnant: _Flag | None = None
    gestation_weeks: NotNegative | None = None
    breast_feeding: _Flag | None = None
    allergies: tuple[Allergy, ...] | None = None
    medicines: tuple[Medicine, ...] | None = None
    conditions: tuple[Condition, ...] | None = None


class Hospital(_Frozen):
    """What the place decides. `stock` maps drug ids; a drug that is not in it is unknown."""

    guideline: Guideline | None = None
    region: Region | None = None
    stock: dict[str, _Flag] = {}
    aztreonam_interval_h: Literal[6, 8] | None = None


class Order(_Frozen):
    """`drug` is the text as given; `drug_id` is None where the base does not know it."""

    drug: str
    drug_id: str | None = None
    dose_mg: Positive | None = None
    components_mg: dict[str, Positive] | None = None
    dose_mg_colistin_base: Positive | None = None
    dose_million_units: Positive | None = None
    dose_mg_polymyxin_b: Positive | None = None
    dose_units: Positive | None = None
    interval_h: Positive | None = None
    infusion_h: NotNegative | None = None
    route: Route | None = None
    start_time: Annotated[time, Field(strict=True)] | None = None
    kind: Literal["loading", "maintenance"] | None = None
    started_on: _Date | None = None


class Case(_Frozen):
    """The whole case. Equal cases have equal `canonical_json`."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=False)

    format: Literal["ndm-advisor/case/1"]
    id: str | None = None
    note: str | None = None
    reported_on: _Date | None = None
    isolate: Isolate
    panel: Panel = Panel.model_construct()
    infection: Infection
    patient: Patient = Patient.model_construct()
    hospital: Hospital = Hospital.model_construct()
    orders: tuple[Order, ...] = ()

    def with_(self, key: str, value: object) -> Self:
        """A copy in which the dotted `key` holds `value`; None takes it out again.

        Names in the key are canonical ids (`panel.results.aztreonam-avibactam`), orders count from
        1 (`orders.1.interval_h`). A panel row may be given as its category or MIC. The copy is
        validated like any case; plausible ranges and rules between keys are not asked again.

        Raises:
            ValueError: the result is no valid case (pydantic's own error is one too).
            KeyError: a key the case file does not have, or a row or order that is not there.
        """
        table, _, rest = key.partition(".")
        if not rest:
            return type(self).model_validate(self._fields_with(table, value))
        if table == "orders":
            return self._with_order(rest, value)
        if table not in ("isolate", "panel", "infection", "patient", "hospital"):
            raise KeyError(key)
        part = cast(BaseModel, getattr(self, table))
        field, _, inner = rest.partition(".")
        if field not in type(part).model_fields:
            raise KeyError(key)
        new = _entry_with(field, getattr(part, field), inner, value) if inner else value
        fields = {name: getattr(part, name) for name in part.model_fields_set} | {field: new}
        if new is None:
            del fields[field]
        return self.model_copy(update={table: type(part).model_validate(fields)})

    def _fields_with(self, key: str, value: object) -> dict[str, object]:
        if key not in type(self).model_fields:
            raise KeyError(key)
        fields = {name: getattr(self, name) for name in self.model_fields_set} | {key: value}
        return {name: given for name, given in fields.items() if given is not None}

    def _with_order(self, rest: str, value: object) -> Self:
        position, _, field = rest.partition(".")
        index = int(position) - 1 if position.isdecimal() else -1
        if not 0 <= index < len(self.orders) or field not in Order.model_fields:
            raise KeyError(f"orders.{rest}")
        order = self.orders[index]
        fields = {name: getattr(order, name) for name in order.model_fields_set} | {field: value}
        new = Order.model_validate({k: v for k, v in fields.items() if v is not None})
        orders = (*self.orders[:index], new, *self.orders[index + 1 :])
        return self.model_copy(update={"orders": orders})


def panel_result(text: str) -> dict[str, str]:
    """The fields of a panel row that was given as one string: a category, else an MIC."""
    return {"category": text} if is_category(text) else {"mic_mg_l": text}


def canonical_json(case: Case) -> bytes:
    """The case as JSON in one form only: keys sorted, names canonical, nothing absent written.

    It is a case file itself. Its SHA-256 is the same for every file format and every spelling of a
    drug's name, and differs as soon as a value does.
    """
    document = case.model_dump(mode="json", exclude_none=True)
    for order in document["orders"]:
        order["drug"] = order.pop("drug_id", order["drug"])
    patient = document["patient"]
    for allergy in patient.get("allergies", ()):
        allergy["drug"] = allergy.pop("drug_id", allergy["drug"])
    if "medicines" in patient:
        patient["medicines"] = [row.get("drug_id", row["drug"]) for row in patient["medicines"]]
    for table, key in (("panel", "results"), ("hospital", "stock")):
        if not document[table][key]:
            del document[table][key]
    written = {key: part for key, part in document.items() if part not in ({}, [])}
    return json.dumps(
        written, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def _entry_with(field: str, entries: object, name: str, value: object) -> dict[str, object]:
    """`panel.results` or `hospital.stock` with one entry set, or one key of a row, or taken out."""
    if not isinstance(entries, dict):
        raise KeyError(f"{field}.{name}")
    if field == "results":
        drug, column = _row_and_column(name)
        if column:
            row: dict[str, object] = dict(entries[drug]) if drug in entries else {}
            value = {k: v for k, v in (row | {column: value}).items() if v is not None} or None
        elif isinstance(value, str):
            value = panel_result(value)
    else:
        drug = name
    kept = {key: entry for key, entry in entries.items() if key != drug}
    return kept if value is None else kept | {drug: value}


def _row_and_column(name: str) -> tuple[str, str]:
    """Split `cefiderocol.zone_mm`; spaces round a plus and quotes are the file's writing only."""
    columns = "|".join(PanelResult.model_fields)
    match = re.fullmatch(rf"(.+?)(?:\.({columns}))?", name)
    if match is None:
        raise KeyError(name)
    return re.sub(r" *\+ *", "+", match[1].strip('"')), match[2] or ""
