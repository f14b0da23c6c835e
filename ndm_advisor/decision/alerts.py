"""Alerts of policy section 6 that speak of the case and of what is offered.

Each function looks at one id and yields what it found: the tier, the variant of its words and the
values for them. Words stand in the base; nothing is formatted here. One alert per id remains, the
highest tier first; those that need orders belong to the order check.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision.dose import dose_strategy, edges_of, lands_elsewhere, use_of
from ndm_advisor.decision.interpret import PAIR_TEST, is_above
from ndm_advisor.decision.rank import A, F, P, Ranked, Selection
from ndm_advisor.decision.scope import Scope
from ndm_advisor.decision.usable import Fate
from ndm_advisor.model import words
from ndm_advisor.model.answer import DrugOrder, Finding, Tier
from ndm_advisor.model.facts import CARBAPENEMS, AllergyFinding, Facts, compared
from ndm_advisor.model.knowledge import Knowledge

_TIERS: Final = ("stop", "caution", "note")
_NOT_CONTROLLED: Final = frozenset({"pending", "not-possible", None})
_SOURCE_SITES: Final = frozenset({"bloodstream", "endovascular", "intra-abdominal"})
_TETRACYCLINES: Final = frozenset({"tigecycline", "eravacycline"})
_HOURS_48: Final = 48


class Raised(NamedTuple):
    """An alert that fires: which words, with which values, and what decided it."""

    id: str
    tier: Tier
    variant: str
    values: dict[str, str]
    facts: tuple[str, ...]
    standing: bool = False
    drug: str = ""
    order: int = 0  # the order it speaks of, counted from 1; 0 for the case


class Offered(NamedTuple):
    """One offer with everything behind it."""

    ranked: Ranked
    fate: Fate
    orders: tuple[DrugOrder, ...]
    companions: tuple[DrugOrder, ...] = ()

    @property
    def drugs(self) -> tuple[str, ...]:
        """The regimen's own drugs, companions left out."""
        return self.fate.strategy.drugs


class Situation(NamedTuple):
    """What the alerts look at."""

    facts: Facts
    knowledge: Knowledge
    scope: Scope | None
    selection: Selection | None
    fates: dict[str, Fate]
    offered: tuple[Offered, ...]

    @property
    def offered_ids(self) -> tuple[str, ...]:
        """The strategies offered, in order."""
        return tuple(o.ranked.strategy for o in self.offered)

    @property
    def offered_drugs(self) -> tuple[str, ...]:
        """Every drug of every offer, once."""
        return tuple(dict.fromkeys(d for o in self.offered for d in o.drugs))

    @property
    def given_fates(self) -> tuple[Fate, ...]:
        """The fates of what is offered, companions included."""
        companions = {o.drug for offer in self.offered for o in offer.companions}
        return (*(o.fate for o in self.offered), *(self.fates[c] for c in sorted(companions)))

    @property
    def in_treatment(self) -> bool:
        """Whether the case got as far as choosing: regimens, or an abstention from choosing."""
        return self.scope is None or self.scope.outcome == "abstention"


def alerts(situation: Situation) -> tuple[Raised, ...]:
    """Every alert of the case, one per id, in no particular order."""
    return one_per_id(raised for rule in _RULES for raised in rule(situation))


def one_per_id(found: Iterable[Raised]) -> tuple[Raised, ...]:
    """One alert per id: the highest tier, the first found among equals."""
    best: dict[str, Raised] = {}
    for raised in found:
        held = best.get(raised.id)
        if held is None or _TIERS.index(raised.tier) < _TIERS.index(held.tier):
            best[raised.id] = raised
    return tuple(best.values())


def finding_of(raised: Raised, facts: Facts) -> Finding:
    """The finding behind an alert."""
    drug = facts.of_drug.get(raised.drug)
    return Finding("alerts", raised.id, "true", compared(facts, raised.facts, drug))


# -- the MBL and the results ---------------------------------------------------------------------


def _aztreonam_alone(s: Situation) -> Iterator[Raised]:
    if P in s.offered_ids:
        hours = words.number(s.knowledge.settings.pair_infusion_h)
        yield Raised("aztreonam-alone", "note", "note", {"hours": hours}, ("site",), standing=True)


def _pair_untested_e_coli(s: Situation) -> Iterator[Raised]:
    offered = [i for i in s.offered_ids if i in {A, P}]
    if not (s.facts.is_e_coli and s.facts.aztreonam_support == "untested" and offered):
        return
    names = ("organism", "aztreonam_support", "pbp3_insertion", "cefiderocol_support")
    values = {
        "value": s.facts.pbp3_insertion or "",
        "drugs": words.join_names(words.regimen_name(i) for i in offered),
        "test": _test("aztreonam-avibactam", s),
        **_review(s),
    }
    known = s.facts.pbp3_known and s.facts.cefiderocol_support != "susceptible"
    tier: Tier = "stop" if known else "caution"
    yield Raised("pair-untested-e-coli", tier, tier, values, names)


def _mechanism_contradiction(s: Situation) -> Iterator[Raised]:
    values = {
        "method": s.facts.mbl_method or "",
        "test": _test("second-method", s),
        "organism": s.facts.organism_name,
        "family": s.facts.mbl_family or "A family",
        **_review(s),
    }
    ident = "mechanism-contradiction"
    for finding in s.facts.findings:
        names = ("mbl_status", "carbapenem")
        if finding.rule == "mbl-discordant":
            yield Raised(ident, "caution", _discordance(finding), values, names)
        elif finding.rule == "intrinsic-contradiction":
            yield Raised(
                ident, "caution", "intrinsic", {**values, **_row(finding, s)}, ("organism",)
            )
        elif finding.rule == "methyltransferase-contradiction":
            shown = {**values, **_row(finding, s)}
            yield Raised(ident, "caution", "methyltransferase", shown, ("methyltransferase_16s",))


def _discordance(finding: Finding) -> str:
    if "isolate.mbl_family" in finding.compared:
        return "ruled-out-family"
    carbapenems = any(f"panel.results.{d}" in finding.compared for d in CARBAPENEMS)
    return "carbapenem-s" if carbapenems else "ceftazidime-avibactam-s"


def _row(finding: Finding, s: Situation) -> dict[str, str]:
    key = next(k for k in finding.compared if k.startswith("panel.results."))
    drug = key.removeprefix("panel.results.")
    result = s.facts.susceptibilities[drug]
    return {"drug": words.drug_name(drug), "category": result.reported or result.read_as or "S"}


def _mbl_unconfirmed(s: Situation) -> Iterator[Raised]:
    facts = s.facts
    values = {
        "mbl": f"{facts.mbl_family or 'MBL'} {facts.mbl_status}",
        "method": facts.mbl_method or "no method",
        "organism": facts.organism_name,
        "test": _test("carbapenemase-type", s),
        **_review(s),
    }
    names = ("mbl_status", "site")
    ident = "mbl-unconfirmed"
    methodless = facts.mbl_method not in _PROVING or facts.mbl_on_previous
    if facts.mbl_status == "ruled-out" and methodless and facts.invasive:
        yield Raised(ident, "caution", "ruled-out", values, names)
    elif facts.invasive and s.in_treatment and not facts.mbl_confirmed:
        yield Raised(ident, "caution", _unconfirmed(s), {**values, **_carbapenem(s)}, names)
    elif facts.invasive and s.in_treatment and _has_finding(s, "false-ndm-band"):
        yield Raised(ident, "caution", "immunochromatography", values, ("mbl_status", "organism"))


_PROVING: Final = frozenset({"pcr", "sequencing", "immunochromatography", "mcim-ecim"})


def _unconfirmed(s: Situation) -> str:
    facts = s.facts
    if facts.mbl_status == "discordant":
        return "discordant"
    if facts.mbl_stated == "unknown":
        return "unknown" if facts.mbl_status == "suspected" else "untyped"
    if facts.mbl_stated == "confirmed" and facts.mbl_on_previous:
        return "previous"
    if facts.mbl_stated == "confirmed" and facts.mbl_method is None:
        return "no-method"
    return "suspected"


def _carbapenem(s: Situation) -> dict[str, str]:
    """A carbapenem that is not S, for the words."""
    for drug in CARBAPENEMS:
        result = s.facts.susceptibilities.get(drug)
        if result is not None and result.used not in {"S", "untested"}:
            return {"drug": drug, "category": result.used}
    return {"drug": "carbapenem", "category": "not tested"}


def _has_finding(s: Situation, rule: str) -> bool:
    return any(f.rule == rule for f in s.facts.findings)


def _result_conflict(s: Situation) -> Iterator[Raised]:
    for finding in s.facts.findings:
        if finding.rule == "tests-disagree":
            product = s.facts.susceptibilities["aztreonam-avibactam"]
            pair = s.facts.susceptibilities[PAIR_TEST]
            values = {"first": product.used, "second": pair.used}
            yield Raised("result-conflict", "caution", "two-tests", values, ("aztreonam_support",))
    for result in s.facts.susceptibilities.values():
        if result.conflict:
            zone = result.mic is None
            values = {
                "drug": words.drug_name(result.drug),
                "category": result.reported or "",
                "mic": "" if result.mic is None else result.mic.text,
                "first": words.number(result.zone_mm or 0),
                "value": result.read_as or "not susceptible",
            }
            variant = "zone" if zone else "caution"
            yield Raised(
                "result-conflict", "caution", variant, values, ("drug.used",), drug=result.drug
            )


def _severity_conflict(s: Situation) -> Iterator[Raised]:
    if s.facts.severity_conflict is None:
        return
    finding = next(f for f in s.facts.findings if f.rule == "severity-conflict")
    key, value = next(iter(finding.compared.items()))
    name = key.removeprefix("infection.").replace("_", " ")
    values = {"criterion": name, "value": _said(value), **_review(s)}
    yield Raised("severity-conflict", "caution", "caution", values, ("severity",))


def _said(value: object) -> str:
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )


def _tetracycline_mic(s: Situation) -> Iterator[Raised]:
    limit = s.knowledge.settings.tetracycline_mic_mg_l
    result = s.facts.susceptibilities.get("tigecycline")
    if "tigecycline" not in s.offered_drugs or result is None or result.mic is None:
        return
    reached = is_above(result.mic, limit) or result.mic.value_mg_l == limit
    if reached:
        values = {
            "drug": "tigecycline",
            "mic": result.mic.text,
            "limit": f"{words.number(limit)} mg/L",
            **_review(s),
        }
        yield Raised(
            "tetracycline-mic", "caution", "caution", values, ("drug.used",), drug="tigecycline"
        )


# -- allergy -------------------------------------------------------------------------------------


def _side_chain(s: Situation) -> Iterator[Raised]:
    if not (s.facts.severe_side_chain and s.facts.invasive and s.in_treatment):
        return
    found = next(f for f in s.facts.allergy_findings if f.severity == "severe")
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
    for strategy in (A, P, F):
        excluded = s.fates[strategy].excluded
        if excluded and all(a.hazard.alert == "severe-allergy" for a in excluded):
            drug = excluded[0].drug or ""
            found = next(
                f for f in s.facts.allergy_findings if f.drug == drug and f.severity == "severe"
            )
            values = _reaction(found, s)
            names = ("severe_beta_lactam",)
            yield Raised("severe-allergy", "stop", "only-offered", values, names)
            yield Raised("side-chain-escape-routes", "caution", "caution", values, names)
            return


def _allergy_caution(s: Situation) -> Iterator[Raised]:
    offered = {drug for fate in s.given_fates for drug in fate.strategy.drugs}
    for found in s.facts.allergy_findings:
        variant = _allergy_variant(found)
        if found.drug in offered and variant:
            values = _reaction(found, s)
            yield Raised("allergy-caution", "caution", variant, values, ("severe_beta_lactam",))
    if s.facts.unknown_allergens and s.offered:
        values = {"culprit": s.facts.unknown_allergens[0], "drugs": _drugs(s)}
        names = ("severe_beta_lactam",)
        yield Raised("allergy-caution", "caution", "not-judged", values, names)


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
        "drugs": _drugs(s),
        "region": s.facts.region,
    }


# -- hazards that hold for what is offered -------------------------------------------------------


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


# -- kidney --------------------------------------------------------------------------------------


def _pair_renal_divergence(s: Situation) -> Iterator[Raised]:
    pair = next((o for o in s.offered if o.ranked.strategy == P), None)
    facts = s.facts
    if pair is None or not (facts.pair_divergence or facts.on_renal_replacement):
        return
    intervals = {o.drug: o.interval_h for o in pair.orders}
    values = {
        "crcl": words.number(facts.crcl_ml_min or 0, 1),
        "condition": _MODES.get(facts.renal_replacement or "", ""),
        "hours": words.number(_HOURS_48),
        "starts": missed_starts(intervals.get("ceftazidime-avibactam"), intervals.get("aztreonam")),
    }
    variant = "caution"
    if facts.on_renal_replacement:
        variant = "replacement" if values["starts"] else "pending"
    names = ("crcl_ml_min", "renal_replacement")
    yield Raised("pair-renal-divergence", "caution", variant, values, names)


_MODES: Final = {
    "intermittent-haemodialysis": "haemodialysis",
    "crrt": "CRRT",
    "peritoneal-dialysis": "peritoneal dialysis",
    "sled": "SLED",
}


def missed_starts(partner_h: float | None, aztreonam_h: float | None) -> str:
    """Aztreonam starts in 48 h without a ceftazidime-avibactam start beside them: "4 of 6"."""
    if partner_h is None or aztreonam_h is None:
        return ""
    starts = [n * aztreonam_h for n in range(int(_HOURS_48 / aztreonam_h))]
    missed = sum(1 for start in starts if start % partner_h)
    return f"{missed} of {len(starts)}"


def _near_edge(s: Situation) -> Iterator[Raised]:
    crcl = s.facts.crcl_ml_min
    if crcl is None:
        return
    share = s.knowledge.settings.near_edge_share
    for offer, order, use in _dosed(s):
        edges = edges_of(order, use, s.facts, s.knowledge)
        near = [e for e in edges if abs(crcl - e) <= share * e]
        if near and order.band_edge is not None:
            edge = min(near, key=lambda e: abs(crcl - e))
            values = {
                "crcl": words.number(crcl, 1),
                "distance": words.number(abs(crcl - edge), 1),
                "edge": words.number(edge),
                "drug": words.drug_name(order.drug),
                "dose_beyond": order.band_edge.dose_beyond,
            }
            yield Raised("crcl-near-band-edge", "caution", "near-edge", values, ("crcl_ml_min",))
            return
        yield from _other_weight(offer, order, use, s)


def _other_weight(_offer: Offered, order: DrugOrder, use: str, s: Situation) -> Iterator[Raised]:
    kidney = s.facts.kidney
    for basis, other in s.facts.other_crcl:
        if lands_elsewhere(order, use, other, s.facts, s.knowledge):
            values = {
                "weight": words.number(kidney.weight_kg or 0, 1),
                "crcl": words.number(s.facts.crcl_ml_min or 0, 1),
                "other_weight": basis,
                "other_crcl": words.number(other, 1),
                "drug": words.drug_name(order.drug),
                "dose_beyond": "falls in another band",
            }
            names = ("crcl_ml_min", "weight_kg")
            yield Raised("crcl-near-band-edge", "caution", "other-weight", values, names)
            return


def _dosed(s: Situation) -> Iterator[tuple[Offered, DrugOrder, str]]:
    for offer in s.offered:
        for order in offer.orders:
            yield offer, order, use_of(offer.fate.strategy, order.drug, s.facts, s.knowledge)


def _creatinine_unstable(s: Situation) -> Iterator[Raised]:
    facts, settings = s.facts, s.knowledge.settings
    if not s.in_treatment or facts.on_renal_replacement:
        return
    ident = "creatinine-unstable"
    crcl = words.number(facts.crcl_ml_min, 1) if facts.crcl_ml_min is not None else "not known"
    values = {"crcl": crcl, "hours": "48", "days": ""}
    if facts.aki_within_48h:
        yield Raised(ident, "caution", *_aki(values, s), ("aki_within_48h", "crcl_ml_min"))
        return
    if facts.creatinine_days is not None and facts.creatinine_days > settings.stale_creatinine_days:
        days = f"{facts.creatinine_days} days"
        yield Raised(ident, "caution", "stale", {**values, "days": days}, ("crcl_ml_min",))
        return
    low = facts.crcl_ml_min is not None and facts.crcl_ml_min <= settings.unstable_crcl_at_most
    if facts.severe and low and facts.aki_within_48h is None:
        names = ("severity", "crcl_ml_min", "aki_within_48h")
        yield Raised(ident, "caution", "acute-or-chronic", values, names)


def _aki(values: dict[str, str], s: Situation) -> tuple[str, dict[str, str]]:
    """The two doses of the first 48 hours, where a drug has two."""
    for _, order, _ in _dosed(s):
        other = order.alternative_dose
        if other is not None and other.why == "aki-first-48-h" and order.maintenance_dose:
            here = f"{order.maintenance_dose.text} {words.every(order.interval_h)}"
            shown = {
                **values,
                "drug": words.drug_name(order.drug),
                "dose_here": here,
                "dose_beyond": other.text,
            }
            unknown = s.facts.baseline_ckd is None
            return ("aki-baseline-unknown" if unknown else "aki"), shown
    first = next((o for _, o, _ in _dosed(s)), None)
    drug = words.drug_name(first.drug) if first else "each drug"
    return "aki-banded", {**values, "drug": drug, "dose_here": "its banded dose"}


def _augmented_clearance(s: Situation) -> Iterator[Raised]:
    limit = s.knowledge.settings.augmented_crcl_at_least
    crcl = s.facts.crcl_ml_min
    if crcl is None or crcl < limit or not {A, P} & set(s.offered_ids):
        return
    offer = next(o for o in s.offered if o.ranked.strategy in {A, P})
    values = {
        "crcl": words.number(crcl, 1),
        "limit": f"{words.number(limit)} mL/min",
        "drug": words.regimen_name(offer.ranked.strategy, "with"),
        "dose_here": "the full dose",
        "hours": words.number(s.knowledge.settings.pair_infusion_h),
        "first": _review(s)["first"],
    }
    yield Raised("augmented-clearance", "note", "note", values, ("crcl_ml_min",))


# -- infection, course and licence ---------------------------------------------------------------


def _source_control(s: Situation) -> Iterator[Raised]:
    facts = s.facts
    if not (s.in_treatment and facts.invasive):
        return
    device = facts.device not in {None, "none"}
    asked = facts.site in _SOURCE_SITES or device
    names = ("site", "source_control", "device")
    values = {
        "site": _site(s),
        "condition": (facts.source_control or "not stated").replace("-", " "),
        "device": (facts.device or "").replace("-", " "),
        "hours": _review(s)["first"],
        **_review(s),
    }
    if asked and facts.source_control in _NOT_CONTROLLED:
        variant = "device" if device else facts.source_control or "not-stated"
        yield Raised("source-control", "caution", variant, values, names)
    else:
        yield Raised("source-control", "note", "note", values, names)


def _repeat_cultures(s: Situation) -> Iterator[Raised]:
    if not s.in_treatment:
        return
    values = {"site": _site(s), **_review(s)}
    if s.facts.deteriorating:
        yield Raised("repeat-cultures", "caution", "caution", values, ("deteriorating",))
        return
    criterion = _blood_risk(s)
    if criterion:
        names = ("site", "source_control", "septic_shock")
        yield Raised(
            "repeat-cultures", "caution", "at-risk", {**values, "criterion": criterion}, names
        )


def _blood_risk(s: Situation) -> str:
    """Guidelines dossier 4.2: bloodstream infection plus one reason to prove the blood clear."""
    facts = s.facts
    if facts.site not in {"bloodstream", "endovascular"}:
        return ""
    if facts.source_control in {"pending", "not-possible"}:
        return "no source control"
    if facts.site == "endovascular" or facts.device == "central-line":
        return "an endovascular focus or device"
    if facts.septic_shock:
        return "shock"
    untested = any(o.ranked.provisional for o in s.offered)
    return "an untested or unconfirmed regimen" if untested else ""


def _anaerobic_cover(s: Situation) -> Iterator[Raised]:
    facts = s.facts
    active = [o for o in s.offered if o.ranked.strategy in {A, P, F}]
    asked = facts.site == "intra-abdominal" or facts.polymicrobial is True
    without = [o for o in active if not o.companions]
    if not (asked and without):
        return
    values = {
        "site": _site(s),
        "drugs": words.join_names(words.regimen_name(o.ranked.strategy) for o in without),
        "dose_here": _companion_dose(s),
        **_review(s),
    }
    variant = "caution" if facts.site == "intra-abdominal" else "polymicrobial"
    if s.fates["metronidazole"].excluded:
        variant = "excluded"
    elif facts.anaerobes is False:
        variant = "denied"
    names = ("site", "anaerobes", "polymicrobial")
    yield Raised("anaerobic-cover", "caution", variant, values, names)


def _companion_dose(s: Situation) -> str:
    """The companion's dose from its own record."""
    strategy = s.fates["metronidazole"].strategy
    (order,) = dose_strategy(strategy, s.facts, s.knowledge)
    if order.maintenance_dose is None:
        return "by local policy"
    amount = order.maintenance_dose.text.removeprefix("metronidazole ")
    return f"{amount} IV {words.every(order.interval_h)}"


def _off_label(s: Situation) -> Iterator[Raised]:
    ident = "off-label"
    if P in s.offered_ids:
        yield Raised(ident, "note", "pair", {}, ("site",))
    for drug in s.offered_drugs:
        licence = s.knowledge.drugs[drug].licences.get(s.facts.region)
        values = {
            "drug": words.drug_name(drug),
            "region": s.facts.region,
            "site": _site(s),
        }
        if licence is None:
            yield Raised(ident, "note", "no-licence", values, ("site", "region"))
        elif not _covers(licence, s.facts.site):
            yield Raised(ident, "note", "note", values, ("site", "region"))


def _covers(licence: dict[str, object], site: str) -> bool:
    """Whether a licence covers a site; one without a list of sites says nothing about it."""
    sites = licence.get("sites")
    if sites is None or licence.get("limited_options"):
        return True
    return isinstance(sites, (list, tuple)) and site in sites


def _notes_on_treatment(s: Situation) -> Iterator[Raised]:
    facts = s.facts
    beta_lactams = [i for i in s.offered_ids if i in {A, P, F}]
    if {A, P} & set(beta_lactams):
        daily = _six_hourly_daily(s)
        variant = "six-hourly" if daily else "note"
        values = {"drug": "aztreonam with avibactam", "dose": daily}
        yield Raised("liver-monitoring", "note", variant, values, ("site",))
    if beta_lactams:
        shown = words.join_names(words.regimen_name(i) for i in beta_lactams)
        values = {"drugs": shown, **_review(s)}
        yield Raised("resistance-on-therapy", "note", "note", values, ("site",))
    carried = s.scope is not None and s.scope.outcome == "not_treatment" and not facts.mbl_ruled_out
    if (s.in_treatment and facts.mbl_in_play) or carried:
        values = {
            "organism": facts.organism_name,
            "mbl": f"{facts.mbl_family or 'MBL'} {facts.mbl_status}",
        }
        yield Raised("contact-precautions", "note", "note", values, ("mbl_status",))


def _six_hourly_daily(s: Situation) -> str:
    """Aztreonam a day where the pair's aztreonam runs oftener than the usual interval; else ""."""
    usual = s.knowledge.settings.pair_aztreonam_interval_h
    for _, order, _ in _dosed(s):
        dose = order.maintenance_dose
        oftener = order.interval_h is not None and order.interval_h < usual
        if order.drug == "aztreonam" and oftener and dose and dose.total_mg and order.interval_h:
            return words.grams(dose.total_mg * 24 / order.interval_h)
    return ""


def _pregnancy(s: Situation) -> Iterator[Raised]:
    facts = s.facts
    if not (facts.pregnant and s.in_treatment):
        return
    values = {
        "site": _site(s),
        "condition": "severe" if facts.severe else "not severe",
        "drug": "",
        "drugs": _drugs(s),
        "weeks": words.number(facts.gestation_weeks or 0),
        "region": facts.region,
    }
    if facts.invasive:
        yield Raised("pregnancy", "caution", "caution", values, ("pregnant", "site", "severity"))


def _knowledge_overdue(s: Situation) -> Iterator[Raised]:
    """A record behind this answer is past its review date."""
    used = [(d, s.knowledge.drugs[d].review_due_on) for d in s.offered_drugs]
    name, due = (
        min(used, key=lambda u: u[1]) if used else ("knowledge base", s.knowledge.review_due_on)
    )
    if s.facts.on.isoformat() > due:
        yield Raised("knowledge-overdue", "caution", "caution", {"source": name, "due": due}, ())


def _breast_feeding(s: Situation) -> Iterator[Raised]:
    if not (s.facts.breast_feeding and s.offered):
        return
    first = s.offered[0].drugs[0]
    text = s.knowledge.drugs[first].text.get("breast_feeding")
    value = str(text.get("text", "")) if isinstance(text, dict) else "no statement read"
    values = {"drug": words.drug_name(first), "value": value.rstrip(".")}
    yield Raised("breast-feeding", "note", "note", values, ("breast_feeding",))


def _bacteriuria(s: Situation) -> Iterator[Raised]:
    if s.scope is None or s.scope.outcome != "not_treatment":
        return
    if s.facts.pregnant:
        yield Raised("bacteriuria-exception", "caution", "pregnant", {}, ("site", "pregnant"))
    elif s.facts.urology_procedure:
        names = ("site", "urology_procedure")
        yield Raised("bacteriuria-exception", "caution", "procedure", {}, names)


# -- words' values -------------------------------------------------------------------------------


def _site(s: Situation) -> str:
    """The site as people say it, up to the first comma."""
    headline = s.knowledge.words["headline"]
    return str(headline[s.facts.site]["name"]).split(",")[0]  # type: ignore[index]  # checked at load


def _test(name: str, s: Situation) -> str:
    requests = s.knowledge.words["lab_requests"]
    return str(requests[name]["name"])  # type: ignore[index]  # checked at load


def _review(s: Situation) -> dict[str, str]:
    first, second = s.knowledge.settings.review_hours
    return {
        "first": words.number(first),
        "second": words.number(second),
        "hours": words.number(first),
    }


def _drugs(s: Situation) -> str:
    """The first offered regimen, or who names one."""
    if s.offered:
        return words.regimen_name(s.offered[0].ranked.strategy, "with")
    phrases = s.knowledge.words["phrases"]
    return str(phrases["none_offered"])  # type: ignore[index]  # checked at load


_RULES: Final[tuple[Callable[[Situation], Iterator[Raised]], ...]] = (
    _aztreonam_alone,
    _pair_untested_e_coli,
    _mechanism_contradiction,
    _mbl_unconfirmed,
    _result_conflict,
    _severity_conflict,
    _tetracycline_mic,
    _side_chain,
    _allergy_abstention,
    _allergy_caution,
    _pregnancy,
    _cautions_of_offers,
    _pair_renal_divergence,
    _near_edge,
    _creatinine_unstable,
    _augmented_clearance,
    _source_control,
    _repeat_cultures,
    _anaerobic_cover,
    _off_label,
    _notes_on_treatment,
    _breast_feeding,
    _bacteriuria,
    _knowledge_overdue,
)
