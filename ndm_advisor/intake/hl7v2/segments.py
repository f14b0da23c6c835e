"""From a message to its segments: fields, components and coded elements, unescaped."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

import hl7

from ndm_advisor.intake.hl7v2.messages import Message
from ndm_advisor.intake.observed import ATC, LOCAL, LOINC, RXNORM, SNOMED, WHONET, Code

_SEGMENT: Final = re.compile(r"[A-Z][A-Z0-9]{2}")
_USUAL_HEADER: Final = r"MSH|^~\&|"
_HEADER: Final = re.compile(r"MSH([^\w\s])(?!\1)[^\w\s]{2,5}(\1|$)")
_SYSTEMS: Final = {
    "LN": LOINC, "SCT": SNOMED, "SNM": SNOMED, "ATC": ATC, "WC": ATC, "RXNORM": RXNORM,
    "WHONET": WHONET, "HL70078": "hl7-0078", "HL70487": "hl7-0487", "HL70070": "hl7-0487",
}  # fmt: skip
CODED: Final = frozenset({"CE", "CWE", "CNE", "IS", "ID"})


class Marks(NamedTuple):
    """The separators a header names."""

    component: str
    repetition: str
    escape: str
    sub: str


class Item(NamedTuple):
    """A coded element: its codes with their systems, and its text."""

    codes: tuple[Code, ...]
    text: str


class Segment(NamedTuple):
    """One segment: its name, its fields as they stand in the message, its place."""

    name: str
    fields: tuple[str, ...]
    place: str
    marks: Marks

    def raw(self, field: int) -> str:
        """A field as it stands; empty where the segment ends before it."""
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
        """A component of the first repetition, unescaped."""
        held = next(iter(self.repetitions(field)), [])
        return held[component - 1] if len(held) >= component else ""

    def parts(self, field: int, component: int) -> list[str]:
        """The sub-components of a component of the first repetition, unescaped."""
        held = self.raw(field).split(self.marks.repetition)[0].split(self.marks.component)
        if len(held) < component:
            return []
        parts = held[component - 1].split(self.marks.sub)
        return [unescaped(part, self.marks).strip() for part in parts]

    def item(self, field: int) -> Item:
        """The coded element of the first repetition: identifier, text, system, and the second."""
        held = next(iter(self.repetitions(field)), [])
        return item_of(held)


def item_of(held: list[str]) -> Item:
    """A coded element: identifier, text, system; the same three of a second coding."""
    padded = [*held, *[""] * 6]
    codes = [
        Code(_SYSTEMS.get(system.upper(), LOCAL), code)
        for code, system in ((padded[0], padded[2]), (padded[3], padded[5]))
        if code
    ]
    return Item(tuple(codes), padded[1] or padded[4] or padded[0])


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


def segments_of(message: Message, faults: list[str], notes: list[str]) -> list[Segment]:
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
        found.append(Segment(name, tuple(str(field) for field in segment), place, marks))
    return found


def _is_header(line: str) -> bool:
    """Whether a line names separators a message can be split by: all of them different."""
    match = _HEADER.match(line)
    marks = match[0][3:].rstrip(match[1]) if match else ""
    return bool(marks) and len(set(marks)) == len(marks)
