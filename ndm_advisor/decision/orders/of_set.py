"""Alerts over the set of orders: lone drugs, partners, duplicates, cover (policy section 6)."""

from collections.abc import Iterator, Sequence
from typing import Final

from ndm_advisor.decision.alerts import Raised
from ndm_advisor.decision.alerts.of_kidney import divergence
from ndm_advisor.decision.alerts.of_patient import on_breast_feeding
from ndm_advisor.decision.alerts.situation import (
    bacteriuria_exception,
    insertion_name,
    test_name,
)
from ndm_advisor.decision.interpret import may_reach
from ndm_advisor.decision.orders.placed import (
    AVIBACTAM_PRODUCTS,
    BETA_LACTAMS,
    COVER,
    HOURS_PER_DAY,
    PARTNERS,
    TWICE,
    Ordered,
    Placed,
    completes_pair,
    expected_orders,
    first_order,
    is_main,
    raised_about,
    running_order,
    strategy_of,
    whole_text,
)
from ndm_advisor.decision.rank import A, F, P
from ndm_advisor.model import words
from ndm_advisor.model.case import Order

_BETA_LACTAM: Final = frozenset({A, P, F})
_CHOOSES: Final = {"pregnant": "obstetrics", "procedure": "urology"}
_CATEGORIES: Final = frozenset({"S", "I", "R"})
INHIBITOR_CARBAPENEMS: Final = ("meropenem-vaborbactam", "imipenem-relebactam")


def at_colonisation(o: Ordered) -> Raised:
    """Any antibacterial at site colonisation."""
    ident, first = "treating-colonisation", o.placed[0]
    names = words.join_names(words.drug_name(d) for d in dict.fromkeys(p.drug for p in o.placed))
    chooses = _CHOOSES.get(bacteriuria_exception(o.situation))
    if chooses is None:
        return raised_about(o, first, ident, "caution", "caution", drug=names)
    return raised_about(o, first, ident, "caution", "exception", drug=names, criterion=chooses)


def _aztreonam_alone(o: Ordered) -> Iterator[Raised]:
    if "aztreonam" in o.drugs and not set(AVIBACTAM_PRODUCTS) & o.drugs:
        hours = words.number(o.situation.knowledge.settings.review_hours[0])
        yield raised_about(o, o.of("aztreonam"), "aztreonam-alone", "stop", "stop", hours=hours)


def _inhibitor_alone(o: Ordered) -> Iterator[Raised]:
    facts = o.situation.facts
    if not facts.mbl_in_play:
        return
    unknown = facts.mbl_stated == "unknown"
    over = words.number(o.situation.knowledge.settings.pair_infusion_h)
    ident = "inhibitor-combination-alone"
    for drug in ("ceftazidime-avibactam", *INHIBITOR_CARBAPENEMS):
        if drug not in o.drugs or (drug in PARTNERS and "aztreonam" in o.drugs):
            continue
        placed = o.of(drug)
        if unknown:
            first = _not_s(o)
            yield raised_about(o, placed, ident, "caution", "caution", **first)
        elif drug not in PARTNERS:
            yield raised_about(o, placed, ident, "stop", "with-or-without")
        elif completes_pair(o):
            yield raised_about(o, placed, ident, "stop", "stop", hours=over)
        else:
            yield raised_about(o, placed, ident, "stop", "replaced")


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
    if len(plain) != len(beta_lactams):
        return
    drugs = list(dict.fromkeys(p.drug for p in plain))
    variant = "stop" if len(drugs) == 1 else "several"
    for placed in plain:
        shown = {"first": words.join_names(map(words.drug_name, drugs))}
        result = o.situation.facts.susceptibilities.get(placed.drug)
        if result is not None and result.used in _CATEGORIES:
            shown["category"] = result.used  # an MIC may have made R of a reported S
        yield raised_about(o, placed, "carbapenem-alone", "stop", variant, **shown)


def _polymyxin_alone(o: Ordered) -> Iterator[Raised]:
    s = o.situation
    for placed in o.placed:
        if placed.drug_class != "polymyxin":
            continue
        yield raised_about(o, placed, "polymyxin-toxicity", "caution", _toxicity(placed))
        if s.facts.invasive and is_main(placed, o):
            usable = [i for i in (*s.offered_ids, A, P, F) if i in _BETA_LACTAM and _usable(i, o)]
            tier = "stop" if usable else "caution"
            shown = {"first": words.regimen_name(usable[0], "with")} if usable else {}
            yield raised_about(o, placed, "polymyxin-alone", tier, tier, **shown)


def _usable(strategy: str, o: Ordered) -> bool:
    return o.situation.fates[strategy].is_usable


def _toxicity(placed: Placed) -> str:
    return "polymyxin-b" if placed.drug == "polymyxin-b" else "caution"


def _partner_missing(o: Ordered) -> Iterator[Raised]:
    if not set(PARTNERS) <= o.drugs:
        return
    without = [d for d in PARTNERS if not o.of(d).has_dose]
    for drug in without:
        placed = o.of(drug)
        if len(without) == 1:  # neither dosed: nothing can be judged
            expected = expected_orders(P, o).get(drug)
            dosed = expected is not None and expected.maintenance_dose is not None
            shown = {
                "dose_here": first_order(drug, P, o),
                "hours": words.number(o.situation.knowledge.settings.pair_infusion_h),
            }
            variant = "no-dose" if dosed else "no-dose-pending"
            yield raised_about(o, placed, "partner-missing", "stop", variant, **shown)


def _not_together(o: Ordered) -> Iterator[Raised]:
    if P not in o.strategies:
        return
    first, second = (o.of(d) for d in PARTNERS)
    intervals = {x.interval_h for x in expected_orders(P, o).values()}
    hours = words.number(o.situation.knowledge.settings.pair_infusion_h)
    names = {"first": words.drug_name(first.drug), "second": words.drug_name(second.drug)}
    ident = "pair-not-together"
    times = (first.order.infusion_h, second.order.infusion_h)
    if None not in times and times[0] != times[1]:
        yield raised_about(o, second, ident, "caution", "infusion", **{**names, "hours": hours})
    apart = _minutes_apart(first.order, second.order)
    limit = o.situation.knowledge.settings.pair_starts_apart_minutes
    if apart is not None and apart > limit and len(intervals) <= 1:
        shown = {
            "value": f"{words.number(apart, 1)} minutes",
            "limit": f"{words.number(limit)} minutes",
        }
        yield raised_about(
            o, second, ident, "caution", "starts", **{**names, **shown, "hours": hours}
        )


def _minutes_apart(first: Order, second: Order) -> float | None:
    """Minutes between the starts, modulo the shorter interval; None where one is not given."""
    if first.start_time is None or second.start_time is None:
        return None
    intervals = [i for i in (first.interval_h, second.interval_h) if i]
    every = 60 * min(intervals) if intervals else 60 * HOURS_PER_DAY
    minutes = [
        60 * t.hour + t.minute + t.second / 60 for t in (first.start_time, second.start_time)
    ]
    apart = abs(minutes[0] - minutes[1]) % every
    return min(apart, every - apart)


def _duplicates(o: Ordered) -> Iterator[Raised]:
    """Aztreonam-avibactam beside the pair or a partner, and any drug twice but load and main."""
    partners = [d for d in PARTNERS if d in o.drugs]
    if A in o.drugs and partners:
        yield from _two_strategies(partners, o)
    for kind in (True, False):
        for drug in dict.fromkeys(p.drug for p in o.placed):
            same = [p for p in o.placed if p.drug == drug and p.is_loading == kind]
            for placed in same[1:]:
                yield _same_drug(placed, same, o)


def _two_strategies(partners: Sequence[str], o: Ordered) -> Iterator[Raised]:
    """One stays, and every order of the other goes: a lone partner, unless it gets the other."""
    kept = P if completes_pair(o) else A
    if len(partners) == len(PARTNERS):
        fates = o.situation.fates
        open_ = (i for i in (A, P) if not fates[i].excluded)
        kept = next((i for i in (*o.situation.offered_ids, *open_) if i in {A, P}), A)
    shown = {
        "first": words.join_names(map(words.drug_name, (*partners, A))),
        "drugs": words.regimen_name(kept, "with"),
    }
    going = partners if kept == A else [A]
    for placed in o.placed:
        if placed.drug in going:
            yield raised_about(o, placed, TWICE, "stop", "stop", **shown)


def _same_drug(placed: Placed, same: list[Placed], o: Ordered) -> Raised:
    strategy = strategy_of(placed.drug, o)
    shown = {
        "first": words.join_names(f"order {p.number}" for p in same),
        "value": str(len(same)),
        "dose_here": running_order(placed.drug, strategy, o) if strategy else whole_text(None),
    }
    variant = "two-loads" if placed.is_loading else "same-drug"
    return raised_about(o, placed, TWICE, "stop", variant, **shown)


def _cefiderocol_untested(o: Ordered) -> Iterator[Raised]:
    if F in o.drugs and o.situation.facts.cefiderocol_support == "untested":
        test = test_name("cefiderocol", o.situation)
        offered = o.situation.offered_ids
        variant = "caution" if set(offered) - {F} else "alone"
        if offered and not set(offered) & set(o.strategies):
            variant = "replaced"
        other = next((i for i in offered if i != F), "")
        shown = {"test": test, **({"drugs": words.regimen_name(other, "with")} if other else {})}
        yield raised_about(o, o.of(F), "cefiderocol-untested", "caution", variant, **shown)


def _anaerobic_cover(o: Ordered) -> Iterator[Raised]:
    facts = o.situation.facts
    asked = facts.site == "intra-abdominal" or facts.polymicrobial is True
    active = [i for i in (A, P, F) if i in o.strategies]
    denied = facts.region == "EU" and facts.anaerobes is False
    if not asked or not active or "metronidazole" in o.drugs or denied:
        return
    excluded = bool(o.situation.fates["metronidazole"].excluded)
    expected = expected_orders("metronidazole", o).get("metronidazole")
    shown = {
        "drugs": words.join_names(words.regimen_name(i) for i in active),
        "dose_here": "" if excluded else whole_text(expected),
    }
    placed = o.of(o.situation.knowledge.strategies[active[0]].drugs[0])
    variant = "excluded" if excluded else "ordered"
    yield raised_about(o, placed, COVER, "caution", variant, **shown)


def _renal_divergence(o: Ordered) -> Iterator[Raised]:
    facts = o.situation.facts
    unsaid = P in o.strategies and P not in o.situation.offered_ids
    if unsaid and (facts.pair_divergence or facts.on_renal_replacement):
        orders = expected_orders(P, o)
        variant, shown = divergence(
            {d: order.interval_h for d, order in orders.items()}, o.situation
        )
        ident, placed = "pair-renal-divergence", o.of("aztreonam")
        yield raised_about(o, placed, ident, "caution", variant, **shown)


def _tetracycline_mic(o: Ordered) -> Iterator[Raised]:
    limit = o.situation.knowledge.settings.tetracycline_mic_mg_l
    result = o.situation.facts.susceptibilities.get("tigecycline")
    if "tigecycline" not in o.drugs or result is None or result.mic is None:
        return
    if may_reach(result.mic, limit):
        shown = {"mic": result.mic.text, "limit": f"{words.number(limit)} mg/L"}
        yield raised_about(
            o, o.of("tigecycline"), "tetracycline-mic", "caution", "caution", **shown
        )


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
    tests = ["aztreonam-avibactam"]
    if known and facts.cefiderocol_support == "untested":
        tests.append("cefiderocol")
    test = words.join_names(test_name(name, o.situation) for name in tests)
    value = insertion_name(o.situation)
    yield raised_about(
        o, placed, "pair-untested-e-coli", tier, tier, drugs=drugs, test=test, value=value
    )


def _breast_feeding(o: Ordered) -> Iterator[Raised]:
    """What the sources say of each ordered drug, "no statement read" too."""
    if not o.situation.facts.breast_feeding:
        return
    for placed in o.placed:
        value = on_breast_feeding(placed.drug, o.situation)
        raised = raised_about(o, placed, "breast-feeding", "note", "note", value=value)
        yield raised._replace(facts=("breast_feeding",))


RULES = (
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
    _breast_feeding,
)
