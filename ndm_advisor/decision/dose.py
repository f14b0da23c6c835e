"""Strategy and facts to whole orders (policy section 5): band, load, replacement, 48-hour rule.

Values are never rounded before a band look-up. What cannot be dosed is withheld with its reason,
never guessed. The same function doses what is offered and, later, what is ordered.
"""

import math
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from ndm_advisor.decision import renal
from ndm_advisor.decision.conditions import ask
from ndm_advisor.model import words
from ndm_advisor.model.answer import (
    AlternativeDose,
    BandDose,
    BandEdge,
    Cited,
    CrclBand,
    Dose,
    DrugOrder,
    PerKg,
    Units,
)
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Amount, Band, Dosing, Drug, Hazard, Knowledge, Strategy

PAIR: Final = "ceftazidime-avibactam+aztreonam"
_AKI_DRUGS: Final = frozenset(
    {"ceftazidime-avibactam", "aztreonam", "aztreonam-avibactam", "cefiderocol", "meropenem"}
)
_TOTAL_FIRST: Final = frozenset({"aztreonam-avibactam"})  # US labels name the total, EU the parts
_HOURS_PER_DAY: Final = 24


_Why = Literal["aki-first-48-h", "oral", "label"]


class _Weight(NamedTuple):
    kg: float | None
    basis: str
    said: str | None


class _Serving(NamedTuple):
    """One dosing table asked to serve one patient."""

    table: Dosing
    drug: Drug
    facts: Facts
    knowledge: Knowledge
    infusion_h: float | None  # the pair's infusion time, which stands before the label's
    weight: _Weight

    def span(self, band: Band) -> tuple[float | None, float | None]:
        """Infusion time and, for a printed range, its upper end."""
        return self.hours(band), band.to_infusion_h if self.infusion_h is None else None

    def hours(self, band: Band) -> float | None:
        return band.infusion_h if self.infusion_h is None else self.infusion_h


class _Chosen(NamedTuple):
    """The row that serves this patient, or why none does."""

    band: Band | None
    by_crcl: bool
    pending: str | None
    show_bands: bool
    cites: tuple[Cited, ...] | None = None  # what a row without a dose rests on; else the table


def dose_strategy(strategy: Strategy, facts: Facts, knowledge: Knowledge) -> tuple[DrugOrder, ...]:
    """Every drug of a strategy as a whole order for this patient."""
    return tuple(
        dose_drug(drug, use_of(strategy, drug, facts, knowledge), facts, knowledge, strategy)
        for drug in strategy.drugs
        if knowledge.drugs[drug].dosing
    )


def no_dose(strategy: Strategy, facts: Facts, knowledge: Knowledge) -> str | None:
    """Why a strategy has no dose row for this patient's kidney function; None when it has one.

    A dose that a missing fact or a specialist must supply is pending, not missing.
    """
    for drug in strategy.drugs:
        use = use_of(strategy, drug, facts, knowledge)
        tables = _tables(knowledge.drugs[drug], use, facts.region)
        if not tables:
            return f"no dosing table for {words.drug_name(drug)} at this site and in this region"
        chosen = [_choose(t, knowledge.drugs[drug], facts, knowledge) for t in tables]
        bands = [c.band for c in chosen if c.band is not None]
        if bands and len(bands) == len(chosen) and all(b.no_dose for b in bands):
            return bands[0].no_dose
    return None


def use_of(strategy: Strategy, drug: str, facts: Facts, knowledge: Knowledge) -> str:
    """Which dosing table serves a drug here: by site, EUCAST I, inducer or the pair's interval."""
    uses = strategy.uses.get(drug, {})
    use = uses.get(facts.site, uses.get("*", "systemic"))
    held = {d.use for d in knowledge.drugs[drug].dosing if facts.region in d.regions}
    if strategy.id == PAIR and drug == "aztreonam" and _six_hourly(facts, knowledge):
        return "pair-6-hourly"
    if facts.of_drug[drug].high_dose and "eucast-high" in held:
        return "eucast-high"
    if "strong-cyp3a-inducer" in (facts.medicine_classes or ()) and _INDUCED in held:
        return _INDUCED
    if facts.child_pugh == "C" and "child-pugh-c" in held:
        return "child-pugh-c"
    return use


_INDUCED: Final = "with-strong-cyp3a-inducer"


def _six_hourly(facts: Facts, knowledge: Knowledge) -> bool:
    """The hospital's 6-hourly aztreonam counts only above its clearance limit."""
    settings = knowledge.settings
    if facts.aztreonam_interval_h == settings.pair_aztreonam_interval_h:
        return False
    return facts.crcl_ml_min is not None and facts.crcl_ml_min > settings.six_hourly_crcl_above


def _tables(drug: Drug, use: str, region: str) -> list[Dosing]:
    return [d for d in drug.dosing if d.use == use and region in d.regions]


def tables_of(
    strategy: Strategy, drug: str, facts: Facts, knowledge: Knowledge
) -> tuple[Dosing, ...]:
    """The dosing tables that serve a drug of a strategy at this site, one for each route."""
    use = use_of(strategy, drug, facts, knowledge)
    return tuple(_tables(knowledge.drugs[drug], use, facts.region))


def dose_drug(
    drug_id: str, use: str, facts: Facts, knowledge: Knowledge, strategy: Strategy
) -> DrugOrder:
    """One drug as a whole order, with its alternative and, when pending, every band."""
    drug = knowledge.drugs[drug_id]
    infusion = pair_infusion(strategy, drug_id, knowledge)
    servings = [_serving(t, facts, knowledge, infusion) for t in _tables(drug, use, facts.region)]
    chosen = [(s, _choose(s.table, drug, facts, knowledge)) for s in servings]
    # A route without a row for this patient gives way to the route that has one.
    chosen.sort(key=lambda pair: pair[1].band is not None and pair[1].band.no_dose is not None)
    serving, choice = chosen[0]
    alternative = _aki(serving, choice) or _other(chosen[1:], strategy, serving)
    return _order(serving, choice)._replace(alternative_dose=alternative)


def pair_infusion(strategy: Strategy, drug: str, knowledge: Knowledge) -> float | None:
    """Both drugs of the pair run over 3 hours whatever the single label says (policy section 5)."""
    if strategy.id == PAIR and drug in strategy.drugs:
        return knowledge.settings.pair_infusion_h
    return None


# -- one table -----------------------------------------------------------------------------------


class LookedUp(NamedTuple):
    """What one dosing table says for one patient: the order, and the row it rests on."""

    order: DrugOrder
    row: Band | None


def look_up(
    table: Dosing, facts: Facts, knowledge: Knowledge, infusion_h: float | None = None
) -> LookedUp:
    """One dosing table as a whole order, whatever drug the tool would choose.

    `infusion_h` is the pair's infusion time where the table serves the pair.
    """
    serving = _serving(table, facts, knowledge, infusion_h)
    choice = _choose(table, serving.drug, facts, knowledge)
    return LookedUp(_order(serving, choice), choice.band)


def row_text(
    row: Band, table: Dosing, facts: Facts, knowledge: Knowledge, infusion_h: float | None = None
) -> str | None:
    """A row's order for this patient in words; None where it needs a weight that is not known."""
    serving = _serving(table, facts, knowledge, infusion_h)
    if row.no_dose is None and _needs_weight(row) and serving.weight.kg is None:
        return None
    return _band_text(row, serving)


def same_order(one: Band, other: Band) -> bool:
    """Whether two rows give the same order."""
    return _numbers(one) == _numbers(other)


def _serving(
    table: Dosing, facts: Facts, knowledge: Knowledge, infusion_h: float | None
) -> _Serving:
    drug, weight = knowledge.drugs[table.drug], _weight(table, facts, knowledge)
    return _Serving(table, drug, facts, knowledge, infusion_h, weight)


# -- the row -------------------------------------------------------------------------------------


def _choose(table: Dosing, drug: Drug, facts: Facts, knowledge: Knowledge) -> _Chosen:
    """The row for this patient: by replacement, by clearance, or none with its reason."""
    if table.measure == "none":
        by_session = facts.renal_replacement == "intermittent-haemodialysis"
        row = table.haemodialysis if by_session else None
        return _Chosen(row or table.bands[0], by_crcl=False, pending=None, show_bands=False)
    if table.measure == "effluent_l_h":
        return _by_effluent(table, facts)
    if facts.on_renal_replacement:
        return _replaced(table, drug, facts, knowledge)
    if facts.crcl_ml_min is None:
        if _one_dose(table):
            return _Chosen(table.bands[0], by_crcl=False, pending=None, show_bands=False)
        pending = "dose withheld: creatinine clearance is not known"
        return _Chosen(None, by_crcl=False, pending=pending, show_bands=True)
    band = band_at(table, facts.crcl_ml_min)
    return _Chosen(band, by_crcl=True, pending=None, show_bands=False)


def _one_dose(table: Dosing) -> bool:
    """Whether every band gives the same order, so that clearance does not matter."""
    return len({_numbers(b) for b in table.bands}) == 1


def _numbers(band: Band) -> tuple[object, ...]:
    """What makes two bands different orders."""
    return (band.load, band.maintenance, band.interval_h, band.doses, band.infusion_h, band.no_dose)


def band_at(table: Dosing, value: float) -> Band:
    """The band that holds a value; the load check has proved that exactly one does."""
    for band in table.bands:
        above = value > band.low or (band.low_included and value == band.low)
        below = value < band.high or (band.high_included and value == band.high)
        if above and below:
            return band
    message = f"{table.id} has no band for {value}"
    raise LookupError(message)


def _replaced(table: Dosing, drug: Drug, facts: Facts, knowledge: Knowledge) -> _Chosen:
    """Renal replacement: clearance and creatinine are not used (policy section 5)."""
    mode = facts.renal_replacement
    if mode == "intermittent-haemodialysis":
        row = _residual_row(table, facts, knowledge) or table.haemodialysis
        if row is not None and row.no_dose is None:
            return _Chosen(row, by_crcl=False, pending=None, show_bands=False)
        text = (row.no_dose if row else None) or table.haemodialysis_text
        said = _specialist(text or "no haemodialysis row in the label")
        return said if row is None else said._replace(cites=row.sources)
    if mode == "crrt":
        effluent = [d for d in drug.dosing if d.use == "crrt" and facts.region in d.regions]
        if effluent:
            return _by_effluent(effluent[0], facts)
    return _specialist(_SET_NOW)


def _by_effluent(table: Dosing, facts: Facts) -> _Chosen:
    """The row for this effluent rate; without one every row is shown."""
    if facts.effluent_l_h is None:
        pending = "dose withheld: the effluent rate in L/h is not known"
        return _Chosen(None, by_crcl=False, pending=pending, show_bands=True)
    band = band_at(table, facts.effluent_l_h)
    return _Chosen(band, by_crcl=False, pending=None, show_bands=False)


_SET_NOW: Final = (
    "infectious diseases and critical-care pharmacist set the dose now; "
    "the first dose is not delayed; levels if available"
)


def _specialist(text: str) -> _Chosen:
    return _Chosen(None, by_crcl=False, pending=f"dose not available: {text}", show_bands=False)


def _residual_row(table: Dosing, facts: Facts, knowledge: Knowledge) -> Band | None:
    """US ceftazidime-avibactam on haemodialysis: by residual clearance, never below 24 hours."""
    residual = facts.residual_crcl_ml_min
    if table.drug != "ceftazidime-avibactam" or facts.region != "US" or residual is None:
        return None
    return band_at(table, min(residual, knowledge.settings.haemodialysis_residual_crcl_above))


# -- the order -----------------------------------------------------------------------------------


def _order(serving: _Serving, choice: _Chosen) -> DrugOrder:
    table, band, weight = serving.table, choice.band, serving.weight
    pending = choice.pending or (band.no_dose if band else None)
    if band is not None and pending is None and _needs_weight(band) and weight.kg is None:
        pending = "dose withheld: the weight is not known"
    given = band if pending is None else None
    return DrugOrder(
        drug=serving.drug.id,
        route=table.route,
        loading_dose=_amount(given.load if given else None, given, serving),
        maintenance_dose=_amount(given.maintenance if given else None, given, serving),
        interval_h=given.interval_h if given else None,
        to_interval_h=_printed(given)[1] if given else None,
        doses=given.doses if given else None,
        infusion_h=serving.hours(given) if given else None,
        to_infusion_h=given.to_infusion_h if given and serving.infusion_h is None else None,
        daily_max_mg=table.daily_max_mg,
        crcl_band=_crcl_band(band) if band is not None and choice.by_crcl else None,
        band_edge=_edge(serving, band) if choice.by_crcl else None,
        bands=band_texts(_pending_serving(serving)) if choice.show_bands else None,
        alternative_dose=None,
        dialysis=_dialysis(table, serving.facts),
        basis=_basis(table, given),
        sources=_cited(table, choice),
        pending=pending,
        notes=tuple(note for note in _notes(given, serving) if note),
        longest_interval_h=given.to_interval_h if given and _is_shared_out(given) else None,
    )


def _cited(table: Dosing, choice: _Chosen) -> tuple[Cited, ...]:
    """The row's own sources, also where it gives no dose; without a row, the table's."""
    if choice.band is not None:
        return choice.band.sources
    return table.sources if choice.cites is None else choice.cites


def _notes(given: Band | None, serving: _Serving) -> tuple[str | None, ...]:
    """How the weight was taken, what the row adds, the other way to share out a daily amount."""
    if given is None:
        return (serving.weight.said, None)
    other = None
    if _is_shared_out(given) and given.to_interval_h:
        longer = given._replace(load=None, interval_h=given.to_interval_h, to_interval_h=None)
        other = f"or {_band_text(longer, serving)}: the same amount a day"
    return (serving.weight.said, given.note, other)


def _is_shared_out(band: Band) -> bool:
    """Whether the source prints a daily amount for a range of intervals: the dose goes with it."""
    amount = band.maintenance
    return amount is not None and amount.per == "day" and band.to_interval_h is not None


def _printed(band: Band) -> tuple[float | None, float | None]:
    """The intervals that stand beside a dose: of a daily amount shared out, the shortest alone."""
    return band.interval_h, None if _is_shared_out(band) else band.to_interval_h


def _pending_serving(serving: _Serving) -> _Serving:
    """Which bands to print while the dose is pending: effluent bands on CRRT, else the table's."""
    if serving.facts.renal_replacement != "crrt":
        return serving
    region = serving.facts.region
    held = (d for d in serving.drug.dosing if d.use == "crrt" and region in d.regions)
    return serving._replace(table=next(held))


def _basis(table: Dosing, band: Band | None) -> str:
    """A derived row is labelled derived whatever the table rests on."""
    if band is not None and band.basis:
        return band.basis
    return (
        "derived"
        if band is not None and band.grade == "D" and table.basis != "eucast"
        else table.basis
    )


def _dialysis(table: Dosing, facts: Facts) -> str | None:
    """Haemodialysis and CRRT wording; only what the patient is on when that is known."""
    haemodialysis = table.haemodialysis_text and f"haemodialysis: {table.haemodialysis_text}"
    crrt = table.crrt_text and f"CRRT: {table.crrt_text}"
    by_mode = {"intermittent-haemodialysis": (haemodialysis,), "crrt": (crrt,), "sled": (crrt,)}
    parts = by_mode.get(facts.renal_replacement or "", (haemodialysis, crrt))
    return "; ".join(part for part in parts if part) or None


def _crcl_band(band: Band) -> CrclBand:
    top = None if band.high == float("inf") else band.high
    return CrclBand(band.low, band.low_included, top, band.high_included)


def _edge(serving: _Serving, band: Band | None) -> BandEdge | None:
    """The nearest edge beyond which this drug's order differs."""
    crcl = serving.facts.crcl_ml_min
    if band is None or crcl is None:
        return None
    edges = [(abs(crcl - edge), other) for edge, other in _edges(serving.table, band)]
    if not edges:
        return None
    distance, other = min(edges, key=lambda e: e[0])
    is_forbidden = other.no_dose is None and _is_forbidden(other, serving)
    beyond = "not given" if is_forbidden else _band_text(other, serving)
    return BandEdge(distance_ml_min=distance, dose_beyond=beyond)


def _is_forbidden(band: Band, serving: _Serving) -> bool:
    """Whether a stop on the clearance holds at the near end of a band that prints a dose."""
    facts, drug = serving.facts, serving.drug.id
    if (facts.crcl_ml_min or 0) < band.low:
        near = band.low if band.low_included else math.nextafter(band.low, math.inf)
    else:
        near = band.high if band.high_included else math.nextafter(band.high, 0)
    facts = facts._replace(crcl_ml_min=near)
    asked = serving.knowledge.hazards_of.get(drug, ())
    return any(
        ask(hazard.when, facts, facts.of_drug.get(drug))[0] is True
        for hazard in asked
        if hazard.tier == "stop" and facts.region in hazard.regions and _asks_clearance(hazard)
    )


def _asks_clearance(hazard: Hazard) -> bool:
    return any(condition.fact == "crcl_ml_min" for condition in hazard.when)


def _edges(table: Dosing, band: Band) -> Iterator[tuple[float, Band]]:
    """The nearest edges below and above at which the order changes, with the band beyond."""
    place = table.bands.index(band)
    for step in (-1, 1):
        here = place
        while 0 <= here + step < len(table.bands):
            other = table.bands[here + step]
            if _numbers(other) != _numbers(band):
                yield (other.high if step < 0 else other.low), other
                break
            here += step


def edges_of(order: DrugOrder, use: str, facts: Facts, knowledge: Knowledge) -> tuple[float, ...]:
    """Both edges of this patient's band at which the drug's order changes."""
    tables = [
        t
        for t in _tables(knowledge.drugs[order.drug], use, facts.region)
        if t.measure == "crcl_ml_min" and t.route == order.route
    ]
    if not tables or facts.crcl_ml_min is None or order.crcl_band is None:
        return ()
    band = band_at(tables[0], facts.crcl_ml_min)
    return tuple(edge for edge, _ in _edges(tables[0], band))


def lands_elsewhere(
    order: DrugOrder, use: str, crcl: float, facts: Facts, knowledge: Knowledge
) -> bool:
    """Whether another clearance would give another order of this drug."""
    if facts.crcl_ml_min is None or order.crcl_band is None:
        return False
    for table in _tables(knowledge.drugs[order.drug], use, facts.region):
        if table.measure == "crcl_ml_min" and table.route == order.route:
            here, there = band_at(table, facts.crcl_ml_min), band_at(table, crcl)
            return _numbers(here) != _numbers(there)
    return False


# -- amounts -------------------------------------------------------------------------------------


def _needs_weight(band: Band) -> bool:
    amounts = [a for a in (band.load, band.maintenance) if a is not None]
    return any(a.mg_per_kg is not None or a.units_per_kg for a in amounts)


def _weight(table: Dosing, facts: Facts, knowledge: Knowledge) -> _Weight:
    """The dosing weight by the table's rule; actual weight where the height is not known."""
    actual, ideal = facts.weight_kg, facts.ideal_weight_kg
    if table.weight == "none" or actual is None:
        return _Weight(actual, "actual", None)
    if table.weight == "actual":
        return _Weight(actual, "actual", None)
    if ideal is None:
        return _Weight(actual, "actual", "height not given: actual weight used")
    if table.weight == "ideal":
        return _Weight(ideal, "ideal", None)
    if table.weight == "adjusted-above-1.25-ideal":
        heavy = actual >= knowledge.settings.plazomicin_weight_ratio * ideal
    else:
        heavy = actual > knowledge.settings.ideal_weight_ratio * ideal
    if not heavy:
        return _Weight(actual, "actual", None)
    share = knowledge.settings.adjusted_weight_share
    adjusted = renal.adjusted_weight_kg(actual_kg=actual, ideal_kg=ideal, share=share)
    return _Weight(adjusted, "adjusted", None)


def _amount(amount: Amount | None, band: Band | None, serving: _Serving) -> Dose | None:
    """One administration of an amount; a daily amount is divided by the interval shown."""
    if amount is None or band is None:
        return None
    parts = _HOURS_PER_DAY / band.interval_h if amount.per == "day" and band.interval_h else 1.0
    if amount.units_system is not None:
        return _units(amount, parts, serving.weight)
    if amount.mg_per_kg is not None:
        return _per_kg(amount, parts, serving.drug, serving.weight)
    components = {name: mg / parts for name, mg in amount.components_mg or ()}
    upper = {name: mg / parts for name, mg in amount.to_components_mg or ()}
    text = _fixed_text(serving.drug, components, upper)
    total_to = sum(upper.values()) if upper else None
    return Dose(text, sum(components.values()), total_to, components, None, None)


def _fixed_text(drug: Drug, components: dict[str, float], upper: dict[str, float]) -> str:
    if upper:
        (low,), (high,) = components.values(), upper.values()
        return f"{words.drug_name(drug.id)} {words.grams_range(low, high)}"
    if drug.id in _TOTAL_FIRST:
        return words.total_then_split(components)
    if len(components) == 1:
        (mg,) = components.values()
        return f"{words.drug_name(drug.id)} {words.grams(mg)}"
    return words.components(components)


def _per_kg(amount: Amount, parts: float, drug: Drug, weight: _Weight) -> Dose | None:
    """A weight-based amount: `total_mg` is the product, unrounded, up to the source's ceiling."""
    if amount.mg_per_kg is None or weight.kg is None:
        return None
    rate = amount.mg_per_kg / parts
    ceiling = None if amount.max_mg is None else amount.max_mg / parts
    mg = rate * weight.kg
    capped = ceiling is not None and mg > ceiling
    mg = ceiling if ceiling is not None and capped else mg
    to_rate = None if amount.to_mg_per_kg is None else amount.to_mg_per_kg / parts
    lead, *others = drug.components
    components = {lead: mg, **{name: mg * drug.ratio[name] for name in others}}
    shown = (
        f"{words.drug_name(lead if others else drug.id)} {words.milligrams(mg, 0)} "
        f"({words.number(rate)} mg/kg, {weight.basis} weight {words.number(weight.kg, 1)} kg"
        f"{', ceiling reached' if capped else ''})"
    )
    if others:
        shown += " + " + " + ".join(f"{n} {words.milligrams(components[n], 0)}" for n in others)
    to_total = None if to_rate is None else to_rate * weight.kg
    basis: str = weight.basis
    per_kg = PerKg(rate, to_rate, weight.kg, basis)  # type: ignore[arg-type]  # one of the three bases
    return Dose(shown, sum(components.values()), to_total, components, per_kg, None)


def _units(amount: Amount, parts: float, weight: _Weight) -> Dose | None:
    if amount.units_amount is None or amount.units_system is None:
        return None
    if amount.units_per_kg:
        return _units_per_kg(amount, parts, weight)
    low = amount.units_amount / parts
    high = None if amount.units_to_amount is None else amount.units_to_amount / parts
    text = words.polymyxin_amount(amount.units_system, low, high)
    units = Units(amount.units_system, low, high)  # type: ignore[arg-type]  # checked at load
    return Dose(text, None, None, None, None, units)


def _units_per_kg(amount: Amount, parts: float, weight: _Weight) -> Dose | None:
    """A polymyxin by weight, up to the source's ceiling; printed whole, with what it comes from."""
    system, rate = amount.units_system, amount.units_amount
    if system is None or rate is None or weight.kg is None:
        return None
    top = math.inf if amount.max_mg is None else amount.max_mg
    rates = (rate, amount.units_to_amount)
    low, high = (None if r is None else min(r * weight.kg, top) / parts for r in rates)
    if low is None:
        return None
    shown = words.polymyxin_amount(system, round(low), None if high is None else round(high))
    by = words.polymyxin_amount(
        system, rate / parts, None if rates[1] is None else rates[1] / parts
    )
    capped = ", ceiling reached" if (rates[1] or rate) * weight.kg > top else ""
    text = f"{shown} ({by}/kg, {weight.basis} weight {words.number(weight.kg, 1)} kg{capped})"
    units = Units(system, low, high)  # type: ignore[arg-type]  # checked at load
    return Dose(text, None, None, None, None, units)


# -- texts ---------------------------------------------------------------------------------------


def band_texts(serving: _Serving) -> tuple[BandDose, ...]:
    """Every band with its dose, for the time while the patient's own is not known."""
    return tuple(
        BandDose(
            band=band_name(band, serving.table.measure),
            loading_dose=_amount(band.load, band, serving),
            maintenance_dose=_amount(band.maintenance, band, serving),
            interval_h=band.interval_h,
            to_interval_h=_printed(band)[1],
            infusion_h=serving.hours(band),
            text=_band_text(band, serving),
            sources=band.sources,
        )
        for band in serving.table.bands
    )


def band_name(band: Band, measure: str) -> str:
    """A band in words: "CrCl above 30 to 50 mL/min" with both edges' sides."""
    name, unit = ("effluent", "L/h") if measure == "effluent_l_h" else ("CrCl", "mL/min")
    low = f"{'at least' if band.low_included else 'above'} {words.number(band.low)}"
    if band.high == float("inf"):
        return f"{name} {low} {unit}"
    high = f"{'at most' if band.high_included else 'below'} {words.number(band.high)}"
    if band.low == 0:
        return f"{name} {high} {unit}"
    return f"{name} {low} and {high} {unit}"


def _band_text(band: Band, serving: _Serving) -> str:
    if band.no_dose:
        return f"no dose: {band.no_dose}"
    load = _amount(band.load, band, serving)
    dose = _amount(band.maintenance, band, serving)
    if dose is None:
        return f"{words.drug_name(serving.drug.id)}: weight not known"
    return order_text(load, dose, _printed(band), serving.span(band))


def order_text(
    load: Dose | None,
    dose: Dose,
    interval_h: tuple[float | None, float | None],
    infusion_h: tuple[float | None, float | None],
) -> str:
    """An order as a nurse reads it: load first, then maintenance, interval and infusion."""
    lead = f"{load.text} first, then " if load else ""
    tail = [words.every(*interval_h) or "once", words.over(*infusion_h)]
    return f"{lead}{dose.text} {' '.join(part for part in tail if part)}"


# -- alternatives --------------------------------------------------------------------------------


def _aki(serving: _Serving, choice: _Chosen) -> AlternativeDose | None:
    """The full dose beside the banded one in the first 48 hours of kidney injury."""
    facts, banded = serving.facts, choice.band
    applies = facts.aki_within_48h is True and facts.baseline_ckd is not True
    if serving.drug.id not in _AKI_DRUGS or not applies or banded is None or not choice.by_crcl:
        return None
    full = band_at(serving.table, serving.knowledge.settings.unreduced_crcl)
    if _numbers(full) == _numbers(banded) or banded.low > full.low:
        return None
    made = _alternative("aki-first-48-h", full, serving)
    if made is None:
        return None
    text = made.text
    if facts.baseline_ckd is None:
        text = f"{text}, only if kidney function was normal before"
    sources = (*made.sources, Cited("CRASS-2019", "dosing dossier section 1.4"))
    return made._replace(text=text, sources=sources)


def _other(
    others: list[tuple[_Serving, _Chosen]], strategy: Strategy, serving: _Serving
) -> AlternativeDose | None:
    """The other route of the same use, or the label dose beside an off-label one."""
    drug, facts, knowledge = serving.drug, serving.facts, serving.knowledge
    why: _Why = "oral"
    if not others and drug.id in strategy.alternatives:
        why = "label"
        tables = _tables(drug, strategy.alternatives[drug.id], facts.region)
        beside = [serving._replace(table=t) for t in tables]
        others = [(s, _choose(s.table, drug, facts, knowledge)) for s in beside]
    for other, choice in others:
        band = choice.band
        if band is None or band.no_dose or (why == "oral" and other.table.route != "oral"):
            continue
        if made := _alternative(why, band, other):
            return made
    return None


def _alternative(why: _Why, band: Band, serving: _Serving) -> AlternativeDose | None:
    """A band as an alternative order; None where the weight it needs is not known."""
    dose = _amount(band.maintenance, band, serving)
    if dose is None:
        return None
    load = _amount(band.load, band, serving)
    hours = serving.hours(band)
    text = order_text(load, dose, _printed(band), serving.span(band))
    route = serving.table.route
    return AlternativeDose(why, route, load, dose, band.interval_h, hours, band.sources, text)
