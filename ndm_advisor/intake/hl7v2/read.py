"""From segments to reports: what each says, as an observation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final

from ndm_advisor.intake.catalogue import (
    FACTS,
    Catalogue,
    asked_of,
    fact_of,
    identify_drug,
    identify_gene,
    method_of,
)
from ndm_advisor.intake.hl7v2.isolates import Isolates, Result, asides_of, organism_of, results_of
from ndm_advisor.intake.hl7v2.messages import messages
from ndm_advisor.intake.hl7v2.segments import CODED, Item, Segment, item_of, segments_of
from ndm_advisor.intake.observed import AND, LOCAL, Code, Kind, Observation, Report

_PENDING: Final = "I"  # OBX-11
_COMPARATORS: Final = frozenset({"<", "<=", "=", ">", ">=", ""})
_NOT_CATEGORIES: Final = frozenset({"A", "AA", "N", "H", "HH", "L", "LL", "U", "D", "B", "W", ""})
_CATEGORY_FLAGS: Final = frozenset({"S", "I", "R", "SDD", "NS", "IE", "MS", "VS"})
_STANDARDS: Final = ("EUCAST", "CLSI", "FDA")


def read_hl7(
    files: Sequence[BinaryIO], names: Sequence[str], catalogue: Catalogue
) -> Iterator[Report]:
    """A report for each patient of each message of the files, in order."""
    number = 0
    for file, name in zip(files, names, strict=True):
        of_file = f"{name}, " if len(files) > 1 else ""
        for message in messages(file):
            faults, notes = list(message.faults), list(message.notes)
            segments = segments_of(message, faults, notes) if message.lines else []
            place = f"{of_file}line {message.line}"
            for patient in _by_patient(segments) or [[]]:
                number += 1
                yield _report(number, place, patient, (faults, notes), catalogue)
                faults, notes = [], []  # said once


def _by_patient(segments: list[Segment]) -> list[list[Segment]]:
    """The segments of each patient; what stands before the first PID goes with it."""
    groups: list[list[Segment]] = []
    for segment in segments:
        if not groups or (segment.name == "PID" and any(s.name == "PID" for s in groups[-1])):
            groups.append([])
        groups[-1].append(segment)
    return groups


def _report(
    number: int,
    place: str,
    segments: list[Segment],
    said: tuple[list[str], list[str]],
    catalogue: Catalogue,
) -> Report:
    faults, notes = said
    results = list(results_of(segments))
    isolates = Isolates(
        [o for r in results if (o := organism_of(r, catalogue)) is not None], results
    )
    asides = asides_of(results, isolates)
    day = next((s.text(7) for s in segments if s.name == "OBR" and s.text(7)), None)
    observations = [
        *_of_patient(segments, day),
        *_of_requests(segments, isolates),
        *(_observation(r, isolates, catalogue, asides.get(r.obx.place)) for r in results),
    ]
    comments = sum(segment.name == "NTE" for segment in segments)
    if comments:
        notes.append(f"comments (NTE) that are not read: {comments}")
    return Report(
        f"hl7-{number}",
        place,
        tuple(observations),
        tuple(s.raw(f) for s in segments if s.name == "PID" for f in (2, 3) if s.raw(f)),
        tuple(faults),
        tuple(notes),
    )


def _of_patient(segments: Iterable[Segment], day: str | None) -> Iterator[Observation]:
    for segment in segments:
        if segment.name == "PID":
            if born := segment.text(7):
                yield Observation("birth_date", f"{segment.place}-7", value=born, date=day)
            if sex := segment.text(8):
                yield Observation("sex", f"{segment.place}-8", value=sex)
        elif segment.name == "AL1":
            to = segment.item(3)
            reaction = segment.text(5) or None
            yield Observation(
                "allergy", segment.place, codes=to.codes, name=to.text, value=reaction,
                fields=tuple(_severity_of_allergy(segment)),
            )  # fmt: skip


def _severity_of_allergy(segment: Segment) -> Iterator[tuple[str, object]]:
    severity = {"SV": "severe", "MI": "mild", "U": "unknown"}.get(segment.text(4))
    if severity is not None:
        yield "severity", severity


def _of_requests(segments: list[Segment], isolates: Isolates) -> Iterator[Observation]:
    """Specimens and dates of report, which stand in SPM and OBR."""
    several = sum(segment.name == "SPM" for segment in segments) > 1
    since: list[Segment] = []  # requests since the last specimen
    for segment in segments:
        if segment.name == "OBR":
            since.append(segment)
            if reported := segment.text(22):
                yield Observation("reported_on", f"{segment.place}-22", value=reported)
            if segment.raw(15).strip():
                specimen = item_of([*segment.parts(15, 1), "", ""][:3])
                yield _specimen(f"{segment.place}-15", specimen, None)
        elif segment.name == "SPM":
            of = {o.isolate for o in isolates.organisms if o.result.obr in since}
            isolate = of.pop() if several and len(of) == 1 else None
            yield _specimen(f"{segment.place}-4", segment.item(4), isolate)
            since = []


def _specimen(place: str, item: Item, isolate: str | None) -> Observation:
    codes = tuple(
        Code("hl7-0487", code.code) if code.system == LOCAL else code for code in item.codes
    )
    return Observation(
        "specimen", place, isolate, name="specimen", value=item.text, value_codes=codes
    )


def _observation(
    result: Result, isolates: Isolates, catalogue: Catalogue, aside: str | None
) -> Observation:
    """What one OBX says."""
    obx = result.obx
    asked, value = obx.item(3), _value(obx)
    isolate = isolates.of(result)
    kind = _kind(result, asked, isolates, catalogue)
    if kind in FACTS:
        isolate = None
    elif isolate is None and aside is None:
        aside = "the message does not say to which of its isolates this belongs"
    if len(obx.repetitions(5)) > 1 and aside is None:
        aside = "several values in one result"
    category = _category(obx, value) if kind == "susceptibility" else (obx.text(8) or None)
    if obx.text(11) == _PENDING and kind == "susceptibility" and not value.text:
        category = "pending"
    method = obx.item(17)
    text = method.text.upper()
    return Observation(
        kind,
        obx.place,
        isolate,
        codes=asked.codes,
        name=asked.text,
        value=value.text or None,
        value_codes=(*value.codes, *(item_of(r).codes[0] for r in obx.repetitions(8) if r[0])),
        unit=obx.text(6) or obx.text(6, 2) or None,
        category=category,
        method=method_of(method.codes, catalogue) or method.text or None,
        standard=text if text in _STANDARDS else None,
        date=obx.text(14) or (result.obr.text(7) if result.obr else None) or None,
        aside=aside,
    )


def _kind(result: Result, asked: Item, isolates: Isolates, catalogue: Catalogue) -> Kind:
    if any(organism.result.obx is result.obx for organism in isolates.organisms):
        return "organism"
    if any(code in catalogue.genes_by_code for code in asked.codes):
        return "gene"
    if fact := fact_of(asked.codes, catalogue):
        return fact
    drug = identify_drug(asked.codes, asked.text, catalogue)
    if drug.id is not None or " or " in drug.why_not or " means " in drug.why_not:
        return "susceptibility"
    flags = {held[0].upper() for held in result.obx.repetitions(8)}
    if flags & _CATEGORY_FLAGS or _is_susceptibility_request(result.obr, catalogue):
        return "susceptibility"  # an unknown drug: it is to be reported as such
    return "gene" if identify_gene((), asked.text, catalogue) else "other"


def _is_susceptibility_request(obr: Segment | None, catalogue: Catalogue) -> bool:
    """A request that hangs on an organism, or asks for a panel by its code."""
    return obr is not None and (
        bool(obr.raw(26).strip())
        or asked_of(obr.item(4).codes, catalogue) == "susceptibility_panel"
    )


def _category(obx: Segment, value: Item) -> str | None:
    """OBX-8 where it is a category; else a coded or one-letter value of OBX-5."""
    flags = {held[0].upper() for held in obx.repetitions(8)} - _NOT_CATEGORIES
    if flags:
        return AND.join(sorted(flags))
    for code in value.codes:
        if code.system == "hl7-0078" or code.code.upper() in _CATEGORY_FLAGS:
            return code.code
    return None


def _value(obx: Segment) -> Item:
    """OBX-5 as its type in OBX-2 says: a coded element, a structured number, or text."""
    kind = obx.text(2)
    held = next(iter(obx.repetitions(5)), [])
    if kind in CODED:
        return item_of(held)
    if kind == "SN" or (kind == "" and len(held) > 1 and held[0] in _COMPARATORS):
        return Item((), "".join(held[:4]))
    return Item((), held[0] if held else "")
