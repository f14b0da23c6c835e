"""A blank case file: every key as a comment, with what may stand there.

Values, units and ranges are those of the model of a case, so that the page cannot lag behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Final

from ndm_advisor.cli.asking.wording import values_of
from ndm_advisor.model.case import FORMAT
from ndm_advisor.model.quantities import (
    INFECTION_RANGES,
    ORDER_RANGES,
    PATIENT_RANGES,
    RESULT_RANGES,
)
from ndm_advisor.read.reading import number_text

PLACEHOLDER: Final = "CHANGE THIS"
_WIDTH: Final = 79
_RANGES: Final = PATIENT_RANGES | INFECTION_RANGES | ORDER_RANGES | RESULT_RANGES

_HEAD: Final = f"""\
# A blank case for ndm-advisor. Change the two lines that say "{PLACEHOLDER}".
# Of the others take away the # and the blank after it, and write what is known.
# A line that stays a comment says "not known": never "no", never "S".
# No name, date of birth or hospital number of a patient belongs here.
# `ndm-advisor validate FILE` checks the file, `ndm-advisor advise FILE` answers it.

format = "{FORMAT}"
"""
_ORDERS: Final = "What is ordered or running now, one table each. Only drug is required."

# An example for each key whose values do not say it themselves, and a remark where one is needed.
_EXAMPLES: Final[Mapping[str, Mapping[str, str]]] = {
    "": {
        "id": '"ward7-0231"',
        "note": '"free text, shown, never interpreted"',
        "reported_on": "2026-11-20",
    },
    "isolate": {
        "mbl": "",
        "mbl_family": "",
        "mbl_method": "",
        "mbl_on": "",
        "other_carbapenemases": '["OXA-48-like"]',
        "pbp3_insertion": "",
        "methyltransferase_16s": "",
    },
    "panel": {"standard": "", "version": '"2026"'},
    "panel.results": {
        "aztreonam-avibactam": '{ mic_mg_l = "0.5", category = "S" }',
        '"ceftazidime-avibactam + aztreonam"': '{ category = "S", method = "broth-disk-elution" }',
        "cefiderocol": "{ zone_mm = 23 }",
        "meropenem": '"R"',
        "ceftazidime-avibactam": '">32"',
        "tigecycline": '{ category = "S", standard = "FDA" }',
        '"fosfomycin (iv)"': '"pending"',
    },
    "infection": {
        "source": "",
        "severity": "",
        "septic_shock": "",
        "sofa_rise": "2",
        "pitt_score": "4",
        "increment_cpe_score": "8",
        "source_control": "",
        "device": "",
        "polymicrobial": "",
        "other_organisms": '["Enterococcus faecalis"]',
        "anaerobes": "",
        "active_therapy_started_on": "2026-11-20",
        "urology_procedure_planned": "",
        "deteriorating": "",
    },
    "patient": {
        "age_years": "67",
        "sex": "",
        "weight_kg": "71",
        "height_cm": "165",
        "crcl_ml_min": "45",
        "creatinine_umol_l": "120",
        "creatinine_mg_dl": "1.4",
        "egfr_ml_min_1_73m2": "48",
        "creatinine_measured_on": "2026-11-20",
        "renal_replacement": "",
        "residual_crcl_ml_min": "8",
        "crrt_effluent_l_h": "2.5",
        "aki_within_48h": "",
        "baseline_ckd": "",
        "child_pugh": "",
        "pregnant": "",
        "gestation_weeks": "30",
        "breast_feeding": "",
        "allergies": '[{ drug = "ceftazidime", reaction = "anaphylaxis" }]',
        "medicines": '["valproate"]',
        "conditions": '["prolonged-qt"]',
    },
    "hospital": {
        "guideline": "",
        "region": "",
        "stock": "{ aztreonam-avibactam = false, cefiderocol = true }",
        "aztreonam_interval_h": "8",
    },
    "orders": {
        "drug": '"aztreonam"',
        "dose_mg": "2000",
        "components_mg": "{ aztreonam = 2000 }",
        "dose_mg_colistin_base": "150",
        "dose_million_units": "4.5",
        "dose_mg_polymyxin_b": "100",
        "dose_units": "1000000",
        "interval_h": "8",
        "infusion_h": "3",
        "route": "",
        "start_time": "08:00:00",
        "kind": "",
        "started_on": "2026-11-20",
    },
}
_REMARKS: Final[Mapping[str, str]] = {
    "id": "a label, never a patient identifier",
    "reported_on": "date of the susceptibility report",
    "mbl_on": "the isolate that was tested",
    "other_carbapenemases": "[] says tested, none",
    "version": "the newest held when absent",
    "source": "for bloodstream",
    "creatinine_umol_l": "one of the two units",
    "creatinine_mg_dl": "one of the two units",
    "egfr_ml_min_1_73m2": "another quantity than crcl_ml_min",
    "residual_crcl_ml_min": "on renal replacement only",
    "crrt_effluent_l_h": "on crrt only",
    "gestation_weeks": "only when pregnant",
    "allergies": "[] says none; severity = severe | mild | unknown may be added",
    "medicines": "[] says none",
    "conditions": "[] says none",
    "stock": "true | false for each drug; absent is not known",
    "dose_mg": "all components together; never for polymyxins",
    "components_mg": "may stand in place of dose_mg",
    "dose_mg_colistin_base": "colistin; or dose_million_units",
    "dose_mg_polymyxin_b": "polymyxin B; or dose_units",
}
_RESULTS: Final = (
    "One row a drug; a row that is absent is not tested, never S. A result is:",
    "  a category, S | I | SDD | R | NS | not tested | pending,",
    "  an MIC in mg/L as text, with an optional <, <=, >= or > before it,",
    "  or a table of category, mic_mg_l, zone_mm, method, standard.",
    "method is for the two drugs tested together:",
    "  broth-disk-elution | strip-stacking | disk-proximity",
)


def blank_case() -> str:
    """The file, ending with a line feed."""
    lines = [_HEAD.rstrip("\n"), *_keys("")]
    for table in ("isolate", "panel", "panel.results", "infection", "patient", "hospital"):
        lines.extend(("", f"[{table}]", *_required(table)))
        if table == "panel.results":
            lines.extend(f"# {line}" for line in _RESULTS)
        lines.extend(_keys(table))
    lines.extend(("", f"# {_ORDERS}", "# [[orders]]", *_keys("orders")))
    return "\n".join(lines) + "\n"


def _required(table: str) -> Iterator[str]:
    if table == "isolate":
        yield f'organism = "{PLACEHOLDER}"  # genus and species, for example Escherichia coli'
    if table == "infection":
        sites = " | ".join(values_of("infection.site"))
        yield from wrap(sites, _WIDTH, initial_indent="# ", subsequent_indent="#   ")
        yield f'site = "{PLACEHOLDER}"'


def _keys(table: str) -> Iterator[str]:
    for key, example in _EXAMPLES[table].items():
        dotted = f"{table}.{key}" if table else key
        values = () if table == "panel.results" else values_of(dotted)
        written = example or _written(values[0])
        line = f"# {key} = {written}"
        said = _said(key, values)
        if not said:
            yield line
        elif len(line) + len(said) + 4 <= _WIDTH:
            yield f"{line}  # {said}"
        else:
            yield from wrap(said, _WIDTH, initial_indent="# ", subsequent_indent="#   ")
            yield line


def _said(key: str, values: tuple[str, ...]) -> str:
    """What may stand at a key: its values, or its unit and range; and the remark."""
    parts = [" | ".join(values)] if values else []
    limits = _RANGES.get(key)
    if limits is not None:
        low, high = number_text(float(limits.low)), number_text(float(limits.high))
        parts.append(f"{limits.unit}, {low} to {high}")
    if key in _REMARKS:
        parts.append(_REMARKS[key])
    return "; ".join(parts)


def _written(value: str) -> str:
    return value if value in {"true", "false"} or value.isdecimal() else f'"{value}"'
