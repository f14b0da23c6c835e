"""What a laboratory's file says, before anybody decides what a case takes of it.

Every format is read into the same few tuples. A reader of a format yields one `Report` for each
message, bundle or group of rows, and puts *everything it counts as an observation* into it, whether
or not a case has a place for it. `to_case` then takes each observation or sets it aside with a
reason: read + set aside = observations in the report, always.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from ndm_advisor.model.case import Case
from ndm_advisor.read.document import Document
from ndm_advisor.read.positions import Path, dotted

Kind = Literal[
    "organism",  # `value`/`value_codes`: what grew
    "susceptibility",  # `codes`/`name`: the drug; `value`+`unit`: MIC or zone; `category`
    "gene",  # `codes`/`name`: the gene or enzyme; `value`/`value_codes`: detected or not
    "specimen",  # `value`/`value_codes`
    "site",  # `value`: a site of the case file, stated as such
    "reported_on",  # `value`: a date, or a time stamp that begins with one
    "age",  # `value` + `unit`
    "birth_date",  # `value`; `date`: of the specimen or report, when the age is wanted; not kept
    "sex",  # `value`/`value_codes`
    "weight",  # `value` + `unit`
    "height",  # `value` + `unit`
    "creatinine",  # `value` + `unit`; `date`: measured on
    "allergy",  # `name`: to what; `value`: the reaction in words
    "order",  # `codes`/`name`: the drug; `fields`: keys of an order of the case file
    "case",  # `name`: a dotted key of the case file, `fields`: {"value": ...}; stated as such
    "other",  # counted, and set aside: no key of a case takes it
]

MIC: Final = "mic"
DISK: Final = "disk"
STRIP: Final = "gradient strip"
AND: Final = " and "  # between categories that one result states

LOINC: Final = "loinc"
SNOMED: Final = "snomed"
ATC: Final = "atc"
WHONET: Final = "whonet"
AMR: Final = "amr"
RXNORM: Final = "rxnorm"
LOCAL: Final = "local"  # any other system: the code is shown, and never decides


class Code(NamedTuple):
    """A code as the message gives it. `system` is one of the constants above."""

    system: str
    code: str


class Observation(NamedTuple):
    """One thing the message says, in its own words.

    `place` leads a person back to it: a path, a segment, a row and column. `isolate` groups what
    was found in one isolate; None is said of the whole report (patient, specimen) and holds for
    each of its isolates. Text is as it stands in the file; nothing is converted, no unit assumed:
    `unit` is None where the message states none. `disk_ug` is the content of the disk as stated.
    `category` may hold several, with `AND` between them.
    `method` of a susceptibility is `MIC`, `DISK` or `STRIP` where the message states it, else its
    own words. `aside` is the reader's reason for which no case may take it (withdrawn, a test that
    was not done).
    """

    kind: Kind
    place: str
    isolate: str | None = None
    codes: tuple[Code, ...] = ()
    name: str = ""
    value: str | None = None
    value_codes: tuple[Code, ...] = ()
    unit: str | None = None
    category: str | None = None
    method: str | None = None
    standard: str | None = None
    version: str | None = None
    disk_ug: str | None = None
    date: str | None = None
    fields: tuple[tuple[str, object], ...] = ()
    aside: str | None = None


class Report(NamedTuple):
    """One message, bundle, or group of rows: one patient, one or several isolates.

    `label` names it in the case's id (`hl7-1`): a running number, never anything of the patient's.
    `identity` is what the file knows the patient and isolate by: it goes into the keyed hash, or
    nowhere. `faults` are parts that could not be read at all, each a sentence with its place;
    `notes` say how something was read leniently. `files` are the names that begin the places where
    several files are read: a name may be that of a patient, and no case may hold it.
    """

    label: str
    place: str
    observations: tuple[Observation, ...]
    identity: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class SetAside(NamedTuple):
    """An observation no case takes, and why."""

    observation: Observation
    reason: str


class ImportedCase(NamedTuple):
    """A case, and its document (tables of the case file, as TOML or JSON would hold them).

    `sources` says for each key where its value stood; `conflicts` are sentences about results that
    disagree; `assumed` are sentences about what was set by an option or by a rule.
    """

    case: Case
    document: Document
    sources: tuple[tuple[Path, str], ...]
    conflicts: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def provenance(self) -> tuple[tuple[str, str], ...]:
        """`sources` with the keys as a person writes them."""
        return tuple((dotted(path), place) for path, place in self.sources)


class Understood(NamedTuple):
    """What became of one report. `observations` = what was read + `len(set_aside)`.

    `no_case` says, for each isolate that makes no case, why.
    """

    report: Report
    cases: tuple[ImportedCase, ...]
    set_aside: tuple[SetAside, ...]
    observations: int
    no_case: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        """How many observations stand in a case."""
        return self.observations - len(self.set_aside)
