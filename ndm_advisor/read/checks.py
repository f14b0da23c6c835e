"""What the schema cannot say: plausible ranges, and keys that only make sense beside others.

Every check reads the resolved document and is silent about values of the wrong type; the schema
has refused those. `whole` is False when lines were lost to syntax faults: then nothing is concluded
from a key that is absent.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from ndm_advisor.model.case import COMBINED_TEST
from ndm_advisor.model.mic import NO_RESULT
from ndm_advisor.model.quantities import (
    ADULT_AGE_YEARS,
    BODY_MASS_INDEX,
    INCHES,
    INFECTION_RANGES,
    METRES,
    ORDER_RANGES,
    PATIENT_RANGES,
    RESULT_RANGES,
    Range,
)
from ndm_advisor.read.document import Document
from ndm_advisor.read.positions import Path
from ndm_advisor.read.reading import Reading, Remark, number_at, number_text, shown
from ndm_advisor.read.resolve import Resolved

# Polymyxin doses: the unit systems in which each drug is ordered. A bare `mg` may mean two things
# that differ 2.4-fold, and a lost "million" a million-fold (dosing dossier 10.1).
_POLYMYXIN_KEYS: Final = {
    "colistin": ("dose_mg_colistin_base", "dose_million_units"),
    "polymyxin-b": ("dose_mg_polymyxin_b", "dose_units"),
}
_NAMES: Final = {"colistin": "colistin", "polymyxin-b": "polymyxin B"}
_ALL_POLYMYXIN_KEYS: Final = tuple(key for keys in _POLYMYXIN_KEYS.values() for key in keys)
_ROUNDING: Final = 0.02  # interface section 2: comparisons of doses allow 2 %


def check(resolved: Resolved, reading: Reading, *, whole: bool) -> None:
    """Note every implausible number and every contradiction between keys."""
    document = resolved.document
    patient, infection = _table(document, "patient"), _table(document, "infection")
    _check_ranges(patient, ("patient",), PATIENT_RANGES, reading, is_child=_is_child(patient))
    _check_ranges(infection, ("infection",), INFECTION_RANGES, reading)
    _check_dates(document, reading)
    _check_creatinine(patient, reading)
    _check_pregnancy(patient, reading)
    _check_body_mass(patient, reading)
    _check_panel(resolved, reading, whole=whole)
    _check_orders(document, reading)
    if whole:
        _check_keys_without_effect(document, reading)


def _table(document: Document, key: str) -> Document:
    part = document.get(key)
    return part if isinstance(part, dict) else {}


# --- ranges ----------------------------------------------------------------------------------


def _is_child(patient: Document) -> bool:
    age = number_at(patient, "age_years")
    return age is not None and age < ADULT_AGE_YEARS


def _check_ranges(
    table: Document,
    path: Path,
    ranges: dict[str, Range],
    reading: Reading,
    *,
    is_child: bool = False,
) -> None:
    for key, limits in ranges.items():
        if key not in table:
            continue
        value = number_at(table, key)
        # a child is out of scope and must be told so, not that the weight is implausible
        if reading.is_faulty((*path, key)):
            continue
        small_child = is_child and limits.adults_only and 0 < (value or 0) < limits.usual_low
        if value is not None and not small_child:
            _check_range(value, (*path, key), limits, reading)


def _check_range(value: float, path: Path, limits: Range, reading: Reading) -> None:
    below = value < limits.usual_low
    if not below and value <= limits.usual_high:
        return
    hint = (limits.hint_low if below else limits.hint_high) or "check the number and its unit"
    amount = f"{_grouped(value)} {limits.unit}"
    if limits.low <= value <= limits.high:
        usual = f"{_grouped(limits.usual_low)} to {_grouped(limits.usual_high)}"
        message = f"{amount} is outside the plausible range {usual}"
        reading.warn("W310", path, message, Remark(hint))
        return
    accepted = f"{_grouped(limits.low)} to {_grouped(limits.high)}"
    message = f"{amount} is outside the accepted range {accepted}"
    reading.error("E207", path, message, Remark(_height_hint(value, path) or hint))


def _grouped(value: float) -> str:
    """As `number_text`, with commas from 10,000 on, so that no zero is miscounted."""
    is_long = 10_000 <= value < 1e15 and value == int(value)  # noqa: PLR2004 - as numbers are read
    return f"{int(value):,}" if is_long else number_text(value)


def _height_hint(value: float, path: Path) -> str | None:
    if path[-1] != "height_cm":
        return None
    if METRES.low <= value <= METRES.high:
        return f"this looks like metres: {number_text(value)} m are {value * 100:.0f} cm"
    if INCHES.low <= value <= INCHES.high:
        return f"this looks like inches: {number_text(value)} inches are {value * 2.54:.0f} cm"
    return None


def _check_body_mass(patient: Document, reading: Reading) -> None:
    weight, height = number_at(patient, "weight_kg"), number_at(patient, "height_cm")
    usable = weight is not None and height is not None and height > 0 and not _is_child(patient)
    if weight is None or height is None or not usable:
        return
    if reading.is_faulty(("patient", "weight_kg")) or reading.is_faulty(("patient", "height_cm")):
        return
    index = weight / (height / 100) ** 2
    if not BODY_MASS_INDEX.low <= index <= BODY_MASS_INDEX.high:
        message = (
            f"{number_text(weight)} kg at {number_text(height)} cm is a body mass index of "
            f"{index:.0f} {BODY_MASS_INDEX.unit}, outside 12 to 70"
        )
        remark = Remark("check for pounds, inches, or the two exchanged")
        reading.warn("W311", ("patient", "weight_kg"), message, remark)


# --- dates -----------------------------------------------------------------------------------


def _check_dates(document: Document, reading: Reading) -> None:
    for table, key in (
        ("", "reported_on"),
        ("infection", "active_therapy_started_on"),
        ("patient", "creatinine_measured_on"),
    ):
        part = _table(document, table) if table else document
        path: Path = (table, key) if table else (key,)
        _check_date(part.get(key), path, reading)
    for index, order in _orders(document):
        _check_date(order.get("started_on"), ("orders", index, "started_on"), reading)


def _check_date(value: object, path: Path, reading: Reading) -> None:
    if isinstance(value, date) and not isinstance(value, datetime) and value > reading.on:
        message = f"{value.isoformat()} lies after the date of advice, {reading.on.isoformat()}"
        remark = Remark("mend the date, or give the date of advice with --on")
        reading.error("E303", path, message, remark)


# --- patient ---------------------------------------------------------------------------------


def _check_creatinine(patient: Document, reading: Reading) -> None:
    if "creatinine_umol_l" in patient and "creatinine_mg_dl" in patient:
        first, second = (key for key in patient if key in ("creatinine_umol_l", "creatinine_mg_dl"))
        remark = Remark(
            "keep the one the laboratory reported",
            caption="second creatinine",
            part="key",
            also=("patient", first),
            also_caption="first creatinine here",
        )
        reading.error("E301", ("patient", second), "creatinine is given in two units", remark)


def _check_pregnancy(patient: Document, reading: Reading) -> None:
    if "gestation_weeks" in patient and patient.get("pregnant") is False:
        remark = Remark(
            "keep one: which is right?",
            part="key",
            also=("patient", "pregnant"),
            also_caption="not pregnant here",
        )
        path: Path = ("patient", "gestation_weeks")
        reading.error("E306", path, "`gestation_weeks` beside `pregnant = false`", remark)


def _check_keys_without_effect(document: Document, reading: Reading) -> None:
    patient, isolate = _table(document, "patient"), _table(document, "isolate")
    infection = _table(document, "infection")
    if "gestation_weeks" in patient and "pregnant" not in patient:
        path: Path = ("patient", "gestation_weeks")
        _without_effect(path, "unless `pregnant = true`", reading)
    if patient.get("renal_replacement") in (None, "none"):
        for key in ("residual_crcl_ml_min", "crrt_effluent_l_h"):
            if key in patient:
                _without_effect(("patient", key), "without `renal_replacement`", reading)
    if "source" in infection and infection.get("site") != "bloodstream":
        _without_effect(("infection", "source"), 'unless `site = "bloodstream"`', reading)
    if "mbl_family" in isolate and "mbl" not in isolate:
        remark = Remark('write `mbl = "confirmed"` or "suspected" as well', part="key")
        message = "`mbl_family` is named, but `mbl` is absent: the MBL counts as unknown"
        reading.warn("W307", ("isolate", "mbl_family"), message, remark)


def _without_effect(path: Path, when: str, reading: Reading) -> None:
    message = f"`{path[-1]}` is not used {when}"
    remark = Remark("add the other key, or leave this one out", part="key")
    reading.warn("W306", path, message, remark)


# --- panel -----------------------------------------------------------------------------------


def _check_panel(resolved: Resolved, reading: Reading, *, whole: bool) -> None:
    panel = _table(resolved.document, "panel")
    unread: list[Path] = []
    for drug, row in _table(panel, "results").items():
        if not isinstance(row, dict):
            continue
        path = resolved.origins["panel", "results", drug]
        _check_ranges(row, path, RESULT_RANGES, reading)
        if drug == COMBINED_TEST:
            _check_combined_test(row, path, reading)
        elif _is_number_without_standard(row, panel):
            unread.append(path)
        if "method" in row and drug != COMBINED_TEST:
            _without_effect((*path, "method"), "except for the combined test", reading)
    if unread and whole:
        _warn_unread(unread, reading)


def _is_number_without_standard(row: Document, panel: Document) -> bool:
    has_number = "mic_mg_l" in row or "zone_mm" in row
    return has_number and "standard" not in row and "standard" not in panel


def _warn_unread(paths: list[Path], reading: Reading) -> None:
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    message = f"no standard: the MIC or zone of `{paths[0][-1]}`{more} is not read"
    remark = Remark('write `standard = "EUCAST"` (or CLSI, FDA) under [panel]', part="key")
    reading.warn("W303", paths[0], message, remark)


def _check_combined_test(row: Document, path: Path, reading: Reading) -> None:
    if "mic_mg_l" in row or "zone_mm" in row:
        message = "an MIC or zone of the combined test is never read: it counts as untested"
        remark = Remark("give the laboratory's category and method", part="key")
        reading.warn("W305", path, message, remark)
    if "category" in row and row["category"] not in NO_RESULT and "method" not in row:
        message = "combined test without its method: a category S counts as untested"
        help_ = 'add `method = "broth-disk-elution"`, "strip-stacking" or "disk-proximity"'
        reading.warn("W304", path, message, Remark(help_, part="key"))


# --- orders ----------------------------------------------------------------------------------


def _orders(document: Document) -> list[tuple[int, Document]]:
    orders = document.get("orders")
    rows = orders if isinstance(orders, list) else []
    return [(index, order) for index, order in enumerate(rows) if isinstance(order, dict)]


def _check_orders(document: Document, reading: Reading) -> None:
    for index, order in _orders(document):
        path: Path = ("orders", index)
        _check_dose_unit(order, path, reading)
        _check_ranges(order, path, ORDER_RANGES, reading)
        _check_total(order, path, reading)


def _check_dose_unit(order: Document, path: Path, reading: Reading) -> None:
    drug = str(order.get("drug_id"))
    wanted = _POLYMYXIN_KEYS.get(drug)
    given = [key for key in order if key in _ALL_POLYMYXIN_KEYS]
    if wanted is None:
        if given and "drug_id" in order:
            message = f"`{given[0]}` is for polymyxins, not for {drug}"
            reading.error("E304", (*path, given[0]), message, Remark("write `dose_mg`", part="key"))
        return
    help_ = f"write {' or '.join(f'`{key}`' for key in wanted)}"
    bare = [key for key in ("dose_mg", "components_mg") if key in order]
    wrong = [key for key in given if key not in wanted]
    if bare:
        _unit_error(drug, f"a bare `{bare[0]}`", (*path, bare[0]), help_, reading)
    elif wrong:
        _unit_error(drug, f"`{wrong[0]}`", (*path, wrong[0]), help_, reading)
    elif len(given) > 1:
        message = f"{_NAMES[drug]} has its dose in two units"
        remark = Remark(
            "keep the one ordered",
            part="key",
            also=(*path, given[0]),
            also_caption="first dose here",
        )
        reading.error("E304", (*path, given[1]), message, remark)
    elif not given:
        message = f"{_NAMES[drug]} without a dose: the order cannot be judged"
        reading.warn("W308", (*path, "drug"), message, Remark(help_))


def _unit_error(drug: str, what: str, path: Path, help_: str, reading: Reading) -> None:
    notes = {
        "colistin": "1 million units are 80 mg colistimethate sodium or 34 mg colistin base",
        "polymyxin-b": "1 mg is 10,000 units",
    }
    message = f"the unit of the {_NAMES[drug]} dose is not clear: {what}"
    reading.error("E304", path, message, Remark(help_, notes[drug], part="key"))


def _check_total(order: Document, path: Path, reading: Reading) -> None:
    components = order.get("components_mg")
    total = number_at(order, "dose_mg")
    if total is None or not isinstance(components, dict) or not components:
        return
    parts = [number_at(components, name) for name in components]
    amounts = [part for part in parts if part is not None]
    if len(amounts) == len(parts) and abs(sum(amounts) - total) > _ROUNDING * total:
        remark = Remark(
            "`dose_mg` is the sum of all components",
            part="key",
            also=(*path, "components_mg"),
            also_caption="components here",
        )
        message = f"{shown(total)} mg is not the sum of the components, {shown(sum(amounts))} mg"
        reading.error("E305", (*path, "dose_mg"), message, remark)
