"""Alerts about the patient: allergy, pregnancy, and the hazards that hold for what is offered."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ndm_advisor.decision.alerts.situation import (
    Offered,
    Raised,
    Situation,
    first_regimen,
    site_name,
)
from ndm_advisor.decision.rank import A, F, P
from ndm_advisor.model import words
from ndm_advisor.model.facts import AllergyFinding

_SEVERITY_SAID: Final = {
    "severe": "severe",
    "non-severe": "not severe",
    "unknown": "treated as severe",
}


def _side_chain(s: Situation) -> Iterator[Raised]:
    if not (s.facts.severe_side_chain and s.facts.invasive and s.in_treatment):
        return
    severe = (f for f in s.facts.allergy_findings if f.severity == "severe")
    found = next(f for f in severe if f.of_side_chain)
    yield Raised(
        "side-chain-escape-routes",
        "caution",
        "caution",
        _reaction(found, s),
        ("severe_side_chain",),
    )


def _allergy_abstention(s: Situation) -> Iterator[Raised]:
    """Policy 4.7: nothing is left because of an allergy."""
    if s.selection is None or not s.selection.reason.startswith("allergy-"):
        return
    left = {strategy: _only_reactions(strategy, s) for strategy in (A, P, F)}
    left = {strategy: reactions for strategy, reactions in left.items() if reactions}
    if not left:
        return
    culprits = _culprits(left)
    found = next(f for reactions in left.values() for f in reactions if f.culprit_text in culprits)
    regimens = words.join_names(words.regimen_name(strategy, "with") for strategy in left)
    said = {"drug": regimens, "drugs": regimens, "medicines": words.join_names(culprits)}
    values = {**_reaction(found, s), **said}
    several = len(culprits) > 1
    names = ("severe_beta_lactam",)
    variant = "all-offered" if len(left) > 1 else "only-offered"
    variant = "several-reactions" if several else variant
    yield Raised("severe-allergy", "stop", variant, values, names)
    variant = "caution" if found.of_side_chain else "no-side-chain"
    variant = "several-reactions" if several and not found.of_side_chain else variant
    yield Raised("side-chain-escape-routes", "caution", variant, values, names)


def _only_reactions(strategy: str, s: Situation) -> tuple[AllergyFinding, ...]:
    """The reactions that exclude what nothing else excludes."""
    excluded = s.fates[strategy].excluded
    if any(a.hazard.alert != "severe-allergy" for a in excluded):
        return ()
    drugs = {a.drug for a in excluded}
    return tuple(f for f in s.facts.allergy_findings if f.drug in drugs and f.excludes)


def _culprits(left: Mapping[str, tuple[AllergyFinding, ...]]) -> tuple[str, ...]:
    """The one that excludes all of them; every one where each takes its part."""
    named = [dict.fromkeys(f.culprit_text for f in found) for found in left.values()]
    shared = next((name for name in named[0] if all(name in those for those in named)), None)
    every = tuple(dict.fromkeys(name for those in named for name in those))
    return every if shared is None else (shared,)


def _allergy_caution(s: Situation) -> Iterator[Raised]:
    offered = {drug for fate in s.given_fates for drug in fate.strategy.drugs}
    concerned: dict[tuple[str, str], list[AllergyFinding]] = {}
    for found in s.facts.allergy_findings:
        variant = _allergy_variant(found)
        if found.drug in offered and variant:
            concerned.setdefault((variant, found.culprit_text), []).append(found)
    for (variant, _), group in sorted(concerned.items(), key=lambda g: _GRAVEST.index(g[0][0])):
        drugs = dict.fromkeys(words.drug_name(found.drug) for found in group)
        values = {**_reaction(group[0], s), "drug": words.join_names(drugs)}
        yield Raised("allergy-caution", "caution", variant, values, ("severe_beta_lactam",))
    if s.facts.unknown_allergens and s.offered:
        values = {"culprit": s.facts.unknown_allergens[0], "drugs": first_regimen(s)}
        names = ("severe_beta_lactam",)
        yield Raised("allergy-caution", "caution", "not-judged", values, names)


# A label's contraindication is signed off, whatever milder history stands beside it.
_GRAVEST: Final = (
    "eu-any-cephalosporin",
    "caution",
    "no-statement",
    "unknown-severity",
    "mild",
)


def _allergy_variant(found: AllergyFinding) -> str:
    if found.cell == "label":
        return "eu-any-cephalosporin"
    if found.severity == "severe":
        return {"caution": "caution", "none": "no-statement"}.get(found.cell, "")
    if found.cell != "caution":
        return ""
    return "mild" if found.severity == "mild" else "unknown-severity"


def _reaction(found: AllergyFinding, s: Situation) -> dict[str, str]:
    return {
        "reaction": found.reaction or "reaction",
        "culprit": found.culprit_text,
        "drug": words.drug_name(found.drug),
        "drugs": first_regimen(s),
        "region": s.facts.region,
    }


def _cautions_of_offers(s: Situation) -> Iterator[Raised]:
    """Cautions of the hazard records that hold for an offered drug: one alert per id."""
    for fate in s.given_fates:
        for asked in fate.asked:
            hazard = asked.hazard
            if asked.holds and hazard.tier == "caution" and hazard.alert:
                if hazard.alert == "allergy-caution":
                    continue  # worded from the allergy entry itself
                facts = tuple(c.fact for c in hazard.when)
                values = {
                    "because": asked.because,
                    "do": hazard.do,
                    "drug": words.drug_name(asked.drug or ""),
                    "hazard": hazard.id,
                }
                yield Raised(
                    hazard.alert, "caution", "hazard", values, facts, drug=asked.drug or ""
                )


def _pregnancy(s: Situation) -> Iterator[Raised]:
    facts = s.facts
    if not (facts.pregnant and s.in_treatment):
        return
    values = {
        "site": site_name(s),
        "condition": _SEVERITY_SAID[facts.severity],
        "drug": "",
        "drugs": first_regimen(s),
        "weeks": words.number(facts.gestation_weeks or 0),
        "region": facts.region,
    }
    if facts.invasive:
        yield Raised("pregnancy", "caution", "caution", values, ("pregnant", "site", "severity"))


def _breast_feeding(s: Situation) -> Iterator[Raised]:
    """What the sources say of each offered regimen; of what is ordered the order check says it."""
    if not (s.facts.breast_feeding and s.offered):
        return
    first, *others = (_of_offer(offer, s) for offer in s.offered)
    yield first._replace(more=tuple(others))


def _of_offer(offer: Offered, s: Situation) -> Raised:
    drugs = (*offer.drugs, *(order.drug for order in offer.companions))
    said = [(words.drug_name(drug), on_breast_feeding(drug, s)) for drug in drugs]
    value = said[0][1] if len(said) == 1 else "; ".join(f"{name}: {text}" for name, text in said)
    ident = offer.ranked.strategy
    values = {"drug": words.regimen_name(ident, "with"), "value": value}
    return Raised("breast-feeding", "note", "note", values, ("breast_feeding",), drug=ident)


def on_breast_feeding(drug: str, s: Situation) -> str:
    """What the region's label, else any source, says of a drug."""
    texts = s.knowledge.drugs[drug].text
    text = texts.get(f"breast_feeding_{s.facts.region.lower()}") or texts.get("breast_feeding")
    return str(text.get("text", "")).rstrip(".") if isinstance(text, dict) else "no statement read"


RULES: Final[tuple[Callable[[Situation], Iterator[Raised]], ...]] = (
    _side_chain,
    _allergy_abstention,
    _allergy_caution,
    _pregnancy,
    _cautions_of_offers,
    _breast_feeding,
)
