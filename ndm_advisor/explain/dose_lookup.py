"""`dose DRUG`: every dosing table of a drug or regimen, and the row for one patient.

The tables are asked exactly as an answer asks them (`decision/dose.py`), and the kidney rules of
the drug stand before its dose. Plain data; `render/lookups.py` writes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from ndm_advisor.decision.dose import (
    band_name,
    look_up,
    order_text,
    pair_infusion,
    row_text,
    same_order,
    tables_of,
)
from ndm_advisor.decision.usable import Asked, usable
from ndm_advisor.explain.dosing_pages import band_words
from ndm_advisor.explain.stamp import Stamp
from ndm_advisor.model import words
from ndm_advisor.model.answer import Cited, DrugOrder, NotAssessed
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Band, Dosing, Knowledge, Strategy

SCHEMA_VERSION: Final = "1"
REGIONS: Final = ("EU", "US")
_KIDNEY: Final = frozenset({"crcl_ml_min", "on_renal_replacement", "egfr", "egfr_given"})
_UNITS: Final[Mapping[str, str]] = {"crcl_ml_min": "mL/min", "effluent_l_h": "L/h", "none": ""}


class Question(NamedTuple):
    """What was asked; None = not given. `regions` are those whose tables are printed whole."""

    name: str
    id: str
    drugs: tuple[str, ...]
    regions: tuple[str, ...]
    site: str | None
    crcl_ml_min: float | None
    egfr_ml_min_1_73m2: float | None
    weight_kg: float | None
    height_cm: float | None
    sex: str | None
    renal_replacement: str | None
    crrt_effluent_l_h: float | None
    residual_crcl_ml_min: float | None


class Edge(NamedTuple):
    """One edge of the row. `included`: a value at the edge belongs to this row."""

    at: float
    unit: str
    side: str  # lower | upper
    included: bool
    distance: float
    near: bool
    same_dose_beyond: bool
    dose_beyond: str


class Row(NamedTuple):
    """One row of a table. `low` and `high` are in `unit`; `high` None = no upper edge."""

    name: str
    unit: str
    low: float | None
    low_included: bool
    high: float | None
    high_included: bool
    text: str
    note: str | None
    derived: bool
    grade: str
    sources: tuple[Cited, ...]


class Rule(NamedTuple):
    """A rule on the drug's use at this kidney function: `withholds` or a condition in words."""

    id: str
    withholds: bool
    text: str
    action: str
    sources: tuple[Cited, ...]


class TableLook(NamedTuple):
    """One dosing table. `order` and `row` are null where no row could be chosen; then `rows`."""

    id: str
    drug: str
    use: str
    regions: tuple[str, ...]
    route: str
    label: str
    measure: str
    weight_rule: str
    basis: str
    grade: str
    daily_max_mg: float | None
    haemodialysis_text: str | None
    crrt_text: str | None
    sources: tuple[Cited, ...]
    order: DrugOrder | None
    row: Row | None
    edges: tuple[Edge, ...]
    rows: tuple[Row, ...]
    rules: tuple[Rule, ...]


class Difference(NamedTuple):
    """Where the regions part: each region's rows in words, empty where it has no such table."""

    drug: str
    use: str
    route: str
    eu: tuple[str, ...]
    us: tuple[str, ...]


class DoseLook(NamedTuple):
    """The whole look-up. `left_out`: ids of tables that do not serve the site asked for."""

    schema_version: str
    asked: Question
    provenance: Stamp
    kidney: str
    standing: tuple[str, ...]
    tables: tuple[TableLook, ...]
    regions_compared: bool
    differences: tuple[Difference, ...]
    left_out: tuple[str, ...]
    not_assessed: tuple[NotAssessed, ...]


class _Served(NamedTuple):
    """A table with the infusion time of the pair where it serves the pair."""

    table: Dosing
    infusion_h: float | None


def dose_look(
    asked: Question, facts_of: Mapping[str, Facts], knowledge: Knowledge, stamped: Stamp
) -> DoseLook:
    """Every table of what is asked for, with the row for this patient.

    Args:
        asked: the drug or regimen and what is known of the patient.
        facts_of: the facts by region; both regions, as they are compared.
        knowledge: the base.
        stamped: versions and dates.
    """
    made = {r: _of_region(asked, facts_of[r], knowledge) for r in REGIONS}
    tables = {look.id: look for region in asked.regions for look in made[region][0]}
    left = dict.fromkeys(i for region in asked.regions for i in made[region][1])
    first = facts_of[asked.regions[0]]
    return DoseLook(
        schema_version=SCHEMA_VERSION,
        asked=asked,
        provenance=stamped,
        kidney=_kidney(first),
        standing=tuple(_standing(asked, knowledge)),
        tables=tuple(tables.values()),
        regions_compared=any(made[r][0] for r in REGIONS),
        differences=tuple(_differences(*(_compared(made[r][0], asked) for r in REGIONS))),
        left_out=tuple(i for i in left if i not in tables),
        not_assessed=tuple(_gaps(tables.values(), asked)),
    )


def _kidney(facts: Facts) -> str:
    if facts.crcl_ml_min is None and not facts.on_renal_replacement:
        return ""
    return facts.kidney.text


def _standing(asked: Question, knowledge: Knowledge) -> Iterator[str]:
    """What the tool says of the thing itself: never offered, or a specialist's choice."""
    strategy = knowledge.strategies.get(asked.id)
    if strategy is None:
        return
    if strategy.kind == "never":
        yield f"never offered as such. {strategy.because}".strip()
    elif strategy.kind == "salvage":
        yield "information for a specialist; never offered as a regimen"
    pairs = (s for s in knowledge.strategies.values() if s.kind == "mbl-active")
    for pair in pairs:
        if asked.id in pair.drugs and len(pair.drugs) > 1:
            yield f"with its partner: `ndm-advisor dose {pair.id}`"


# -- which tables ---------------------------------------------------------------------------------


def _of_region(
    asked: Question, facts: Facts, knowledge: Knowledge
) -> tuple[tuple[TableLook, ...], tuple[str, ...]]:
    """The tables of one region that are looked up, and the ids of those left out by the site."""
    served, left = _served(asked, facts, knowledge)
    rules = _rules(asked, facts, knowledge)
    looks = tuple(_look(s, facts, knowledge, rules.get(s.table.drug, ())) for s in served)
    return looks, left


def _served(
    asked: Question, facts: Facts, knowledge: Knowledge
) -> tuple[tuple[_Served, ...], tuple[str, ...]]:
    strategy = knowledge.strategies.get(asked.id)
    if len(asked.drugs) > 1 and strategy is not None:
        if strategy.kind == "never":
            return (), ()
        return tuple(_of_strategy(strategy, facts, knowledge)), ()
    held = [t for d in asked.drugs for t in knowledge.drugs[d].dosing if facts.region in t.regions]
    if facts.renal_replacement == "crrt":  # the row of its effluent table stands in the drug's own
        own = {t.crrt_use for t in held if t.crrt_use}
        held = [t for t in held if t.id not in own]
    if asked.site is not None:
        serving = _at_site(asked, facts, knowledge)
        if serving:
            left = tuple(t.id for t in held if t.id not in serving)
            held = [t for t in held if t.id in serving]
            return tuple(_Served(t, None) for t in held), left
    return tuple(_Served(t, None) for t in held), ()


def _of_strategy(strategy: Strategy, facts: Facts, knowledge: Knowledge) -> Iterator[_Served]:
    for drug in strategy.drugs:
        infusion = pair_infusion(strategy, drug, knowledge)
        for table in tables_of(strategy, drug, facts, knowledge):
            yield _Served(table, infusion)


def _at_site(asked: Question, facts: Facts, knowledge: Knowledge) -> set[str]:
    """The ids of the tables that serve the drug at the site, alone or in a regimen."""
    found: set[str] = set()
    for strategy in knowledge.strategies.values():
        here = strategy.kind in {"mbl-active", "salvage", "companion"}
        if asked.id in strategy.uses and (here or facts.site in strategy.sites):
            found |= {t.id for t in tables_of(strategy, asked.id, facts, knowledge)}
    crrt = {t.crrt_use for t in knowledge.drugs[asked.id].dosing if t.id in found and t.crrt_use}
    return found | crrt


# -- kidney rules ---------------------------------------------------------------------------------


def _rules(asked: Question, facts: Facts, knowledge: Knowledge) -> dict[str, tuple[Rule, ...]]:
    """The rules that look at nothing but the kidney, by drug, where they hold or may hold."""
    found: dict[str, dict[str, Rule]] = {drug: {} for drug in asked.drugs}
    for fate in usable(facts, knowledge).values():
        for answer in fate.asked:
            about = {condition.fact for condition in answer.hazard.when}
            if answer.drug in found and about <= _KIDNEY:
                found[answer.drug].setdefault(answer.hazard.id, _rule(answer, facts))
    return {
        drug: tuple(rule for rule in held.values() if rule.text) for drug, held in found.items()
    }


def _rule(answer: Asked, facts: Facts) -> Rule:
    """A stop withholds the dose; also one for this clearance that replacement alone would lift."""
    hazard = answer.hazard
    by_crcl = any(condition.fact == "crcl_ml_min" for condition in hazard.when)
    open_ = hazard.tier == "stop" and answer.holds is None and facts.crcl_ml_min is not None
    text = answer.because if answer.excludes else answer.condition
    return Rule(hazard.id, answer.excludes or (open_ and by_crcl), text, hazard.do, hazard.sources)


# -- one table ------------------------------------------------------------------------------------


def _look(
    served: _Served, facts: Facts, knowledge: Knowledge, rules: tuple[Rule, ...]
) -> TableLook:
    table, infusion = served
    order, band = look_up(table, facts, knowledge, infusion)
    # On renal replacement the effluent table of the drug stands beside this one, with its rows.
    elsewhere = order.bands is not None and facts.renal_replacement == "crrt"
    rows: tuple[Row, ...] = ()
    if band is None and order.bands is not None and not (elsewhere and table.use != "crrt"):
        rows = tuple(_row(b, served, facts, knowledge) for b in table.bands)
    return TableLook(
        id=table.id,
        drug=table.drug,
        use=table.use,
        regions=table.regions,
        route=table.route,
        label=table.label,
        measure=table.measure,
        weight_rule=table.weight,
        basis=order.basis,
        grade=band.grade if band else table.grade,
        daily_max_mg=table.daily_max_mg,
        haemodialysis_text=table.haemodialysis_text,
        crrt_text=table.crrt_text,
        sources=table.sources,
        order=None if rows else _withheld(order, rules),
        row=_row(band, served, facts, knowledge) if band else None,
        edges=tuple(_edges(band, served, facts, knowledge)) if band else (),
        rows=rows,
        rules=rules,
    )


def _withheld(order: DrugOrder, rules: tuple[Rule, ...]) -> DrugOrder:
    """The order, without its dose where a rule forbids the drug at this kidney function."""
    against = [rule.text for rule in rules if rule.withholds]
    if not against:
        return order
    return order._replace(
        loading_dose=None,
        maintenance_dose=None,
        interval_h=None,
        to_interval_h=None,
        doses=None,
        infusion_h=None,
        to_infusion_h=None,
        band_edge=None,
        alternative_dose=None,
        pending=f"dose withheld: {'; '.join(against)}",
    )


def _row(band: Band, served: _Served, facts: Facts, knowledge: Knowledge) -> Row:
    table = _home(band, served.table, knowledge)
    measured = band in table.bands and table.measure != "none"
    top = None if math.isinf(band.high) else band.high
    text = _row_words(band, table, served.infusion_h, facts, knowledge)
    return Row(
        name=_name(band, table),
        unit=_UNITS[table.measure] if measured else "",
        low=band.low if measured else None,
        low_included=band.low_included,
        high=top if measured else None,
        high_included=band.high_included,
        text=text,
        note="; ".join(note for note in _notes(band) if note not in text) or None,
        derived=_is_derived(band, table),
        grade=band.grade,
        sources=band.sources,
    )


def _home(band: Band, table: Dosing, knowledge: Knowledge) -> Dosing:
    """The table a row stands in: on CRRT a drug's row comes from its table by effluent."""
    if band in table.bands or band == table.haemodialysis:
        return table
    beside = (d for d in knowledge.drugs[table.drug].dosing if d.use == "crrt" and band in d.bands)
    return next(beside, table)


def _name(band: Band, table: Dosing) -> str:
    if band == table.haemodialysis and band not in table.bands:
        return "haemodialysis row"
    return "any CrCl" if table.measure == "none" else band_name(band, table.measure)


def _notes(band: Band) -> Iterator[str]:
    if band.note:
        yield band.note
    for amount, part in ((band.load, "load"), (band.maintenance, "maintenance")):
        if amount is not None and amount.note:
            yield f"{part}: {amount.note}"


def _is_derived(band: Band, table: Dosing) -> bool:
    return "derived" in {band.basis, "" if band.basis else table.basis} or band.grade == "D"


def _row_words(
    band: Band, table: Dosing, infusion_h: float | None, facts: Facts, knowledge: Knowledge
) -> str:
    """The row for this patient; as the source prints it where the weight is not known."""
    return row_text(band, table, facts, knowledge, infusion_h) or band_words(band)


def _edges(band: Band, served: _Served, facts: Facts, knowledge: Knowledge) -> Iterator[Edge]:
    table = _home(band, served.table, knowledge)
    value = facts.effluent_l_h if table.measure == "effluent_l_h" else facts.crcl_ml_min
    if value is None or band not in table.bands or table.measure == "none":
        return
    place = table.bands.index(band)
    sides = ((-1, band.low, band.low_included), (1, band.high, band.high_included))
    for step, at, included in sides:
        if not 0 <= place + step < len(table.bands):
            continue
        beyond = table.bands[place + step]
        yield Edge(
            at=at,
            unit=_UNITS[table.measure],
            side="lower" if step < 0 else "upper",
            included=included,
            distance=abs(value - at),
            near=abs(value - at) <= knowledge.settings.near_edge_share * at,
            same_dose_beyond=same_order(band, beyond),
            dose_beyond=_row_words(beyond, table, served.infusion_h, facts, knowledge),
        )


# -- regions --------------------------------------------------------------------------------------


def _compared(looks: tuple[TableLook, ...], asked: Question) -> tuple[TableLook, ...]:
    """What is compared: with a clearance, the tables that serve it, not those by effluent."""
    by_crcl = asked.crcl_ml_min is not None
    return tuple(t for t in looks if not (by_crcl and t.measure == "effluent_l_h"))


def _differences(eu: tuple[TableLook, ...], us: tuple[TableLook, ...]) -> Iterator[Difference]:
    keys = dict.fromkeys((look.drug, look.use, look.route) for look in (*eu, *us))
    for drug, use, route in keys:
        sides = [
            tuple(
                line
                for t in side
                if (t.drug, t.use, t.route) == (drug, use, route)
                for line in _said(t)
            )
            for side in (eu, us)
        ]
        if sides[0] != sides[1]:
            only = [line for line in sides[0] if line not in sides[1]]
            other = [line for line in sides[1] if line not in sides[0]]
            yield Difference(drug, use, route, tuple(only), tuple(other))


def _said(look: TableLook) -> Iterator[str]:
    """What a table comes to, line by line, without its name."""
    order = look.order
    if order is None:
        yield from (_noted(f"{row.name}: {row.text}", row.note) for row in look.rows)
        yield from (rule.text for rule in look.rules)
        return
    if order.maintenance_dose is None:
        yield order.pending or "no dose"
        return
    text = order_text(
        order.loading_dose,
        order.maintenance_dose,
        (order.interval_h, order.to_interval_h),
        (order.infusion_h, order.to_infusion_h),
    )
    yield _noted(text, look.row.note if look.row else None)


def _noted(text: str, note: str | None) -> str:
    return f"{text} ({note})" if note else text


# -- gaps -----------------------------------------------------------------------------------------


def _gaps(looks: Iterable[TableLook], asked: Question) -> Iterator[NotAssessed]:
    looks = tuple(looks)
    if not looks:
        what = f"dose of {words.regimen_name(asked.id)}"
        yield NotAssessed(what, "no dosing table stands in the base", "")
        return
    for look in looks:
        if look.measure == "effluent_l_h" and asked.renal_replacement != "crrt":
            continue  # its rows are printed; nothing is missing for a patient who is not on CRRT
        if look.order is None or look.order.maintenance_dose is None:
            pending = look.order.pending if look.order else None
            why = pending or _missing(look)
            yield NotAssessed(f"dose by {look.id}", why, _supply(look, asked))


def _missing(look: TableLook) -> str:
    if look.measure == "effluent_l_h":
        return "the effluent rate is not given"
    return "creatinine clearance is not given"


def _supply(look: TableLook, asked: Question) -> str:
    if look.measure == "effluent_l_h":
        return "--effluent"
    if look.order is None:
        return "--crcl"
    if "weight" in (look.order.pending or ""):
        return "--weight-kg"
    if "renal replacement" in (look.order.pending or "") and asked.renal_replacement is None:
        return "--renal-replacement"
    return ""
