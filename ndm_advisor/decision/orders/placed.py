"""The orders resolved: which drugs, which strategies, this patient's own order of each."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision.alerts import Raised, Situation
from ndm_advisor.decision.alerts.situation import site_name
from ndm_advisor.decision.dose import dose_strategy
from ndm_advisor.decision.rank import A, F, P
from ndm_advisor.model import words
from ndm_advisor.model.answer import Dose, DrugOrder
from ndm_advisor.model.case import Order
from ndm_advisor.model.knowledge import Strategy

PARTNERS: Final = ("ceftazidime-avibactam", "aztreonam")
BETA_LACTAMS: Final = frozenset(
    {"cephalosporin", "siderophore-cephalosporin", "monobactam", "carbapenem", "penicillin"}
)
AVIBACTAM_PRODUCTS: Final = ("ceftazidime-avibactam", "aztreonam-avibactam")
HOURS_PER_DAY: Final = 24
COVER: Final = "anaerobic-cover"
TWICE: Final = "duplicate-strategy"


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
        return self.amount_mg * HOURS_PER_DAY / self.order.interval_h


class Ordered(NamedTuple):
    """The set of orders, what it is recognised as, and the situation it is judged in.

    `expected` holds this patient's orders of each strategy that was asked for (`expected_orders`).
    """

    situation: Situation
    placed: tuple[Placed, ...]
    strangers: tuple[tuple[int, str], ...]  # (number, name) of drugs outside the base
    strategies: tuple[str, ...]
    expected: dict[str, dict[str, DrugOrder]]

    @property
    def drugs(self) -> frozenset[str]:
        """Every drug of the base that is ordered."""
        return frozenset(p.drug for p in self.placed)

    @property
    def lasting(self) -> tuple[str, ...]:
        """The strategies that run on: each of their drugs is ordered beyond a load."""
        go_on = {p.drug for p in self.placed if not p.is_loading}
        drugs_of = self.situation.knowledge.strategies
        return tuple(i for i in self.strategies if go_on.issuperset(drugs_of[i].drugs))

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
    offered = {o.ranked.strategy: _by_drug(o.orders) for o in situation.offered}
    return Ordered(situation, tuple(placed), tuple(strangers), strategies, offered)


def _recognised(drugs: frozenset[str], situation: Situation) -> Iterator[str]:
    """Strategies whose drugs are all ordered; a partner of the pair is not also a drug alone."""
    pair = set(PARTNERS) <= drugs
    for strategy in situation.knowledge.strategies.values():
        if strategy.kind == "companion" or not set(strategy.drugs) <= drugs:
            continue
        alone_in_pair = pair and len(strategy.drugs) == 1 and strategy.drugs[0] in PARTNERS
        if not alone_in_pair:
            yield strategy.id


def is_main(placed: Placed, o: Ordered) -> bool:
    """Main drug, only active agent: no other drug is S, and no A, P or F that is not R."""
    if _has_active_strategy(o):
        return False
    results = o.situation.facts.susceptibilities
    return not any(
        p.drug != placed.drug and p.drug in results and results[p.drug].used == "S"
        for p in o.placed
    )


def _has_active_strategy(o: Ordered) -> bool:
    """An A, P or F in the set that is not R."""
    facts = o.situation.facts
    aztreonam = {A, P} & set(o.strategies) and facts.aztreonam_support != "resistant"
    return bool(aztreonam) or (F in o.strategies and facts.cefiderocol_support != "not-susceptible")


def strategy_of(drug: str, o: Ordered) -> str | None:
    """The strategy whose dose an ordered drug is compared with.

    The pair for its partners, also for one alone that is to get the other: both run as the pair.
    """
    if drug in PARTNERS and (set(PARTNERS) <= o.drugs or completes_pair(o)):
        return P
    return drug if drug in o.situation.knowledge.strategies else None


def completes_pair(o: Ordered) -> bool:
    """Whether a lone partner gets the other: the pair is first, or the one product not offered.

    Where the one product is offered and runs already, nothing is added to it.
    """
    offered = o.situation.offered_ids
    return P in offered and (A not in offered or (offered[0] == P and A not in o.drugs))


def expected_orders(strategy: str, o: Ordered) -> dict[str, DrugOrder]:
    """This patient's orders of a strategy, by drug; dosed once, those of the offers before."""
    if strategy not in o.expected:
        s = o.situation
        record: Strategy = s.knowledge.strategies[strategy]
        dosed = all(_is_dosed(d, record, o) for d in record.drugs)
        orders = dose_strategy(record, s.facts, s.knowledge) if dosed else ()
        o.expected[strategy] = _by_drug(orders)
    return o.expected[strategy]


def _by_drug(orders: tuple[DrugOrder, ...]) -> dict[str, DrugOrder]:
    return {order.drug: order for order in orders}


def _is_dosed(drug: str, strategy: Strategy, o: Ordered) -> bool:
    """Whether the base holds a table for the drug's use here."""
    uses = strategy.uses.get(drug, {})
    use = uses.get(o.situation.facts.site, uses.get("*", "systemic"))
    held = o.situation.knowledge.drugs[drug].dosing
    return any(d.use == use and o.situation.facts.region in d.regions for d in held)


def whole_text(expected: DrugOrder | None) -> str:
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


def load_of(expected: DrugOrder) -> Dose | None:
    """The load; of a drug without one a dose."""
    return expected.loading_dose or expected.maintenance_dose


def load_text(expected: DrugOrder) -> str:
    """A load in full, as a nurse reads it; where no dose stands, why."""
    load = load_of(expected)
    if load is None:
        return expected.pending or "by infectious diseases"
    route = expected.route.upper() if expected.route == "iv" else "by mouth"
    over = words.over(expected.infusion_h, expected.to_infusion_h)
    return " ".join(part for part in (load.text, route, "once", over) if part)


def whole_order(drug: str, strategy: str, ordered: Ordered) -> str:
    """The corrected order of a drug within a strategy, in full."""
    return whole_text(expected_orders(strategy, ordered).get(drug))


def running_order(drug: str, strategy: str, ordered: Ordered) -> str:
    """The same for a drug that runs already: a load is not given twice."""
    expected = expected_orders(strategy, ordered).get(drug)
    return whole_text(expected._replace(loading_dose=None) if expected else None)


def first_order(drug: str, strategy: str, ordered: Ordered) -> str:
    """The same for a drug that does not run yet; a load that is ordered is not named again."""
    has_load = any(p.drug == drug and p.is_loading for p in ordered.placed)
    return (running_order if has_load else whole_order)(drug, strategy, ordered)


def needs_interval(placed: Placed, ordered: Ordered) -> bool:
    """Whether the order is of a drug that is given more than once here."""
    strategy = strategy_of(placed.drug, ordered)
    expected = expected_orders(strategy, ordered).get(placed.drug) if strategy else None
    return expected is None or expected.doses is None


def values_of(ordered: Ordered, placed: Placed | None = None) -> dict[str, str]:
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
        "drugs": words.regimen_name(offered, "with") if offered else str(phrases["none_offered"]),
        "hours": words.number(first),
        "first": words.number(first),
        "second": words.number(second),
        "organism": s.facts.organism_name,
        "site": site_name(s),
        "category": "not tested" if result is None else result.reported or result.used,
        "region": s.facts.region,
        "test": f"{words.drug_name(drug)}",
    }


def raised_about(  # one alert about one order
    ordered: Ordered, placed: Placed | None, ident: str, tier: str, variant: str, **more: str
) -> Raised:
    """One alert about one order; keyword values fill its words."""
    values = {**values_of(ordered, placed), **more}
    names = ("site",)
    number = placed.number if placed else 0
    drug = placed.drug if placed else ""
    return Raised(ident, tier, variant, values, names, drug=drug, order=number)  # type: ignore[arg-type]  # a tier of the list
