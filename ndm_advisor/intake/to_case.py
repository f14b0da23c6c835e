"""The observations of a report become cases, by one set of rules for every format.

What the message does not say stays unknown: no site, no standard, no severity is made up. What it
says and a case cannot hold is set aside with its reason, so that the counts add up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, get_args

from ndm_advisor.errors import CaseInvalidError, Problem
from ndm_advisor.intake.catalogue import (
    Catalogue,
    identify_drug,
    identify_organism,
    specimen_of,
)
from ndm_advisor.intake.mechanisms import Mechanisms, mechanisms_of
from ndm_advisor.intake.observed import ImportedCase, Observation, Report, SetAside, Understood
from ndm_advisor.intake.panel import Panel, panel_of
from ndm_advisor.intake.patient import Patient, date_of, patient_of
from ndm_advisor.intake.pseudonym import keyed_id
from ndm_advisor.intake.quantities import shown
from ndm_advisor.intake.told import Told
from ndm_advisor.model.case import Case, Order, Site
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.document import Document
from ndm_advisor.read.positions import Path, dotted
from ndm_advisor.read.settings import apply_settings

FORMAT: Final = "ndm-advisor/case/1"
_OF_PATIENT: Final = frozenset(
    {"age", "birth_date", "sex", "weight", "height", "creatinine", "allergy"}
)
_LIST: Final = "allergies"
_SITES: Final[tuple[str, ...]] = get_args(Site)
_NO_SITE: Final = "the site of the infection is not told: give --site"
NO_CASE: Final = "no case: "  # begins the reason of what is said of an isolate without a case
_LONGEST_NOTE: Final = 1_000
_MOST_REPAIRS: Final = 20  # values a case may refuse before it is given up whole


class _NoCaseError(Exception):
    """An isolate that makes no case. The message is the reason."""


class _Draft:
    """One case in the making: its document, and where each value came from."""

    def __init__(self, id_: str, files: tuple[str, ...]) -> None:
        self.document: Document = {"format": FORMAT, "id": id_}
        self.files = files
        self.provenance: list[tuple[Path, Observation]] = []
        self.set_aside: list[SetAside] = []
        self.conflicts: list[str] = []
        self.assumed: list[str] = []

    def put(self, path: Path, value: object, said: Observation | None = None) -> None:
        """Set a key; the tables on the way are made."""
        table: Document = self.document
        for part in path[:-1]:
            inner = table.setdefault(str(part), {})
            assert isinstance(inner, dict)  # noqa: S101  # every path here leads through tables
            table = inner
        table[str(path[-1])] = value
        if said is not None:
            self.provenance.append((path, said))

    def take(self, table: str, part: Panel | Mechanisms | Patient) -> None:
        """Add what one of the parts made of its observations."""
        fields = part.table if isinstance(part, Panel) else part.fields
        for key, value in fields.items():
            self.put((table, key), value)
        below: Path = (table, "results") if isinstance(part, Panel) else (table,)
        listed = 0
        for key, said in part.provenance:
            path: Path = (*below, key)
            if key == _LIST:  # each entry has its own place
                path = (*path, listed)
                listed += 1
            self.provenance.append((path, said))
        self.set_aside.extend(part.set_aside)
        self.conflicts.extend(part.conflicts)
        self.assumed.extend(part.notes)

    def aside(self, said: Observation, reason: str) -> None:
        self.set_aside.append(SetAside(said, reason))


def to_cases(report: Report, told: Told, catalogue: Catalogue, *, on: date) -> Understood:
    """The cases of `report`, one for each isolate, and what was set aside.

    No observation is dropped: `read + len(set_aside) == observations`. What is said of the whole
    report counts once, and is read if one case takes it. `on` is the date of advice.

    Raises:
        CaseInvalidError: one of `told.settings` cannot be applied: the option's fault.
    """
    isolates = list(dict.fromkeys(o.isolate for o in report.observations if o.isolate is not None))
    cases: list[ImportedCase] = []
    refused: list[str] = []
    read: set[int] = set()
    reasons: dict[int, str] = {}
    for number, isolate in enumerate(isolates, 1):
        scope = [o for o in report.observations if o.isolate in {None, isolate}]
        label = report.label if len(isolates) == 1 else f"{report.label}-{number}"
        try:
            draft = _Draft(_id_of(report, isolate, label, told), report.files)
            case = _case(scope, draft, told, catalogue, on)
        except _NoCaseError as error:
            refused.append(str(error))
            reasons = {id(o): f"{NO_CASE}{error}" for o in scope} | reasons
            continue
        cases.append(_imported(draft, case))
        aside = {id(s.observation): s.reason for s in draft.set_aside}
        read |= {id(o) for o in scope} - aside.keys()
        reasons |= aside
    if not isolates and report.observations:
        refused.append("nothing in it is said of an isolate")
    left = tuple(
        SetAside(o, o.aside or reasons.get(id(o), "nothing in the message is said of an isolate"))
        for o in report.observations
        if id(o) not in read
    )
    return Understood(report, tuple(cases), left, len(report.observations), tuple(refused))


def _id_of(report: Report, isolate: str, label: str, told: Told) -> str:
    """A running number, or the keyed hash of what the file knows patient and isolate by."""
    if told.key is None or not any(part.strip() for part in report.identity):
        return label
    return keyed_id((*report.identity, isolate), told.key)


def _imported(draft: _Draft, case: Case) -> ImportedCase:
    sources = tuple((path, said.place) for path, said in draft.provenance)
    return ImportedCase(case, draft.document, sources, tuple(draft.conflicts), tuple(draft.assumed))


# --- one case -----------------------------------------------------------------------------------


def _case(
    scope: Sequence[Observation], draft: _Draft, told: Told, catalogue: Catalogue, on: date
) -> Case:
    """The case of one isolate. `scope` is what is said of it and of the whole report."""
    of: defaultdict[str, list[Observation]] = defaultdict(list)
    for said in scope:
        if said.aside is None:
            of["patient" if said.kind in _OF_PATIENT else said.kind].append(said)
        else:
            draft.aside(said, said.aside)
    _organism(of["organism"], draft, catalogue)
    _reported_on(of["reported_on"], draft)
    draft.take("isolate", mechanisms_of(of["gene"], catalogue))
    draft.take("panel", panel_of(of["susceptibility"], told, catalogue))
    _site(of["site"], of["specimen"], draft, told, catalogue)
    draft.take("patient", patient_of(of["patient"], catalogue))
    _orders(of["order"], draft, catalogue)
    _stated(of["case"], draft)
    for said in of["other"]:
        draft.aside(said, "no key of a case takes it")
    if draft.conflicts:  # whoever reads the answer is to know of them, not only who imported
        draft.put(("note",), _note(draft))
    if told.settings:
        draft.document = apply_settings(draft.document, told.settings, catalogue.names)
    infection = draft.document.get("infection")
    if not isinstance(infection, dict) or "site" not in infection:
        raise _NoCaseError(_why_no_site(of["specimen"], catalogue))
    return _valid(draft, catalogue, on)


def _note(draft: _Draft) -> str:
    """The conflicts; a file's name, which may be the patient's, gives way to its number."""
    text = f"Results that disagree in the laboratory's file: {'; '.join(draft.conflicts)}."
    for number, name in enumerate(draft.files, 1):
        text = re.sub(rf"\bat {re.escape(name)}(?=[ ,])", f"at file {number}", text)
    return text if len(text) <= _LONGEST_NOTE else f"{text[:_LONGEST_NOTE]}..."


def _organism(organisms: Sequence[Observation], draft: _Draft, catalogue: Catalogue) -> None:
    if not organisms:
        raise _NoCaseError("no organism is named")
    found = [identify_organism(o.value_codes, o.value or "", catalogue) for o in organisms]
    ids = {organism.id for organism in found if organism.id is not None}
    if len(ids) > 1:
        raise _NoCaseError(f"one isolate, two organisms: {', '.join(sorted(ids))}")
    if not ids:
        raise _NoCaseError(found[0].why_not)
    draft.put(("isolate", "organism"), ids.pop())
    for said, organism in zip(organisms, found, strict=True):
        if organism.id is None:
            draft.aside(said, organism.why_not)
        else:
            draft.provenance.append((("isolate", "organism"), said))


def _reported_on(reported: Sequence[Observation], draft: _Draft) -> None:
    """The newest date; it is the report's, not the specimen's."""
    days = [date_of(said.value) for said in reported]
    newest = max((day for day in days if day is not None), default=None)
    for said, day in zip(reported, days, strict=True):
        if day is None:
            draft.aside(said, f"{shown(said.value or '')} is not a date as laboratories send it")
        elif day != newest:
            draft.aside(said, f"reported again on {newest}")
        else:
            draft.put(("reported_on",), newest, said)


def _site(
    sites: Sequence[Observation],
    specimens: Sequence[Observation],
    draft: _Draft,
    told: Told,
    catalogue: Catalogue,
) -> None:
    """Stated as such, else told by the specimen, else by the option; else not at all."""
    if told.severity is not None:
        draft.put(("infection", "severity"), told.severity)
    tells = _sites_stated(sites, draft)
    by_specimen = _sites_of_specimens(specimens, draft, catalogue, is_stated=bool(tells))
    tells = tells or by_specimen
    chosen = {site for _, site in tells}
    if len(chosen) > 1:
        draft.conflicts.append(f"infection.site: {' and '.join(sorted(chosen))}; left unknown")
        for said, site in tells:
            draft.aside(said, f"the site {site} is contradicted")
    elif chosen:
        for said, site in tells:
            draft.put(("infection", "site"), site, said)
    elif told.site is not None:
        draft.put(("infection", "site"), told.site)
        draft.assumed.append(f"infection.site: {told.site}, by --site")


def _sites_stated(sites: Sequence[Observation], draft: _Draft) -> list[tuple[Observation, str]]:
    for said in sites:
        if said.value not in _SITES:
            draft.aside(said, f"{shown(said.value or '')} is not a site of the case file")
    return [(said, said.value) for said in sites if said.value in _SITES]


def _sites_of_specimens(
    specimens: Sequence[Observation], draft: _Draft, catalogue: Catalogue, *, is_stated: bool
) -> list[tuple[Observation, str]]:
    tells: list[tuple[Observation, str]] = []
    for said in specimens:
        specimen = specimen_of(said.value_codes, said.value, catalogue)
        if specimen is None:
            draft.aside(said, f"the specimen {shown(said.value or '')} does not tell the site")
        elif specimen.site is None:
            draft.aside(said, specimen.because)
        elif is_stated:
            draft.aside(said, "the site is stated as such")
        else:
            tells.append((said, specimen.site))
    return tells


def _why_no_site(specimens: Iterable[Observation], catalogue: Catalogue) -> str:
    for said in specimens:
        specimen = specimen_of(said.value_codes, said.value, catalogue)
        named = specimen.name if specimen else (said.value or "").strip()
        if named:
            return f"{_NO_SITE} (the specimen, {shown(named)}, does not tell it)"
    return _NO_SITE


def _orders(orders: Sequence[Observation], draft: _Draft, catalogue: Catalogue) -> None:
    entries: list[Document] = []
    for said in orders:
        drug = identify_drug(said.codes, said.name, catalogue)
        name = drug.id or said.name.strip()
        if not name or " or " in drug.why_not:
            draft.aside(said, drug.why_not or "an order without a drug")
            continue
        fields = {key: value for key, value in said.fields if key in Order.model_fields}
        draft.provenance.append((("orders", len(entries)), said))
        entries.append({"drug": name} | fields)
    if entries:
        draft.document["orders"] = entries


def _stated(stated: Sequence[Observation], draft: _Draft) -> None:
    """Keys of the case file that the message states as such."""
    for said in stated:
        value = dict(said.fields).get("value")
        path: Path = tuple(said.name.split("."))
        before = [o for held, o in draft.provenance if held == path]
        if before and any(dict(o.fields).get("value") != value for o in before):
            draft.conflicts.append(f"{said.name}: stated twice, differently; the first is kept")
            draft.aside(said, f"{said.name} is stated otherwise before")
        else:
            draft.put(path, value, said)


# --- valid, or without what is not ---------------------------------------------------------------


def _valid(draft: _Draft, catalogue: Catalogue, on: date) -> Case:
    """The case; values the case file refuses are set aside, each with the reader's own reason."""
    for _ in range(_MOST_REPAIRS):
        try:
            case, _ = build_case(draft.document, names=catalogue.names, on=on)
        except CaseInvalidError as error:
            errors = [problem for problem in error.problems if problem.severity == "error"]
            if not any(_take_out(problem, draft) for problem in errors):
                raise _NoCaseError(_first(errors)) from None
        else:
            return case
    raise _NoCaseError("too many of its values are not accepted")


def _first(errors: Sequence[Problem]) -> str:
    return f"{errors[0].key}: {errors[0].message}" if errors else "not a valid case"


def _take_out(problem: Problem, draft: _Draft) -> bool:
    """Take the value `problem` is about out of the document again; False where none is to blame."""
    key = problem.key or ""
    held = [
        (path, said)
        for path, said in draft.provenance
        if key == dotted(path) or key.startswith((f"{dotted(path)}.", f"{dotted(path)}["))
    ]
    if not held or held[0][0] == ("isolate", "organism"):
        return False
    path = held[0][0]
    _delete(draft.document, path)
    for _, said in held:
        draft.aside(said, f"not accepted: {problem.message}")
    draft.provenance = [
        (_moved_up(other, path), said) for other, said in draft.provenance if other != path
    ]
    return True


def _delete(document: Document, path: Path) -> None:
    """Take a key or a list's entry out; a list left empty goes too: empty would mean "none"."""
    *above, last = path
    parents: list[object] = [document]
    for part in above:
        parent = parents[-1]
        parents.append(parent.get(str(part)) if isinstance(parent, dict) else None)
    holder = parents[-1]
    if isinstance(holder, dict):
        holder.pop(last, None)
    elif isinstance(holder, list) and isinstance(last, int):
        del holder[last]
        if not holder and isinstance(parents[-2], dict):
            del parents[-2][str(above[-1])]


def _moved_up(path: Path, gone: Path) -> Path:
    """The path of a later entry of the list from which `gone` was taken."""
    last, index = path[-1], gone[-1]
    is_later = isinstance(last, int) and isinstance(index, int) and last > index
    if is_later and path[:-1] == gone[:-1]:
        return (*path[:-1], int(last) - 1)
    return path
