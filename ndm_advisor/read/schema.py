"""The schema's complaints in a clinician's words: which key, what is wrong, what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ValidationError

from ndm_advisor.model import case as model
from ndm_advisor.read.names import similar_words
from ndm_advisor.read.positions import Path, dotted
from ndm_advisor.read.reading import Reading, Remark, number_text, shown, ticked

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_TABLES: Final[dict[str, type[BaseModel]]] = {
    "": model.Case,
    "isolate": model.Isolate,
    "panel": model.Panel,
    "panel.results": model.PanelResult,
    "infection": model.Infection,
    "patient": model.Patient,
    "patient.allergies": model.Allergy,
    "hospital": model.Hospital,
    "orders": model.Order,
}
_LISTS: Final = ("orders", "patient.allergies", "patient.medicines", "patient.conditions")
_NOT_IN_FILES: Final = "drug_id"  # the reader's own field: a file never sets it

# The unit at the end of a key. Longer ones first: `_mg` must not cut `_mg_dl`.
_UNITS: Final = (
    "_ml_min_1_73m2",
    "_mg_colistin_base",
    "_mg_polymyxin_b",
    "_million_units",
    "_ml_min",
    "_umol_l",
    "_mg_dl",
    "_mg_l",
    "_l_h",
    "_units",
    "_years",
    "_weeks",
    "_kg",
    "_cm",
    "_mm",
    "_mg",
    "_h",
)
_STEM_NAMES: Final = {
    "crcl": "creatinine clearance",
    "residual_crcl": "residual creatinine clearance",
    "egfr": "eGFR",
    "crrt_effluent": "CRRT effluent",
    "mic": "an MIC",
    "zone": "a zone diameter",
}
_MEANINGS: Final = {"crcl_ml_min": " for Cockcroft-Gault in mL/min"}
_NOTES: Final = {
    "crcl": "eGFR in mL/min/1.73 m2 is a different quantity: use `egfr_ml_min_1_73m2`",
    "egfr": "creatinine clearance is a different quantity: use `crcl_ml_min`",
    "creatinine": "1 mg/dL is 88.4 micromol/L",
}
_EXAMPLES: Final = {
    "format": f'format = "{model.FORMAT}"',
    "isolate": 'organism = "Escherichia coli" under [isolate]',
    "isolate.organism": 'organism = "Escherichia coli"',
    "infection": 'site = "bloodstream" under [infection]',
    "infection.site": 'site = "bloodstream"',
    "orders.drug": 'drug = "aztreonam"',
    "patient.allergies": 'allergies = [{ drug = "ceftazidime", reaction = "rash" }]',
    "patient.allergies.drug": 'drug = "ceftazidime"',
    "patient.medicines": 'medicines = ["valproate"]',
    "orders": "each order stands under its own [[orders]]",
}
_OTHER_WORDS: Final = {
    "infection.site": {
        "blood": "bloodstream",
        "bacteraemia": "bloodstream",
        "bacteremia": "bloodstream",
        "bsi": "bloodstream",
        "sepsis": "bloodstream",
        "urine": "cystitis` or `complicated-uti",
        "urinary": "cystitis` or `complicated-uti",
        "uti": "cystitis` or `complicated-uti",
        "pyelonephritis": "complicated-uti",
        "cuti": "complicated-uti",
        "ciai": "intra-abdominal",
        "abdomen": "intra-abdominal",
        "peritonitis": "intra-abdominal",
        "lung": "pneumonia",
        "hap": "pneumonia",
        "vap": "pneumonia",
        "ssti": "skin-soft-tissue",
        "wound": "skin-soft-tissue",
        "osteomyelitis": "bone-joint",
        "meningitis": "cns",
        "endocarditis": "endovascular",
        "colonization": "colonisation",
        "carriage": "colonisation",
        "screening": "colonisation",
    },
    "patient.sex": {"f": "female", "m": "male", "woman": "female", "man": "male"},
    "patient.renal_replacement": {
        "hd": "intermittent-haemodialysis",
        "ihd": "intermittent-haemodialysis",
        "haemodialysis": "intermittent-haemodialysis",
        "hemodialysis": "intermittent-haemodialysis",
        "dialysis": "intermittent-haemodialysis",
        "cvvh": "crrt",
        "cvvhd": "crrt",
        "cvvhdf": "crrt",
        "pd": "peritoneal-dialysis",
    },
    "isolate.mbl": {"ndm": "confirmed", "positive": "confirmed", "negative": "ruled-out"},
    "orders.route": {"po": "oral", "intravenous": "iv"},
    "hospital.region": {"uk": "EU", "usa": "US"},
}


def is_case_key(path: Path) -> bool:
    """Whether `path` names something a case file may hold."""
    table = _table(path[:-1])
    if isinstance(path[-1], int):
        return table in _LISTS
    if table in ("panel.results", "hospital.stock") and len(path) == 3:  # noqa: PLR2004
        return True  # the name of a drug
    return table == "orders.components_mg" or path[-1] in keys_of(table)


def keys_of(table: str) -> tuple[str, ...]:
    """The keys a case file may hold in `table` ("" for the file itself)."""
    fields = _TABLES[table].model_fields if table in _TABLES else ()
    return tuple(key for key in fields if key != _NOT_IN_FILES)


def refuse_unknown_key(reading: Reading, path: Path, value: object) -> None:
    """Note a key that the case file does not have, with the key that was probably meant."""
    table, key = _table(path[:-1]), str(path[-1])
    with_unit = [known for known in keys_of(table) if _stem(known) == key]
    if with_unit:
        name = _STEM_NAMES.get(key, key.replace("_", " "))
        remark = Remark(_unit_help(with_unit, value), _NOTES.get(key), "key has no unit", "key")
        reading.error("E203", path, f"{name} needs a unit", remark)
        return
    where = f"[{table}]" if table else "a case file"
    remark = Remark(help=_meant(key, table), caption="unknown key", part="key")
    reading.error("E202", path, f"{ticked(key)} is not a key of {where}", remark)


def explain(
    error: ValidationError, reading: Reading, origins: Mapping[Path, Path], *, whole: bool
) -> None:
    """Note every complaint of the schema. `origins` maps model paths to the file's own paths.

    A document that is not `whole` lost lines to syntax faults: then no key is called missing.
    """
    for fault in error.errors(include_url=False, include_context=True):
        path = _in_file(fault["loc"], origins)
        kind = fault["type"]
        if kind == "missing":
            if whole:
                _missing(reading, path)
        elif kind == "extra_forbidden":
            refuse_unknown_key(reading, path, fault["input"])
        elif kind == "literal_error":
            _not_a_value(reading, path, fault)
        else:
            _wrong_type(reading, path, kind, fault["input"], fault["msg"])


def _in_file(location: Sequence[str | int], origins: Mapping[Path, Path]) -> Path:
    path = tuple(location)
    for length in range(len(path), 0, -1):
        if path[:length] in origins:
            return (*origins[path[:length]], *path[length:])
    return path


def _table(path: Path) -> str:
    """The table a path of keys leads to, without the names and numbers of its rows."""
    if path[:2] == ("panel", "results"):
        return "panel.results"
    return ".".join(part for part in path if isinstance(part, str))


def _stem(key: str) -> str | None:
    return next((key.removesuffix(unit) for unit in _UNITS if key.endswith(unit)), None)


def _unit_help(keys: Sequence[str], value: object) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    example = f" = {number_text(value)}" if is_number and len(keys) == 1 else ""
    return "write " + " or ".join(f"`{key}{example}`{_MEANINGS.get(key, '')}" for key in keys)


def _meant(key: str, table: str) -> str:
    near = similar_words(key, keys_of(table))
    if near:
        return f"did you mean {' or '.join(f'`{word}`' for word in near)}? (not assumed)"
    for other in _TABLES:
        if key in keys_of(other) and other != table:
            place = f"[{other}]" if other else "the top of the file, above the first table"
            return f"`{key}` belongs in {place}" if other else f"`{key}` belongs at {place}"
    if table == "panel":
        return "results stand under [panel.results]"
    return "`ndm-advisor new` prints a blank case with every key"


def _missing(reading: Reading, path: Path) -> None:
    key = ".".join(part for part in path if isinstance(part, str))
    if key == "isolate":
        path, key = ("isolate", "organism"), "isolate.organism"
    if key == "infection":
        path, key = ("infection", "site"), "infection.site"
    # a missing key has no line of its own: point at the header of its table, or name the table
    table, _, _ = key.rpartition(".")
    where = f" under [{table}]" if table in ("isolate", "infection") else ""
    remark = Remark(help=f"write `{_EXAMPLES[key]}`{where}" if key in _EXAMPLES else None)
    reading.missing(path, f"`{dotted(path)}` is missing", remark)


def _not_a_value(reading: Reading, path: Path, fault: ErrorDetails) -> None:
    value = fault["input"]
    allowed = _allowed(str(fault.get("ctx", {}).get("expected", "")))
    key = _model_key(path)
    if key == "format":
        help_ = f"write `{_EXAMPLES[key]}`"
        reading.error(
            "E210", path, f"{shown(value)} is not a format this version reads", Remark(help_)
        )
        return
    if not isinstance(value, str) and not _is_number(value):
        allowed_text = " | ".join(allowed)
        remark = Remark(f"write one of: {allowed_text}", caption="wrong type")
        reading.error("E204", path, f"`{dotted(path)}` is {shown(value)}", remark)
        return
    remark = Remark(_value_help(key, value, allowed), f"values: {' | '.join(allowed)}")
    message = f"{shown(value)} is not a value of `{dotted(path)}`"
    reading.error("E205", path, message, remark)


def _value_help(key: str, value: object, allowed: Sequence[str]) -> str | None:
    word = str(value).strip().casefold().replace("_", "-")
    synonym = _OTHER_WORDS.get(key, {}).get(word)
    near = (synonym,) if synonym else similar_words(str(value), allowed, alike=0.6)
    if not near:
        return None
    return f"did you mean {' or '.join(f'`{entry}`' for entry in near)}? (not assumed)"


def _allowed(expected: str) -> tuple[str, ...]:
    found = re.findall(r"'([^']*)'|(\d+)", expected)
    return tuple(text or number for text, number in found)


def _model_key(path: Path) -> str:
    if path[:2] == ("panel", "results"):
        return f"panel.results.{path[-1]}"
    return ".".join(part for part in path if isinstance(part, str))


_WANTED: Final = {
    "string": "text in quotes",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "dict": "a table",
    "model": "a table",
    "tuple": "a list",
    "date": "a date",
    "time": "a time",
}
_OUT_OF_RANGE: Final = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


def _wrong_type(reading: Reading, path: Path, kind: str, value: object, message: str) -> None:
    if kind == "finite_number":
        remark = Remark(_LEAVE_OUT)
        reading.error("E206", path, f"{shown(value)} is not a measurement", remark)
        return
    if kind in _OUT_OF_RANGE:
        reading.error("E207", path, f"`{dotted(path)}`: {shown(value)} is too small", Remark())
        return
    if kind == "int_from_float":
        reading.error("E204", path, f"{shown(value)} is not a whole number", Remark())
        return
    wanted = _WANTED.get(kind.partition("_")[0])
    if wanted is None:
        reading.error("E204", path, f"`{dotted(path)}`: {message}", Remark())
        return
    remark = Remark(_type_help(path, wanted, value), caption="wrong type")
    text = f"`{dotted(path)}` takes {wanted}, not {shown(value)}"
    reading.error("E204", path, text, remark)


_LEAVE_OUT: Final = "leave the line out when the value is not known: absent is an answer"
_TYPE_HELP: Final = {
    "true or false": "write true or false, without quotes",
    "a date": "write a date alone, for example 2026-11-20",
    "a time": 'write a time, for example 08:00:00 or "08:00"',
}


def _type_help(path: Path, wanted: str, value: object) -> str | None:
    key = _model_key(path)
    if key in _EXAMPLES and wanted in ("a table", "a list"):
        return f"write `{_EXAMPLES[key]}`" if key != "orders" else _EXAMPLES[key]
    if wanted in ("a number", "a whole number"):
        return _number_help(value) if isinstance(value, str) else _LEAVE_OUT
    if isinstance(value, str) and wanted == "a list":
        return f"write `{path[-1]} = [{shown(value)}]`"
    if _is_number(value) and wanted == "text in quotes":
        return f'write `{path[-1]} = "{number_text(value)}"`, in quotes'
    return _TYPE_HELP.get(wanted)


def _number_help(text: str) -> str:
    plain = text.strip()
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", plain):
        return f"write {plain} without quotes"
    if re.fullmatch(r"[+-]?\d+,\d+", plain):
        return f"write {plain.replace(',', '.')}: decimals have a point, and numbers no quotes"
    found = re.match(r"([+-]?\d+(?:\.\d+)?)\s*[A-Za-z]", plain)
    if found:
        return f"write {found[1]}: the key names the unit, and numbers have no quotes"
    if re.match(r"[<>=]", plain):
        return "write the number alone; only an MIC may carry < or >"
    return _LEAVE_OUT


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
