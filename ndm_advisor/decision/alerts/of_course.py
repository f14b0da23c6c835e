"""Alerts about source, cover, licence and the course of treatment."""

from collections.abc import Callable, Iterator
from typing import Final

from ndm_advisor.decision.alerts.situation import (
    Raised,
    Situation,
    bacteriuria_exception,
    dosed,
    review_hours,
    site_name,
)
from ndm_advisor.decision.dose import dose_strategy
from ndm_advisor.decision.rank import A, F, P
from ndm_advisor.model import words

_NOT_CONTROLLED: Final = frozenset({"pending", "not-possible", None})
_SOURCE_SITES: Final = frozenset({"bloodstream", "endovascular", "intra-abdominal"})


def _source_control(s: Situation) -> Iterator[Raised]:
    facts = s.facts
    if not (s.in_treatment and facts.invasive):
        return
    device = facts.device not in {None, "none"}
    asked = facts.site in _SOURCE_SITES or device
    names = ("site", "source_control", "device")
    values = {
        "site": site_name(s),
        "condition": (facts.source_control or "not stated").replace("-", " "),
        "device": (facts.device or "").replace("-", " "),
        "hours": review_hours(s)["first"],
        **review_hours(s),
    }
    if asked and facts.source_control in _NOT_CONTROLLED:
        variant = "device" if device else facts.source_control or "not-stated"
        yield Raised("source-control", "caution", variant, values, names)
    else:
        yield Raised("source-control", "note", "note", values, names)


def _repeat_cultures(s: Situation) -> Iterator[Raised]:
    if not s.in_treatment:
        return
    values = {"site": site_name(s), **review_hours(s)}
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
        "site": site_name(s),
        "drugs": words.join_names(words.regimen_name(o.ranked.strategy) for o in without),
        "dose_here": _companion_dose(s),
        **review_hours(s),
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
            "site": site_name(s),
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
        values = {"drugs": shown, **review_hours(s)}
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
    for _, order, _ in dosed(s):
        dose = order.maintenance_dose
        oftener = order.interval_h is not None and order.interval_h < usual
        if order.drug == "aztreonam" and oftener and dose and dose.total_mg and order.interval_h:
            return words.grams(dose.total_mg * 24 / order.interval_h)
    return ""


def _knowledge_overdue(s: Situation) -> Iterator[Raised]:
    """A record behind this answer is past its review date."""
    used = [(words.drug_name(d), s.knowledge.drugs[d].review_due_on) for d in s.offered_drugs]
    name, due = (
        min(used, key=lambda u: u[1]) if used else ("knowledge base", s.knowledge.review_due_on)
    )
    if s.facts.on.isoformat() > due:
        yield Raised("knowledge-overdue", "caution", "caution", {"source": name, "due": due}, ())


def _bacteriuria(s: Situation) -> Iterator[Raised]:
    variant = bacteriuria_exception(s)
    if variant:
        names = ("site", "pregnant" if variant == "pregnant" else "urology_procedure")
        yield Raised("bacteriuria-exception", "caution", variant, {}, names)


RULES: Final[tuple[Callable[[Situation], Iterator[Raised]], ...]] = (
    _source_control,
    _repeat_cultures,
    _anaerobic_cover,
    _off_label,
    _notes_on_treatment,
    _bacteriuria,
    _knowledge_overdue,
)
