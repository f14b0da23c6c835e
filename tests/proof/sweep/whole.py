"""The whole answer of `advise`: sources, order as printed, and what less knowledge may do to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import Dose, DrugOrder, Offer, Recommendation
from ndm_advisor.model.case import Case, Order
from ndm_advisor.model.knowledge import Knowledge
from tests.proof.sweep.axes import AXES, PLACE
from tests.proof.sweep.cases import ON, case_of, optional_places
from tests.proof.sweep.groups import Vector, digest
from tests.proof.sweep.known import kidneys

STRENGTHS: Final = (None, "not_graded", "good_practice", "conditional", "strong")
CERTAINTIES: Final = (None, "very_low", "low", "moderate", "high")
_UNITS: Final = {
    "million-units-colistimethate": "dose_million_units",
    "mg-colistin-base": "dose_mg_colistin_base",
    "mg-polymyxin-b": "dose_mg_polymyxin_b",
    "units-polymyxin-b": "dose_units",
}
_CLEARANCE: Final = "patient.crcl_ml_min"
_EXCEPTED: Final = "pair-untested-e-coli"  # policy 4.1: row 4b with a known PBP3 insertion
# Taking one of these out alone leaves keys that mean nothing without it.
_LEADS: Final = {
    "patient.pregnant": ("patient.gestation_weeks",),
    "patient.renal_replacement": ("patient.residual_crcl_ml_min", "patient.crrt_effluent_l_h"),
}
# Policy 10: these, when absent, always stand in `not_assessed`.
ALWAYS_NAMED: Final = (
    "panel.results.aztreonam-avibactam",
    "panel.results.ceftazidime-avibactam+aztreonam",
    "panel.results.cefiderocol",
    "patient.allergies",
    "patient.medicines",
    "patient.conditions",
    "infection.severity",
    "patient.renal_replacement",
)


def whole_faults(made: Vector, case: Case, knowledge: Knowledge) -> Iterator[str]:
    """Every requirement that the whole answer breaks, a sentence each."""
    answer = advise(case, knowledge, on=ON)
    yield from _answer_faults(answer, case, knowledge)
    for offer in answer.regimens:
        yield from _as_printed_faults(offer, case, knowledge)
    yield from _neighbour_faults(made, answer, knowledge)


def _answer_faults(answer: Recommendation, case: Case, knowledge: Knowledge) -> Iterator[str]:
    if bool(answer.regimens) != (answer.outcome == "regimens"):
        yield f"outcome {answer.outcome} with {len(answer.regimens)} regimens"
    if (answer.abstention is not None) != (answer.outcome == "abstention"):
        yield f"outcome {answer.outcome}, abstention {answer.abstention}"
    for offer in answer.regimens:
        yield from _unsourced(offer, knowledge)
    ids = [alert.id for alert in answer.alerts]
    if len(ids) != len(set(ids)):
        yield f"an alert stands twice: {ids}"
    if answer.outcome == "regimens":
        named = {key for item in answer.not_assessed for key in item.keys}
        given = _given(case)
        for key in ALWAYS_NAMED:
            if key not in given and key not in named:
                yield f"{key} is not given and not named under not_assessed"


def _given(case: Case) -> set[str]:
    found = {f"panel.results.{drug}" for drug in case.panel.results}
    for table in ("infection", "patient"):
        part = getattr(case, table)
        fields = type(part).model_fields
        found |= {f"{table}.{name}" for name in fields if getattr(part, name) is not None}
    return found


def _unsourced(offer: Offer, knowledge: Knowledge) -> Iterator[str]:
    cited = [offer.sources, *(order.sources for order in (*offer.drugs, *offer.companions))]
    for sources in cited:
        if not sources or any(source.id not in knowledge.sources for source in sources):
            yield f"{offer.id} is offered with the sources {sources}"


# -- ordered as printed ---------------------------------------------------------------------------


def _as_printed_faults(offer: Offer, case: Case, knowledge: Knowledge) -> Iterator[str]:
    """Policy 4.1: no offer raises a stop if it is ordered exactly as printed."""
    if any(order.maintenance_dose is None for order in offer.drugs):
        return
    orders = tuple(
        _order(order, dose, kind)
        for order in (*offer.drugs, *offer.companions)
        for kind, dose in (("loading", order.loading_dose), ("maintenance", order.maintenance_dose))
        if dose is not None
    )
    judged = decide(case.model_copy(update={"orders": orders}), knowledge, on=ON).judgement
    stops = {raised.id for raised in judged.raised if raised.tier == "stop"} - {_EXCEPTED}
    if stops:
        yield f"{offer.id}, ordered as printed, raises {sorted(stops)}"
    if any(raised.id == "dose-outside-band" for raised in judged.raised):
        yield f"{offer.id}, ordered as printed, is called outside its band"


def _order(order: DrugOrder, dose: Dose, kind: str) -> Order:
    fields: dict[str, object] = {
        "drug": order.drug,
        "drug_id": order.drug,
        "route": order.route,
        "kind": kind,
        "infusion_h": order.infusion_h,
    }
    if dose.units is not None:
        fields[_UNITS[dose.units.system]] = float(dose.units.amount)
    else:
        fields["dose_mg"] = dose.total_mg
    if kind == "maintenance":
        fields["interval_h"] = order.interval_h  # None: given once
    return Order.model_validate({k: v for k, v in fields.items() if v is not None})


# -- policy 10 ------------------------------------------------------------------------------------


def _neighbour_faults(made: Vector, before: Recommendation, knowledge: Knowledge) -> Iterator[str]:
    """One given fact is taken out: which one, the vector's own digest says."""
    leads = {PLACE[key]: [PLACE[k] for k in follow] for key, follow in _LEADS.items()}
    given = [
        place
        for place in optional_places()
        if AXES[place].values[made[place]] is not None
        and not any(made[follower] for follower in leads.get(place, ()))
    ]
    if not given:
        return
    place = given[digest(made) % len(given)]
    key, absent = AXES[place].key, AXES[place].values.index(None)
    fewer = case_of((*made[:place], absent, *made[place + 1 :]))
    after = advise(fewer, knowledge, on=ON)
    another = key == _CLEARANCE and kidneys(fewer.patient).crcl is not None
    for fault in certainty_faults(before, after, key, another=another):
        yield f"without {key}: {fault}"


def certainty_faults(
    before: Recommendation, after: Recommendation, key: str, *, another: bool = False
) -> Iterator[str]:
    """What the answer without `key` claims beyond the answer with it (policy 10).

    `another`: the clearance was taken out and is now computed from a creatinine (policy 3). That
    is another value and not a missing one, so what it changes has to be named, as in (b).
    """
    was = {offer.id: offer for offer in before.regimens}
    gained = [offer.id for offer in after.regimens if offer.id not in was]
    firmer = [o.id for o in after.regimens if o.id in was and was[o.id].provisional > o.provisional]
    is_named = key in {k for item in after.not_assessed for k in item.keys}
    dosed = _dosed(before, after, is_named=is_named)
    if _is_adverse(before, key) or another:
        if (gained or firmer or dosed) and not is_named:
            yield f"adverse, not named: new {gained}, firmer {firmer}, dosed {dosed}"
        return
    if gained or firmer or dosed:
        yield f"new {gained}, firmer {firmer}, dosed {dosed}"
    for offer in after.regimens:
        if offer.id in was:
            yield from _firmer(was[offer.id], offer)


def _dosed(before: Recommendation, after: Recommendation, *, is_named: bool) -> list[str]:
    """Regimens that have a dose now and waited for it; all, if the waiting ended without a word.

    `dose_pending` speaks of what is offered (policy 5). A drug that is not offered without its own
    result takes its waiting with it; then the result has to be named.
    """
    waited = {offer.id for offer in before.regimens if _waits(offer)}
    found = [o.id for o in after.regimens if o.id in waited and not _waits(o)]
    ended = before.dose_pending and not after.dose_pending
    if ended and not found and not is_named:
        return [offer.id for offer in after.regimens]
    return found


def _waits(offer: Offer) -> bool:
    return any(order.maintenance_dose is None for order in (*offer.drugs, *offer.companions))


def _is_adverse(before: Recommendation, key: str) -> bool:
    """A finding with result "true" compared the fact."""
    findings = before.findings or ()
    return any(f.result == "true" and f.compared.get(key) is not None for f in findings)


def _firmer(old: Offer, new: Offer) -> Iterator[str]:
    lost = [c for c in old.conditions if c not in new.conditions]
    if lost:
        yield f"{new.id} loses the conditions {lost}"
    if STRENGTHS.index(new.strength) > STRENGTHS.index(old.strength):
        yield f"{new.id} rises from {old.strength} to {new.strength}"
    if CERTAINTIES.index(new.certainty) > CERTAINTIES.index(old.certainty):
        yield f"{new.id} rises from {old.certainty} to {new.certainty}"
