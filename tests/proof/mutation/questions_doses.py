"""What is asked of the dose pages: every dosing table, row by row, as typed a second time.

`explain TABLE` prints a table as its source does; `dose DRUG --region R` names each row's sources.
Both must say what `double_entry/dose-pages.txt` says, typed from the dossier.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.dose import look_up
from ndm_advisor.explain.dose_lookup import Question, Row, TableLook, dose_look
from ndm_advisor.explain.drug_pages import dosing_sections
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.explain.stamp import stamp
from ndm_advisor.model.answer import Cited, DrugOrder
from ndm_advisor.model.case import FORMAT, Case
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Dosing, Knowledge
from ndm_advisor.read.names import Names
from tests.knowledge.double_entry_rows import TYPED, lines
from tests.vignettes.harness import ON

REGIONS: Final = ("EU", "US")
ON_HAEMODIALYSIS: Final = {"renal_replacement": "intermittent-haemodialysis"}
_SESSION: Final = "haemodialysis"
_NO_DOSE: Final = "no dose"
_ANY: Final = "any"
_NOTE: Final = r"(?: \(.*?\))*"
_RHYTHM: Final = re.compile(r" (?=every |per day|as a single dose)")


class TypedRow(NamedTuple):
    """One row: where it stands, its order as printed, how it was read, whom it cites."""

    name: str
    order: str
    grade: str
    sources: tuple[str, ...]


class TypedTable(NamedTuple):
    """One dosing table as its page prints it."""

    id: str
    head: str
    section: str  # of the dosing dossier; "" where no row cites it
    at_most: str
    rows: tuple[TypedRow, ...]


@cache
def typed_tables() -> tuple[TypedTable, ...]:
    """The tables of `dose-pages.txt`."""
    found: list[TypedTable] = []
    text = (TYPED / "dose-pages.txt").read_text(encoding="utf-8")
    for block in text.split("\n@ ")[1:]:
        heads, rows = [], []
        for line in filter(None, block.splitlines()):
            if not heads or line.startswith("| "):
                heads.append([part.strip() for part in line.removeprefix("| ").split("|")])
            else:
                rows.append(_typed_row(line))
        _, _, section, at_most = heads[0]
        said = at_most.removeprefix("at most ")
        where = "" if section == "-" else section
        found += [TypedTable(ident, head, where, said, tuple(rows)) for ident, head, *_ in heads]
    return tuple(found)


def _typed_row(line: str) -> TypedRow:
    match = re.fullmatch(r"(.*?): (.*) \[(\w)\] (.*)", line)
    assert match is not None, line
    name, order, grade, sources = match.groups()
    return TypedRow(name, order, grade, tuple(sources.split()))


def _pattern(row: TypedRow) -> str:
    """The row as its page prints it; notes of the source may stand after an amount."""
    name = "" if row.name == _ANY else re.escape(f"{row.name}: ")
    if row.order == _NO_DOSE:
        return f"{name}no dose: .*"
    load, _, order = row.order.rpartition("; ")
    amount, rhythm = _RHYTHM.split(order, maxsplit=1)
    first = f"{re.escape(load)}{_NOTE}, then " if load else ""
    return f"{name}{first}{re.escape(amount)}{_NOTE} {re.escape(rhythm)}{_NOTE}(?: \\[\\w\\])?"


class DosePageQuestion(NamedTuple):
    """The page of one dosing table, and its rows on the page of the drug's doses."""

    typed: TypedTable

    @property
    def label(self) -> str:
        return f"explain {self.typed.id}, and dose {self.drug}"

    @property
    def drug(self) -> str:
        return self.typed.id.partition("/")[0]

    @property
    def texts(self) -> set[str]:
        return {self.drug, self.typed.id}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """What the two pages do not say as typed."""
        yield from (f"{self.typed.id}: {fault}" for fault in self._page(knowledge))
        *_, regions, _, _ = self.typed.head.split("; ")
        for region in REGIONS:
            look = self._look(region, {}, knowledge)
            if (look is not None) != (region in regions.split(", ")):
                yield f"{self.typed.id}: among the doses of {region} or not"
            elif look is not None:
                session = self._look(region, ON_HAEMODIALYSIS, knowledge)
                yield from self._doses(look, session, knowledge)

    def _page(self, knowledge: Knowledge) -> Iterator[str]:
        """`explain TABLE`: which table it is, each row, the daily maximum."""
        sections = dosing_sections(self.typed.id, Shelf(knowledge, (), {}))
        said = next(section.lines for section in sections if section.label == "Doses")
        if not said[0].endswith(f"; {self.typed.head}"):
            yield f"{said[0]}, not {self.typed.head}"
        for row in self.typed.rows:
            if not any(re.fullmatch(_pattern(row), line) for line in said):
                yield f"no row {row.name}: {row.order}"
        most = [line for line in said if line.startswith("at most ")]
        if most != ([f"at most {self.typed.at_most} per day"] if self.typed.at_most else []):
            yield f"{most}, not at most {self.typed.at_most}"

    def _look(
        self, region: str, patient: Mapping[str, Any], knowledge: Knowledge
    ) -> TableLook | None:
        looks = doses_of(self.drug, region, patient, knowledge)
        return next((look for look in looks if look.id == self.typed.id), None)

    def _doses(
        self, look: TableLook, session: TableLook | None, knowledge: Knowledge
    ) -> Iterator[str]:
        """`dose DRUG`: each row's grade and sources, those of the session's row among them."""
        printed: list[Row] = list(look.rows) or [row for row in (look.row,) if row is not None]
        typed = [row for row in self.typed.rows if row.name != _SESSION]
        if len(printed) != len(typed):
            yield f"{look.id}: {len(printed)} rows, not {len(typed)}"
        for row, held in zip(typed, printed, strict=False):
            yield from self._cited(row, held.sources)
            if held.grade != row.grade:
                yield f"{look.id}: {row.name} is of grade {held.grade}, not {row.grade}"
        for row in self.typed.rows:
            if row.name == _SESSION and session is not None and session.order is not None:
                yield from self._cited(row, session.order.sources)
        if not look.sources:
            yield f"{look.id}: the table has no source"
        if look.measure == "crcl_ml_min":
            yield from self._anuric(look, typed[0], knowledge)

    def _anuric(self, look: TableLook, lowest: TypedRow, knowledge: Knowledge) -> Iterator[str]:
        """At no clearance at all the lowest row stands."""
        region = look.regions[0]
        zero = self._look(region, {"crcl_ml_min": 0.0}, knowledge)
        name = None if zero is None or zero.row is None else zero.row.name
        if name != lowest.name:
            yield f"{look.id}: {name} at CrCl 0, not {lowest.name}"

    def _cited(self, row: TypedRow, cited: tuple[Cited, ...]) -> Iterator[str]:
        missing = set(row.sources) - {c.id for c in cited}
        if missing:
            yield f"{self.typed.id}: {row.name} does not cite {', '.join(sorted(missing))}"
        wanted = (
            rf"dosing dossier (?:table|sections?) (?:.* and )?{re.escape(self.typed.section)}\b"
        )
        from_dossier = [c for c in cited if c.at.startswith("dosing dossier")]
        if from_dossier and not any(re.match(wanted, c.at) for c in from_dossier):
            yield f"{self.typed.id}: {row.name} does not cite section {self.typed.section}"


def doses_of(
    drug: str, region: str, patient: Mapping[str, Any], knowledge: Knowledge
) -> tuple[TableLook, ...]:
    """`dose DRUG --region R` for a patient of whom nothing else is known."""
    facts = {place: facts_of(place, patient, knowledge) for place in REGIONS}
    replaced = patient.get("renal_replacement")
    asked = Question(
        name=drug,
        id=drug,
        drugs=(drug,),
        regions=(region,),
        site=None,
        crcl_ml_min=patient.get("crcl_ml_min"),
        egfr_ml_min_1_73m2=None,
        weight_kg=None,
        height_cm=None,
        sex=None,
        renal_replacement=replaced,
        crrt_effluent_l_h=None,
        residual_crcl_ml_min=None,
    )
    return dose_look(asked, facts, knowledge, stamp(knowledge, ON)).tables


def facts_of(region: str, patient: Mapping[str, Any], knowledge: Knowledge) -> Facts:
    """The facts of a patient without an infection that chooses anything."""
    document = {
        "format": FORMAT,
        "isolate": {"organism": "escherichia-coli"},
        "infection": {"site": "other"},
        "patient": dict(patient),
    }
    case = Case.model_validate(document)
    return assess(case, knowledge, guideline="simit-2022", region=region, on=ON)


def order_by(
    table_id: str, region: str, patient: Mapping[str, Any], knowledge: Knowledge
) -> DrugOrder:
    """What a table orders for a patient."""
    facts = facts_of(region, patient, knowledge)
    return look_up(_table(table_id, knowledge), facts, knowledge).order


def _table(table_id: str, knowledge: Knowledge) -> Dosing:
    drug, _, _ = table_id.partition("/")
    return next(table for table in knowledge.drugs[drug].dosing if table.id == table_id)


# -- amounts by weight ----------------------------------------------------------------------------


class LoadQuestion(NamedTuple):
    """The consensus load of colistin by ideal weight and its ceiling (dosing dossier 22.1)."""

    loads: tuple[tuple[float, float], ...]  # ideal weight in kg, mg of colistin base
    clearances: tuple[float, ...]

    @property
    def label(self) -> str:
        return "the consensus load of colistin by ideal weight"

    @property
    def texts(self) -> set[str]:
        return {"colistin", "colistin/consensus-us"}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The loads that are not the typed ones, at every clearance and on haemodialysis."""
        kidneys: list[dict[str, Any]] = [{"crcl_ml_min": crcl} for crcl in self.clearances]
        for ideal, mg in self.loads:
            height = (60 + (ideal - 50) / 2.3) * 2.54  # Devine, a man (dosing dossier 1.2)
            for kidney in (*kidneys, ON_HAEMODIALYSIS):
                patient = {**kidney, "weight_kg": 100.0, "height_cm": height, "sex": "male"}
                load = order_by("colistin/consensus-us", "US", patient, knowledge).loading_dose
                units = None if load is None else load.units
                if units is None or abs(units.amount - mg) > 0.01:
                    yield f"{ideal:g} kg, {kidney}: {units}, not {mg:g} mg"


class PartsQuestion(NamedTuple):
    """A fixed product dosed by its first part: how much of the second comes with it."""

    @property
    def label(self) -> str:
        return "the parts of trimethoprim-sulfamethoxazole by weight"

    @property
    def texts(self) -> set[str]:
        return {"trimethoprim-sulfamethoxazole"}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """8 mg/kg a day of trimethoprim in two doses with five times as much sulfamethoxazole."""
        for table in ("complicated-uti", "complicated-uti-oral"):
            ident = f"trimethoprim-sulfamethoxazole/{table}"
            order = order_by(ident, "EU", {"crcl_ml_min": 60.0, "weight_kg": 70.0}, knowledge)
            parts = order.maintenance_dose and order.maintenance_dose.components_mg
            wanted = {"trimethoprim": 280.0, "sulfamethoxazole": 1400.0}
            if parts is None or {n: round(mg, 4) for n, mg in parts.items()} != wanted:
                yield f"{ident}: {parts}, not {wanted}"


def dose_page_questions() -> Iterator[DosePageQuestion | LoadQuestion | PartsQuestion]:
    """One for each dosing table, and what a page without a patient cannot show."""
    yield from map(DosePageQuestion, typed_tables())
    loads = {
        row["key"]: row["value"] for row in lines("other.csv") if row["kind"] == "colistin-load"
    }
    by_weight = tuple((float(key.split()[1]), float(mg)) for key, mg in loads.items())
    yield LoadQuestion(by_weight, (0, 3, 7, 15, 25, 35, 45, 55, 65, 75))
    yield PartsQuestion()
