"""WHONET exports: one row an isolate, one column a drug, guideline, method and disk content.

`MEM_NM` is an MIC by CLSI, `MEM_ND10` a zone by CLSI with a disk of 10 ug, `MEM_EM` and `MEM_ED10`
the same by EUCAST, `MEM_NE` and `MEM_EE` gradient strips. A cell holds a number or a category.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ndm_advisor.errors import UsageError
from ndm_advisor.intake.observed import DISK, MIC, STRIP, WHONET, Code, Kind, Observation, Report
from ndm_advisor.intake.tabular import Row, Table, files_of, grouped, place_of, without_cells

_RESULT: Final = re.compile(r"([A-Z0-9]{3})_([A-Z])([DME])([0-9]+(?:[._][0-9]+)?)?")
_DIGIT: Final = re.compile(r"\d")
_GUIDELINES: Final = {"N": "CLSI", "E": "EUCAST"}
_METHODS: Final = {"D": DISK, "M": MIC, "E": STRIP}
_UNITS: Final = {"D": "mm", "M": "mg/L", "E": "mg/L"}  # WHONET holds MICs in ug/mL
_AGE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]?)", re.IGNORECASE)
_AGE_UNITS: Final = {"": "year", "y": "year", "m": "month"}
_KINDS: Final[dict[str, Kind]] = {
    "organism": "organism",
    "sex": "sex",
    "age": "age",
    "specimen type": "specimen",
    "spec type": "specimen",
    "beta-lactamase": "other",
    "beta lact": "other",
    "esbl": "other",
    "carbapenemase": "other",
}
_PATIENT: Final = ("identification number", "patient id")
_SPECIMEN: Final = ("specimen number", "spec num")
_ALSO: Final = (
    "country", "country a", "laboratory", "specimen date", "spec date", "specimen type",
    "spec type", "organism", "isolate number", "isol num",
)  # fmt: skip


class _Column(NamedTuple):
    """What a column holds: the place of its cells, and how they are read."""

    at: int
    name: str
    kind: Kind
    method: str = ""
    disk_ug: str | None = None
    codes: tuple[Code, ...] = ()
    standard: str = ""


class _Plan(NamedTuple):
    """How the rows of one file are read."""

    columns: tuple[_Column, ...]
    patient: tuple[int, ...]
    specimen: tuple[int, ...]
    identity: tuple[int, ...]


def read_whonet(tables: Sequence[Table]) -> tuple[Iterator[Report], tuple[str, ...]]:
    """A report for each isolate of the tables, and the names of the columns that are not read.

    Raises:
        UsageError: a table that is no WHONET export.
    """
    plans = [_plan(table) for table in tables]
    unread = dict.fromkeys(
        name
        for table, plan in zip(tables, plans, strict=True)
        for index, name in enumerate(table.header)
        if index not in {column.at for column in plan.columns} | set(plan.identity)
    )
    return _reports(tables, plans), tuple(unread)


def _plan(table: Table) -> _Plan:
    names = [_plain(name) for name in table.header]
    columns = tuple(c for i, name in enumerate(table.header) if (c := _column(i, name)) is not None)
    kinds = {column.kind for column in columns}
    if not {"organism", "susceptibility"} <= kinds:
        hint = "; `import ncbi` reads this table" if "antibiotic" in names else ""
        message = (
            f"{table.name}: no WHONET export: it needs a column Organism and columns of results "
            f"such as MEM_NM or MEM_ED10{hint}"
        )
        raise UsageError(message)
    patient = _indexes(names, _PATIENT)
    specimen = _indexes(names, _SPECIMEN)
    return _Plan(columns, patient, specimen, (*patient, *specimen, *_indexes(names, _ALSO)))


def _plain(name: str) -> str:
    return name.casefold().replace("_", " ").strip()


def _indexes(names: Sequence[str], wanted: Sequence[str]) -> tuple[int, ...]:
    return tuple(index for index, name in enumerate(names) if name in wanted)


def _column(index: int, name: str) -> _Column | None:
    kind = _KINDS.get(_plain(name))
    if kind is not None:
        return _Column(index, name, kind)
    match = _RESULT.fullmatch(name.upper())
    if match is None:
        return None
    drug, guideline, method, content = match.groups()
    disk_ug = content.replace("_", ".") if content and method == "D" else None
    codes = (Code(WHONET, drug),)
    standard = _GUIDELINES.get(guideline, f"WHONET guideline {guideline}")
    return _Column(index, name, "susceptibility", method, disk_ug, codes, standard)


def _reports(tables: Sequence[Table], plans: Sequence[_Plan]) -> Iterator[Report]:
    files = [table.name for table in tables]
    kept = [frozenset(c.at for c in plan.columns) | frozenset(plan.identity) for plan in plans]
    keyed = (
        (_key(row, plans[row.file]), without_cells(row, kept[row.file]))
        for table in tables
        for row in table.rows
    )
    for number, rows in enumerate(grouped(keyed), 1):
        observations = [
            _observation(row, column, files)
            for row in rows
            for column in plans[row.file].columns
            if row.cells[column.at]
        ]
        first = rows[0]
        identity = _key(first, plans[first.file]) or ()
        place = place_of(first, "", files).rstrip(", ")
        yield Report(
            f"whonet-{number}", place, tuple(observations), identity, files=files_of(tables)
        )


def _key(row: Row, plan: _Plan) -> tuple[str, ...] | None:
    """What an isolate is known by; None where neither patient nor specimen is named."""
    named = [row.cells[i] for i in (*plan.patient, *plan.specimen)]
    if not any(named):
        return None
    return tuple(row.cells[i] for i in plan.identity)


def _observation(row: Row, column: _Column, files: Sequence[str]) -> Observation:
    text = row.cells[column.at]
    place = place_of(row, column.name, files)
    if column.kind == "susceptibility":
        return _result(text, column, place)
    if column.kind == "age":
        return _age(text, place)
    codes: tuple[Code, ...] = ()
    if column.kind in {"organism", "specimen"}:
        codes = (Code(WHONET, text.casefold()),)
    isolate = "1" if column.kind in {"organism", "other"} else None
    return Observation(column.kind, place, isolate, name=column.name, value=text, value_codes=codes)


def _age(text: str, place: str) -> Observation:
    """WHONET counts in years, unless a letter says otherwise."""
    match = _AGE.fullmatch(text)
    if match is None:
        return Observation("age", place, value=text)
    unit = _AGE_UNITS.get(match[2].lower(), match[2])
    return Observation("age", place, value=match[1], unit=unit)


def _result(text: str, column: _Column, place: str) -> Observation:
    is_word = _DIGIT.search(text) is None
    return Observation(
        "susceptibility",
        place,
        "1",
        codes=column.codes,
        value=None if is_word else text,
        unit=None if is_word else _UNITS[column.method],
        category=text if is_word else None,
        method=_METHODS[column.method],
        standard=column.standard,
        disk_ug=column.disk_ug,
    )
