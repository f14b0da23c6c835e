"""What else is asked of a base: the dose of each typed row, the category at each typed breakpoint.

The vignettes ask what a patient meets. `dose DRUG` and the reading of a panel answer for every
drug and standard, offered or not; here they are asked at both sides of every edge, and what must
come out stands in `tests/knowledge/double_entry`, typed from the dossiers a second time. A row is
never compared with a row: an order is worked out for a patient, a category for an isolate.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.dose import look_up
from ndm_advisor.decision.interpret import Reading, interpret
from ndm_advisor.model.answer import Dose, DrugOrder
from ndm_advisor.model.case import FORMAT, Case
from ndm_advisor.model.knowledge import Knowledge, Organism
from ndm_advisor.model.names import fold
from ndm_advisor.read.names import Names
from tests.knowledge.double_entry_rows import (
    HOURS,
    ONCE,
    UNITS,
    Ends,
    Order,
    Typed,
    lines,
    typed_doses,
)
from tests.knowledge.test_double_entry import DRUGS, VERSIONS
from tests.vignettes.harness import ON

_KG: Final = 70.0
_EXACT: Final = 1e-5
Document = dict[str, Any]


def _document(region: str, **patient: Any) -> Document:
    return {
        "format": FORMAT,
        "isolate": {"organism": "escherichia-coli"},
        "infection": {"site": "complicated-uti"},
        "hospital": {"region": region},
        "patient": {"weight_kg": _KG, **patient},
    }


# -- doses ----------------------------------------------------------------------------------------


class Asked(NamedTuple):
    """One patient: where on which measure, and the typed rows of which one must come out."""

    measure: str
    value: float
    rows: tuple[Typed, ...]


class DoseQuestion(NamedTuple):
    """One dosing table of a drug in one region, at both sides of every edge that was typed."""

    drug: str
    region: str
    table: str
    asked: tuple[Asked, ...]

    @property
    def label(self) -> str:
        return f"dose {self.drug} --region {self.region}: {self.table}"

    @property
    def texts(self) -> set[str]:
        return {self.drug, self.region, self.table}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The patients for whom the table does not give a typed order."""
        for asked in self.asked:
            order = _order(self.table, self.region, asked.measure, asked.value, knowledge)
            if not any(_agrees(row, order) for row in asked.rows):
                yield f"{self.label} at {asked.measure} {asked.value:g}"


def _order(
    table_id: str, region: str, measure: str, value: float, knowledge: Knowledge
) -> DrugOrder:
    """What a table orders for a patient.

    Raises:
        LookupError: the table is gone, or has no row for the patient.
    """
    patient: Document = {"renal_replacement": "none"}
    if measure == "haemodialysis":
        patient = {"renal_replacement": "intermittent-haemodialysis"}
        patient["residual_crcl_ml_min"] = min(value, 100.0)
    elif measure == "effluent":
        patient = {"renal_replacement": "crrt", "crrt_effluent_l_h": min(value, 9.0)}
    else:
        patient["crcl_ml_min"] = min(value, 250.0)
    case = Case.model_validate(_document(region, **patient))
    facts = assess(case, knowledge, guideline="simit-2022", region=region, on=ON)
    for drug in knowledge.drugs.values():
        for table in drug.dosing:
            if table.id == table_id:
                return look_up(table, facts, knowledge).order
    raise LookupError(table_id)


def _agrees(row: Typed, order: DrugOrder) -> bool:
    if order.route != row.span.route:
        return False
    without_cap = row.order._replace(
        load=_without_cap(row.order.load), daily=_without_cap(row.order.daily)
    )
    return _same_order(without_cap, _printed(order))


def _same_order(typed: Order, order: Order) -> bool:
    """As the double entry compares, but to the last digit: a nudge is a five-hundredth at times."""
    timed = None in {typed.infusion, order.infusion} or _same(typed.infusion, order.infusion, 0.02)
    return (
        timed
        and _same(typed.interval, order.interval, _EXACT)
        and _same_parts(typed.load, order.load)
        and _same_parts(typed.daily, order.daily)
    )


def _same_parts(typed: dict[str, Ends] | None, order: dict[str, Ends] | None) -> bool:
    if typed is None or order is None:
        return typed is order
    first_alone = {*typed} == {"trimethoprim"}  # a fixed product typed by its first component
    if typed.keys() != order.keys() and not (first_alone and "trimethoprim" in order):
        return False
    return all(_same(typed[name], order[name], _EXACT) for name in typed)


def _same(one: Ends | str | None, other: Ends | str | None, tolerance: float) -> bool:
    if not isinstance(one, tuple) or not isinstance(other, tuple):
        return one == other
    return all(math.isclose(a, b, rel_tol=tolerance) for a, b in zip(one, other, strict=True))


def _without_cap(parts: dict[str, Ends] | None) -> dict[str, Ends] | None:
    return None if parts is None else {n: ends for n, ends in parts.items() if n != "cap"}


def _printed(order: DrugOrder) -> Order:
    """A printed order in the terms of the typed rows."""
    if order.maintenance_dose is None:
        return Order(None, None, None, None)
    load = None if order.loading_dose is None else _parts(order.loading_dose, 1.0, 1.0)
    infusion = None
    if order.infusion_h is not None:
        infusion = (order.infusion_h, order.to_infusion_h or order.infusion_h)
    if order.interval_h is None:
        return Order(load, _parts(order.maintenance_dose, 1.0, 1.0), ONCE, infusion)
    longest = order.to_interval_h or order.interval_h
    daily = _parts(order.maintenance_dose, HOURS / longest, HOURS / order.interval_h)
    return Order(load, daily, (order.interval_h, longest), infusion)


def _parts(dose: Dose, fewest: float, most: float) -> dict[str, Ends]:
    if dose.units is not None:
        name, high = UNITS[dose.units.system], dose.units.to_amount or dose.units.amount
        by_weight = "/kg" in dose.text
        scale = _KG if by_weight else 1.0
        ends = (dose.units.amount * fewest / scale, high * most / scale)
        return {f"{name}_per_kg" if by_weight else name: ends}
    if dose.per_kg is not None:
        high = dose.per_kg.to_mg_per_kg or dose.per_kg.mg_per_kg
        return {"mg_per_kg": (dose.per_kg.mg_per_kg * fewest, high * most)}
    parts = dose.components_mg or {}
    if len(parts) == 1 and dose.to_total_mg is not None:
        ((name, mg),) = parts.items()
        return {name: (mg * fewest, dose.to_total_mg * most)}
    return {name: (mg * fewest, mg * most) for name, mg in parts.items()}


def dose_questions(knowledge: Knowledge) -> Iterator[DoseQuestion]:
    """By table and region. What the double entry explains as held on one side only is left out."""
    by_drug: dict[tuple[str, str], list[Typed]] = defaultdict(list)
    for row in typed_doses():
        if row.use != "eucast-high":
            by_drug[row.span.drug, row.span.region].append(row)
    for (ident, region), rows in by_drug.items():
        for table in knowledge.drugs[ident].dosing if ident in knowledge.drugs else ():
            if region in table.regions:
                asked = tuple(_patients(table.id, region, rows, knowledge))
                if asked:
                    yield DoseQuestion(ident, region, table.id, asked)


def _patients(table: str, region: str, rows: list[Typed], knowledge: Knowledge) -> Iterator[Asked]:
    places = {(row.span.measure, value) for row in rows for value in row.span.samples()}
    for measure, value in sorted(places):
        order = _order(table, region, measure, value, knowledge)
        here = [r for r in rows if r.span.measure == measure and r.span.holds(value)]
        fitting = tuple(row for row in here if _agrees(row, order))
        if fitting:
            yield Asked(measure, value, fitting)


# -- breakpoints ----------------------------------------------------------------------------------

# Which species each group of the typed rows means, by genus; a group not here is not asked.
_MORGANELLACEAE: Final = frozenset({"Proteus", "Morganella", "Providencia"})


def _is_meant(group: str, organism: Organism) -> bool:
    is_e_coli = organism.id == "escherichia-coli"
    meant = {
        "E. coli": is_e_coli,
        "E. coli and C. koseri": is_e_coli or organism.id == "citrobacter-koseri",
        "Enterobacterales": True,
        "Enterobacterales other than E. coli": not is_e_coli,
        "Enterobacterales except Morganellaceae": organism.genus not in _MORGANELLACEAE,
        "Morganellaceae": organism.genus in _MORGANELLACEAE,
        "Enterobacterales except Serratia": organism.genus != "Serratia",
    }
    return organism.group != "out-of-scope" and meant.get(group, False)


# How each indication is read.
_READ_AT: Final = {
    "all": "systemic",
    "indications other than meningitis": "systemic",
    "meningitis": "meningitis",
    "infections originating from the urinary tract": "urinary",
    "uncomplicated UTI only": "uncomplicated",
    "urine only": "uncomplicated",
    "systemic infections": "systemic",
}


class PanelQuestion(NamedTuple):
    """One typed breakpoint: what a number must be read as, in every species it is meant for."""

    organisms: tuple[str, ...]
    reading: str
    standard: str
    version: str
    drug: str
    wanted: tuple[tuple[str, str], ...]  # the number as reported, and its category

    @property
    def label(self) -> str:
        return f"{self.drug} by {self.standard} {self.version}, {self.reading}"

    @property
    def texts(self) -> set[str]:
        return {self.drug, self.standard, *self.organisms}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The numbers that are read as something else: all in one species, one in the others."""
        first, *others = self.organisms
        for number, category in self.wanted:
            yield from self._fault(first, number, category, knowledge)
        for organism in others:
            yield from self._fault(organism, *self.wanted[0], knowledge)

    def _fault(
        self, organism: str, number: str, category: str, knowledge: Knowledge
    ) -> Iterator[str]:
        zone = number.endswith(" mm")
        row = {"zone_mm": float(number[:-3])} if zone else {"mic_mg_l": number}
        document = _document("EU")
        document["isolate"] = {"organism": organism}
        document["panel"] = {"standard": self.standard, "version": self.version}
        document["panel"]["results"] = {self.drug: row}
        case = Case.model_validate(document)
        how = Reading(organism, self.reading, self.standard, self.version)
        got = interpret(case, how, knowledge)[self.drug].read_as
        if got != category:
            yield f"{self.label}, {organism}: {number} is {got}, not {category}"


def panel_questions(knowledge: Knowledge, names: Names) -> Iterator[PanelQuestion]:
    """One for each typed row with numbers; one that another row overrules is left out."""
    for row in lines("breakpoints.csv"):
        if row["status"] != "number" or row["indication"] not in _READ_AT:
            continue
        version, _, _ = row["version"].partition(" (")
        meant = [o.id for o in knowledge.organisms.values() if _is_meant(row["organisms"], o)]
        asked = PanelQuestion(
            tuple(meant),
            _READ_AT[row["indication"]],
            row["standard"],
            VERSIONS.get(version, "2024-2025"),
            DRUGS.get(row["drug"], row["drug"]),
            tuple(_wanted(row)),
        )
        if meant and not list(asked.ask(knowledge, names)):
            yield asked


class SpeciesQuestion(NamedTuple):
    """A species by its name and by the three ways laboratories shorten it."""

    organism: str
    name: str
    written: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"species {self.name}"

    @property
    def texts(self) -> set[str]:
        return {self.organism, self.name}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The ways of writing it that are not read as this species."""
        for written in self.written:
            if names.organism_names.get(fold(written)) != self.organism:
                yield f"{written} is not read as {self.organism}"


def _ways_of_writing(name: str) -> tuple[str, ...]:
    """The name, and the genus by its letter: with a point, without, and run together."""
    genus, _, species = name.partition(" ")
    if not species:
        return (name,)
    if species == "species":
        return (name, *(f"{genus} {word}" for word in ("sp", "sp.", "spp", "spp.")))
    first = genus[0]
    return (name, f"{first}. {species}", f"{first} {species}", f"{first}.{species}")


def species_questions(knowledge: Knowledge, names: Names) -> Iterator[SpeciesQuestion]:
    """One for each organism; a way of writing that the base leaves to nobody is not asked."""
    for organism in knowledge.organisms.values():
        held = [
            written
            for written in _ways_of_writing(organism.name)
            if names.organism_names.get(fold(written)) == organism.id
        ]
        yield SpeciesQuestion(organism.id, organism.name, tuple(held))


def _wanted(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Both sides of each edge, as an isolate has them: dilutions and whole millimetres."""
    between = row["between"].rstrip("^")
    middle = between if between in {"I", "SDD"} else ""
    if row["method"] == "disk":
        yield from _wanted_zones(row, middle)
        return
    s_max = float(row["s_at_most_mg_l"])
    yield f"{s_max:g}", "S"
    if row["r_at_least_mg_l"]:
        r_min = float(row["r_at_least_mg_l"])
        yield f"{r_min:g}", "R"
        if r_min > 2 * s_max and middle:
            yield f"{2 * s_max:g}", middle
            yield f"{r_min / 2:g}", middle
    elif row["r_above_mg_l"]:
        r_above = float(row["r_above_mg_l"])
        yield f"{2 * r_above:g}", "R"
        if r_above > s_max and middle:
            yield f"{2 * s_max:g}", middle
            yield f"{r_above:g}", middle


def _wanted_zones(row: dict[str, str], middle: str) -> Iterator[tuple[str, str]]:
    s_min = float(row["s_at_least_mm"])
    yield f"{s_min:g} mm", "S"
    if row["r_below_mm"]:
        highest = float(row["r_below_mm"]) - 1
    elif row["r_at_most_mm"]:
        highest = float(row["r_at_most_mm"])
    else:
        return
    yield f"{highest:g} mm", "R"
    if highest + 1 < s_min and middle:
        yield f"{highest + 1:g} mm", middle
        yield f"{s_min - 1:g} mm", middle
