"""Alerts about the MBL and the panel (policy section 6)."""

from collections.abc import Callable, Iterator
from typing import Final

from ndm_advisor.decision.alerts.situation import (
    Raised,
    Situation,
    insertion_name,
    review_hours,
    site_name,
    test_name,
)
from ndm_advisor.decision.interpret import PAIR_TEST, may_reach
from ndm_advisor.decision.rank import A, P
from ndm_advisor.model import words
from ndm_advisor.model.answer import Finding, Tier
from ndm_advisor.model.facts import CARBAPENEMS
from ndm_advisor.model.mic import NO_RESULT

_PROVING: Final = frozenset({"pcr", "sequencing", "immunochromatography", "mcim-ecim"})
_TEST_AND_RERUN: Final = "test_and_rerun"  # nothing is offered that could be confirmed or stopped


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
        "value": insertion_name(s),
        "drugs": words.join_names(words.regimen_name(i) for i in offered),
        "test": test_name("aztreonam-avibactam", s),
        **review_hours(s),
    }
    known = s.facts.pbp3_known and s.facts.cefiderocol_support != "susceptible"
    tier: Tier = "stop" if known else "caution"
    yield Raised("pair-untested-e-coli", tier, tier, values, names)


def _mechanism_contradiction(s: Situation) -> Iterator[Raised]:
    values = {
        "method": _method_name(s),
        "test": test_name("second-method", s),
        "organism": s.facts.organism_name,
        "family": s.facts.mbl_family or "A family",
        **review_hours(s),
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
    is_reported = result.reported is not None and result.reported not in NO_RESULT
    return {
        "drug": words.drug_name(drug),
        "how": "reported" if is_reported else "read as",
        "category": (result.reported if is_reported else result.read_as) or "",
    }


def _mbl_unconfirmed(s: Situation) -> Iterator[Raised]:
    facts = s.facts
    values = {
        "mbl": f"{facts.mbl_family or 'MBL'} {facts.mbl_status}",
        "method": _method_name(s),
        "organism": facts.organism_name,
        "condition": _phrase("offers_provisional" if s.offered else "nothing_offered", s),
        "test": test_name("carbapenemase-type", s),
        **review_hours(s),
    }
    names = ("mbl_status", "site")
    ident = "mbl-unconfirmed"
    methodless = facts.mbl_method not in _PROVING or facts.mbl_on_previous
    if facts.mbl_status == "ruled-out" and methodless and facts.invasive:
        yield Raised(ident, "caution", _ruled_out(s), values, names)
    elif facts.invasive and s.in_treatment and not facts.mbl_confirmed:
        variant = _unconfirmed(s)
        awaited = not s.offered and variant != "untyped"
        raised = Raised(ident, "caution", variant, {**values, **_carbapenem(s)}, names)
        yield raised._replace(instead=_TEST_AND_RERUN if awaited else "")
    elif facts.invasive and s.in_treatment and has_finding(s, "false-ndm-band"):
        yield Raised(ident, "caution", "immunochromatography", values, ("mbl_status", "organism"))


def _unconfirmed(s: Situation) -> str:
    facts = s.facts
    if facts.mbl_status == "discordant":
        return "discordant"
    if facts.mbl_stated == "unknown":
        return "unknown" if facts.mbl_status == "suspected" else "untyped"
    if facts.mbl_on_previous:
        return "previous"
    if facts.mbl_method is None:
        return "no-method" if facts.mbl_stated == "confirmed" else "suspected-no-method"
    return "suspected-proving" if facts.mbl_method in _PROVING else "suspected"


def _ruled_out(s: Situation) -> str:
    if s.facts.mbl_on_previous:
        return "ruled-out-previous"
    return "ruled-out" if s.facts.mbl_method else "ruled-out-no-method"


def _method_name(s: Situation) -> str:
    """A method of proof as people call it."""
    methods = s.knowledge.words["mbl_methods"]
    return str(methods[s.facts.mbl_method or "none"]["name"])


def _phrase(key: str, s: Situation) -> str:
    return str(s.knowledge.words["phrases"][key])


def _carbapenem(s: Situation) -> dict[str, str]:
    """A carbapenem that is not S, for the words."""
    for drug in CARBAPENEMS:
        result = s.facts.susceptibilities.get(drug)
        if result is not None and result.used not in {"S", "untested"}:
            return {"drug": drug, "category": result.used}
    return {"drug": "carbapenem", "category": "not tested"}


def has_finding(s: Situation, rule: str) -> bool:
    """Whether assessing found something under this rule."""
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
    values = {"criterion": _criterion(key, value, s), **review_hours(s)}
    yield Raised("severity-conflict", "caution", "caution", values, ("severity",))


def _criterion(key: str, value: object, s: Situation) -> str:
    """What says severe, as people say it: "septic shock", "SOFA rise 3"."""
    if key == "infection.site":
        return site_name(s)
    name = str(s.knowledge.words["case_keys"][key]["name"])
    return name if value is True else f"{name} {value}"


def _tetracycline_mic(s: Situation) -> Iterator[Raised]:
    limit = s.knowledge.settings.tetracycline_mic_mg_l
    result = s.facts.susceptibilities.get("tigecycline")
    if "tigecycline" not in s.offered_drugs or result is None or result.mic is None:
        return
    if may_reach(result.mic, limit):
        values = {
            "drug": "tigecycline",
            "mic": result.mic.text,
            "limit": f"{words.number(limit)} mg/L",
            **review_hours(s),
        }
        yield Raised(
            "tetracycline-mic", "caution", "caution", values, ("drug.used",), drug="tigecycline"
        )


RULES: Final[tuple[Callable[[Situation], Iterator[Raised]], ...]] = (
    _aztreonam_alone,
    _pair_untested_e_coli,
    _mechanism_contradiction,
    _mbl_unconfirmed,
    _result_conflict,
    _severity_conflict,
    _tetracycline_mic,
)
