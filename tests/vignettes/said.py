"""What every alert and finding of any case must say, typed from the policy and not from the rules.

A vignette names the alerts of its case; here stands what an alert's words may fill in (policy
section 6, and the patient's own values), and which facts and which place of the policy a finding
shows (sections 1 and 3). Whoever reads an answer acts on these words as on the tier.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from typing import Any, Final

from ndm_advisor.decision.alerts import finding_of
from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.outline import withheld
from ndm_advisor.decision.rank import findings_of
from ndm_advisor.decision.usable import finding_of as hazard_finding
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.words import drug_name

# -- findings: stage, place and case keys ----------------------------------------------------------

_SCOPE: Final = {
    "child": ("section 1, order 1", {"patient.age_years"}),
    "organism": ("section 1, order 1", {"isolate.organism"}),
    "colonisation": ("section 1, order 2", {"infection.site"}),
    "ruled-out": ("section 1, order 3", {"isolate.mbl"}),
    "carbapenems-all-S": ("section 1, order 3", {"panel.results.CARBAPENEM"}),
    "cns": ("section 1, order 4", {"infection.site"}),
    "other": ("section 1, order 4", {"infection.site"}),
    "cystitis-severe": ("section 1, order 4", {"infection.site", "infection.SEVERITY"}),
    "mbl-unknown-no-carbapenem": (
        "section 1, order 4",
        {"infection.site", "panel.results.CARBAPENEM"},
    ),
    "pregnancy-not-severe": (
        "4.8",
        {"infection.site", "patient.pregnant", "infection.SEVERITY"},
    ),
}
_ASSESS: Final = {
    "mbl-unknown-carbapenem": ("section 3, mbl", {"isolate.mbl", "panel.results.CARBAPENEM"}),
    "mbl-suspected": ("section 3, mbl", {"isolate.mbl", "isolate.mbl_method"}),
    "mbl-discordant": ("section 3, mbl", {"isolate.mbl", "isolate.mbl_method"}),
    "false-ndm-band": (
        "false-positive NDM band",
        {"isolate.mbl", "isolate.mbl_method", "isolate.organism"},
    ),
    "severity": ("section 3, severity", {"infection.SEVERITY"}),
    "severity-conflict": ("section 3, severity", {"infection.SEVERITY"}),
    "aztreonam-support-resistant": ("section 3, aztreonam_support", {"panel.results.PAIR"}),
    "tests-disagree": (
        "section 3, aztreonam_support",
        {"panel.results.aztreonam-avibactam", "panel.results.ceftazidime-avibactam+aztreonam"},
    ),
    "methyltransferase-contradiction": (
        "dosing dossier section 15",
        {"isolate.methyltransferase_16s", "panel.results.AMINOGLYCOSIDE"},
    ),
    "intrinsic-contradiction": (None, {"isolate.organism", "panel.results.ANY"}),
    "result-conflict": (None, {"panel.results.ANY"}),
}
_ONE_OF: Final = {
    "isolate.MBL": r"isolate\.mbl(_on|_family|_method)?",
    "panel.results.CARBAPENEM": r"panel\.results\.(meropenem|imipenem|ertapenem|doripenem)",
    "panel.results.AMINOGLYCOSIDE": r"panel\.results\.(amikacin|gentamicin|tobramycin|plazomicin)",
    "panel.results.PAIR": r"panel\.results\.(aztreonam-avibactam|ceftazidime-avibactam\+aztreonam)",
    "panel.results.ANY": r"panel\.results\.[a-z+-]+",
    "infection.SEVERITY": r"infection\.(severity|septic_shock|sofa_rise|increment_cpe_score"
    r"|pitt_score|site)",
    "patient.RENAL": r"patient\.(crcl_ml_min|creatinine_\w+|renal_replacement|age_years|sex"
    r"|weight_kg|height_cm|residual_crcl_ml_min)",
}
_KEY: Final = re.compile(r"[a-z_]+\.[a-z_0-9]+(\.[a-z+-]+(\.[a-z_]+)?)?|panel\..*")
# Beside what a finding must show it may show how the fact was come by.
_BESIDE: Final = re.compile(
    r"isolate\.mbl(_method|_family|_on)?|panel\.standard|infection\.(septic_shock|sofa_rise"
    r"|increment_cpe_score|pitt_score|severity|site)"
    r"|panel\.results\.(meropenem|imipenem|ertapenem|doripenem|[a-z+-]*avibactam[a-z+-]*)"
    r"|panel\.results\.(amikacin|gentamicin|tobramycin|plazomicin|cefiderocol)"
    r"|isolate\.pbp3_insertion"
)
# What an alert in its own words looked at; the alerts about orders name the site at least.
_ALERTS: Final = {
    "side-chain-escape-routes": {"patient.allergies"},
    "severe-allergy": {"patient.allergies"},
    "allergy-caution": {"patient.allergies"},
    "pregnancy": {"patient.pregnant", "infection.site", "infection.SEVERITY"},
    "breast-feeding": {"patient.breast_feeding"},
    "mbl-unconfirmed": {"isolate.MBL"},
    "contact-precautions": {"isolate.MBL"},
    "severity-conflict": {"infection.SEVERITY"},
    "source-control": {"infection.site", "infection.source_control", "infection.device"},
    "anaerobic-cover": {"infection.site"},
    "off-label": {"infection.site"},
    "liver-monitoring": {"infection.site"},
    "resistance-on-therapy": {"infection.site"},
    "bacteriuria-exception": {"infection.site"},
    "aztreonam-alone": {"infection.site"},
    "crcl-near-band-edge": {"patient.RENAL"},
    "augmented-clearance": {"patient.RENAL"},
    "creatinine-unstable": {"patient.RENAL"},
    "duplicate-strategy": {"infection.site"},
    "dose-outside-band": {"infection.site"},
    "pair-not-together": {"infection.site"},
    "partner-missing": {"infection.site"},
    "polymyxin-alone": {"infection.site"},
    "polymyxin-toxicity": {"infection.site"},
    "carbapenem-alone": {"infection.site"},
    "inhibitor-combination-alone": {"infection.site"},
    "treating-colonisation": {"infection.site"},
    "cefiderocol-untested": {"infection.site"},
}
_BY_VARIANT: Final = {
    ("repeat-cultures", "caution"): {"infection.deteriorating"},
    ("repeat-cultures", "at-risk"): {
        *("infection.site", "infection.source_control", "infection.septic_shock")
    },
    ("bacteriuria-exception", "pregnant"): {"infection.site", "patient.pregnant"},
    ("bacteriuria-exception", "procedure"): {
        *("infection.site", "infection.urology_procedure_planned")
    },
    ("creatinine-unstable", "aki"): {"patient.aki_within_48h", "patient.RENAL"},
    ("creatinine-unstable", "aki-banded"): {"patient.aki_within_48h", "patient.RENAL"},
    ("creatinine-unstable", "aki-baseline-unknown"): {"patient.aki_within_48h", "patient.RENAL"},
    ("creatinine-unstable", "aki-unknown"): {"patient.aki_within_48h"},
    ("creatinine-unstable", "aki-none"): {"patient.aki_within_48h"},
    ("creatinine-unstable", "acute-or-chronic"): {
        *("infection.SEVERITY", "patient.RENAL", "patient.aki_within_48h")
    },
    ("mechanism-contradiction", "intrinsic"): {"isolate.organism"},
    ("mechanism-contradiction", "methyltransferase"): {"isolate.methyltransferase_16s"},
    ("mechanism-contradiction", "ruled-out-family"): {"isolate.mbl"},
    ("mechanism-contradiction", "carbapenem-s"): {"isolate.mbl", "panel.results.CARBAPENEM"},
    ("mechanism-contradiction", "ceftazidime-avibactam-s"): {"isolate.mbl"},
    ("result-conflict", "two-tests"): {"panel.results.PAIR"},
    ("result-conflict", "caution"): {"panel.results.ANY"},
    ("result-conflict", "zone"): {"panel.results.ANY"},
    ("off-label", "note"): {"infection.site", "hospital.region"},
    ("off-label", "no-licence"): {"infection.site", "hospital.region"},
    ("anaerobic-cover", "denied"): {
        *("infection.site", "infection.anaerobes", "infection.polymicrobial")
    },
    ("pair-renal-divergence", "replacement"): {"patient.RENAL", "patient.renal_replacement"},
    ("pair-renal-divergence", "replacement-pair-only"): {
        *("patient.RENAL", "patient.renal_replacement")
    },
    ("resistant-drug-ordered", "intrinsic"): {"isolate.organism"},
    ("mbl-unconfirmed", "immunochromatography"): {"isolate.mbl", "isolate.organism"},
}
# Alerts that also an order raises, with other facts: here what the advice looked at.
_OF_ADVICE: Final = {
    "pair-untested-e-coli": {
        *("isolate.organism", "isolate.pbp3_insertion", "panel.results.cefiderocol"),
        "panel.results.PAIR",
    },
    "tetracycline-mic": {"panel.results.tigecycline"},
}


def trace_faults(decision: Decision) -> Iterator[str]:
    """Findings of every stage that show another fact or place."""
    for finding in decision.facts.findings:
        yield from _finding_faults(finding, "assess", _ASSESS)
    if decision.scope is not None:
        yield from _finding_faults(decision.scope.finding, "scope", _SCOPE)
        if decision.scope.finding.rule != decision.scope.reason:
            yield f"scope: {decision.scope.finding.rule} for {decision.scope.reason}"
    for finding in withheld(decision.offered, decision.facts):
        yield from _withheld_faults(finding, decision)
    yield from _rank_faults(decision)
    yield from _exclusion_faults(decision)
    yield from _alert_faults(decision)


def _rank_faults(decision: Decision) -> Iterator[str]:
    for selection in decision.positions.values():
        for finding in findings_of(selection, decision.facts):
            if (finding.stage, finding.result) != ("rank", "true") or not finding.sources:
                yield f"{finding.rule}: {finding.stage}, {finding.result}, {finding.sources}"
            wanted = {"infection.site", "infection.SEVERITY"} if finding.rule == "4.5" else set()
            yield from _key_faults(finding.rule, wanted, finding.compared, strict=False)


def _alert_faults(decision: Decision) -> Iterator[str]:
    for raised in decision.raised:
        finding = finding_of(raised, decision.facts)
        if (finding.stage, finding.rule, finding.result) != ("alerts", raised.id, "true"):
            yield f"alert {raised.id}: {finding[:3]}"
        wanted = _BY_VARIANT.get((raised.id, raised.variant), _ALERTS.get(raised.id))
        if not raised.order:
            wanted = _OF_ADVICE.get(raised.id, wanted)
        if wanted is not None and raised.variant != "hazard":
            yield from _key_faults(f"alert {raised.id}", wanted, finding.compared, strict=False)


def _exclusion_faults(decision: Decision) -> Iterator[str]:
    for fate in decision.fates.values():
        for asked in fate.excluded:
            finding = hazard_finding(asked, decision.facts)
            wanted = "true" if asked.holds else "unknown"
            if (finding.stage, finding.rule, finding.result, finding.sources) != (
                *("usable", asked.hazard.id, wanted, asked.hazard.sources),
            ):
                yield f"{asked.hazard.id}: {finding.stage}, {finding.result}"


def _withheld_faults(finding: Any, decision: Decision) -> Iterator[str]:
    """A dose that is not printed shows the facts it waits for (policy section 5)."""
    drug = finding.rule.removeprefix("withheld/")
    undosed = {o.drug for offer in decision.offered for o in offer.orders if o.pending}
    if drug not in undosed or (finding.stage, finding.result) != ("dose", "true"):
        yield f"{finding.rule}: {finding.stage}, {finding.result}"
    if [(c.id, c.at) for c in finding.sources] != [("policy", "section 5, dose_pending")]:
        yield f"{finding.rule}: cites {finding.sources}"
    replaced = decision.case.patient.renal_replacement not in {None, "none"}
    wanted = {"patient.renal_replacement"} if replaced else {"patient.RENAL", "patient.weight_kg"}
    yield from _key_faults(finding.rule, wanted, finding.compared, strict=False)


def _finding_faults(finding: Any, stage: str, typed: dict[str, Any]) -> Iterator[str]:
    if finding.rule not in typed:
        yield f"{stage}: no such finding: {finding.rule}"
        return
    at, wanted = typed[finding.rule]
    if finding.stage != stage or finding.result != "true":
        yield f"{finding.rule}: {finding.stage}, {finding.result}"
    if not finding.sources or (at is not None and finding.sources[0].at != at):
        yield f"{finding.rule}: cites {finding.sources}"
    if at is not None and at[0] in "s4" and finding.sources and finding.sources[0].id != "policy":
        yield f"{finding.rule}: cites {finding.sources}"
    yield from _key_faults(finding.rule, wanted, finding.compared, strict=True)


def _key_faults(
    what: str, wanted: set[str], compared: dict[str, Any], *, strict: bool
) -> Iterator[str]:
    for key in wanted:
        pattern = _ONE_OF.get(key, re.escape(key))
        if not any(re.fullmatch(pattern, shown) for shown in compared):
            yield f"{what}: does not show {key}"
    patterns = [_ONE_OF.get(key, re.escape(key)) for key in wanted]
    for shown in compared:
        known = _BESIDE.fullmatch(shown) or any(re.fullmatch(p, shown) for p in patterns)
        if (strict and not known) or not re.fullmatch(
            r"[a-z_]+\.[a-z_0-9]+(\.[a-z+-]+(\.[a-z_]+)?)?|panel\..*", shown
        ):
            yield f"{what}: shows {shown}"


# -- the words of alerts ---------------------------------------------------------------------------

_SITES: Final = {
    "complicated-uti": "complicated urinary infection",
    "bloodstream": "bloodstream infection",
    "pneumonia": "pneumonia",
    "intra-abdominal": "intra-abdominal infection",
    "skin-soft-tissue": "skin and soft tissue infection",
    "bone-joint": "bone or joint infection",
    "endovascular": "endovascular infection",
    "cystitis": "uncomplicated cystitis",
    "colonisation": "colonisation",
    "cns": "infection of the central nervous system",
    "other": "infection at a site without a rule here",
}
_MODES: Final = {
    "intermittent-haemodialysis": "haemodialysis",
    "crrt": "CRRT",
    "peritoneal-dialysis": "peritoneal dialysis",
    "sled": "SLED",
}
_TYPE_TEST: Final = "a carbapenemase test covering NDM, VIM and IMP"
_REGIMEN: Final = (
    r"(?:aztreonam-avibactam|cefiderocol|[A-Za-z]+(?: \((?:IV|oral)\)|-[a-z]+)?"
    r"|ceftazidime-avibactam (?:\+|with) aztreonam|(?:IV|oral) fosfomycin|polymyxin B)"
)
_AMOUNT: Final = (
    r"[\d.]+(?: to [\d.]+)? (?:g|mg|million units|mg polymyxin B|units)(?: colistimethate)?"
)
_ORDER: Final = (
    r"(?:[\d.]+ g \([^)]*\) first, then |[A-Za-z ]*?[\d.]+[^,]*? first, then )?"
    r"(?:[A-Za-z -]*?)?[\d.]+(?: to [\d.]+)? (?:g|mg|million units colistimethate|mg polymyxin B)"
    r".*(?:every [\d.]+(?: to [\d.]+)? hours|once)"
    r"(?: over [\d.]+(?: to [\d.]+)? (?:hours?|minutes))?"
)
_WITHHELD: Final = r"dose withheld: [a-z ]+"
_CATEGORY: Final = r"S|I|R|SDD|NS"

# By alert and variant, then by placeholder: the words themselves, or an expression for them.
_WORDS: Final[dict[tuple[str, str], dict[str, str]]] = {
    ("anaerobic-cover", "denied"): {"hours": "48", "dose_here": r"500 mg IV every 8 hours"},
    ("anaerobic-cover", "caution"): {"hours": "48", "dose_here": r"500 mg IV every 8 hours"},
    ("anaerobic-cover", "polymicrobial"): {"hours": "48", "dose_here": r"500 mg IV every 8 hours"},
    ("anaerobic-cover", "ordered"): {
        "dose_here": r"metronidazole 500 mg IV every 8 hours over (1 hour|20 to 60 minutes)"
    },
    ("augmented-clearance", "note"): {
        "first": "48",
        "hours": "3",
        "limit": "130 mL/min",
        "dose_here": "the full dose",
    },
    ("aztreonam-alone", "note"): {"hours": "3"},
    ("aztreonam-alone", "stop"): {"hours": "48"},
    ("carbapenem-alone", "several"): {"hours": "48", "first": r"[a-z-]+(?:, [a-z-]+)* and [a-z-]+"},
    ("carbapenem-alone", "stop"): {"hours": "48", "category": rf"{_CATEGORY}|not tested"},
    ("cefiderocol-untested", "caution"): {"test": "cefiderocol by iron-depleted broth or disk"},
    ("creatinine-unstable", "aki"): {
        "hours": "48",
        "dose_here": _ORDER,
        "dose_beyond": _ORDER + ".*",
    },
    ("creatinine-unstable", "aki-banded"): {"hours": "48", "dose_here": "its banded dose"},
    ("creatinine-unstable", "aki-baseline-unknown"): {
        "hours": "48",
        "dose_here": _ORDER,
        "dose_beyond": _ORDER + ".*",
    },
    ("dose-outside-band", "aki-full-dose"): {"hours": "48", "dose_here": _ORDER},
    ("dose-outside-band", "caution"): {"limit": _AMOUNT, "value": _AMOUNT, "dose_here": _ORDER},
    ("dose-outside-band", "component-or-total"): {"value": _AMOUNT, "dose_here": _ORDER},
    ("dose-outside-band", "infusion"): {
        "first": r"1 hour|[\d.]+ hours|\d+ minutes",
        "limit": r"[\d.]+(?: to [\d.]+)? (?:hours?|minutes)",
    },
    ("dose-outside-band", "interval"): {"interval": r"1 hour|[\d.]+ hours", "dose_here": _ORDER},
    ("dose-outside-band", "stop-high"): {
        "first": r"[\d.]+",
        "limit": _AMOUNT,
        "value": _AMOUNT,
        "dose_here": _ORDER,
    },
    ("dose-outside-band", "stop-low"): {
        "first": r"\d+ %",
        "hours": "48",
        "limit": _AMOUNT,
        "value": _AMOUNT,
        "dose_here": _ORDER,
    },
    ("dose-outside-band", "stop-maximum"): {
        "limit": _AMOUNT,
        "value": _AMOUNT,
        "dose_here": f"{_ORDER}|{_WITHHELD}",
    },
    ("duplicate-strategy", "same-drug"): {
        "first": r"order \d(?:, order \d)* and order \d",
        "value": r"\d",
        "dose_here": rf"{_ORDER}|by infectious diseases",
    },
    ("inhibitor-combination-alone", "caution"): {
        "first": "meropenem|imipenem|ertapenem|doripenem|carbapenem",
        "category": rf"{_CATEGORY}|not S",
    },
    ("inhibitor-combination-alone", "stop"): {"hours": "3"},
    ("inhibitor-combination-alone", "replaced"): {"hours": "48"},
    ("inhibitor-combination-alone", "with-or-without"): {"hours": "48"},
    ("liver-monitoring", "note"): {"drug": "aztreonam with avibactam"},
    ("liver-monitoring", "six-hourly"): {"dose": "8 g"},
    ("mbl-unconfirmed", "discordant"): {"test": _TYPE_TEST},
    ("mbl-unconfirmed", "no-method"): {"test": _TYPE_TEST},
    ("mbl-unconfirmed", "previous"): {"test": _TYPE_TEST},
    ("mbl-unconfirmed", "ruled-out-previous"): {"test": _TYPE_TEST},
    ("mbl-unconfirmed", "suspected"): {"test": _TYPE_TEST},
    ("mbl-unconfirmed", "suspected-no-method"): {"test": _TYPE_TEST},
    ("mbl-unconfirmed", "suspected-proving"): {"test": _TYPE_TEST},
    ("mbl-unconfirmed", "untyped"): {"test": _TYPE_TEST},
    ("mbl-unconfirmed", "unknown"): {
        "test": _TYPE_TEST,
        "category": rf"{_CATEGORY}|not tested",
        "drug": "meropenem|imipenem|ertapenem|doripenem|carbapenem",
    },
    ("mechanism-contradiction", "carbapenem-s"): {"test": "a second carbapenemase method"},
    ("mechanism-contradiction", "ceftazidime-avibactam-s"): {
        "test": "a second carbapenemase method"
    },
    ("mechanism-contradiction", "ruled-out-family"): {"test": "a second carbapenemase method"},
    ("mechanism-contradiction", "intrinsic"): {"category": "S|I|SDD"},
    ("mechanism-contradiction", "methyltransferase"): {"category": "S|I"},
    ("pair-not-together", "infusion"): {
        "first": "ceftazidime-avibactam",
        "second": "aztreonam",
        "hours": "3",
    },
    ("pair-not-together", "starts"): {
        "first": "ceftazidime-avibactam",
        "second": "aztreonam",
        "limit": "30 minutes",
        "value": r"\d+ minutes",
    },
    ("pair-renal-divergence", "caution"): {"hours": "48", "starts": r"[45] of 6"},
    ("pair-renal-divergence", "caution-pair-only"): {"hours": "48", "starts": r"[45] of 6"},
    ("pair-renal-divergence", "replacement"): {"hours": "48", "starts": r"[45] of 6"},
    ("pair-renal-divergence", "replacement-pair-only"): {"hours": "48", "starts": r"[45] of 6"},
    ("pair-untested-e-coli", "caution"): {"test": "an aztreonam-avibactam MIC"},
    ("partner-missing", "no-dose"): {"hours": "3", "dose_here": _ORDER},
    ("repeat-cultures", "at-risk"): {
        "criterion": "an endovascular focus or device|an untested or unconfirmed regimen"
        "|no source control|shock"
    },
    ("result-conflict", "caution"): {
        "category": _CATEGORY,
        "value": f"{_CATEGORY}|not susceptible",
    },
    ("result-conflict", "zone"): {
        "category": _CATEGORY,
        "value": f"{_CATEGORY}|not susceptible",
        "first": r"[\d.]+",
    },
    ("result-conflict", "two-tests"): {
        "first": f"{_CATEGORY}|untested",
        "second": f"{_CATEGORY}|untested",
    },
    ("severity-conflict", "caution"): {
        "criterion": r"septic shock|(SOFA rise|Pitt score|INCREMENT-CPE score) \d+"
        r"|endovascular infection",
    },
    ("tetracycline-mic", "caution"): {"limit": "0.5 mg/L"},
    ("creatinine-unstable", "stale"): {"days": r"\d+ days"},
    ("creatinine-unstable", "stale-unknown"): {"days": r"\d+ days"},
    ("creatinine-unstable", "stale-none"): {"days": r"\d+ days"},
    ("treating-colonisation", "exception"): {"criterion": "obstetrics|urology"},
    ("untested-older-agent", "stop"): {"category": "not tested|pending"},
    ("untested-older-agent", "not-counted"): {
        "criterion": r"(?:reported (?:S|I|SDD)|MIC|zone).+",
    },
}
# Policy section 3, row mbl: the methods that prove, and the others, as people call them.
_METHODS: Final = {
    "pcr": "PCR",
    "sequencing": "sequencing",
    "immunochromatography": "immunochromatography",
    "mcim-ecim": "mCIM with eCIM",
    "inhibitor-panel": "an inhibitor panel",
    "other": "another method",
}


def _number(text: str, value: float | None) -> bool:
    return value is not None and abs(float(text) - value) <= 0.05 + 1e-9


def _family(decision: Decision) -> str:
    isolate = decision.case.isolate
    named = isolate.mbl_family not in {None, "unknown"} and isolate.mbl_method != "mcim-ecim"
    return isolate.mbl_family or "" if named else "MBL"


# By placeholder, for every alert: the patient's own value.
_OF_CASE: Final[dict[str, Callable[[str, Decision, Knowledge], bool]]] = {
    "site": lambda v, d, _: v == _SITES[d.case.infection.site],
    "region": lambda v, d, _: v == d.settled.region,
    "organism": lambda v, d, k: v == k.organisms[d.case.isolate.organism].name,
    "mbl": lambda v, d, _: v == f"{_family(d)} {d.facts.mbl_status}",
    "method": lambda v, d, _: v == _METHODS[d.case.isolate.mbl_method or "other"],
    "family": lambda v, d, _: v == d.case.isolate.mbl_family,
    "crcl": lambda v, d, _: _number(v, d.facts.crcl_ml_min),
    "weight": lambda v, d, _: _number(v, d.facts.kidney.weight_kg),
    "other_weight": lambda v, d, _: v in {basis for basis, _ in d.facts.other_crcl},
    "other_crcl": lambda v, d, _: any(_number(v, crcl) for _, crcl in d.facts.other_crcl),
    "culprit": lambda v, d, _: v in {a.drug for a in d.case.patient.allergies or ()},
    "reaction": lambda v, d, _: (
        v in {a.reaction or "reaction" for a in d.case.patient.allergies or ()}
    ),
    "device": lambda v, d, _: v == (d.case.infection.device or "").replace("-", " "),
    "mic": lambda v, d, _: v in {r.mic_mg_l for r in d.case.panel.results.values()},
    "drugs": lambda v, d, _: _are_regimens(v),
}


def _are_regimens(text: str) -> bool:
    if text == "what infectious diseases names":
        return True
    parts = re.split(r", | and ", text)
    return all(re.fullmatch(_REGIMEN, part) for part in parts)


_REVIEWED: Final = frozenset(
    {"mbl-unconfirmed", "mechanism-contradiction", "repeat-cultures", "source-control"}
    | {"resistance-on-therapy", "pair-untested-e-coli"}
)
_FIELDS: Final = string.Formatter()


def word_faults(decision: Decision, knowledge: Knowledge) -> Iterator[str]:
    """Alerts whose words would say something else than this patient's values."""
    yield from _hidden(decision)
    for raised in (a for first in decision.raised for a in (first, *first.more)):
        record = knowledge.alerts.get(raised.id)
        if record is None or (raised.variant != "hazard" and raised.variant not in record.texts):
            yield f"no such alert: {raised.id}, {raised.variant}"
            continue
        if raised.variant == "hazard":
            if raised.values.get("hazard") not in knowledge.hazards:
                yield f"{raised.id}: no such hazard"
            continue
        said = record.texts[raised.variant] + record.actions[raised.variant]
        for field in {name for _, name, _, _ in _FIELDS.parse(said) if name}:
            value = raised.values.get(field)
            if not isinstance(value, str) or not _fits(field, value, raised, decision, knowledge):
                yield f"{raised.id}, {raised.variant}: {field} is {value!r}"


def _hidden(decision: Decision) -> Iterator[str]:
    """Policy 6: what a hazard record cautions of an offered regimen is said, none for another."""
    for raised in decision.raised:
        all_said = [(a.values.get("hazard"), a.drug) for a in (raised, *raised.more)]
        if len(all_said) != len(set(all_said)):
            yield f"{raised.id}: said twice: {all_said}"
        if raised.tier != "caution" or raised.id == "allergy-caution":
            continue
        holds = {
            (asked.hazard.id, asked.drug or "")
            for offer in decision.offered
            for asked in offer.fate.asked
            if asked.holds and (asked.hazard.tier, asked.hazard.alert) == ("caution", raised.id)
        }
        if unsaid := holds - set(all_said):
            yield f"{raised.id}: nothing said of {sorted(unsaid)}"


def _fits(field: str, value: str, raised: Any, decision: Decision, knowledge: Knowledge) -> bool:
    typed = _WORDS.get((raised.id, raised.variant), {})
    if field in typed:
        return bool(re.fullmatch(typed[field], value))
    of_case = _OF_CASE.get(field)
    if of_case is not None:
        return of_case(value, decision, knowledge)
    if field == "distance":
        apart = abs((decision.facts.crcl_ml_min or 0) - float(raised.values["edge"]))
        return _number(value, apart) and (value != "0" or apart == 0)
    said = {"hours": {"48"}, "condition": {_condition(raised.id, decision)}}
    if raised.id in _REVIEWED:
        said |= {"first": {"48"}, "second": {"72"}}
    if (raised.id, field) == ("treating-colonisation", "drug"):
        ordered = {drug_name(p.drug) for p in decision.ordered.placed}
        return set(re.split(", | and ", value)) == ordered
    if field == "drug":
        several = raised.id == "allergy-caution" or raised.variant == "other-weight"
        named = re.split(", | and ", value) if several else [value]
        return bool(named) and set(named) <= _drugs(raised, decision, knowledge)
    return value in said[field] if field in said else bool(value.strip())


def _condition(ident: str, decision: Decision) -> str:
    if ident == "mbl-unconfirmed":  # policy 4.4: every offer is provisional, where there is one
        return "every offer is provisional" if decision.offered else "nothing is offered"
    if ident == "source-control":
        return (decision.case.infection.source_control or "not stated").replace("-", " ")
    if ident in {"pregnancy", "creatinine-unstable"}:
        said = {"severe": "severe", "non-severe": "not severe", "unknown": "treated as severe"}
        return said[decision.facts.severity]
    return _MODES.get(decision.case.patient.renal_replacement or "", "")


def _drugs(raised: Any, decision: Decision, knowledge: Knowledge) -> set[str]:
    if raised.variant == "other-weight":
        return {drug_name(order.drug) for offer in decision.offered for order in offer.orders}
    pair = "ceftazidime-avibactam with aztreonam"
    if raised.drug:
        return {pair if "+" in raised.drug else drug_name(raised.drug)}
    return {pair} | {drug_name(drug) for drug in knowledge.drugs}
