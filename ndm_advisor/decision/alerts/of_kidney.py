"""Alerts about kidney function and the doses that hang on it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ndm_advisor.decision.alerts.situation import Raised, Situation, dosed, review_hours
from ndm_advisor.decision.dose import edges_of, lands_elsewhere
from ndm_advisor.decision.rank import A, P
from ndm_advisor.decision.usable import Fate
from ndm_advisor.model import words
from ndm_advisor.model.answer import BandEdge, DrugOrder

_HOURS_48: Final = 48  # as in the fact `aki_within_48h`; the policy counts the pair's starts in it
_NOT_IN_STOCK: Final = "not-in-stock"


def _pair_renal_divergence(s: Situation) -> Iterator[Raised]:
    pair = next((o for o in s.offered if o.ranked.strategy == P), None)
    facts = s.facts
    if pair is None or not (facts.pair_divergence or facts.on_renal_replacement):
        return
    variant, values = divergence({o.drug: o.interval_h for o in pair.orders}, s)
    names = ("crcl_ml_min", "renal_replacement")
    yield Raised("pair-renal-divergence", "caution", variant, values, names)


def divergence(intervals: dict[str, float | None], s: Situation) -> tuple[str, dict[str, str]]:
    """How far the partners' intervals part here, of an offer and of an order: variant, values."""
    facts = s.facts
    values = {
        "crcl": _crcl(s),
        "condition": words.RENAL_REPLACEMENTS.get(facts.renal_replacement or "", ""),
        "hours": words.number(_HOURS_48),
        "starts": missed_starts(intervals.get("ceftazidime-avibactam"), intervals.get("aztreonam")),
    }
    variant = "caution"
    if facts.on_renal_replacement:
        variant = "replacement" if values["starts"] else "pending"
    if variant != "pending" and not _is_obtainable(s.fates[A]):
        variant = f"{variant}-pair-only"
    return variant, values


def _is_obtainable(fate: Fate) -> bool:
    """Whether nothing but the stock stands in its way, so that it may be named as what to give."""
    return fate.no_dose is None and all(a.hazard.id == _NOT_IN_STOCK for a in fate.excluded)


def missed_starts(partner_h: float | None, aztreonam_h: float | None) -> str:
    """Aztreonam starts in 48 h without a ceftazidime-avibactam start beside them: "4 of 6"."""
    if partner_h is None or aztreonam_h is None:
        return ""
    starts = [n * aztreonam_h for n in range(int(_HOURS_48 / aztreonam_h))]
    missed = sum(1 for start in starts if start % partner_h)
    return f"{missed} of {len(starts)}"


def _near_edge(s: Situation) -> Iterator[Raised]:
    """The first drug whose dose is another beyond an edge close by; those that a weight changes."""
    crcl = s.facts.crcl_ml_min
    if crcl is None:
        return
    far: list[tuple[DrugOrder, str]] = []
    near = None
    for _, order, use in dosed(s):
        edge = _edge_close_by(crcl, order, use, s)
        if edge is None or order.band_edge is None:
            far.append((order, use))
        elif near is None:
            near = _beyond(edge, order.band_edge, order, s)
    if near is not None:
        yield near
    yield from _other_weight(far, s)


def _beyond(edge: float, beyond: BandEdge, order: DrugOrder, s: Situation) -> Raised:
    crcl = s.facts.crcl_ml_min or 0
    others = _others_close_by(crcl, order.drug, s)
    values = {
        "crcl": _beside(crcl, (edge,)),
        "distance": _beside(abs(crcl - edge), (0,)),
        "edge": words.number(edge),
        "drug": words.drug_name(order.drug),
        "dose_beyond": _unnamed(beyond.dose_beyond, order),
        "drugs": words.join_names(others),
    }
    variant = "near-edge-several" if others else "near-edge"
    return Raised("crcl-near-band-edge", "caution", variant, values, ("crcl_ml_min",))


def _edge_close_by(crcl: float, order: DrugOrder, use: str, s: Situation) -> float | None:
    """The nearest edge that changes an order, where that is close."""
    share = s.knowledge.settings.near_edge_share
    edges = edges_of(order, use, s.facts, s.knowledge)
    near = (e for e in edges if abs(crcl - e) <= share * e)
    return min(near, key=lambda e: abs(crcl - e), default=None)


def _others_close_by(crcl: float, named: str, s: Situation) -> tuple[str, ...]:
    """The other drugs on the screen with an edge close by."""
    close = (o.drug for _, o, use in dosed(s) if _edge_close_by(crcl, o, use, s) is not None)
    return tuple(words.drug_name(drug) for drug in dict.fromkeys(close) if drug != named)


def _other_weight(orders: Iterable[tuple[DrugOrder, str]], s: Situation) -> Iterator[Raised]:
    """The drugs whose dose is another by another weight, with the first weight that makes it so."""
    facts = s.facts
    found: dict[tuple[str, float], dict[str, tuple[float, ...]]] = {}
    for order, use in orders:
        for by in facts.other_crcl:
            if lands_elsewhere(order, use, by[1], facts, s.knowledge):
                found.setdefault(by, {})[order.drug] = edges_of(order, use, facts, s.knowledge)
                break
    for (basis, other), edges_by_drug in found.items():
        edges = tuple(edge for edges in edges_by_drug.values() for edge in edges)
        values = {
            "weight": words.number(facts.kidney.weight_kg or 0, 1),
            "crcl": _beside(facts.crcl_ml_min or 0, edges),
            "other_weight": basis,
            "other_crcl": _beside(other, edges),
            "drug": words.join_names(map(words.drug_name, edges_by_drug)),
            "dose_beyond": f"{'falls' if len(edges_by_drug) == 1 else 'fall'} in another band",
        }
        names, first = ("crcl_ml_min", "weight_kg"), next(iter(edges_by_drug))
        yield Raised("crcl-near-band-edge", "caution", "other-weight", values, names, drug=first)


def _creatinine_unstable(s: Situation) -> Iterator[Raised]:
    facts, settings = s.facts, s.knowledge.settings
    if not s.in_treatment or facts.on_renal_replacement:
        return
    ident = "creatinine-unstable"
    condition = "severe" if facts.severity == "severe" else "treated as severe"
    values = {
        "crcl": _crcl(s),
        "hours": words.number(_HOURS_48),
        "days": "",
        "condition": condition,
    }
    if facts.aki_within_48h:
        yield Raised(ident, "caution", *_aki(values, s), ("aki_within_48h", "crcl_ml_min"))
        return
    if facts.creatinine_days is not None and facts.creatinine_days > settings.stale_creatinine_days:
        days = f"{facts.creatinine_days} days"
        variant = "stale" if s.offered else "stale-none"
        if facts.crcl_ml_min is None:
            variant = "stale-unknown"
        yield Raised(ident, "caution", variant, {**values, "days": days}, ("crcl_ml_min",))
        return
    low = facts.crcl_ml_min is not None and facts.crcl_ml_min <= settings.unstable_crcl_at_most
    if facts.severe and low and facts.aki_within_48h is None:
        names = ("severity", "crcl_ml_min", "aki_within_48h")
        yield Raised(ident, "caution", "acute-or-chronic", values, names)


def _aki(values: dict[str, str], s: Situation) -> tuple[str, dict[str, str]]:
    """The two doses of the first 48 hours, where a drug has two."""
    for _, order, _ in dosed(s):
        other = order.alternative_dose
        if other is not None and other.why == "aki-first-48-h" and order.maintenance_dose:
            here = f"{order.maintenance_dose.text} {words.every(order.interval_h)}"
            shown = {
                **values,
                "drug": words.drug_name(order.drug),
                "dose_here": _unnamed(here, order),
                "dose_beyond": _unnamed(other.text, order),
            }
            unknown = s.facts.baseline_ckd is None
            return ("aki-baseline-unknown" if unknown else "aki"), shown
    first = next((o for _, o, _ in dosed(s)), None)
    if first is None:
        return "aki-none", values
    if s.facts.crcl_ml_min is None:
        return "aki-unknown", values
    drug = words.drug_name(first.drug)
    return "aki-banded", {**values, "drug": drug, "dose_here": "its banded dose"}


def _unnamed(dose: str, order: DrugOrder) -> str:
    """A dose for a sentence that has named its drug: "2 g every 8 hours"."""
    return dose.removeprefix(f"{words.drug_name(order.drug)} ")


def _crcl(s: Situation) -> str:
    """The clearance as no edge that it differs from; "" where it is not known."""
    if s.facts.crcl_ml_min is None:
        return ""
    edges = (e for _, order, use in dosed(s) for e in edges_of(order, use, s.facts, s.knowledge))
    return _beside(s.facts.crcl_ml_min, tuple(edges))


def _beside(crcl: float, edges: tuple[float, ...]) -> str:
    """With as many decimals as keep it off every edge: a band is never chosen rounded."""
    decimals = max((words.decimals_beside(crcl, edge) for edge in edges), default=1)
    return words.number(crcl, decimals)


def _augmented_clearance(s: Situation) -> Iterator[Raised]:
    limit = s.knowledge.settings.augmented_crcl_at_least
    crcl = s.facts.crcl_ml_min
    if crcl is None or crcl < limit or not {A, P} & set(s.offered_ids):
        return
    offer = next(o for o in s.offered if o.ranked.strategy in {A, P})
    values = {
        "crcl": _crcl(s),
        "limit": f"{words.number(limit)} mL/min",
        "drug": words.regimen_name(offer.ranked.strategy, "with"),
        "dose_here": "the full dose",
        "hours": words.number(s.knowledge.settings.pair_infusion_h),
        "first": review_hours(s)["first"],
    }
    yield Raised("augmented-clearance", "note", "note", values, ("crcl_ml_min",))


RULES: Final[tuple[Callable[[Situation], Iterator[Raised]], ...]] = (
    _pair_renal_divergence,
    _near_edge,
    _creatinine_unstable,
    _augmented_clearance,
)
