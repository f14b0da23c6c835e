"""FHIR files into reports: one for each patient, with everything the resources say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final

from ndm_advisor.intake.catalogue import Catalogue
from ndm_advisor.intake.fhir import patient_facts as facts
from ndm_advisor.intake.fhir import results
from ndm_advisor.intake.fhir.documents import Document, Entry, documents
from ndm_advisor.intake.fhir.elements import dicts, text
from ndm_advisor.intake.fhir.links import Isolates, Links
from ndm_advisor.intake.fhir.orders import orders
from ndm_advisor.intake.observed import Observation, Report
from ndm_advisor.model.names import fold

_READ: Final = frozenset(
    {
        "Patient",
        "Specimen",
        "Observation",
        "AllergyIntolerance",
        "MedicationRequest",
        "MedicationStatement",
        "Condition",
        "DiagnosticReport",
    }
)
_KNOWN: Final = _READ | {"Medication"}  # which is read where a request refers to it
_UNNAMED: Final = "unnamed"  # the isolate of findings where no organism is reported
_MOST_LISTED: Final = 20  # resources named one by one as read leniently


def read_fhir(
    files: Iterable[BinaryIO], names: Sequence[str], catalogue: Catalogue
) -> Iterator[Report]:
    """A report for each patient of each bundle; bulk files belong together, whatever their order.

    `names` are what the files are called in the account; where there is one file it is not named.

    The lines of NDJSON files are held until the last file is read: a result and its patient stand
    in different files.
    """
    of_files = tuple(names) if len(names) > 1 else ()
    for report in _each(files, names, catalogue):
        yield report._replace(files=of_files)


def _each(
    files: Iterable[BinaryIO], names: Sequence[str], catalogue: Catalogue
) -> Iterator[Report]:
    numbers = iter(range(1, 10**9))
    bulk: list[Entry] = []
    bulk_faults: list[str] = []
    for file, name in zip(files, names, strict=True):
        for document in documents(file, name if len(names) > 1 else ""):
            if document.is_bulk:
                bulk.extend(document.entries)
                bulk_faults.extend(document.faults)
            else:
                yield from _reports(document, catalogue, numbers)
    if bulk or bulk_faults:
        yield from _reports(Document(tuple(bulk), tuple(bulk_faults)), catalogue, numbers)


def _reports(document: Document, catalogue: Catalogue, numbers: Iterator[int]) -> Iterator[Report]:
    """One for each patient; what names no patient goes with the only one there is."""
    links = Links(document.entries)
    by_patient: dict[str | None, list[Entry]] = {}
    for entry in document.entries:
        by_patient.setdefault(_owner(entry, links), []).append(entry)
    patients = [patient for patient in by_patient if patient is not None]
    if len(patients) == 1 and None in by_patient:
        by_patient = {patients[0]: list(document.entries)}
    faults = document.faults
    if not by_patient:
        yield Report(f"fhir-{next(numbers)}", "the file", (), faults=faults)
    for entries in by_patient.values():
        if all(text(entry.resource, "resourceType") not in _READ for entry in entries):
            notes = tuple(_notes(entries))
            if len(by_patient) == 1:
                yield Report(f"fhir-{next(numbers)}", "the file", (), faults=faults, notes=notes)
            continue
        yield _report(entries, links, catalogue, f"fhir-{next(numbers)}", faults)
        faults = ()


def _owner(entry: Entry, links: Links) -> str | None:
    if text(entry.resource, "resourceType") == "Patient":
        return entry.url
    return links.patient_of(entry)


def _report(
    entries: list[Entry],
    links: Links,
    catalogue: Catalogue,
    label: str,
    faults: tuple[str, ...],
) -> Report:
    of = _by_type(entries)
    grown = {e.url: e for e in of["Observation"] if results.is_organism(e, catalogue)}
    isolates = Isolates(grown, links)
    findings = list(_findings(of["Observation"], isolates, catalogue))
    same = {_UNNAMED: _UNNAMED} | _same_isolates(grown, findings, links)
    said = [
        o if o.isolate is None else o._replace(isolate=same[o.isolate])
        for o in (*findings, *_facts(of, grown, isolates, links))
    ]
    place = entries[0].place
    return Report(label, place, tuple(said), _identity(of), faults, tuple(_notes(entries)))


def _by_type(entries: list[Entry]) -> dict[str, list[Entry]]:
    held: dict[str, list[Entry]] = {kind: [] for kind in _READ}
    for entry in entries:
        kind = text(entry.resource, "resourceType") or ""
        if kind in held:
            held[kind].append(entry)
    return held


# --- isolates and what was found in them -----------------------------------------------------


def _findings(
    entries: list[Entry], isolates: Isolates, catalogue: Catalogue
) -> Iterator[Observation]:
    """Every Observation resource as observations, each finding with its isolate."""
    for entry in entries:
        is_member = isolates.holds(entry)
        for read in results.observations(entry, catalogue, is_member=is_member):
            yield _placed(read, entry, isolates)


def _placed(read: results.Read, entry: Entry, isolates: Isolates) -> Observation:
    if not read.is_finding:
        return read.said
    try:
        return read.said._replace(isolate=isolates.of(entry) or _UNNAMED)
    except LookupError:
        return results.untold(read.said)


def _same_isolates(
    grown: dict[str, Entry], said: list[Observation], links: Links
) -> dict[str, str]:
    """Isolates reported twice: one organism, one specimen, and no result of one denies the other's.

    Two colonies of one organism with different results stay two.
    """
    panels: dict[str, dict[object, object]] = {url: {} for url in grown}
    named: dict[str, object] = {}
    for o in said:
        if o.isolate is None:
            continue
        if o.kind == "organism":
            specimens = frozenset(links.specimens(grown[o.isolate]))
            named[o.isolate] = (o.value_codes, fold(o.value or ""), specimens)
        elif o.aside is None and o.isolate in panels:
            panels[o.isolate][o.codes, fold(o.name)] = (o.value, o.unit, o.category)
    same: dict[str, str] = {}
    twins: dict[object, list[str]] = {}
    for url in grown:
        alike = twins.setdefault(named.get(url, url), [])
        twin = next((other for other in alike if _agree(panels[other], panels[url])), None)
        if twin is None:
            alike.append(url)
        same[url] = twin or url
        panels[same[url]] |= panels[url]
    return same


def _agree(one: dict[object, object], other: dict[object, object]) -> bool:
    shared = one.keys() & other.keys()
    return bool(shared or not one or not other) and all(one[key] == other[key] for key in shared)


# --- the patient and the rest ----------------------------------------------------------------


def _facts(
    of: dict[str, list[Entry]], grown: dict[str, Entry], isolates: Isolates, links: Links
) -> Iterator[Observation]:
    day = _day(of, grown)
    for entry in of["Patient"]:
        yield from facts.patient(entry, day)
    for entry in of["DiagnosticReport"]:
        yield from facts.report_date(entry)
    for entry in of["Specimen"]:
        yield from _specimen(entry, len(of["Specimen"]), isolates)
    for entry in of["AllergyIntolerance"]:
        yield facts.allergy(entry, is_only=len(of["AllergyIntolerance"]) == 1)
    of_case = [entry for entry in of["Condition"] if facts.is_case_condition(entry)]
    yield from facts.conditions(of_case)
    for entry in of["Condition"]:
        if not facts.is_case_condition(entry):
            yield from facts.condition(entry)
    yield from facts.medicines(of["MedicationStatement"])
    for entry in of["MedicationRequest"]:
        yield from orders(entry, links)


def _specimen(entry: Entry, specimens: int, isolates: Isolates) -> Iterator[Observation]:
    """Of one specimen among several, once for each isolate that grew in it."""
    if specimens == 1:
        yield facts.specimen(entry, None)
        return
    grown = isolates.grown_in(entry)
    for isolate in sorted(grown):
        yield facts.specimen(entry, isolate)
    if not grown:
        made = facts.specimen(entry, None)
        yield made._replace(aside="one of several specimens, from which no organism is reported")


def _day(of: dict[str, list[Entry]], grown: dict[str, Entry]) -> str | None:
    """The day the age is wanted for: of the specimen, else of the result or report."""
    for entry in of["Specimen"]:
        if (day := text(entry.resource, "collection", "collectedDateTime")) is not None:
            return day
    for entry in (*grown.values(), *of["DiagnosticReport"], *of["Observation"]):
        for key in ("effectiveDateTime", "issued"):
            if (day := text(entry.resource, key)) is not None:
                return day
    return None


def _identity(of: dict[str, list[Entry]]) -> tuple[str, ...]:
    """What the file knows the patient by; for the keyed hash alone."""
    for entry in of["Patient"]:
        for identifier in dicts(entry.resource, "identifier"):
            if (value := text(identifier, "value")) is not None:
                return (text(identifier, "system") or "", value)
        if (id_ := text(entry.resource, "id")) is not None:
            return (id_,)
    return ()


def _notes(entries: list[Entry]) -> Iterator[str]:
    """What was read leniently, and what was not looked at because no result stands in it."""
    lenient = [entry for entry in entries if entry.lenient is not None]
    for entry in lenient[:_MOST_LISTED]:
        yield f"{entry.place}: not valid FHIR, read leniently (at fault: {entry.lenient})"
    if len(lenient) > _MOST_LISTED:
        yield f"and {len(lenient) - _MOST_LISTED} more that are not valid FHIR, read leniently"
    kinds = Counter(text(entry.resource, "resourceType") or "" for entry in entries)
    others = [f"{count} {kind}" for kind, count in sorted(kinds.items()) if kind not in _KNOWN]
    if others:
        yield f"not looked at, no result stands in them: {', '.join(others)}"
