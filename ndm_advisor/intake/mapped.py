"""Tables read by a mapping: somebody's own CSV, and the tables NCBI lets one download."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from ndm_advisor.errors import UsageError
from ndm_advisor.intake.mapping import Columns, Genes, LongResult, Mapping, WideResult
from ndm_advisor.intake.observed import Kind, Observation, Report
from ndm_advisor.intake.tabular import Row, Table, files_of, grouped, place_of, without_cells

_KINDS: Final[dict[str, tuple[Kind, str | None]]] = {
    "organism": ("organism", None),
    "specimen": ("specimen", None),
    "site": ("site", None),
    "reported_on": ("reported_on", None),
    "age_years": ("age", "year"),
    "sex": ("sex", None),
    "weight_kg": ("weight", "kg"),
    "height_cm": ("height", "cm"),
    "creatinine_umol_l": ("creatinine", "umol/L"),
    "creatinine_mg_dl": ("creatinine", "mg/dL"),
}
_NUMBERS: Final = frozenset({"age", "weight", "height", "creatinine"})
_UNITS: Final = {"mic_mg_l": "mg/L", "zone_mm": "mm"}

Cell = Callable[[Row, str | None], str]


class Known(NamedTuple):
    """A table of known columns: those it must have, and how it is read."""

    header: frozenset[str]
    mapping: Mapping


NCBI: Final = (
    Known(
        frozenset({"#BioSample", "Antibiotic", "Resistance phenotype"}),
        Mapping(
            format="ndm-advisor/csv-mapping/1",
            isolate=["#BioSample"],
            columns=Columns(organism="Scientific name", specimen="Isolation source"),
            result=LongResult(
                drug="Antibiotic",
                mic_mg_l="MIC (mg/L)",
                mic_sign="Measurement sign",
                zone_mm="Disk diffusion (mm)",
                category="Resistance phenotype",
                standard="Testing standard",
            ),
        ),
    ),
    Known(
        frozenset({"biosample_acc", "amr_genotypes"}),
        Mapping(
            format="ndm-advisor/csv-mapping/1",
            isolate=["biosample_acc"],
            columns=Columns(organism="scientific_name", specimen="isolation_source"),
            genes=Genes(column="amr_genotypes", method="sequencing"),
        ),
    ),
    Known(
        frozenset({"biosample", "antibiotic", "sir_as_submitted"}),
        Mapping(
            format="ndm-advisor/csv-mapping/1",
            isolate=["biosample"],
            columns=Columns(organism="species"),
            result=LongResult(drug="antibiotic", category="sir_as_submitted"),
        ),
    ),
)


def ncbi_mapping(table: Table) -> Mapping:
    """How a table downloaded from NCBI is read, known by its columns.

    Raises:
        UsageError: not one of the tables known here.
    """
    for known in NCBI:
        if known.header <= set(table.header):
            return known.mapping
    message = (
        f"{table.name}: not a table of NCBI known here: the AST browser's begins with #BioSample; "
        "any other table is read by `import csv --mapping`"
    )
    raise UsageError(message)


def read_mapped(
    tables: Sequence[Table], mappings: Sequence[Mapping], label: str
) -> tuple[Iterator[Report], tuple[str, ...]]:
    """A report for each isolate of the tables, and the names of the columns that are not read.

    Raises:
        UsageError: a column the mapping names and the table lacks, or columns that hold nothing.
    """
    unread: dict[str, None] = {}
    for table, mapping in zip(tables, mappings, strict=True):
        named = _named(mapping)
        missing = [column for column in named if column not in table.header]
        if missing:
            message = f"{table.name}: no column {', '.join(missing)}, which the mapping names"
            raise UsageError(message)
        unread |= dict.fromkeys(column for column in table.header if column not in named)
    return _reports(tables, mappings, label), tuple(unread)


def _named(mapping: Mapping) -> list[str]:
    """Every column a mapping names."""
    of_result = mapping.result.model_dump().values() if mapping.result else ()
    named = [
        *mapping.isolate,
        *mapping.columns.model_dump().values(),
        *of_result,
        *mapping.results,
        *((mapping.genes.column,) if mapping.genes else ()),
    ]
    return list(dict.fromkeys(column for column in named if column is not None))


def _reports(tables: Sequence[Table], mappings: Sequence[Mapping], label: str) -> Iterator[Report]:
    files = [table.name for table in tables]
    readers = [
        _Reader(table, mapping, files) for table, mapping in zip(tables, mappings, strict=True)
    ]
    keyed = (
        (readers[row.file].key(row), without_cells(row, readers[row.file].kept))
        for table in tables
        for row in table.rows
    )
    for number, rows in enumerate(grouped(keyed), 1):
        observations = [o for row in rows for o in readers[row.file].observations(row)]
        first = rows[0]
        identity = readers[first.file].key(first) or ()
        place = place_of(first, "", files).rstrip(", ")
        yield Report(
            f"{label}-{number}", place, tuple(observations), identity, files=files_of(tables)
        )


class _Reader:
    """Reads the rows of one table by its mapping."""

    def __init__(self, table: Table, mapping: Mapping, files: Sequence[str]) -> None:
        self.mapping = mapping
        self.files = files
        self.at = {column: index for index, column in enumerate(table.header)}
        self.kept = frozenset(self.at[column] for column in _named(mapping))
        self.facts = [
            (column, *_KINDS[key])
            for key, column in mapping.columns.model_dump(exclude_none=True).items()
        ]

    def key(self, row: Row) -> tuple[str, ...] | None:
        """The cells that name the isolate; None where they are all empty."""
        cells = tuple(row.cells[self.at[column]] for column in self.mapping.isolate)
        return cells if any(cells) else None

    def observations(self, row: Row) -> Iterator[Observation]:
        """Everything one row says: a filled cell is an observation."""
        yield from self._constants(row)
        for column, kind, unit in self.facts:
            if text := self._cell(row, column):
                number = self._number(text) if kind in _NUMBERS else text
                isolate = "1" if kind == "organism" else None
                place = place_of(row, column, self.files)
                yield Observation(kind, place, isolate, name=column, value=number, unit=unit)
        if self.mapping.result is not None:
            yield from self._long(row, self.mapping.result)
        for column, result in self.mapping.results.items():
            if text := self._cell(row, column):
                yield self._wide(row, column, result, text)
        if self.mapping.genes is not None:
            yield from self._genes(row, self.mapping.genes)

    def _constants(self, row: Row) -> Iterator[Observation]:
        """What the mapping says of every row."""
        for key in ("organism", "specimen", "site"):
            if key in self.mapping.constant:
                kind, _ = _KINDS[key]
                value = self.mapping.constant[key]
                isolate = "1" if kind == "organism" else None
                yield Observation(kind, f"mapping, constant.{key}", isolate, value=value)

    def _cell(self, row: Row, column: str | None) -> str:
        """A cell, translated where the mapping gives its meaning; empty for no column."""
        if column is None:
            return ""
        text = row.cells[self.at[column]]
        return self.mapping.values.get(column, {}).get(text, text)

    def _number(self, text: str) -> str:
        return text.replace(",", ".") if self.mapping.decimal_comma else text

    def _long(self, row: Row, result: LongResult) -> Iterator[Observation]:
        """The result of a row: an MIC, a zone, both, or a category alone."""
        drug = self._cell(row, result.drug)
        category = self._cell(row, result.category) or None
        mic, zone = self._cell(row, result.mic_mg_l), self._cell(row, result.zone_mm)
        measured = [
            (result.mic_mg_l, self._cell(row, result.mic_sign) + self._number(mic), "mg/L"),
            (result.zone_mm, self._number(zone), "mm"),
        ]
        found = [m for m, text in zip(measured, (mic, zone), strict=True) if text]
        if not found and not category and not drug:
            return
        if not found:
            found = [(result.category, "", "")]
        for column, value, unit in found:
            yield Observation(
                "susceptibility",
                place_of(row, column or result.drug, self.files),
                "1",
                name=drug,
                value=value or None,
                unit=unit or None,
                category=category,
                standard=self._cell(row, result.standard) or self.mapping.constant.get("standard"),
                version=self._cell(row, result.version) or self.mapping.constant.get("version"),
                disk_ug=self._cell(row, result.disk_ug) or None,
            )

    def _wide(self, row: Row, column: str, result: WideResult, text: str) -> Observation:
        is_category = result.measure == "category"
        return Observation(
            "susceptibility",
            place_of(row, column, self.files),
            "1",
            name=result.drug,
            value=None if is_category else self._number(text),
            unit=None if is_category else _UNITS[result.measure],
            category=text if is_category else None,
            standard=result.standard or self.mapping.constant.get("standard"),
            version=result.version or self.mapping.constant.get("version"),
            disk_ug=result.disk_ug,
        )

    def _genes(self, row: Row, genes: Genes) -> Iterator[Observation]:
        """A list of genes says which were found, and nothing of those it does not name."""
        place = place_of(row, genes.column, self.files)
        for name in self._cell(row, genes.column).split(genes.separator):
            if name.strip():
                yield Observation(
                    "gene", place, "1", name=name.strip(), value="detected", method=genes.method
                )
