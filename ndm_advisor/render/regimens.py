"""The regimens of a screen: the preferred with their whole dose, the others in a row each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ndm_advisor.model.answer import DrugOrder, Offer, Recommendation
from ndm_advisor.model.words import drug_name, join_names, regimen_name
from ndm_advisor.render import phrases
from ndm_advisor.render.block import DOSES_SHOWN, ROW, Block, Fold
from ndm_advisor.render.conditions import Conditions, conditions_of

OTHERS_SHOWN: Final = 3  # further regimens with a row each
_OTHER_ROW: Final = ROW - 2  # "Alternative" and "Last resort" pass their column
_EVERY_BAND: Final = "every CrCl band stands below"


def regimen_blocks(answer: Recommendation, fold: Fold) -> Iterator[Block]:
    """Yield the numbered parts of a treatment and the further regimens."""
    if not answer.regimens:
        return
    first, *seconds = whole_offers(answer, fold.doses)
    only_if = conditions_of(answer.regimens)
    yield from _named(first, answer, fold, ("regimen", "1 Regimen"))
    yield from _condition_blocks(first, only_if)
    yield Block("conditions:all", "  only if", only_if.shared, strong=True, flows=True)
    yield Block("dose", "2 Dose", tuple(_doses(first, answer, fold)), strong=True, flows=True)
    for offer in seconds:
        yield from _named(offer, answer, fold, (f"or:{offer.id}", "  or"))
        yield from _condition_blocks(offer, only_if)
        lines = tuple(_doses(offer, answer, fold, after=first))
        yield Block(f"dose:{offer.id}", "  dose", lines, strong=True, flows=True)
    yield Block("kidney", "  kidney", tuple(_kidney(answer, (first, *seconds), fold)), flows=True)
    yield Block("infusion", "3 Infusion", _infusion(first, fold), flows=True)
    yield Block("lab", "4 Ask lab", phrases.lab_lines(answer, brief=fold.brief))
    yield review_block(answer, "5 Review")
    yield from _others(answer, fold, only_if)


def review_block(answer: Recommendation, label: str) -> Block:
    """Return the row that says when to review what."""
    dates_only = phrases.review_lines(answer, hours=False)
    return Block("review", label, phrases.review_lines(answer), short=dates_only)


def whole_offers(answer: Recommendation, count: int = DOSES_SHOWN) -> tuple[Offer, ...]:
    """Return the offers whose whole dose stands on the screen: the preferred ones, at most two."""
    first = answer.regimens[0]
    if first.rank != "preferred":
        return (first,)
    return tuple(o for o in answer.regimens if o.rank == "preferred")[:count]


def _named(
    offer: Offer, answer: Recommendation, fold: Fold, key_and_label: tuple[str, str]
) -> Iterator[Block]:
    key, label = key_and_label
    name = phrases.together(offer.id)
    lines: tuple[str, ...] = (name, phrases.status_words(offer, answer.provenance.guideline))
    if fold.brief and (key != "regimen" or len("; ".join(lines)) > ROW):
        # Its strength stands in --why and --full; that it is unproven stands here.
        lines = (_brief_name(offer),)
    yield Block(key, label, lines, strong=True, flows=True)


def _brief_name(offer: Offer) -> str:
    marks = _marks(offer)
    if not marks:
        return phrases.together(offer.id)
    return f"{regimen_name(offer.id, 'AND')}{', together' if '+' in offer.id else ''}{marks}"


def _condition_blocks(offer: Offer, only_if: Conditions) -> Iterator[Block]:
    key = f"conditions:{offer.id}"
    yield Block(key, "  only if", only_if.own.get(offer.id, ()), strong=True, flows=True)


# -- doses ----------------------------------------------------------------------------------------


def _doses(
    offer: Offer, answer: Recommendation, fold: Fold, after: Offer | None = None
) -> Iterator[str]:
    """Yield every order of an offer; what `after`, the one above, said is not said twice."""
    reason = _one_reason(offer)
    if reason:
        line = f"{phrases.withheld(reason)}{f'; {_EVERY_BAND}' if _has_bands(offer) else ''}"
        yield phrases.shortened(line) if fold.brief and _on_replacement(offer, answer) else line
    else:
        for order in offer.drugs:
            yield (
                phrases.named_order_words(order)
                if len(offer.drugs) == 1
                else (phrases.order_words(order))
            )
            if order.bands:
                yield f"{drug_name(order.drug)}: {_EVERY_BAND}"
    for order in offer.drugs:
        if order.alternative_dose is not None:
            yield phrases.alternative_words(order.drug, order.alternative_dose)
    if _on_replacement(offer, answer) and not (fold.brief and reason):
        yield from (_dialysis(order, fold) for order in offer.drugs if order.dialysis)
    if after is not None and offer.companions and offer.companions == after.companions:
        yield f"with {join_names(drug_name(order.drug) for order in offer.companions)} as above"
        return
    yield from (f"with {phrases.order_words(order)}" for order in offer.companions)


def _one_reason(offer: Offer) -> str:
    """Return why no drug of the offer has a dose, if it is one reason for all of them."""
    reasons = {
        order.pending if order.maintenance_dose is None and order.loading_dose is None else None
        for order in offer.drugs
    }
    return (reasons.pop() or "") if len(reasons) == 1 else ""


def _has_bands(offer: Offer) -> bool:
    return any(order.bands for order in offer.drugs)


def _on_replacement(offer: Offer, answer: Recommendation) -> bool:
    """Say whether the offer carries wording for the renal replacement of this case."""
    replaced = answer.kidney.method == "renal-replacement"
    return replaced and any(order.dialysis for order in offer.drugs)


def _dialysis(order: DrugOrder, fold: Fold) -> str:
    """Write the wording for renal replacement; on a tight screen its first sentence."""
    said = order.dialysis or ""
    if fold.tight:
        first = phrases.first_sentence(said)
        said = first if first == said else phrases.shortened(first)
    return f"{drug_name(order.drug)}: {said}"


def band_blocks(answer: Recommendation) -> Iterator[Block]:
    """Yield every band of the preferred regimens while the clearance is not known."""
    if not answer.regimens:
        return
    for offer in whole_offers(answer):
        for order in offer.drugs:
            if order.bands:
                key = f"bands:{offer.id}:{order.drug}"
                yield Block(key, "Bands", phrases.band_lines(order), broad=True, extra=True)


def _kidney(answer: Recommendation, offers: tuple[Offer, ...], fold: Fold) -> Iterator[str]:
    text = answer.kidney.text
    if answer.kidney.method == "unknown" and all(_one_reason(offer) for offer in offers):
        return  # the reason of the withheld dose says it
    if fold.brief and any(_on_replacement(offer, answer) for offer in offers):
        return  # the wording beside the dose says by what it goes
    bands = {
        order.drug: phrases.band_words(order.crcl_band)
        for offer in offers
        for order in offer.drugs
        if order.crcl_band
    }
    if len(set(bands.values())) == 1:
        shared = f"band {next(iter(bands.values()))}"
        yield f"{text}; {shared}" if text else shared
        return
    if bands and fold.brief and text:
        yield phrases.shortened(f"{text}; bands")
        return
    if text:
        yield text
    if bands:
        yield "band: " + "; ".join(f"{drug_name(drug)} {band}" for drug, band in bands.items())


def _infusion(offer: Offer, fold: Fold) -> tuple[str, ...]:
    """Return the first line on giving the offer; on a brief screen its first clause."""
    if not offer.administration:
        return ()
    first, *others = offer.administration
    said = first.partition(";")[0].rstrip(".") if fold.brief else first
    if others or said.rstrip(".") != first.rstrip("."):
        return (phrases.shortened(said.rstrip("."), lines=True),)
    return (said,)


# -- further regimens -----------------------------------------------------------------------------


def _others(answer: Recommendation, fold: Fold, only_if: Conditions) -> Iterator[Block]:
    whole = whole_offers(answer, fold.doses)
    others = [offer for offer in answer.regimens if offer not in whole]
    if fold.brief or len(others) > OTHERS_SHOWN:
        yield from _listed(others, whole[0], only_if, answer)
        return
    for offer in others:
        line = _other(offer, whole[0], only_if.own.get(offer.id, ()), _doses_at([offer], answer))
        yield Block(f"other:{offer.id}", phrases.rank_words(offer.rank), (line,))


def _listed(
    others: list[Offer], first: Offer, only_if: Conditions, answer: Recommendation
) -> Iterator[Block]:
    """Yield further offers by name, one line for each rank, with what each depends on."""
    by_rank: dict[str, list[Offer]] = {}
    for offer in others:
        by_rank.setdefault(offer.rank, []).append(offer)
    for rank, offers in by_rank.items():
        where = _doses_at(offers, answer)
        line = f"{_names(offers, only_if)}{where}"
        if len(offers) == 1:
            line = _other(offers[0], first, only_if.own.get(offers[0].id, ()), where)
        yield Block(f"others:{rank}", phrases.rank_words(rank), (line,))


def _names(offers: list[Offer], only_if: Conditions) -> str:
    """Write several offers by name; offers under the same conditions share their mention."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for offer in offers:
        alike.setdefault(only_if.own.get(offer.id, ()), []).append(_marked(offer))
    return "; ".join(
        f"{', '.join(names)}{_only_if(own, each=len(names) > 1)}" for own, names in alike.items()
    )


def _doses_at(offers: list[Offer], answer: Recommendation) -> str:
    """Say where the doses of offers that stand by name are to be found."""
    below = whole_offers(answer)
    if all(offer in below and _has_bands(offer) for offer in offers):
        return f"; {_EVERY_BAND}"
    return "; doses: --full"


def _other(offer: Offer, first: Offer, own: tuple[str, ...], where: str) -> str:
    """Write a further offer with its whole dose if that fits a row, else where its dose stands."""
    doses = "; ".join(phrases.order_words(order) for order in offer.drugs)
    if offer.companions == first.companions and offer.companions:
        doses += f", with {join_names(drug_name(order.drug) for order in offer.companions)}"
    elif offer.companions:
        doses += "".join(f"; with {phrases.order_words(order)}" for order in offer.companions)
    if any(order.alternative_dose is not None for order in offer.drugs):
        doses += phrases.IN_FULL
    name = regimen_name(offer.id)
    marks = _marks(offer)
    line = f"{doses}{marks}" if doses.startswith(name) else f"{name}{marks}: {doses}"
    if len(line) <= _OTHER_ROW:
        return f"{line}{_only_if(own)}"
    named = f"{_marked(offer)}{_only_if(own)}"
    line = f"{named}{where}"
    return line if own or len(line) <= _OTHER_ROW else f"{named}{phrases.IN_FULL}"


def _marked(offer: Offer) -> str:
    return f"{regimen_name(offer.id)}{_marks(offer)}"


def _marks(offer: Offer) -> str:
    marks = (
        "PROVISIONAL" if offer.provisional else "",
        "untested" if offer.support == "untested" else "",
    )
    said = ", ".join(mark for mark in marks if mark)
    return f" ({said})" if said else ""


def _only_if(own: tuple[str, ...], *, each: bool = False) -> str:
    return f", {'each ' if each else ''}only if: {'; '.join(own)}" if own else ""
