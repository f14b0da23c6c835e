"""JSON Schema of the answer, kept by hand beside the contract it describes (interface section 2).

A test holds it against `model/answer.py`: every field has its property, in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Schema = dict[str, object]

SCHEMA_ID: Final = "https://json-schema.org/draft/2020-12/schema"

TEXT: Final[Schema] = {"type": "string"}
WORDS: Final[Schema] = {"type": "string", "minLength": 1}
TEXT_OR_NULL: Final[Schema] = {"type": ["string", "null"]}
TEXTS: Final[Schema] = {"type": "array", "items": {"type": "string"}}
FLAG: Final[Schema] = {"type": "boolean"}
NUMBER: Final[Schema] = {"type": "number"}
NUMBER_OR_NULL: Final[Schema] = {"type": ["number", "null"]}
COUNT_OR_NULL: Final[Schema] = {"type": ["integer", "null"]}
DAY: Final[Schema] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
SHA: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
DRUG: Final[Schema] = {"type": "string", "pattern": "^[a-z0-9-]+$"}
REGIMEN: Final[Schema] = {"type": "string", "pattern": r"^[a-z0-9-]+(\+[a-z0-9-]+)*$"}
SCALAR: Final[Schema] = {"type": ["string", "number", "boolean", "null"]}

OUTCOMES: Final = ("out_of_scope", "not_treatment", "abstention", "regimens")
GUIDELINES: Final = ("simit-2022", "escmid-2022", "idsa-2026")
CERTAINTIES: Final = ("high", "moderate", "low", "very_low", None)
STRENGTHS: Final = ("strong", "conditional", "good_practice", "not_graded", None)
BASES: Final = (
    "guideline_graded",
    "guideline_not_graded",
    "label",
    "eucast",
    "observational",
    "in_vitro_or_animal",
    "tool_policy",
    "derived",
)
DOSE_BASES: Final = ("label", "guideline", "eucast", "tool_policy", "derived")
UNIT_SYSTEMS: Final = (
    "million-units-colistimethate",
    "mg-colistin-base",
    "mg-polymyxin-b",
    "units-polymyxin-b",
)
VERDICTS: Final = ("not_assessed", "not_assessable", "harmful", "inadequate", "appropriate")
TO_DO: Final = ("stop", "replace", "adjust", "add", "call")
KIDNEY_METHODS: Final = ("given", "cockcroft-gault", "renal-replacement", "unknown")


def one_of(*values: str | None) -> Schema:
    """An enumeration; None stands for null."""
    return {"enum": list(values)}


def record(*, optional: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """An object with exactly these keys, all required but the optional ones."""
    return {
        "type": "object",
        "properties": properties,
        "required": [key for key in properties if key not in optional],
        "additionalProperties": False,
    }


def a(name: str) -> Schema:
    """A reference to one of the records below."""
    return {"$ref": f"#/$defs/{name}"}


def a_or_null(name: str) -> Schema:
    """A reference, or null."""
    return {"anyOf": [a(name), {"type": "null"}]}


def many(name: str) -> Schema:
    """An array of one kind of record."""
    return {"type": "array", "items": a(name)}


def open_map(values: Schema) -> Schema:
    """An object whose keys are data (drug names, case keys), not contract."""
    return {"type": "object", "additionalProperties": values}


SOURCES: Final = many("Cited")
FLIPS: Final = ("outcome", "preferred", "stop", "dose", "regimens")
CHANGES: Final[Schema] = {"type": "object", "minProperties": 1}  # case keys to values of any kind

RECORDS: Final[Mapping[str, Schema]] = {
    "Cited": record(id=WORDS, at=TEXT),
    "Finding": record(
        stage=WORDS,
        rule=WORDS,
        result=one_of("true", "false", "unknown"),
        compared=open_map(SCALAR),
        sources=SOURCES,
        text=TEXT,
    ),
    "PairSupport": record(
        step=one_of("aztreonam-avibactam", "combined-test", "disk-proximity", "none"),
        text=TEXT,
        request=TEXT,
    ),
    "PerKg": record(
        mg_per_kg=NUMBER,
        to_mg_per_kg=NUMBER_OR_NULL,
        weight_kg=NUMBER_OR_NULL,
        weight_basis=one_of("actual", "ideal", "adjusted"),
    ),
    "Units": record(system=one_of(*UNIT_SYSTEMS), amount=NUMBER, to_amount=NUMBER_OR_NULL),
    "Dose": record(
        text=WORDS,
        total_mg=NUMBER_OR_NULL,
        to_total_mg=NUMBER_OR_NULL,
        components_mg={"anyOf": [open_map(NUMBER), {"type": "null"}]},
        per_kg=a_or_null("PerKg"),
        units=a_or_null("Units"),
    ),
    "CrclBand": record(
        from_ml_min=NUMBER, from_included=FLAG, to_ml_min=NUMBER_OR_NULL, to_included=FLAG
    ),
    "BandEdge": record(distance_ml_min=NUMBER, dose_beyond=TEXT),
    "BandDose": record(
        band=WORDS,
        loading_dose=a_or_null("Dose"),
        maintenance_dose=a_or_null("Dose"),
        interval_h=NUMBER_OR_NULL,
        to_interval_h=NUMBER_OR_NULL,
        infusion_h=NUMBER_OR_NULL,
        text=TEXT,
        sources=SOURCES,
    ),
    "AlternativeDose": record(
        why=one_of("aki-first-48-h", "oral", "label"),
        route=WORDS,
        loading_dose=a_or_null("Dose"),
        maintenance_dose=a_or_null("Dose"),
        interval_h=NUMBER_OR_NULL,
        infusion_h=NUMBER_OR_NULL,
        sources=SOURCES,
        text=TEXT,
    ),
    "DrugOrder": record(
        drug=DRUG,
        route=WORDS,
        loading_dose=a_or_null("Dose"),
        maintenance_dose=a_or_null("Dose"),
        interval_h=NUMBER_OR_NULL,
        to_interval_h=NUMBER_OR_NULL,
        doses=COUNT_OR_NULL,
        infusion_h=NUMBER_OR_NULL,
        to_infusion_h=NUMBER_OR_NULL,
        daily_max_mg=NUMBER_OR_NULL,
        crcl_band=a_or_null("CrclBand"),
        band_edge=a_or_null("BandEdge"),
        bands={"anyOf": [many("BandDose"), {"type": "null"}]},
        alternative_dose=a_or_null("AlternativeDose"),
        dialysis=TEXT_OR_NULL,
        basis=one_of(*DOSE_BASES),
        sources=SOURCES,
        pending=TEXT_OR_NULL,
        notes=TEXTS,
    ),
    "Offer": record(
        id=REGIMEN,
        rank=one_of("preferred", "alternative", "last_resort"),
        order={"type": "integer", "minimum": 1},
        provisional=FLAG,
        conditions=TEXTS,
        companions=many("DrugOrder"),
        support=one_of("susceptible", "untested", "not_needed"),
        strength=one_of(*STRENGTHS),
        certainty=one_of(*CERTAINTIES),
        basis=one_of(*BASES),
        because=TEXTS,
        sources=SOURCES,
        drugs={"type": "array", "items": a("DrugOrder"), "minItems": 1},
        administration=TEXTS,
        supply=TEXTS,
    ),
    "Rejected": record(id=REGIMEN, because=TEXTS, rules=TEXTS, sources=SOURCES),
    "Abstention": record(
        reason=WORDS,
        would_settle=TEXTS,
        ask=TEXT,
        running_drug=TEXT,
        sources=SOURCES,
        rule=TEXT,
        lines=TEXTS,
    ),
    "Information": record(id=REGIMEN, status=open_map(TEXT), text=TEXT),
    "Alert": record(
        id={"type": "string", "pattern": "^[a-z0-9-]+$"},
        tier=one_of("stop", "caution", "note"),
        text=WORDS,
        action=TEXT,
        sources=SOURCES,
        standing=FLAG,
        acknowledged={"type": ["string", "null"], "minLength": 1},
        priority={"type": "integer"},
    ),
    "Change": record(
        order={"type": "integer", "minimum": 1},
        do=one_of(*TO_DO),
        to={"anyOf": [REGIMEN, {"type": "null"}]},
        because=WORDS,
    ),
    "OrderLine": record(
        order={"type": "integer", "minimum": 1},
        drug={"anyOf": [DRUG, {"type": "null"}]},
        text=WORDS,
        assessed=FLAG,
    ),
    "OrderCheck": record(
        verdict=one_of(*VERDICTS),
        alerts=many("Alert"),
        change=many("Change"),
        orders=many("OrderLine"),
    ),
    "SusceptibilityLine": record(
        drug=WORDS,
        mic_mg_l=TEXT_OR_NULL,
        zone_mm=NUMBER_OR_NULL,
        reported=TEXT_OR_NULL,
        read_as=TEXT_OR_NULL,
        breakpoint=TEXT_OR_NULL,
        used=WORDS,
        why=TEXT,
        standard=TEXT_OR_NULL,
        version=TEXT_OR_NULL,
    ),
    "Position": record(
        guideline=one_of(*GUIDELINES),
        outcome=one_of(*OUTCOMES),
        preferred={"type": "array", "items": REGIMEN},
        alternative={"type": "array", "items": REGIMEN},
        last_resort={"type": "array", "items": REGIMEN},
        provisional={"type": "array", "items": REGIMEN},
        strength=one_of(*STRENGTHS),
        certainty=one_of(*CERTAINTIES),
        note=TEXT,
        rows=TEXTS,
    ),
    "WouldChange": record(
        set=CHANGES,
        outcome=one_of(*OUTCOMES),
        preferred={"type": "array", "items": REGIMEN},
        doses_change=FLAG,
        alerts_added=TEXTS,
        key=WORDS,
        flips={"type": "array", "minItems": 1, "items": one_of(*FLIPS)},
        alerts_removed=TEXTS,
        also={"type": "array", "items": CHANGES},
        says=WORDS,
        text=WORDS,
    ),
    "MissingEffect": record(
        key=WORDS, effect=one_of("none", "dose", "regimen", "outcome"), detail=WORDS, name=WORDS
    ),
    "NextQuestion": record(
        key=WORDS,
        kind=one_of("test", "question", "stock"),
        effect=one_of("dose", "regimen", "outcome"),
        text=WORDS,
        because=WORDS,
    ),
    "NotAssessed": record(what=WORDS, why=TEXT, supply=TEXT, keys=TEXTS),
    "Monitoring": record(test=WORDS, when=TEXT, sources=SOURCES),
    "Duration": record(
        text=WORDS, from_days=NUMBER_OR_NULL, to_days=NUMBER_OR_NULL, sources=SOURCES
    ),
    "ReviewDue": record(text=WORDS, first_on=DAY, last_on=DAY, counted_from=TEXT, short=TEXT),
    "CaseRef": record(
        optional=("line",),
        id=TEXT_OR_NULL,
        path=TEXT_OR_NULL,
        sha256={"anyOf": [SHA, {"type": "null"}]},
        line={"type": "integer", "minimum": 1},
    ),
    "Provenance": record(
        tool_version=WORDS,
        knowledge_version=WORDS,
        knowledge_sha256=SHA,
        reviewed_on=DAY,
        review_due_on=DAY,
        guideline=one_of(*GUIDELINES),
        region=one_of("EU", "US"),
        breakpoints=WORDS,
        advised_on=DAY,
        local_override={
            "anyOf": [
                record(path=TEXT_OR_NULL, sha256=TEXT_OR_NULL, keys=TEXTS),
                {"type": "null"},
            ]
        },
        signed_off_by={"type": "null"},
        guideline_from=TEXT,
        region_from=TEXT,
    ),
    "Kidney": record(
        crcl_ml_min=NUMBER_OR_NULL,
        method=one_of(*KIDNEY_METHODS),
        weight_kg=NUMBER_OR_NULL,
        weight_basis=TEXT_OR_NULL,
        age_of_creatinine_days=COUNT_OR_NULL,
        text=TEXT,
    ),
}

ANSWER: Final = record(
    schema_version={"const": "1"},
    case=a("CaseRef"),
    provenance=a("Provenance"),
    outcome=one_of(*OUTCOMES),
    dose_pending=FLAG,
    summary={"type": "string", "minLength": 1, "maxLength": 140},
    indicator=one_of("info", "warning", "critical"),
    regimens=many("Offer"),
    rejected=many("Rejected"),
    abstention=a_or_null("Abstention"),
    information=many("Information"),
    alerts=many("Alert"),
    order_check=a("OrderCheck"),
    susceptibilities=many("SusceptibilityLine"),
    guideline_positions=many("Position"),
    would_change={"anyOf": [many("WouldChange"), {"type": "null"}]},
    missing_value_effects={"anyOf": [many("MissingEffect"), {"type": "null"}]},
    not_assessed=many("NotAssessed"),
    lab_requests=TEXTS,
    monitoring=many("Monitoring"),
    duration=a_or_null("Duration"),
    step_down=TEXT_OR_NULL,
    review_due=a_or_null("ReviewDue"),
    findings={"anyOf": [many("Finding"), {"type": "null"}]},
    notes=TEXTS,
    kidney=a("Kidney"),
    note=TEXT_OR_NULL,
    headline=TEXT,
    lab_names=TEXTS,
    allergies={"anyOf": [TEXTS, {"type": "null"}]},
    pair_support=a("PairSupport"),
    next_question=a_or_null("NextQuestion"),
)


def answer_schema() -> Schema:
    """Return the schema of one answer: a fresh dict that the caller may change."""
    return {
        "$schema": SCHEMA_ID,
        "title": "ndm_advisor answer",
        "description": "One case's answer, version 1. Amounts are mg for one administration.",
        **ANSWER,
        "$defs": dict(RECORDS),
    }
