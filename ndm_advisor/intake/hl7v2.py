"""HL7 version 2 ORU^R01: microbiology results, message by message, segment by segment.

The `hl7` package splits a message by the separators its own MSH names. Whatever a segment lacks or
gets wrong costs that segment and is reported; the rest of the message is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final, NamedTuple

import hl7

from ndm_advisor.intake.catalogue import Catalogue, identify_drug, identify_gene, identify_organism
from ndm_advisor.intake.observed import (
    ATC,
    LOCAL,
    LOINC,
    RXNORM,
    SNOMED,
    STRIP,
    WHONET,
    Code,
    Kind,
    Observation,
    Report,
)

LONGEST_LINE: Final = 1_000_000  # bytes; a segment is a few hundred
LARGEST_MESSAGE: Final = 20_000_000  # characters
_CHUNK: Final = 65_536
_SEGMENT: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
_ENVELOPE: Final = frozenset({"FHS", "BHS", "BTS", "FTS"})
_NO_FRAME: Final = {0x0B: None, 0x1C: None}  # the frame of MLLP
_USUAL_HEADER: Final = r"MSH|^~\&|"
_HEADER: Final = re.compile(r"MSH([^\w\s])(?!\1)[^\w\s]{2,5}(\1|$)")
_SYSTEMS: Final = {
    "LN": LOINC, "SCT": SNOMED, "SNM": SNOMED, "ATC": ATC, "WC": ATC, "RXNORM": RXNORM,
    "WHONET": WHONET, "HL70078": "hl7-0078", "HL70487": "hl7-0487", "HL70070": "hl7-0487",
}  # fmt: skip
_FACTS: Final[dict[str, Kind]] = {
    "35659-2": "age",  # age at specimen collection
    "29463-7": "weight",
    "3141-9": "weight",  # measured
    "8302-2": "height",
    "2160-0": "creatinine",  # mass per volume in serum or plasma
    "14682-9": "creatinine",  # moles per volume in serum or plasma
}
_ORGANISM_CODES: Final = frozenset(
    {"600-7", "630-4", "634-6", "6463-4", "11475-1", "17928-3", "41852-5", "43409-2"}
)
_STRIP_METHOD: Final = Code(SNOMED, "703442003")  # gradient strip susceptibility test
_WITHDRAWN: Final = {
    "D": "withdrawn by the laboratory (status D)",
    "W": "withdrawn by the laboratory: reported for another patient (status W)",
    "X": "the laboratory could not obtain a result (status X)",
    "N": "not asked for (status N)",
}
_PENDING, _CORRECTED, _PRELIMINARY, _FINAL = "I", "C", "P", "F"  # OBX-11
_COMPARATORS: Final = frozenset({"<", "<=", "=", ">", ">=", ""})
_OF_REPORT: Final = frozenset({"age", "weight", "height", "creatinine"})
_PANEL_CODES: Final = frozenset({"29576-6", "50545-3", "18769-0"})  # susceptibility panels
_CODED: Final = frozenset({"CE", "CWE", "CNE", "IS", "ID"})


_NOT_CATEGORIES: Final = frozenset({"A", "AA", "N", "H", "HH", "L", "LL", "U", "D", "B", "W", ""})
_CATEGORY_FLAGS: Final = frozenset({"S", "I", "R", "SDD", "NS", "IE", "MS", "VS"})
_STANDARDS: Final = ("EUCAST", "CLSI", "FDA")


class Message(NamedTuple):
    """The lines of one message, from its MSH on; `line` is that of the first, from 1."""

    line: int
    lines: tuple[str, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


class Marks(NamedTuple):
    """The separators a header names."""

    component: str
    repetition: str
    escape: str
    sub: str


class _Item(NamedTuple):
    """A coded element: its codes with their systems, and its text."""

    codes: tuple[Code, ...]
    text: str


class _Segment(NamedTuple):
    """One segment: its name, its fields as they stand in the message, its place."""

    name: str
    fields: tuple[str, ...]
    place: str
    marks: Marks

    def raw(self, field: int) -> str:
        return self.fields[field] if field < len(self.fields) else ""

    def repetitions(self, field: int) -> list[list[str]]:
        """Each repetition of a field as its components, unescaped; sub-components as one text."""
        raw = self.raw(field)
        if not raw.strip():
            return []
        return [
            [unescaped(part, self.marks).strip() for part in held.split(self.marks.component)]
            for held in raw.split(self.marks.repetition)
        ]

    def text(self, field: int, component: int = 1) -> str:
        held = next(iter(self.repetitions(field)), [])
        return held[component - 1] if len(held) >= component else ""

    def parts(self, field: int, component: int) -> list[str]:
        """The sub-components of a component of the first repetition, unescaped."""
        held = self.raw(field).split(self.marks.repetition)[0].split(self.marks.component)
        if len(held) < component:
            return []
        parts = held[component - 1].split(self.marks.sub)
        return [unescaped(part, self.marks).strip() for part in parts]

    def item(self, field: int) -> _Item:
        """The coded element of the first repetition: identifier, text, system, and the second."""
        held = next(iter(self.repetitions(field)), [])
        return _item(held)


def _item(held: list[str]) -> _Item:
    padded = [*held, *[""] * 6]
    codes = [
        Code(_SYSTEMS.get(system.upper(), LOCAL), code)
        for code, system in ((padded[0], padded[2]), (padded[3], padded[5]))
        if code
    ]
    return _Item(tuple(codes), padded[1] or padded[4] or padded[0])


def unescaped(text: str, marks: Marks) -> str:
    r"""A text with its escape sequences resolved; sequences that only format are dropped.

    >>> unescaped(r"Pip\T\Tazo\.br\\X41\", Marks("^", "~", "\\", "&"))
    'Pip&Tazo A'
    """
    plain = {
        "F": "|",
        "S": marks.component,
        "T": marks.sub,
        "R": marks.repetition,
        "E": marks.escape,
        ".br": " ",
    }
    if marks.escape not in text:
        return text

    def resolved(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("X"):
            try:
                return bytes.fromhex(name[1:]).decode("utf-8", "replace")
            except ValueError:
                return ""
        return plain.get(name, "")

    mark = re.escape(marks.escape)
    return re.sub(f"{mark}([^{mark}]{{0,80}}){mark}", resolved, text)


# --- from bytes to messages ---------------------------------------------------------------------


def lines_of(file: BinaryIO) -> Iterator[bytes | None]:
    """Lines ended by carriage return, line feed or both; None for one that is too long."""
    rest = b""
    skipping = False
    while chunk := file.read(_CHUNK):
        *whole, rest = re.split(rb"\r\n|\r|\n", rest + chunk)
        for line in whole:
            yield None if skipping or len(line) > LONGEST_LINE else line
            skipping = False
        if len(rest) > LONGEST_LINE:
            skipping, rest = True, b""
    if rest or skipping:
        yield None if skipping else rest


class _Open:
    """The message in hand. Faults of one kind are counted together, so that memory stays flat."""

    def __init__(self, start: int, lines: list[str]) -> None:
        self.start = start
        self.lines = lines
        self.size = 0
        self.faults: dict[str, tuple[int, int]] = {}
        self.notes: dict[str, tuple[int, int]] = {}

    def add(self, number: int, raw: bytes | None, line: str) -> None:
        """Take a line, or the reason why it cannot be taken."""
        fault = None
        if raw is None:
            fault = "longer than a segment can be"
        elif not line or line[:3] in _ENVELOPE:
            return
        elif not self.lines:
            fault = "stands before any message header (MSH)"
        elif self.size + len(line) > LARGEST_MESSAGE:
            fault = "the message is larger than a message can be"
        if fault is None:
            self.size += len(line)
            self.lines.append(line)
        else:
            _count(self.faults, fault, number)

    def closed(self) -> Iterator[Message]:
        """The message, where there is one or something to say."""
        if self.lines or self.faults:
            said = (tuple(_sentences(self.faults)), tuple(_sentences(self.notes)))
            yield Message(self.start, tuple(self.lines), *said)


def messages(file: BinaryIO) -> Iterator[Message]:
    """The messages of a file: one, many, or batches; an empty line and an envelope are passed."""
    current = _Open(1, [])
    for number, raw in enumerate(lines_of(file), 1):
        line, note = ("", "") if raw is None else _decoded(raw)
        if line[:3] == "MSH":
            yield from current.closed()
            current = _Open(number, [line])
        else:
            current.add(number, raw, line)
        if note:
            _count(current.notes, note, number)
    yield from current.closed()


def _count(held: dict[str, tuple[int, int]], said: str, number: int) -> None:
    first, count = held.get(said, (number, 0))
    held[said] = (first, count + 1)


def _sentences(held: dict[str, tuple[int, int]]) -> Iterator[str]:
    for said, (first, count) in held.items():
        more = f" and {count - 1} more" if count > 1 else ""
        yield f"line {first}{more}: {said}"


def _decoded(raw: bytes) -> tuple[str, str]:
    """The text of a line, and a note where it is not UTF-8."""
    note = ""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
        note = "not UTF-8; read as ISO 8859-1"
    return text.translate(_NO_FRAME).lstrip("\ufeff \t").rstrip(), note


# --- from a message to segments -----------------------------------------------------------------


def _segments(message: Message, faults: list[str], notes: list[str]) -> list[_Segment]:
    """The segments of a message that can be read, by the separators its header names."""
    header = message.lines[0]
    if not _is_header(header):
        notes.append("the message header (MSH) is damaged; the usual separators are taken")
        header = _USUAL_HEADER
    good, places = [header], [message.line]
    for number, line in enumerate(message.lines[1:], message.line + 1):
        if _SEGMENT.fullmatch(line[:3]) and line[3:4] in {"", header[3]}:
            good.append(line)
            places.append(number)
        else:
            faults.append(f"line {number}: not a segment")
    try:
        parsed = hl7.parse("\r".join(good))
    except (hl7.HL7Exception, ValueError, IndexError):
        faults.append("the message cannot be split into segments")
        return []
    counts: dict[str, int] = {}
    found = []
    for segment, number in zip(parsed, places, strict=False):
        name = str(segment[0])
        counts[name] = counts.get(name, 0) + 1
        place = f"{name}[{counts[name]}] (line {number})"
        _, _, repetition, component, sub = list(parsed.separators)
        marks = Marks(component, repetition, parsed.esc, sub)
        found.append(_Segment(name, tuple(str(field) for field in segment), place, marks))
    return found


def _is_header(line: str) -> bool:
    """Whether a line names separators a message can be split by: all of them different."""
    match = _HEADER.match(line)
    marks = match[0][3:].rstrip(match[1]) if match else ""
    return bool(marks) and len(set(marks)) == len(marks)


# --- from segments to reports -------------------------------------------------------------------


class _Result(NamedTuple):
    """An OBX with the OBR it stands under."""

    obx: _Segment
    obr: _Segment | None

    @property
    def sub_id(self) -> str:
        return self.obx.text(4)


class _Organism(NamedTuple):
    """An OBX that names an organism, and the key of its isolate."""

    result: _Result
    isolate: str


def read_hl7(
    files: Sequence[BinaryIO], names: Sequence[str], catalogue: Catalogue
) -> Iterator[Report]:
    """A report for each patient of each message of the files, in order."""
    number = 0
    for file, name in zip(files, names, strict=True):
        of_file = f"{name}, " if len(files) > 1 else ""
        for message in messages(file):
            faults, notes = list(message.faults), list(message.notes)
            segments = _segments(message, faults, notes) if message.lines else []
            place = f"{of_file}line {message.line}"
            for patient in _by_patient(segments) or [[]]:
                number += 1
                yield _report(number, place, patient, (faults, notes), catalogue)
                faults, notes = [], []  # said once


def _by_patient(segments: list[_Segment]) -> list[list[_Segment]]:
    """The segments of each patient; what stands before the first PID goes with it."""
    groups: list[list[_Segment]] = []
    for segment in segments:
        if not groups or (segment.name == "PID" and any(s.name == "PID" for s in groups[-1])):
            groups.append([])
        groups[-1].append(segment)
    return groups


def _report(
    number: int,
    place: str,
    segments: list[_Segment],
    said: tuple[list[str], list[str]],
    catalogue: Catalogue,
) -> Report:
    faults, notes = said
    results = list(_results(segments))
    isolates = _Isolates(
        [o for r in results if (o := _organism(r, catalogue)) is not None], results
    )
    asides = _asides(results, isolates)
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


def _results(segments: Iterable[_Segment]) -> Iterator[_Result]:
    obr = None
    for segment in segments:
        if segment.name == "OBR":
            obr = segment
        elif segment.name == "OBX":
            yield _Result(segment, obr)


def _organism(result: _Result, catalogue: Catalogue) -> _Organism | None:
    """The organism an OBX names: by its LOINC code, or because its value is one."""
    asked, value = result.obx.item(3), result.obx.item(5)
    is_asked = any(code in _ORGANISM_CODES for system, code in asked.codes if system == LOINC)
    coded = value.codes if result.obx.text(2) in _CODED else ()
    if not is_asked and identify_organism(coded, value.text, catalogue).id is None:
        return None
    filler = result.obr.raw(3) if result.obr is not None else ""
    return _Organism(result, "|".join((filler, result.sub_id, value.text)))


class _Isolates:
    """To which isolate a result belongs."""

    def __init__(self, organisms: list[_Organism], results: list[_Result]) -> None:
        self.organisms = organisms
        self.keys = list(dict.fromkeys(o.isolate for o in organisms))
        numbered = Counter((id(r.obr), r.sub_id) for r in results if r.sub_id)
        self.shared = {key for key, count in numbered.items() if count > 1}

    def of(self, result: _Result) -> str | None:
        """The isolate of a result; None where the message does not say which.

        Even a single isolate is not taken for what points to another one, or to one that names no
        organism known here.
        """
        if any(o.result.obx is result.obx for o in self.organisms):
            return next(o.isolate for o in self.organisms if o.result.obx is result.obx)
        parents = self._parents(result.obr)
        same = [o for o in self.organisms if o.result.obr is result.obr]
        numbered = [o for o in same if result.sub_id and o.result.sub_id == result.sub_id]
        if parents is not None:
            return _only_isolate(parents)
        if numbered:
            return _only_isolate(numbered)
        if (id(result.obr), result.sub_id) in self.shared and self.organisms:
            return None  # results share a number no organism has
        if len(self.keys) <= 1:
            return self.keys[0] if self.keys else "1"
        return _only_isolate(same)

    def _parents(self, obr: _Segment | None) -> list[_Organism] | None:
        """The organisms that OBR-26 (parent result), else OBR-29 (parent order), points to.

        None where the request points to nothing, or to an order of this message that is no culture.
        """
        if obr is None:
            return None
        sub_id, text = obr.text(26, 2), obr.text(26, 3)
        within = self._of_order(obr)
        found = within or self.organisms
        if text and (named := [o for o in found if o.result.obx.item(5).text == text]):
            return [o for o in named if not sub_id or o.result.sub_id == sub_id] or named
        if sub_id:
            return [o for o in found if o.result.sub_id == sub_id]
        if text:
            return []
        return within or None

    def _of_order(self, obr: _Segment) -> list[_Organism]:
        parent = obr.parts(29, 2) or obr.parts(29, 1)
        if not parent or not parent[0]:
            return []
        return [o for o in self.organisms if o.result.obr and _is_order(o.result.obr, parent[0])]


def _only_isolate(organisms: list[_Organism]) -> str | None:
    keys = {organism.isolate for organism in organisms}
    return keys.pop() if len(keys) == 1 else None


def _is_order(obr: _Segment, number: str) -> bool:
    return number in {(obr.parts(field, 1) or [""])[0] for field in (2, 3)}


def _asides(results: list[_Result], isolates: _Isolates) -> dict[str, str]:
    """Why results are not to be used: by their status, or because a better one stands beside."""
    reasons: dict[str, str] = {}
    statuses: dict[tuple[str | None, str, str], set[str]] = {}
    for result in results:
        key = (isolates.of(result), result.sub_id, result.obx.raw(3))
        statuses.setdefault(key, set()).add(result.obx.text(11))
    for result in results:
        status = result.obx.text(11)
        beside = statuses[isolates.of(result), result.sub_id, result.obx.raw(3)]
        if status in _WITHDRAWN:
            reasons[result.obx.place] = _WITHDRAWN[status]
        elif status != _CORRECTED and _CORRECTED in beside:
            reasons[result.obx.place] = "corrected by the laboratory in the same message"
        elif status == _PRELIMINARY and _FINAL in beside:
            reasons[result.obx.place] = "preliminary; the final result stands beside it"
    return reasons


# --- from a segment to observations --------------------------------------------------------------


def _of_patient(segments: Iterable[_Segment], day: str | None) -> Iterator[Observation]:
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


def _severity_of_allergy(segment: _Segment) -> Iterator[tuple[str, object]]:
    severity = {"SV": "severe", "MI": "mild", "U": "unknown"}.get(segment.text(4))
    if severity is not None:
        yield "severity", severity


def _of_requests(segments: list[_Segment], isolates: _Isolates) -> Iterator[Observation]:
    """Specimens and dates of report, which stand in SPM and OBR."""
    several = sum(segment.name == "SPM" for segment in segments) > 1
    since: list[_Segment] = []  # requests since the last specimen
    for segment in segments:
        if segment.name == "OBR":
            since.append(segment)
            if reported := segment.text(22):
                yield Observation("reported_on", f"{segment.place}-22", value=reported)
            if segment.raw(15).strip():
                specimen = _item([*segment.parts(15, 1), "", ""][:3])
                yield _specimen(f"{segment.place}-15", specimen, None)
        elif segment.name == "SPM":
            of = {o.isolate for o in isolates.organisms if o.result.obr in since}
            isolate = of.pop() if several and len(of) == 1 else None
            yield _specimen(f"{segment.place}-4", segment.item(4), isolate)
            since = []


def _specimen(place: str, item: _Item, isolate: str | None) -> Observation:
    codes = tuple(
        Code("hl7-0487", code.code) if code.system == LOCAL else code for code in item.codes
    )
    return Observation(
        "specimen", place, isolate, name="specimen", value=item.text, value_codes=codes
    )


def _observation(
    result: _Result, isolates: _Isolates, catalogue: Catalogue, aside: str | None
) -> Observation:
    """What one OBX says."""
    obx = result.obx
    asked, value = obx.item(3), _value(obx)
    isolate = isolates.of(result)
    kind = _kind(result, asked, isolates, catalogue)
    if kind in _OF_REPORT:
        isolate = None
    elif isolate is None and aside is None:
        aside = "the message does not say to which of its isolates this belongs"
    if len(obx.repetitions(5)) > 1 and aside is None:
        aside = "several values in one result"
    category = _category(obx, value) if kind == "susceptibility" else (obx.text(8) or None)
    if obx.text(11) == _PENDING and kind == "susceptibility" and not value.text:
        category = "pending"
    method = obx.item(17)
    is_strip = _STRIP_METHOD in method.codes
    text = method.text.upper()
    return Observation(
        kind,
        obx.place,
        isolate,
        codes=asked.codes,
        name=asked.text,
        value=value.text or None,
        value_codes=(*value.codes, *(_item(r).codes[0] for r in obx.repetitions(8) if r[0])),
        unit=obx.text(6) or obx.text(6, 2) or None,
        category=category,
        method=STRIP if is_strip else (method.text or None),
        standard=text if text in _STANDARDS else None,
        date=obx.text(14) or (result.obr.text(7) if result.obr else None) or None,
        aside=aside,
    )


def _kind(result: _Result, asked: _Item, isolates: _Isolates, catalogue: Catalogue) -> Kind:
    if any(organism.result.obx is result.obx for organism in isolates.organisms):
        return "organism"
    for code in asked.codes:
        if code in catalogue.genes_by_code:
            return "gene"
        if code.system == LOINC and code.code in _FACTS:
            return _FACTS[code.code]
    drug = identify_drug(asked.codes, asked.text, catalogue)
    if drug.id is not None or " or " in drug.why_not or " means " in drug.why_not:
        return "susceptibility"
    if result.obx.text(8).upper() in _CATEGORY_FLAGS or _is_susceptibility_request(result.obr):
        return "susceptibility"  # an unknown drug: it is to be reported as such
    return "gene" if identify_gene((), asked.text, catalogue) else "other"


def _is_susceptibility_request(obr: _Segment | None) -> bool:
    return obr is not None and (
        bool(obr.raw(26).strip())
        or any(code.code in _PANEL_CODES for code in obr.item(4).codes if code.system == LOINC)
    )


def _category(obx: _Segment, value: _Item) -> str | None:
    """OBX-8 where it is a category; else a coded or one-letter value of OBX-5."""
    flags = {held[0].upper() for held in obx.repetitions(8)} - _NOT_CATEGORIES
    if flags:
        return " and ".join(sorted(flags))  # two that differ are no category
    for code in value.codes:
        if code.system == "hl7-0078" or code.code.upper() in _CATEGORY_FLAGS:
            return code.code
    return None


def _value(obx: _Segment) -> _Item:
    """OBX-5 as its type in OBX-2 says: a coded element, a structured number, or text."""
    kind = obx.text(2)
    held = next(iter(obx.repetitions(5)), [])
    if kind in _CODED:
        return _item(held)
    if kind == "SN" or (kind == "" and len(held) > 1 and held[0] in _COMPARATORS):
        return _Item((), "".join(held[:4]))
    return _Item((), held[0] if held else "")
