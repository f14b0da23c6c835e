"""Facts about the patient: each once, in the unit of the case file, unknown where two disagree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from ndm_advisor.decision.renal import UMOL_L_PER_MG_DL
from ndm_advisor.intake.catalogue import Catalogue, identify_drug
from ndm_advisor.intake.observed import Observation, SetAside
from ndm_advisor.intake.quantities import amount_of, shown
from ndm_advisor.model.names import fold

_SEX: Final = {"f": "female", "female": "female", "m": "male", "male": "male"}
_NO_ALLERGY: Final = frozenset(
    {"no-known-allergies", "no-known-drug-allergies", "no-known-allergy", "nka", "nkda", "none"}
)
_ROUNDING: Final = 0.02  # the same creatinine in two units differs by rounding only
_DATE: Final = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})", re.ASCII)


class Patient(NamedTuple):
    """The keys of `[patient]`, and what became of each observation."""

    fields: dict[str, object]
    provenance: tuple[tuple[str, Observation], ...]
    set_aside: tuple[SetAside, ...]
    conflicts: tuple[str, ...]
    notes: tuple[str, ...]


class _Value(NamedTuple):
    said: Observation
    key: str
    value: object
    note: str = ""


def patient_of(observations: Sequence[Observation], catalogue: Catalogue) -> Patient:
    """The facts about the patient that several observations give together."""
    values: list[_Value] = []
    set_aside: list[SetAside] = []
    for said in observations:
        value = _value(said, catalogue)
        if isinstance(value, str):
            set_aside.append(SetAside(said, value))
        else:
            values.append(value)
    values = _newest_creatinine(values, set_aside)
    fields: dict[str, object] = {}
    conflicts: list[str] = []
    used: list[_Value] = []
    for key in dict.fromkeys(value.key for value in values):
        same = [value for value in values if value.key == key]
        if key == "allergies":
            fields[key] = [value.value for value in same]
        elif len({str(value.value) for value in same}) == 1:
            fields[key] = same[0].value
        else:
            conflicts.append(_conflict(key, same))
            reason = f"{key} stands twice, differently: it is left unknown"
            set_aside.extend(SetAside(value.said, reason) for value in same)
            continue
        used.extend(same)
    if {"creatinine_umol_l", "creatinine_mg_dl"} <= fields.keys():
        _one_unit(fields, used, set_aside, conflicts)
    _date_of_creatinine(fields, used)
    provenance = tuple((value.key, value.said) for value in used)
    notes = tuple(dict.fromkeys(value.note for value in used if value.note))
    return Patient(fields, provenance, tuple(set_aside), tuple(conflicts), notes)


def _value(said: Observation, catalogue: Catalogue) -> _Value | str:
    match said.kind:
        case "sex":
            sex = _SEX.get((said.value or "").strip().casefold())
            return _Value(said, "sex", sex) if sex else f"{shown(said.value or '')} is not a sex"
        case "age" | "weight" | "height" | "creatinine":
            amount = amount_of(said.kind, said.value, said.unit)
            return amount if isinstance(amount, str) else _Value(said, *amount)
        case "birth_date":
            return _age(said)
        case "allergy":
            return _allergy(said, catalogue)
        case _:
            return "no key of a case takes it"


def _age(said: Observation) -> _Value | str:
    """Whole years between the birth and the day the message speaks of; the birth is not kept."""
    born, day = date_of(said.value), date_of(said.date)
    if born is None:
        return "the date of birth cannot be read"
    if day is None:
        return "the message names no day for which to reckon the age"
    if born > day:
        return "the date of birth is after the specimen"
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    note = f"age reckoned on {day.isoformat()} from the date of birth, which is not kept"
    return _Value(said, "age_years", years, note)


def date_of(text: str | None) -> date | None:
    """The day at the start of an ISO date or of an HL7 time stamp.

    >>> date_of("20180207112233-0600"), date_of("2026-11-20T10:00:00Z"), date_of("3/1/1995")
    (datetime.date(2018, 2, 7), datetime.date(2026, 11, 20), None)
    """
    match = _DATE.match((text or "").strip())
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _allergy(said: Observation, catalogue: Catalogue) -> _Value | str:
    drug = identify_drug(said.codes, said.name, catalogue)
    name = drug.id or said.name.strip()
    if not name:
        return "an allergy without a name"
    if fold(name) in _NO_ALLERGY:
        return "it says that no allergy is known, which is no allergy: `--set patient.allergies=[]`"
    entry = {"drug": name}
    if said.value and said.value.strip():
        entry["reaction"] = said.value.strip()
    fields = dict(said.fields)
    if fields.get("severity") in {"severe", "mild", "unknown"}:
        entry["severity"] = str(fields["severity"])
    return _Value(said, "allergies", entry)


def _newest_creatinine(values: list[_Value], set_aside: list[SetAside]) -> list[_Value]:
    """Of creatinines with different dates the newest; an undated one beside them says nothing."""
    measured = [value for value in values if value.key.startswith("creatinine")]
    dated = {id(value): date_of(value.said.date) for value in measured}
    days = [day for day in dated.values() if day is not None]
    if not days or len(measured) == 1:
        return values
    newest = max(days)
    older = [value for value in measured if dated[id(value)] != newest]
    set_aside.extend(
        SetAside(value.said, f"a creatinine of {newest.isoformat()} stands beside it")
        for value in older
    )
    left_out = {id(value) for value in older}
    return [value for value in values if id(value) not in left_out]


def _one_unit(
    fields: dict[str, object],
    used: list[_Value],
    set_aside: list[SetAside],
    conflicts: list[str],
) -> None:
    """A case holds creatinine in one unit; two that disagree leave it unknown."""
    umol_l, mg_dl = float(str(fields["creatinine_umol_l"])), float(str(fields["creatinine_mg_dl"]))
    agree = abs(umol_l - mg_dl * UMOL_L_PER_MG_DL) <= _ROUNDING * umol_l
    left_out = ["creatinine_mg_dl"] if agree else ["creatinine_mg_dl", "creatinine_umol_l"]
    reason = "creatinine stands in umol/L too, which is kept"
    if not agree:
        reason = "two creatinines disagree: left unknown"
        same = [value for value in used if value.key in left_out]
        conflicts.append(_conflict("creatinine", same))
    for value in [value for value in used if value.key in left_out]:
        used.remove(value)
        set_aside.append(SetAside(value.said, reason))
    for key in left_out:
        del fields[key]


def _date_of_creatinine(fields: dict[str, object], used: Iterable[_Value]) -> None:
    days = {date_of(v.said.date) for v in used if v.key.startswith("creatinine")}
    if len(days) == 1 and (day := days.pop()) is not None:
        fields["creatinine_measured_on"] = day


def _conflict(key: str, same: Sequence[_Value]) -> str:
    said = ", ".join(f"{value.value} at {value.said.place}" for value in same)
    return f"{key}: {said}; left unknown"
