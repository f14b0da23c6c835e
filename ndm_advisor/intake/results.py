"""One susceptibility result, read on its own: the drug, and what a row of a panel can hold."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ndm_advisor.intake.catalogue import MOST_KEPT, Catalogue, identify_drug
from ndm_advisor.intake.observed import AND, DISK, LOINC, MIC, STRIP, Observation
from ndm_advisor.intake.quantities import number_of, shown
from ndm_advisor.intake.told import Told
from ndm_advisor.model.case import COMBINED_TEST
from ndm_advisor.model.mic import MicFormatError, parse_mic
from ndm_advisor.model.names import fold

_CATEGORIES: Final = {
    "s": "S",
    "i": "I",
    "r": "R",
    "sdd": "SDD",
    "s-dd": "SDD",
    "ns": "NS",
    "susceptible": "S",
    "sensitive": "S",
    "intermediate": "I",
    "susceptible-increased-exposure": "I",
    "susceptible-dose-dependent": "SDD",
    "resistant": "R",
    "nonsusceptible": "NS",
    "non-susceptible": "NS",
    "not-susceptible": "NS",
    "pending": "pending",
    "not-tested": "not tested",
}
AGAINST: Final = ("R", "NS")  # the worse first
NO_RESULT: Final = frozenset({"pending", "not tested"})
_NO_CATEGORY: Final = frozenset({"nd", "ie", "not-defined", "not-determined", "-", ""})
_MG_L: Final = frozenset({"mg/l", "ug/ml", "mcg/ml", "µg/ml", "μg/ml", "microg/ml"})
_MM: Final = "mm"
_STANDARDS: Final = ("EUCAST", "CLSI", "FDA")
_NOT_STATED: Final = frozenset({"", "missing", "unknown", "not-provided", "not-stated", "none"})
_FIRST_OF_TWO: Final = re.compile(r"([<>=]*\s*[0-9.]+)\s*/\s*[0-9.]+")
# What a result is read from: all that is said, and neither the place nor the isolate.
_WORDS: Final = slice(Observation._fields.index("codes"), Observation._fields.index("date"))
_LONGEST_KEPT: Final = 1_000  # characters
_METHODS_TOGETHER: Final = ("broth-disk-elution", "strip-stacking", "disk-proximity")


class Result(NamedTuple):
    """One observation, read: the row it would make alone.

    `notes` say what was assumed, `is_doubtful` that the result states another category too.
    """

    drug: str
    said: Observation
    category: str | None = None
    mic: str | None = None
    zone_mm: float | None = None
    method: str | None = None
    standard: str | None = None
    version: str | None = None
    notes: tuple[str, ...] = ()
    is_doubtful: bool = False

    @property
    def is_none(self) -> bool:
        """It says that there is no result: pending, or not tested."""
        is_number = self.mic is not None or self.zone_mm is not None
        return self.category in NO_RESULT and not is_number


class UnreadError(Exception):
    """A result that cannot be taken. The message is the reason."""


def read_result(said: Observation, told: Told, catalogue: Catalogue) -> Result:
    """What one observation says of one drug; what said the same before is not read again.

    Raises:
        UnreadError: the drug is not known, or there is nothing a panel can hold.
    """
    asked = (said[_WORDS], told.standard, told.version, told.standard_disks)
    found = catalogue.results.get(asked)
    if found is None:
        try:
            found = _result(said, told, catalogue)
        except UnreadError as error:
            found = str(error)
        if len(catalogue.results) < MOST_KEPT and len(repr(asked)) <= _LONGEST_KEPT:
            catalogue.results[asked] = found
    if isinstance(found, str):
        raise UnreadError(found)
    return Result(found.drug, said, *found[2:])


def _result(said: Observation, told: Told, catalogue: Catalogue) -> Result:
    drug = identify_drug(said.codes, said.name, catalogue)
    if drug.id is None:
        raise UnreadError(drug.why_not)
    categories, standard = _categories(said, catalogue)
    standard, version, note = _standard(said, standard, told)
    result = Result(
        drug.id,
        said,
        _the_one(categories),
        standard=standard,
        version=version,
        notes=(note,) if note else (),
        is_doubtful=len(categories) > 1,
    )
    text = (said.value or "").strip()
    if text and fold(text) not in _NO_CATEGORY and category_word(text) is None:
        result = _with_number(result, text, told, catalogue)
    if result.category is None and result.mic is None and result.zone_mm is None:
        raise UnreadError(_why_nothing(said))
    if drug.id == COMBINED_TEST and (method := fold(said.method or "")) in _METHODS_TOGETHER:
        result = result._replace(method=method)
    return result


def _categories(said: Observation, catalogue: Catalogue) -> tuple[frozenset[str], str | None]:
    """Each category the message states, by code or in words, and the standard of the code."""
    coded = [catalogue.categories[c] for c in said.value_codes if c in catalogue.categories]
    found = {category for category, _ in coded}
    text = (said.category or "").strip()
    if text and fold(text) not in _NO_CATEGORY:
        words = [category_word(part) for part in text.split(AND)]
        found.update(word for word in words if word is not None)
        if None in words and not coded and not found.intersection(AGAINST):
            raise UnreadError(f"{shown(text)} is not a category this tool knows")
    if word := category_word((said.value or "").strip()):
        found.add(word)
    return frozenset(found), coded[0][1] if coded else None


def _the_one(categories: frozenset[str]) -> str | None:
    """The category of a result; of two that differ the one against the drug, else neither."""
    against = next((category for category in AGAINST if category in categories), None)
    if len(categories) > 1 and against is None:
        raise UnreadError(f"two categories in one result: {' and '.join(sorted(categories))}")
    return against or next(iter(categories), None)


def category_word(text: str) -> str | None:
    """The category that a word of a laboratory stands for."""
    return _CATEGORIES.get(fold(text))


def _why_nothing(said: Observation) -> str:
    if said.category and fold(said.category) in _NO_CATEGORY:
        return "tested, without a category or a number"
    return "no result"


def _standard(
    said: Observation, of_code: str | None, told: Told
) -> tuple[str | None, str | None, str]:
    """The standard and edition the message states, else what the person told; and a note.

    A standard this tool does not read leaves the row without one: its numbers are not read, and its
    category stands as the laboratory's.
    """
    stated = (said.standard or of_code or "").strip()
    if fold(stated) in _NOT_STATED:
        return told.standard, told.version, ""
    name, edition = _standard_named(stated)
    if name is None:
        return None, None, f"{shown(stated)} is no standard this tool reads: none is written"
    version = said.version or edition or (told.version if name == told.standard else None)
    return name, version, ""


def _standard_named(text: str) -> tuple[str | None, str | None]:
    """`EUCAST 2024` is a standard and its edition.

    >>> _standard_named("CLSI"), _standard_named("EUCAST 2024"), _standard_named("BSAC")
    (('CLSI', None), ('EUCAST', '2024'), (None, None))
    """
    name, _, edition = text.strip().partition(" ")
    known = name.upper()
    return (known, edition.strip() or None) if known in _STANDARDS else (None, None)


def _with_number(result: Result, text: str, told: Told, catalogue: Catalogue) -> Result:
    """Add an MIC or a zone; a number that cannot be read leaves a category as it stands.

    The number beside "not tested" is not read: it might come out as S.
    """
    if result.category == "not tested":
        raise UnreadError(f"not tested, with the number {shown(text)}: one of them is wrong")
    try:
        return _measured(result, text, told, catalogue)
    except UnreadError as error:
        if result.category is None:
            raise
        note = f"{result.drug}: the category is kept, {shown(text)} is not: {error}"
        return result._replace(notes=(*result.notes, note))


def _measured(result: Result, text: str, told: Told, catalogue: Catalogue) -> Result:
    said = result.said
    if not any(sign.isdecimal() for sign in text):
        raise UnreadError(f"{shown(text)} is neither a category nor a number")
    method, note = _method(said, catalogue)
    if method == DISK:
        zone = _zone(result, text, told, catalogue)
        return result._replace(zone_mm=zone)
    mic = _mic(text, len(catalogue.components.get(result.drug, ())))
    notes = (*result.notes, f"{result.drug}: {note}") if note else result.notes
    return result._replace(mic=mic, notes=notes)


def _method(said: Observation, catalogue: Catalogue) -> tuple[str, str]:
    """MIC or DISK: as the unit says, else as a verified code or the message says."""
    stated = said.method if said.method in {MIC, DISK, STRIP} else None
    for code in said.codes:
        if code.system == LOINC and stated is None:
            stated = catalogue.loinc_methods.get(code.code)
    is_disk = stated == DISK
    if said.unit is not None and said.unit.strip():
        by_unit = _by_unit(said.unit)
        if stated is not None and is_disk != (by_unit == DISK):
            raise UnreadError(f"the unit {shown(said.unit)} does not fit the method ({stated})")
        return by_unit, ""
    if stated is None:
        raise UnreadError("a number without a unit, and no method that would tell it")
    if is_disk:
        return DISK, ""
    return MIC, "no unit is stated; the method is an MIC, so the number is read as mg/L"


def _by_unit(unit: str) -> str:
    plain = unit.strip().lower()
    if plain == _MM:
        return DISK
    if plain in _MG_L:
        return MIC
    raise UnreadError(f"the unit {shown(unit)} is neither of an MIC nor of a zone")


def _mic(text: str, components: int) -> str:
    """An MIC as the case file writes it; of a combination the concentration of its first part."""
    plain = text.replace("≤", "<=").replace("≥", ">=").replace("==", "=").strip()
    both = _FIRST_OF_TWO.fullmatch(plain)
    if both is not None and components > 1:
        plain = both[1]
    plain = _without_trailing_zeros(plain)
    try:
        parse_mic(plain)
    except MicFormatError as error:
        raise UnreadError(f"{shown(text)} is not an MIC: {error}") from None
    return plain.removeprefix("=").strip()


def _without_trailing_zeros(text: str) -> str:
    """`16.0` and `0.50` as a case file writes them; `.5` gets its zero.

    >>> [_without_trailing_zeros(t) for t in ("16.0", "<=0.50", ">.5", "32")]
    ['16', '<=0.5', '>0.5', '32']
    """
    plain = re.sub(r"(\.[0-9]*?)0+$", r"\1", text) if "." in text else text
    return re.sub(r"(^|[<>=\s])\.", r"\g<1>0.", plain.removesuffix("."))


def _zone(result: Result, text: str, told: Told, catalogue: Catalogue) -> float:
    number = number_of(text)
    if number is None:
        raise UnreadError(f"{shown(text)} is not a zone in mm")
    if result.standard is None:
        raise UnreadError("a zone is read only with its standard, which is not stated")
    stated = result.said.disk_ug
    if not stated and not told.standard_disks:
        reason = "a zone is read only with its disk content, which is not stated"
        raise UnreadError(f"{reason} (--standard-disks says it is the standard's)")
    wanted = catalogue.disks.get((result.standard, result.drug), frozenset())
    if stated and wanted and not any(_is_disk(stated, content) for content in wanted):
        held = " or ".join(sorted(wanted))
        message = f"a disk of {shown(stated)} ug, where {result.standard} reads one of {held} ug"
        raise UnreadError(message)
    return number


def _is_disk(stated: str, content: str) -> bool:
    """A disk named by its first component, cut short as WHONET does (1.2 for 1.25-23.75)."""
    first = content.partition("-")[0]
    return stated in {content, first} or ("." in stated and first.startswith(stated))
