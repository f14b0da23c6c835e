"""Points for a commitment: safety first, then choice, dose and laboratory.

Nothing clinical is decided here. The orders are judged by the order check, the choice by what the
tool offers, the doses by the changes the order check asks for, the laboratory by its requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from ndm_advisor.model.answer import DrugOrder, Offer, Recommendation
from ndm_advisor.model.case import Order
from ndm_advisor.model.words import drug_name, join_names, regimen_name

Decision = Literal["regimen", "call", "none", "outside"]
SAFETY, CHOICE, DOSE, LABORATORY = "Safety", "Choice", "Dose", "Laboratory"
_POSSIBLE: Final = {SAFETY: 4, CHOICE: 2, DOSE: 2, LABORATORY: 2}
_HALF: Final = 1
_HARMFUL: Final = "harmful"
_RIGHT: Final[dict[str, Decision]] = {
    "abstention": "call",
    "not_treatment": "none",
    "out_of_scope": "outside",
}
_SAFE: Final[dict[Decision, frozenset[str]]] = {  # outcomes in which it leaves nobody untreated
    "call": frozenset({"regimens", "abstention", "not_treatment", "out_of_scope"}),
    "none": frozenset({"not_treatment"}),
    "outside": frozenset({"not_treatment", "out_of_scope"}),
}
_WHAT: Final[dict[str, str]] = {
    "regimens": "The tool offers a regimen here.",
    "abstention": "The tool offers no regimen here: infectious diseases are called now.",
    "not_treatment": "The tool advises no antibiotic here.",
    "out_of_scope": "This case is outside what the tool covers.",
}
_TREATED: Final = frozenset({"regimens", "abstention"})
_COVER: Final = "anaerobic-cover"


class Commitment(NamedTuple):
    """What a learner commits to. `orders` are empty unless the decision is a regimen.

    `tests` are the names of laboratory requests.
    """

    decision: Decision
    orders: tuple[Order, ...]
    tests: frozenset[str]


class Points(NamedTuple):
    """One part of the score and why."""

    part: str
    earned: int
    of: int
    because: str


class Score(NamedTuple):
    """All parts. A lost case counts nothing, whatever its parts say."""

    is_lost: bool
    parts: tuple[Points, ...]

    @property
    def earned(self) -> int:
        """Points earned; none of a lost case."""
        return 0 if self.is_lost else sum(part.earned for part in self.parts)

    @property
    def of(self) -> int:
        """Points that could be earned."""
        return sum(part.of for part in self.parts)


def score(made: Commitment, answer: Recommendation, judged: Recommendation) -> Score:
    """Score a commitment.

    `answer` is the tool's on the case as it stands; `judged` its answer on the same case with the
    learner's orders in place of those that stood there.
    """
    is_lost = judged.order_check.verdict == _HARMFUL
    parts = [_safety(made, answer, judged), _choice(made, answer, judged)]
    if answer.outcome == "regimens":
        parts.append(_dose(made, answer, judged))
    parts.append(_laboratory(made, answer))
    if is_lost:
        parts = [parts[0], *(part._replace(earned=0, because="not counted") for part in parts[1:])]
    return Score(is_lost, tuple(parts))


# -- safety --


def _safety(made: Commitment, answer: Recommendation, judged: Recommendation) -> Points:
    of = _POSSIBLE[SAFETY]
    if made.decision != "regimen":
        if answer.outcome in _SAFE[made.decision]:
            return Points(SAFETY, of, of, "Nothing is ordered that could do harm.")
        untreated = "An infection that asks for treatment would go without."
        return Points(SAFETY, 0, of, f"{untreated} {_WHAT[answer.outcome]}")
    if judged.order_check.verdict == _HARMFUL:
        stops = [alert for alert in judged.order_check.alerts if alert.tier == "stop"]
        named = join_names(dict.fromkeys(alert.id for alert in stops))
        return Points(SAFETY, 0, of, f"STOP {named}: likely harm or failure. The case is lost.")
    if answer.outcome == "out_of_scope":
        why = "The order check judges nothing outside its scope; silence is not safety."
        return Points(SAFETY, 0, of, why)
    if answer.outcome in _TREATED and not _holds_anything_named(made, answer):
        why = "No stop, but nothing here is offered for this strain: it may go untreated."
        return Points(SAFETY, of // 2, of, why)
    return Points(SAFETY, of, of, "The order check raises no stop.")


def _holds_anything_named(made: Commitment, answer: Recommendation) -> bool:
    """Whether the drugs hold a regimen that is offered, or one that is named to a specialist."""
    named = (frozenset(item.id.split("+")) for item in answer.information)
    return nearest(made, answer)[0] is not None or any(drugs <= _drugs(made) for drugs in named)


# -- choice --


def _choice(made: Commitment, answer: Recommendation, judged: Recommendation) -> Points:
    of = _POSSIBLE[CHOICE]
    if made.decision != "regimen":
        is_right = _RIGHT.get(answer.outcome) == made.decision
        return Points(CHOICE, of if is_right else 0, of, _WHAT[answer.outcome])
    if answer.outcome == "abstention":
        return _salvage(made, answer)
    if answer.outcome != "regimens":
        return Points(CHOICE, 0, of, _WHAT[answer.outcome])
    return _offered(made, answer, judged)


def _salvage(made: Commitment, answer: Recommendation) -> Points:
    """Drugs in an abstention: a set that is named to a specialist is worth half."""
    of, drugs = _POSSIBLE[CHOICE], _drugs(made)
    named = [i.id for i in answer.information if frozenset(i.id.split("+")) == drugs]
    if not named:
        return Points(CHOICE, 0, of, _WHAT["abstention"])
    why = f"A specialist may choose {regimen_name(named[0], 'with')}; {_lower(_WHAT['abstention'])}"
    return Points(CHOICE, _HALF, of, why)


def _offered(made: Commitment, answer: Recommendation, judged: Recommendation) -> Points:
    of = _POSSIBLE[CHOICE]
    offer, beside = nearest(made, answer)
    if offer is None:
        return Points(CHOICE, 0, of, "These drugs are no regimen that is offered here.")
    name = regimen_name(offer.id, "with")
    if beside:
        extra = join_names(drug_name(drug) for drug in sorted(beside))
        return Points(CHOICE, _HALF, of, f"Offered: {name}; not part of it: {extra}.")
    if any(alert.id == _COVER for alert in judged.order_check.alerts):
        return Points(CHOICE, _HALF, of, f"Offered: {name}; its companion is missing.")
    rank = f"{offer.rank.replace('_', ' ')}{', provisional' if offer.provisional else ''}"
    if is_first_choice(offer, answer):
        return Points(CHOICE, of, of, f"Offered, {rank}: {name}.")
    first = regimen_name(answer.regimens[0].id, "with")
    return Points(CHOICE, _HALF, of, f"Offered, {rank}: {name}. First stands {first}.")


def is_first_choice(offer: Offer, answer: Recommendation) -> bool:
    """Whether an offer has the rank of the first, and is not provisional where that is proven."""
    first = answer.regimens[0]
    return offer.rank == first.rank and (first.provisional or not offer.provisional)


def nearest(made: Commitment, answer: Recommendation) -> tuple[Offer | None, frozenset[str]]:
    """The regimen offered that the drugs hold, and what stands beside it without belonging.

    Whole sets of drugs are compared; a companion of the regimen belongs to it.
    """
    drugs = _drugs(made)
    for spare in (False, True):
        for offer in answer.regimens:
            own = frozenset(order.drug for order in offer.drugs)
            beside = drugs - own - frozenset(order.drug for order in offer.companions)
            if own <= drugs and (spare or not beside):
                return offer, beside
    return None, frozenset()


def _drugs(made: Commitment) -> frozenset[str]:
    return frozenset(order.drug_id or order.drug for order in made.orders)


# -- dose --


def _dose(made: Commitment, answer: Recommendation, judged: Recommendation) -> Points:
    of = _POSSIBLE[DOSE]
    offer, _ = nearest(made, answer)
    if offer is None:
        return Points(DOSE, 0, of, "Doses count for a regimen that is offered.")
    expected = {order.drug: order for order in (*offer.drugs, *offer.companions)}
    faults = dict(_dose_faults(made, judged, expected))
    ordered = {order.drug_id for order in made.orders} & set(expected)
    if not faults:
        return Points(DOSE, of, of, "Amount and interval are those of this patient's band.")
    why = "; ".join(f"{drug_name(drug)}: {fault}" for drug, fault in faults.items())
    return Points(DOSE, _HALF if ordered - set(faults) else 0, of, f"To correct: {why}.")


def _dose_faults(
    made: Commitment, judged: Recommendation, expected: dict[str, DrugOrder]
) -> Iterator[tuple[str, str]]:
    """Each drug of the regimen whose dose is open or is to be changed."""
    adjusted = {change.order for change in judged.order_check.change if change.do == "adjust"}
    for number, order in enumerate(made.orders, start=1):
        own = expected.get(order.drug_id or "")
        if own is None:
            continue
        is_open_here = own.maintenance_dose is None and own.loading_dose is None
        if not _has_dose(order):
            if not is_open_here:
                yield own.drug, "no dose given"
        elif number in adjusted:
            yield own.drug, "not the dose of this patient's band"
        elif is_open_here:
            yield own.drug, "the tool gives no dose here: a missing fact or a specialist sets it"


def _has_dose(order: Order) -> bool:
    given = (
        order.dose_mg,
        order.components_mg,
        order.dose_mg_colistin_base,
        order.dose_million_units,
        order.dose_mg_polymyxin_b,
        order.dose_units,
    )
    return any(amount is not None for amount in given)


# -- laboratory --


def _laboratory(made: Commitment, answer: Recommendation) -> Points:
    of, wanted = _POSSIBLE[LABORATORY], frozenset(answer.lab_names)
    right, missed, beside = made.tests & wanted, wanted - made.tests, made.tests - wanted
    if not missed and not beside:
        why = "These are the tool's requests." if wanted else "The tool asks for nothing."
        return Points(LABORATORY, of, of, why)
    said = [f"Missed: {_named(missed, answer)}."] if missed else []
    said += [f"Not asked for here: {'; '.join(sorted(beside))}."] if beside else []
    earned = _HALF if len(right) > len(beside) else 0
    return Points(LABORATORY, earned, of, " ".join(said))


def _named(tests: frozenset[str], answer: Recommendation) -> str:
    return "; ".join(name for name in answer.lab_names if name in tests)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
