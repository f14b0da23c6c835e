"""Patient, allergies, conditions, medicines, specimen and report date: what is no Observation.

No name, number, address or contact is looked at; a birth date serves to reckon the age and is not
kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from ndm_advisor.intake.fhir import stated
from ndm_advisor.intake.fhir.documents import Entry
from ndm_advisor.intake.fhir.elements import Item, carried, dicts, many, part, text
from ndm_advisor.intake.fhir.results import MODIFIED
from ndm_advisor.intake.observed import Observation
from ndm_advisor.model import fhir_terms as terms
from ndm_advisor.model.case import Site
from ndm_advisor.model.names import fold

_SITES: Final[tuple[str, ...]] = get_args(Site)
_REFUTED: Final = {"refuted", "entered-in-error"}
_OVER: Final = {"inactive", "remission", "resolved"}
_STOPPED: Final = {"completed", "entered-in-error", "stopped", "not-taken", "intended"}


def patient(entry: Entry, day: str | None) -> Iterator[Observation]:
    """Sex and birth date. `day`: of the specimen or report, when the age is wanted."""
    sex, born = text(entry.resource, "gender"), text(entry.resource, "birthDate")
    if sex is not None:
        yield Observation("sex", entry.place, value=sex)
    if born is not None:
        yield Observation("birth_date", entry.place, name="date of birth", value=born, date=day)


def report_date(entry: Entry) -> Iterator[Observation]:
    """When the laboratory issued the report."""
    day = text(entry.resource, "issued") or text(entry.resource, "effectiveDateTime")
    if day is not None:
        yield Observation("reported_on", entry.place, value=day)


def specimen(entry: Entry, isolate: str | None) -> Observation:
    """What the specimen is; an empty one says nothing of the site."""
    kind = Item(part(entry.resource, "type"))
    return Observation(
        "specimen", entry.place, isolate, value=kind.shown or None, value_codes=kind.codes
    )


def allergy(entry: Entry, *, is_only: bool) -> Observation:
    """One allergy. `is_only`: no other stands in the report, so that our own "none" may hold."""
    code = Item(part(entry.resource, "code"))
    verified = Item(part(entry.resource, "verificationStatus"))
    aside = None
    if _REFUTED & {held.code for held in verified.codes}:
        aside = "refuted or entered in error"
    is_none = code.code_of(terms.CASE_WORD) == terms.NONE
    if is_none and is_only and aside is None:
        return stated.said(entry.place, "patient.allergies", [])
    if is_none:
        aside = aside or "none, beside an allergy"
    reactions = [
        words
        for reaction in dicts(entry.resource, "reaction")
        for manifestation in dicts(reaction, "manifestation")
        if (words := Item(manifestation).shown)
    ]
    severity = _severity(entry)
    return Observation(
        "allergy",
        entry.place,
        codes=() if code.code_of(terms.DRUG) else code.codes,
        name=code.code_of(terms.DRUG) or code.words,
        value="; ".join(reactions) or None,
        fields=(("severity", severity),) if severity else (),
        aside=aside,
    )


def _severity(entry: Entry) -> str | None:
    """Severe or mild, where every reaction says so; "moderate" is neither."""
    for key, value in carried(entry.resource):
        if key == "severity":
            return str(value)
    found = {text(reaction, "severity") for reaction in dicts(entry.resource, "reaction")}
    if "severe" in found:
        return "severe"
    return "mild" if found == {"mild"} else None


def condition(entry: Entry) -> Iterator[Observation]:
    """A site of infection, where the condition says nothing else; our own say more."""
    code = Item(part(entry.resource, "code"))
    category = Item(part(entry.resource, "category")).code_of(terms.CASE_KEY)
    if category == "infection.site":
        yield stated.said(entry.place, category, code.code_of(terms.CASE_WORD))
        yield from stated.extension(entry)
        return
    site = fold(code.words)
    aside = _why_no_condition(entry)
    if site in _SITES:
        yield Observation("site", entry.place, value=site, aside=aside)
    else:
        yield Observation("other", entry.place, codes=code.codes, name=code.words, aside=aside)


def _why_no_condition(entry: Entry) -> str | None:
    if many(entry.resource, "modifierExtension"):
        return MODIFIED
    states = {
        code.code
        for key in ("verificationStatus", "clinicalStatus")
        for code in Item(part(entry.resource, key)).codes
    }
    if states & _REFUTED:
        return "refuted or entered in error"
    return "over: not active now" if states & _OVER else None


def conditions(entries: list[Entry]) -> Iterator[Observation]:
    """The conditions a case names, as one list, each of them at its own place."""
    named = [Item(part(entry.resource, "code")).code_of(terms.CASE_WORD) for entry in entries]
    for entry in entries:
        yield stated.said(entry.place, "patient.conditions", [name for name in named if name])


def is_case_condition(entry: Entry) -> bool:
    """One of `patient.conditions`, as this program writes them."""
    category = Item(part(entry.resource, "category")).code_of(terms.CASE_KEY)
    return category == "patient.conditions"


def medicines(entries: list[Entry]) -> Iterator[Observation]:
    """The medicines a patient takes, as one list, each of them at its own place."""
    taken = [entry for entry in entries if text(entry.resource, "status") not in _STOPPED]
    names = [_medicine(entry) for entry in taken]
    for entry in entries:
        if entry in taken and _medicine(entry):
            yield stated.said(entry.place, "patient.medicines", [name for name in names if name])
        else:
            why = "not taken now" if entry not in taken else "a medicine without a name"
            yield Observation("other", entry.place, name=_medicine(entry), aside=why)


def _medicine(entry: Entry) -> str:
    return Item(part(entry.resource, "medicationCodeableConcept")).words
