"""Orders judged as one set, against the same facts, hazards and doses as the advice (policy 7).

The pair and aztreonam-avibactam are strategies; partners are never matched to each other's rows.
What cannot be compared (a dose in another unit system, a start time not given) is not assessed.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision.alerts import Raised, Situation
from ndm_advisor.decision.conditions import ask
from ndm_advisor.decision.dose import dose_strategy
from ndm_advisor.decision.rank import A, F, P
from ndm_advisor.model import words
from ndm_advisor.model.answer import DrugOrder
from ndm_advisor.model.case import Order
from ndm_advisor.model.knowledge import Hazard, Strategy
from ndm_advisor.model.names import fold

PARTNERS: Final = ("ceftazidime-avibactam", "aztreonam")
BETA_LACTAMS: Final = frozenset(
    {"cephalosporin", "siderophore-cephalosporin", "monobactam", "carbapenem", "penicillin"}
)
INHIBITOR_CARBAPENEMS: Final = ("meropenem-vaborbactam", "imipenem-relebactam")
AVIBACTAM_PRODUCTS: Final = ("ceftazidime-avibactam", "aztreonam-avibactam")
_HOURS_PER_DAY: Final = 24
# Asked of every ordered drug, whether or not a strategy holds it.
_OF_ANY_DRUG: Final = ("drug-resistant", "resistant-by-nature", "severe-allergy")
# Judged over the set, not drug by drug.
_MAIN_DRUG_ONLY: Final = "tetracycline-blood-or-urine"


class Placed(NamedTuple):
    """One order with its drug; `daily` in mg a day, None where it cannot be reckoned."""

    number: int
    order: Order
    drug: str
    drug_class: str
    amount_mg: float | None

    @property
    def is_loading(self) -> bool:
        """Marked as a load."""
        return self.order.kind == "loading"

    @property
    def has_dose(self) -> bool:
        """Whether any dose stands in the order, in whatever unit system."""
        o = self.order
        units = (o.dose_mg_colistin_base, o.dose_million_units, o.dose_mg_polymyxin_b, o.dose_units)
        return self.amount_mg is not None or any(u is not None for u in units)

    @property
    def daily_mg(self) -> float | None:
        """Mg a day of all components."""
        if self.amount_mg is None or not self.order.interval_h:
            return None
        return self.amount_mg * _HOURS_PER_DAY / self.order.interval_h


class Ordered(NamedTuple):
    """The set of orders, what it is recognised as, and the situation it is judged in."""

    situation: Situation
    placed: tuple[Placed, ...]
    strangers: tuple[tuple[int, str], ...]  # (number, name) of drugs outside the base
    strategies: tuple[str, ...]

    @property
    def drugs(self) -> frozenset[str]:
        """Every drug of the base that is ordered."""
        return frozenset(p.drug for p in self.placed)

    def of(self, drug: str) -> Placed:
        """The first order of a drug, maintenance before load."""
        return min((p for p in self.placed if p.drug == drug), key=lambda p: p.is_loading)


def place(orders: tuple[Order, ...], situation: Situation) -> Ordered:
    """Resolve the orders and recognise strategies by exact cover."""
    placed, strangers = [], []
    for number, order in enumerate(orders, start=1):
        if order.drug_id is None or order.drug_id not in situation.knowledge.drugs:
            strangers.append((number, order.drug))
            continue
        drug = situation.knowledge.drugs[order.drug_id]
        total = order.dose_mg
        if total is None and order.components_mg:
            total = sum(order.components_mg.values())
        placed.append(Placed(number, order, drug.id, drug.drug_class, total))
    drugs = frozenset(p.drug for p in placed)
    strategies = tuple(_recognised(drugs, situation))
    return Ordered(situation, tuple(placed), tuple(strangers), strategies)


def _recognised(drugs: frozenset[str], situation: Situation) -> Iterator[str]:
    """Strategies whose drugs are all ordered; a partner of the pair is not also a drug alone."""
    pair = set(PARTNERS) <= drugs
    for strategy in situation.knowledge.strategies.values():
        if strategy.kind == "companion" or not set(strategy.drugs) <= drugs:
            continue
        alone_in_pair = pair and len(strategy.drugs) == 1 and strategy.drugs[0] in PARTNERS
        if not alone_in_pair:
            yield strategy.id


# -- alerts over the set -------------------------------------------------------------------------


def order_alerts(ordered: Ordered) -> Iterator[Raised]:
    """Every alert of policy section 6 that the orders raise."""
    if not ordered.placed:
        return
    scope = ordered.situation.scope
    if scope is not None and scope.outcome == "out_of_scope":
        return
    if scope is not None and scope.outcome == "not_treatment":
        yield from _colonisation(ordered)
    for rule in _RULES:
        yield from rule(ordered)


def _values(ordered: Ordered, placed: Placed | None = None) -> dict[str, str]:
    """The values every order alert may name."""
    s = ordered.situation
    first, second = s.knowledge.settings.review_hours
    drug = placed.drug if placed else ""
    result = s.facts.susceptibilities.get(drug)
    offered = s.offered[0].ranked.strategy if s.offered else ""
    phrases = s.knowledge.words["phrases"]
    return {
        "mbl": f"{s.facts.mbl_family or 'MBL'} {s.facts.mbl_status}",
        "drug": words.drug_name(drug),
        "drugs": words.regimen_name(offered, "with") if offered else str(phrases["none_offered"]),  # type: ignore[index]  # checked at load
        "hours": words.number(first),
        "first": words.number(first),
        "second": words.number(second),
        "organism": s.facts.organism_name,
        "site": s.facts.site.replace("-", " "),
        "category": "not tested" if result is None else result.reported or result.used,
        "region": s.facts.region,
        "test": f"{words.drug_name(drug)}",
    }


def _raised(  # one alert about one order
    ordered: Ordered, placed: Placed | None, ident: str, tier: str, variant: str, **more: str
) -> Raised:
    values = {**_values(ordered, placed), **more}
    names = ("site",)
    number = placed.number if placed else 0
    drug = placed.drug if placed else ""
    return Raised(ident, tier, variant, values, names, drug=drug, order=number)  # type: ignore[arg-type]  # a tier of the list


def _colonisation(o: Ordered) -> Iterator[Raised]:
    yield _raised(o, o.placed[0], "treating-colonisation", "caution", "caution")


def _aztreonam_alone(o: Ordered) -> Iterator[Raised]:
    if "aztreonam" in o.drugs and not set(AVIBACTAM_PRODUCTS) & o.drugs:
        hours = words.number(o.situation.knowledge.settings.review_hours[0])
        yield _raised(o, o.of("aztreonam"), "aztreonam-alone", "stop", "stop", hours=hours)


def _inhibitor_alone(o: Ordered) -> Iterator[Raised]:
    facts = o.situation.facts
    if not facts.mbl_in_play:
        return
    unknown = facts.mbl_stated == "unknown"
    hours = words.number(o.situation.knowledge.settings.pair_infusion_h)
    ident = "inhibitor-combination-alone"
    for drug in ("ceftazidime-avibactam", *INHIBITOR_CARBAPENEMS):
        if drug not in o.drugs or (drug in PARTNERS and "aztreonam" in o.drugs):
            continue
        placed = o.of(drug)
        if unknown:
            first = _not_s(o)
            yield _raised(o, placed, ident, "caution", "caution", **first)
        else:
            variant = "stop" if drug in PARTNERS else "with-or-without"
            yield _raised(o, placed, ident, "stop", variant, hours=hours)


def _not_s(o: Ordered) -> dict[str, str]:
    """A carbapenem that is not S, for the words."""
    for drug in ("meropenem", "imipenem", "ertapenem", "doripenem"):
        result = o.situation.facts.susceptibilities.get(drug)
        if result is not None and result.used not in {"S", "untested"}:
            return {"first": drug, "category": result.used}
    return {"first": "carbapenem", "category": "not S"}


def _carbapenem_alone(o: Ordered) -> Iterator[Raised]:
    beta_lactams = [p for p in o.placed if p.drug_class in BETA_LACTAMS]
    plain = [
        p
        for p in beta_lactams
        if p.drug_class == "carbapenem" and p.drug not in INHIBITOR_CARBAPENEMS
    ]
    if plain and len(plain) == len(beta_lactams):
        yield _raised(o, plain[0], "carbapenem-alone", "stop", "stop")


def _has_active_strategy(o: Ordered) -> bool:
    """An A, P or F in the set that is not R."""
    facts = o.situation.facts
    aztreonam = {A, P} & set(o.strategies) and facts.aztreonam_support != "resistant"
    return bool(aztreonam) or (F in o.strategies and facts.cefiderocol_support != "not-susceptible")


def is_main(placed: Placed, o: Ordered) -> bool:
    """Main drug, only active agent: no other drug is S, and no A, P or F that is not R."""
    if _has_active_strategy(o):
        return False
    results = o.situation.facts.susceptibilities
    return not any(
        p.drug != placed.drug and p.drug in results and results[p.drug].used == "S"
        for p in o.placed
    )


def _polymyxin_alone(o: Ordered) -> Iterator[Raised]:
    s = o.situation
    for placed in o.placed:
        if placed.drug_class != "polymyxin":
            continue
        yield _raised(o, placed, "polymyxin-toxicity", "caution", _toxicity(placed))
        if s.facts.invasive and is_main(placed, o):
            usable = any(s.fates[i].is_usable for i in (A, P, F))
            tier = "stop" if usable else "caution"
            yield _raised(o, placed, "polymyxin-alone", tier, tier)


def _toxicity(placed: Placed) -> str:
    return "polymyxin-b" if placed.drug == "polymyxin-b" else "caution"


def _partner_missing(o: Ordered) -> Iterator[Raised]:
    if not set(PARTNERS) <= o.drugs:
        return
    expected = _expected(P, o)
    without = [d for d in PARTNERS if not o.of(d).has_dose]
    for drug in without:
        placed = o.of(drug)
        if len(without) == 1:  # neither dosed: nothing can be judged
            dose = _whole(expected.get(drug))
            hours = words.number(o.situation.knowledge.settings.pair_infusion_h)
            yield _raised(
                o, placed, "partner-missing", "stop", "no-dose", dose_here=dose, hours=hours
            )


def _not_together(o: Ordered) -> Iterator[Raised]:
    if P not in o.strategies:
        return
    first, second = (o.of(d) for d in PARTNERS)
    intervals = {x.interval_h for x in _expected(P, o).values()}
    hours = words.number(o.situation.knowledge.settings.pair_infusion_h)
    names = {"first": words.drug_name(first.drug), "second": words.drug_name(second.drug)}
    ident = "pair-not-together"
    times = (first.order.infusion_h, second.order.infusion_h)
    if None not in times and times[0] != times[1]:
        yield _raised(o, second, ident, "caution", "infusion", **{**names, "hours": hours})
    apart = _minutes_apart(first.order, second.order)
    limit = o.situation.knowledge.settings.pair_starts_apart_minutes
    if apart is not None and apart > limit and len(intervals) <= 1:
        shown = {
            "value": f"{words.number(apart)} minutes",
            "limit": f"{words.number(limit)} minutes",
        }
        yield _raised(o, second, ident, "caution", "starts", **{**names, **shown, "hours": hours})


def _minutes_apart(first: Order, second: Order) -> float | None:
    """Minutes between the starts, modulo the shorter interval; None where one is not given."""
    if first.start_time is None or second.start_time is None:
        return None
    intervals = [i for i in (first.interval_h, second.interval_h) if i]
    every = 60 * min(intervals) if intervals else 60 * _HOURS_PER_DAY
    minutes = [
        60 * t.hour + t.minute + t.second / 60 for t in (first.start_time, second.start_time)
    ]
    apart = abs(minutes[0] - minutes[1]) % every
    return min(apart, every - apart)


def _duplicates(o: Ordered) -> Iterator[Raised]:
    ident = "duplicate-strategy"
    if A in o.drugs and set(PARTNERS) & o.drugs:
        yield _raised(o, o.of(A), ident, "stop", "stop")
    seen: dict[str, Placed] = {}
    for placed in o.placed:
        if placed.is_loading:
            continue
        before = seen.setdefault(placed.drug, placed)
        if before is not placed:
            strategy = _strategy_of(placed.drug, o)
            dose = _whole(_expected(strategy, o).get(placed.drug)) if strategy else ""
            both = {"first": f"order {before.number}", "second": f"order {placed.number}"}
            yield _raised(o, placed, ident, "stop", "same-drug", dose_here=dose, **both)


def _cefiderocol_untested(o: Ordered) -> Iterator[Raised]:
    if F in o.drugs and o.situation.facts.cefiderocol_support == "untested":
        test = "a cefiderocol result"
        yield _raised(o, o.of(F), "cefiderocol-untested", "caution", "caution", test=test)


def _anaerobic_cover(o: Ordered) -> Iterator[Raised]:
    facts = o.situation.facts
    asked = facts.site == "intra-abdominal" or facts.polymicrobial is True
    active = [i for i in (A, P, F) if i in o.strategies]
    denied = facts.region == "EU" and facts.anaerobes is False
    if not asked or not active or "metronidazole" in o.drugs or denied:
        return
    expected = _expected("metronidazole", o).get("metronidazole")
    drugs = words.join_names(words.regimen_name(i) for i in active)
    placed = o.of(o.situation.knowledge.strategies[active[0]].drugs[0])
    yield _raised(
        o, placed, "anaerobic-cover", "caution", "ordered", drugs=drugs, dose_here=_whole(expected)
    )


def _renal_divergence(o: Ordered) -> Iterator[Raised]:
    facts = o.situation.facts
    unsaid = P in o.strategies and P not in o.situation.offered_ids
    if unsaid and (facts.pair_divergence or facts.on_renal_replacement):
        condition = (facts.renal_replacement or "low CrCl").replace("-", " ").capitalize()
        placed = o.of("aztreonam")
        yield _raised(o, placed, "pair-renal-divergence", "caution", "pending", condition=condition)


def _tetracycline_mic(o: Ordered) -> Iterator[Raised]:
    limit = o.situation.knowledge.settings.tetracycline_mic_mg_l
    result = o.situation.facts.susceptibilities.get("tigecycline")
    if "tigecycline" not in o.drugs or result is None or result.mic is None:
        return
    low = result.mic.operator in {"<", "<="}
    if not low and result.mic.value_mg_l >= limit:
        shown = {"mic": result.mic.text, "limit": f"{words.number(limit)} mg/L"}
        yield _raised(o, o.of("tigecycline"), "tetracycline-mic", "caution", "caution", **shown)


def _untested_pair(o: Ordered) -> Iterator[Raised]:
    """Reliance on an untested pair in E. coli, also where it is ordered and not offered."""
    facts = o.situation.facts
    ordered = [i for i in (A, P) if i in o.strategies]
    if not (ordered and facts.is_e_coli and facts.aztreonam_support == "untested"):
        return
    known = facts.pbp3_known and facts.cefiderocol_support != "susceptible"
    tier = "stop" if known else "caution"
    drugs = words.join_names(words.regimen_name(i) for i in ordered)
    placed = o.of(o.situation.knowledge.strategies[ordered[0]].drugs[0])
    test = str(o.situation.knowledge.words["lab_requests"]["aztreonam-avibactam"]["name"])  # type: ignore[index]  # checked at load
    value = facts.pbp3_insertion or ""
    yield _raised(
        o, placed, "pair-untested-e-coli", tier, tier, drugs=drugs, test=test, value=value
    )


# -- hazards, asked of what is ordered ------------------------------------------------------------


def _hazards(o: Ordered) -> Iterator[Raised]:
    """The same hazard records that chose the regimen, asked of each order."""
    asked = [(h, p) for p in o.placed for h in _hazards_of(p, o)]
    asked += [(h, p) for strategy in o.strategies for h, p in _hazards_of_strategy(strategy, o)]
    for hazard, placed in asked:
        speaks = hazard.applies_to != "candidate" and hazard.alert
        if not speaks or o.situation.facts.region not in hazard.regions:
            continue
        if hazard.id == _MAIN_DRUG_ONLY and not is_main(placed, o):
            continue
        if _holds(hazard, placed, o):
            yield _from_hazard(hazard, placed, o)


def _hazards_of_strategy(strategy: str, o: Ordered) -> Iterator[tuple[Hazard, Placed]]:
    knowledge = o.situation.knowledge
    for hazard in knowledge.hazards_of.get(f"strategy:{strategy}", ()):
        for drug in knowledge.strategies[strategy].drugs:
            yield hazard, o.of(drug)


def _hazards_of(placed: Placed, o: Ordered) -> tuple[Hazard, ...]:
    """A drug's own records and those of any drug; in the pair, a partner's own rows are silent."""
    knowledge = o.situation.knowledge
    own = knowledge.hazards_of.get(placed.drug, ())
    general = [knowledge.hazards[i] for i in _OF_ANY_DRUG if knowledge.hazards[i] not in own]
    in_pair = placed.drug in PARTNERS and P in o.strategies
    if in_pair or placed.drug in {A, F}:
        general = [h for h in general if h.id == "severe-allergy"]
    return (*own, *general)


def _holds(hazard: Hazard, placed: Placed, o: Ordered) -> bool:
    facts = o.situation.facts
    drug = facts.of_drug.get(placed.drug)
    others = _classes_of_others(placed, o)
    if others and any(c.fact == "medicine_classes" for c in hazard.when):
        held = ask(hazard.when, facts._replace(medicine_classes=others), drug)[0]
        if held is True:
            return True
    return ask(hazard.when, facts, drug)[0] is True


def _classes_of_others(placed: Placed, o: Ordered) -> frozenset[str]:
    """Rule classes of the other ordered medicines: a second order is a medicine too."""
    classes = o.situation.knowledge.medicines.classes
    names = [p.drug for p in o.placed if p.drug != placed.drug] + [name for _, name in o.strangers]
    return frozenset(c for n in names for c in classes.get(fold(n), ()))


def _from_hazard(hazard: Hazard, placed: Placed, o: Ordered) -> Raised:
    because = hazard.because
    if "{" in because:
        because = because.format(drug=words.drug_name(placed.drug), limit="")
    raised = _raised(o, placed, hazard.alert, hazard.tier, "hazard")
    extra = {"because": because, "do": hazard.do, "hazard": hazard.id}
    facts = tuple(c.fact for c in hazard.when)
    return raised._replace(values={**raised.values, **extra}, facts=facts)


# -- doses ----------------------------------------------------------------------------------------


def _strategy_of(drug: str, o: Ordered) -> str | None:
    """The strategy whose dose an ordered drug is compared with: the pair for its partners."""
    if drug in PARTNERS and set(PARTNERS) <= o.drugs:
        return P
    return drug if drug in o.situation.knowledge.strategies else None


def _expected(strategy: str, o: Ordered) -> dict[str, DrugOrder]:
    """This patient's orders of a strategy, by drug."""
    s = o.situation
    record: Strategy = s.knowledge.strategies[strategy]
    if not all(_is_dosed(d, record, o) for d in record.drugs):
        return {}
    return {order.drug: order for order in dose_strategy(record, s.facts, s.knowledge)}


def _is_dosed(drug: str, strategy: Strategy, o: Ordered) -> bool:
    """Whether the base holds a table for the drug's use here."""
    uses = strategy.uses.get(drug, {})
    use = uses.get(o.situation.facts.site, uses.get("*", "systemic"))
    held = o.situation.knowledge.drugs[drug].dosing
    return any(d.use == use and o.situation.facts.region in d.regions for d in held)


def _doses(o: Ordered) -> Iterator[Raised]:
    """Daily amount, interval and infusion time against this patient's own order."""
    for placed in o.placed:
        strategy = _strategy_of(placed.drug, o)
        if strategy is None or placed.is_loading or not placed.has_dose:
            continue
        expected = _expected(strategy, o).get(placed.drug)
        if expected is not None:
            yield from _against(placed, expected, o)


def _against(placed: Placed, expected: DrugOrder, o: Ordered) -> Iterator[Raised]:
    ident = "dose-outside-band"
    shown = {
        "dose_here": _whole(expected),
        "value": _daily_text(placed),
        "limit": "",
        "interval": words.number(placed.order.interval_h or 0),
    }
    daily = placed.daily_mg
    maximum = expected.daily_max_mg
    tolerance = 1 + o.situation.knowledge.settings.dose_tolerance
    if daily is not None and maximum is not None and daily > maximum * tolerance:
        limit = {"limit": words.grams(maximum)}
        yield _raised(o, placed, ident, "stop", "stop-maximum", **{**shown, **limit})
        return
    if expected.maintenance_dose is None or _is_alternative(placed, expected):
        if _is_aki_full(placed, expected):
            yield _raised(o, placed, ident, "caution", "aki-full-dose", **shown)
        return
    yield from _amount(placed, expected, o, shown)


def _is_alternative(placed: Placed, expected: DrugOrder) -> bool:
    """Whether the order is the answer's alternative dose: oral, or full in kidney injury."""
    other = expected.alternative_dose
    if other is None or other.maintenance_dose is None or placed.amount_mg is None:
        return False
    if other.why == "label":  # shown beside the advised dose, not instead of it
        return False
    total, top = other.maintenance_dose.total_mg, other.maintenance_dose.to_total_mg
    if total is None or placed.order.interval_h != other.interval_h:
        return False
    return total * 0.98 <= placed.amount_mg <= (top or total) * 1.02


def _is_aki_full(placed: Placed, expected: DrugOrder) -> bool:
    other = expected.alternative_dose
    return _is_alternative(placed, expected) and bool(other and other.why == "aki-first-48-h")


def _amount(
    placed: Placed, expected: DrugOrder, o: Ordered, shown: dict[str, str]
) -> Iterator[Raised]:
    """The daily amount in tiers, then interval and infusion."""
    ident = "dose-outside-band"
    ratio = _ratio(placed, expected, o)
    settings = o.situation.knowledge.settings
    limit = {"limit": _daily_expected(expected)}
    tolerance = settings.dose_tolerance
    if _is_one_component(placed, expected, tolerance):
        value = {"value": words.grams(placed.amount_mg or 0)}
        yield _raised(o, placed, ident, "caution", "component-or-total", **{**shown, **value})
    elif ratio is not None and ratio > settings.dose_stop_above * (1 + tolerance):
        first = {"first": words.number(ratio, 1)}
        yield _raised(o, placed, ident, "stop", "stop-high", **{**shown, **limit, **first})
    elif ratio is not None and ratio < settings.dose_stop_below * (1 - tolerance):
        first = {"first": f"{words.number(100 * ratio, 0)} %"}
        yield _raised(o, placed, ident, "stop", "stop-low", **{**shown, **limit, **first})
    elif ratio is not None and round(abs(ratio - 1), 6) > settings.dose_caution_beyond:
        yield _raised(o, placed, ident, "caution", "caution", **{**shown, **limit})
    elif _other_interval(placed, expected):
        yield _raised(o, placed, ident, "caution", "interval", **shown)
    elif _other_infusion(placed, expected):
        times = {
            "hours": words.number(placed.order.infusion_h or 0),
            "limit": words.over(expected.infusion_h, expected.to_infusion_h).removeprefix("over "),
        }
        yield _raised(o, placed, ident, "caution", "infusion", **{**shown, **times})


def _ratio(placed: Placed, expected: DrugOrder, o: Ordered) -> float | None:
    """Ordered over expected, by day; 1 inside a printed range; None where not comparable."""
    dose = expected.maintenance_dose
    if dose is None:
        return None
    low, high = dose.total_mg, dose.to_total_mg
    ordered = placed.amount_mg
    if dose.units is not None:
        low, high, ordered = _in_units(placed, expected)
    if low is None or ordered is None:
        return None
    tops = [high or low, low]
    if expected.doses is None and expected.interval_h:
        if not placed.order.interval_h:
            return None
        ordered *= _HOURS_PER_DAY / placed.order.interval_h
        slowest = expected.to_interval_h or expected.interval_h
        tops = [
            (high or low) * _HOURS_PER_DAY / expected.interval_h,
            low * _HOURS_PER_DAY / slowest,
        ]
    top, bottom = tops
    tolerance = o.situation.knowledge.settings.dose_tolerance
    if bottom * (1 - tolerance) <= ordered <= top * (1 + tolerance):
        return 1.0
    return ordered / top if ordered > top else ordered / bottom


def _in_units(
    placed: Placed, expected: DrugOrder
) -> tuple[float | None, float | None, float | None]:
    """A polymyxin order in the unit system its table prints; never converted."""
    dose = expected.maintenance_dose
    if dose is None or dose.units is None:
        return None, None, None
    order = placed.order
    by_system = {
        "million-units-colistimethate": order.dose_million_units,
        "mg-colistin-base": order.dose_mg_colistin_base,
        "mg-polymyxin-b": order.dose_mg_polymyxin_b,
        "units-polymyxin-b": order.dose_units,
    }
    return dose.units.amount, dose.units.to_amount, by_system[dose.units.system]


def _is_one_component(placed: Placed, expected: DrugOrder, tolerance: float) -> bool:
    """Whether the ordered total equals one component of the expected dose."""
    dose = expected.maintenance_dose
    parts = dose.components_mg if dose else None
    if not parts or len(parts) == 1 or placed.amount_mg is None or placed.order.components_mg:
        return False
    amount = placed.amount_mg
    return any(abs(amount - mg) <= tolerance * mg for mg in parts.values())


def _other_interval(placed: Placed, expected: DrugOrder) -> bool:
    ordered = placed.order.interval_h
    if ordered is None or expected.interval_h is None:
        return False
    return not expected.interval_h <= ordered <= (expected.to_interval_h or expected.interval_h)


def _other_infusion(placed: Placed, expected: DrugOrder) -> bool:
    ordered = placed.order.infusion_h
    if ordered is None or expected.infusion_h is None:
        return False
    top = expected.to_infusion_h or expected.infusion_h
    return not expected.infusion_h - 0.01 <= ordered <= top + 0.01


def _daily_text(placed: Placed) -> str:
    if placed.daily_mg is not None:
        return words.grams(placed.daily_mg)
    return words.grams(placed.amount_mg) if placed.amount_mg is not None else "the dose"


def _daily_expected(expected: DrugOrder) -> str:
    dose = expected.maintenance_dose
    if dose is None or dose.total_mg is None:
        return "dose" if dose is None else dose.text
    factor = _HOURS_PER_DAY / expected.interval_h if expected.interval_h else 1
    top = None if dose.to_total_mg is None else dose.to_total_mg * factor
    return words.grams_range(dose.total_mg * factor, top)


def _whole(expected: DrugOrder | None) -> str:
    """An expected order in full, as a nurse reads it."""
    if expected is None:
        return "by infectious diseases"
    if expected.maintenance_dose is None:
        return expected.pending or "by infectious diseases"
    load = f"{expected.loading_dose.text} first, then " if expected.loading_dose else ""
    tail = [
        expected.route.upper() if expected.route == "iv" else "by mouth",
        words.every(expected.interval_h, expected.to_interval_h) or "once",
        words.over(expected.infusion_h, expected.to_infusion_h),
    ]
    return f"{load}{expected.maintenance_dose.text} {' '.join(t for t in tail if t)}"


def needs_interval(placed: Placed, ordered: Ordered) -> bool:
    """Whether the order is of a drug that is given more than once here."""
    strategy = _strategy_of(placed.drug, ordered)
    expected = _expected(strategy, ordered).get(placed.drug) if strategy else None
    return expected is None or expected.doses is None


def whole_order(drug: str, strategy: str, ordered: Ordered) -> str:
    """The corrected order of a drug within a strategy, in full."""
    return _whole(_expected(strategy, ordered).get(drug))


_RULES = (
    _aztreonam_alone,
    _inhibitor_alone,
    _carbapenem_alone,
    _polymyxin_alone,
    _partner_missing,
    _not_together,
    _duplicates,
    _cefiderocol_untested,
    _anaerobic_cover,
    _renal_divergence,
    _tetracycline_mic,
    _untested_pair,
    _hazards,
    _doses,
)
