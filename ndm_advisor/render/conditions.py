"""Conditions of offers without repetition: what every offer depends on is said once.

A condition of the same wording on each drug of an offer is said of "its drugs", and what every
offer depends on stands in one line for all. No condition is left out.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ndm_advisor.model.answer import Offer
from ndm_advisor.model.words import drug_name

_ITS_DRUGS: Final = "its drugs"
_EACH: Final = "each regimen: "
_LEADS: Final = ("only if ", "only when ", "only ", "if ")  # the label before them says "only if"


class Conditions(NamedTuple):
    """`shared` holds of every offer; `own` by offer id what else each depends on."""

    shared: tuple[str, ...]
    own: dict[str, tuple[str, ...]]


def conditions_of(offers: Sequence[Offer]) -> Conditions:
    """Sort the conditions of all offers into the shared ones and each offer's own."""
    general = {offer.id: _generalised(offer) for offer in offers}
    common = [
        words
        for words in general[offers[0].id]
        if len(offers) > 1 and all(words in found for found in general.values())
    ]
    own = {
        offer.id: tuple(dict.fromkeys(_own(offer, general[offer.id], set(common))))
        for offer in offers
    }
    said = [bare(words) for words in common]
    if said:
        said[0] = f"{_EACH}{said[0]}"
    return Conditions(tuple(said), own)


def _own(offer: Offer, general: dict[str, tuple[str, ...]], common: set[str]) -> Iterator[str]:
    several = len(offer.id.split("+")) > 1
    for words, verbatim in general.items():
        if words in common:
            continue
        if several and len(verbatim) > 1:
            yield bare(words)
        else:
            yield from map(bare, verbatim)


def _generalised(offer: Offer) -> dict[str, tuple[str, ...]]:
    """Map each condition, said of "its drugs" where it holds of all, to its own words."""
    drugs = [drug_name(part) for part in offer.id.split("+")]
    framed: dict[str, list[tuple[str, str]]] = {}
    for condition in offer.conditions:
        for drug in drugs:
            frame = _name(drug).sub(_ITS_DRUGS, condition)
            if frame != condition:
                framed.setdefault(frame, []).append((drug, condition))
                break
        else:
            framed.setdefault(condition, []).append(("", condition))
    found: dict[str, tuple[str, ...]] = {}
    for frame, said in framed.items():
        whole = {drug for drug, _ in said} in ({""}, set(drugs))
        for _, condition in said:
            key = frame if whole else condition
            found[key] = (*found.get(key, ()), condition)
    return found


def _name(drug: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(drug)}(?![\w-])")


def bare(condition: str) -> str:
    """Drop the words that the label before the condition already says.

    >>> bare("if your hospital stocks aztreonam")
    'your hospital stocks aztreonam'
    """
    for lead in _LEADS:
        if condition.startswith(lead):
            return condition.removeprefix(lead)
    return condition
