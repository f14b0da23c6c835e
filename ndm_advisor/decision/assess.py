"""Case and susceptibilities to Facts: every fact of policy section 3, before any choice."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from ndm_advisor.decision import allergy, renal
from ndm_advisor.decision.interpret import PAIR_TEST, Reading, indication_of, interpret
from ndm_advisor.model import words
from ndm_advisor.model.answer import Cited, Finding, Kidney, Scalar, Truth
from ndm_advisor.model.case import Allergy, Case, Medicine, Order, PanelResult
from ndm_advisor.model.facts import CARBAPENEMS, AllergyFinding, DrugFacts, Facts, Susceptibility
from ndm_advisor.model.knowledge import Knowledge, Organism, Settings
from ndm_advisor.model.names import fold
from ndm_advisor.model.words import number

_METHODS: Final = frozenset({"pcr", "sequencing", "immunochromatography", "mcim-ecim"})
_NAMED_FAMILIES: Final = frozenset({"NDM", "VIM", "IMP", "other"})
_NOT_INVASIVE: Final = frozenset({"cystitis", "colonisation"})
_PROVING_PAIR_METHODS: Final = frozenset({"broth-disk-elution", "strip-stacking"})
_FAMILY_BLIND: Final = frozenset({"mcim-ecim"})
_FALSE_NDM_GENERA: Final = frozenset({"Proteus", "Morganella", "Providencia"})
_SCALARS: Final = frozenset({str, bool, int, float})
AMINOGLYCOSIDES: Final = ("amikacin", "gentamicin", "tobramycin", "plazomicin")


class _Severity(NamedTuple):
    value: str
    conflict: str | None
    criteria: dict[str, Scalar]


class _Mbl(NamedTuple):
    status: str
    carbapenem: str
    findings: tuple[Finding, ...]


def assess(case: Case, knowledge: Knowledge, *, guideline: str, region: str, on: date) -> Facts:
    """Compute every fact once for a case.

    Args:
        case: a validated case.
        knowledge: the base.
        guideline: the chosen profile id; the region and all facts are settled for it.
        region: "EU" or "US".
        on: the date of advice.
    """
    settings = knowledge.settings
    organism = knowledge.organisms[case.isolate.organism]
    severity = _severity(case, settings)
    reading = _reading(case, severity.value)
    results = interpret(case, reading, knowledge)
    mbl = _mbl(case, results, organism)
    allergies, strangers = allergy.judge(case.patient.allergies or (), region, knowledge)
    kidney, other_crcl, ideal = _kidney(case, on, settings)
    pair, pair_findings = _aztreonam_support(results)
    fdc = _cefiderocol_support(results)
    pbp3 = case.isolate.pbp3_insertion
    classes, no_rule = _medicines(case, knowledge)
    patient, infection = case.patient, case.infection
    replaced = patient.renal_replacement
    # EU: aztreonam alone is contraindicated in pregnancy by the UK label (policy 4.8).
    pregnant_eu = patient.pregnant is True and region == "EU"
    severe_allergies = [f for f in allergies if f.severity == "severe"]
    return Facts(
        guideline=guideline,
        region=region,
        on=on,
        organism=organism.id,
        organism_name=organism.name,
        organism_group=organism.group,
        genus=organism.genus,
        is_e_coli=organism.group == "e-coli",
        mbl_status=mbl.status,
        mbl_confirmed=mbl.status == "confirmed",
        mbl_stated=case.isolate.mbl or "unknown",
        mbl_method=case.isolate.mbl_method,
        mbl_on_previous=case.isolate.mbl_on == "previous",
        mbl_in_play=mbl.status in {"confirmed", "suspected", "discordant"},
        mbl_ruled_out=mbl.status == "ruled-out",
        mbl_family=_family(case),
        family_is_ndm=_family(case) == "NDM",
        carbapenem=mbl.carbapenem,
        aztreonam_support=pair,
        cefiderocol_support=fdc,
        cefiderocol_standard=results["cefiderocol"].standard if "cefiderocol" in results else None,
        pbp3_insertion=pbp3,
        pbp3_known=None if pbp3 is None else pbp3 != "none",
        methyltransferase_16s=case.isolate.methyltransferase_16s,
        site=infection.site,
        invasive=infection.site not in _NOT_INVASIVE,
        source=infection.source,
        urinary_reading=reading.indication in {"urinary", "uncomplicated"},
        severity=severity.value,
        severe=severity.value != "non-severe",
        severity_conflict=severity.conflict,
        septic_shock=infection.septic_shock,
        source_control=infection.source_control,
        device=infection.device,
        polymicrobial=infection.polymicrobial,
        anaerobes=infection.anaerobes,
        deteriorating=infection.deteriorating,
        urology_procedure=infection.urology_procedure_planned,
        age_years=patient.age_years,
        sex=patient.sex,
        weight_kg=patient.weight_kg,
        ideal_weight_kg=ideal,
        kidney=kidney,
        crcl_ml_min=kidney.crcl_ml_min,
        other_crcl=other_crcl,
        egfr=patient.egfr_ml_min_1_73m2,
        egfr_given=patient.egfr_ml_min_1_73m2 is not None,
        renal_replacement=replaced,
        on_renal_replacement=None if replaced is None else replaced != "none",
        residual_crcl_ml_min=patient.residual_crcl_ml_min,
        effluent_l_h=patient.crrt_effluent_l_h,
        aki_within_48h=patient.aki_within_48h,
        baseline_ckd=patient.baseline_ckd,
        creatinine_days=kidney.age_of_creatinine_days,
        child_pugh=patient.child_pugh,
        pregnant=patient.pregnant,
        pregnancy_in_play=_pregnancy(case, settings),
        pregnant_eu=pregnant_eu,
        gestation_weeks=patient.gestation_weeks,
        gestation_known=patient.gestation_weeks is not None,
        breast_feeding=patient.breast_feeding,
        proven_first=organism.group == "e-coli"
        and (severity.value != "non-severe" or pbp3 not in {None, "none"})
        and not pregnant_eu,
        pair_divergence=replaced == "intermittent-haemodialysis"
        or (
            kidney.crcl_ml_min is not None
            and kidney.crcl_ml_min <= settings.divergence_crcl_at_most
        ),
        allergies_given=patient.allergies is not None,
        allergy_findings=allergies,
        severe_side_chain=None
        if patient.allergies is None
        else any(f.of_side_chain for f in severe_allergies),
        severe_beta_lactam=None
        if patient.allergies is None
        else any(f.reason != "class" for f in severe_allergies),
        unknown_allergens=strangers,
        medicine_classes=classes,
        medicines=None if patient.medicines is None else _medicine_texts(case),
        medicines_without_rule=no_rule,
        conditions=None if patient.conditions is None else frozenset(patient.conditions),
        aztreonam_interval_h=case.hospital.aztreonam_interval_h
        or settings.pair_aztreonam_interval_h,
        susceptibilities=results,
        of_drug=_of_drug(case, knowledge, results, allergies, organism),
        given=given_values(case),
        findings=(
            *mbl.findings,
            *_severity_findings(severity),
            *pair_findings,
            *_row_findings(results, organism),
            *_methyltransferase_findings(case, results),
        ),
    )


def _reading(case: Case, severity: str) -> Reading:
    panel = case.panel
    return Reading(
        organism=case.isolate.organism,
        indication=indication_of(case.infection.site, case.infection.source, severity),
        standard=panel.standard,
        version=panel.version,
    )


def given_values(case: Case) -> dict[str, Scalar]:
    """Every answer of the case by dotted key; lists as joined text, absent keys absent."""
    flat: dict[str, Scalar] = {}
    _flatten("", case.__dict__, flat)
    return flat


def _flatten(prefix: str, fields: Mapping[str, Any], into: dict[str, Scalar]) -> None:
    # Fields are read where they lie: to dump a model first takes longer than all of this.
    for key, item in fields.items():
        if item is None:
            continue
        kind = type(item)
        if kind in _SCALARS:
            into[prefix + key] = item
        elif kind is tuple:
            into[prefix + key] = ", ".join(map(_item_text, item))
        elif kind is date:
            into[prefix + key] = item.isoformat()
        elif kind is PanelResult:
            _row(prefix + key, item, into)
        else:
            _flatten(f"{prefix}{key}.", item if kind is dict else item.__dict__, into)


def _row(key: str, row: PanelResult, into: dict[str, Scalar]) -> None:
    """A panel row as one value, and each of its parts."""
    if text := _row_text(row):
        into[key] = text
    for part, value in row.__dict__.items():
        if value is not None:
            into[f"{key}.{part}"] = value


def _row_text(row: PanelResult) -> str:
    """A panel row as one value: category, MIC, zone in mm."""
    parts = [part for part in (row.category, row.mic_mg_l) if part is not None]
    if row.zone_mm is not None:
        parts.append(f"{number(row.zone_mm)} mm")
    return " ".join(parts)


def _item_text(item: object) -> str:
    if isinstance(item, (Allergy, Medicine, Order)):
        shown = item.model_dump(mode="json", exclude_none=True)
        return " ".join(str(value) for key, value in shown.items() if key != "drug_id")
    return str(item)


# -- severity ------------------------------------------------------------------------------------


def _severity(case: Case, settings: Settings) -> _Severity:
    """Severe if stated or any criterion holds; a stated non-severe is overridden and said."""
    infection = case.infection
    criteria = dict(_criteria(case, settings))
    stated = infection.severity
    if criteria:
        words = ", ".join(criteria) if stated == "non-severe" else None
        return _Severity("severe", words, criteria)
    if stated is not None:
        return _Severity(stated, None, {})
    return _Severity("non-severe" if infection.site == "cystitis" else "unknown", None, {})


def _criteria(case: Case, settings: Settings) -> Iterable[tuple[str, Scalar]]:
    infection = case.infection
    if infection.septic_shock:
        yield "infection.septic_shock", True
    if (infection.sofa_rise or 0) >= settings.severe_sofa_rise:
        yield "infection.sofa_rise", infection.sofa_rise
    if infection.site == "bloodstream":
        if (infection.increment_cpe_score or 0) >= settings.severe_increment_cpe:
            yield "infection.increment_cpe_score", infection.increment_cpe_score
        if (infection.pitt_score or 0) >= settings.severe_pitt:
            yield "infection.pitt_score", infection.pitt_score
    if infection.site == "endovascular":
        yield "infection.site", infection.site


def _severity_findings(severity: _Severity) -> tuple[Finding, ...]:
    if not severity.criteria:
        return ()
    rule = "severity-conflict" if severity.conflict else "severity"
    source = (Cited("policy", "section 3, severity"),)
    return (_finding(rule, "true", severity.criteria, source),)


# -- MBL -----------------------------------------------------------------------------------------


def carbapenem_state(results: dict[str, Susceptibility]) -> str:
    """none-tested, all-s or some-not-s over the carbapenems that have a result.

    A result S means S in its standard; EUCAST I is not S. A reported S that counts as untested
    (no breakpoint) is no result; an MIC that is no category but can only be I or R is not S.
    """
    held = [results[d] for d in CARBAPENEMS if d in results]
    used = [r.used for r in held if r.used != "untested" or r.not_susceptible]
    if not used:
        return "none-tested"
    return "all-s" if all(u == "S" for u in used) else "some-not-s"


def _family(case: Case) -> str | None:
    """The family named; mcim-ecim proves an MBL, not its family."""
    family = case.isolate.mbl_family
    if family is None or family == "unknown" or case.isolate.mbl_method in _FAMILY_BLIND:
        return None
    return family


def _mbl(case: Case, results: dict[str, Susceptibility], organism: Organism) -> _Mbl:
    isolate = case.isolate
    carbapenem = carbapenem_state(results)
    stated: str = isolate.mbl or "unknown"
    findings: list[Finding] = []
    values: dict[str, Scalar] = {
        "isolate.mbl": isolate.mbl,
        "isolate.mbl_method": isolate.mbl_method,
    }
    source = (Cited("policy", "section 3, mbl"),)
    status = stated
    if stated == "unknown" and carbapenem == "some-not-s":
        status = "suspected"
        tested: dict[str, Scalar] = {
            f"panel.results.{d}": results[d].used for d in CARBAPENEMS if d in results
        }
        findings.append(_finding("mbl-unknown-carbapenem", "true", {**values, **tested}, source))
    elif stated == "confirmed":
        status, extra = _confirmed(case, results, carbapenem)
        if status != "confirmed":
            findings.append(_finding(f"mbl-{status}", "true", {**values, **extra}, source))
    elif stated == "ruled-out" and isolate.mbl_family in _NAMED_FAMILIES:
        status = "discordant"
        named: dict[str, Scalar] = {**values, "isolate.mbl_family": isolate.mbl_family}
        findings.append(_finding("mbl-discordant", "true", named, source))
    if isolate.mbl_method == "immunochromatography" and organism.genus in _FALSE_NDM_GENERA:
        band: dict[str, Scalar] = {**values, "isolate.organism": organism.name}
        findings.append(
            _finding("false-ndm-band", "true", band, (Cited("NG523", "false-positive NDM band"),))
        )
    return _Mbl(status, carbapenem, tuple(findings))


def _confirmed(
    case: Case, results: dict[str, Susceptibility], carbapenem: str
) -> tuple[str, dict[str, Scalar]]:
    """What a stated confirmation is worth: confirmed, suspected or discordant, and why."""
    isolate = case.isolate
    if isolate.mbl_method not in _METHODS:
        return "suspected", {}
    if isolate.mbl_on == "previous":
        return "suspected", {"isolate.mbl_on": "previous"}
    against: dict[str, Scalar] = {}
    if carbapenem == "all-s":
        against = {f"panel.results.{d}": results[d].used for d in CARBAPENEMS if d in results}
    partner = results.get("ceftazidime-avibactam")
    if partner is not None and partner.used == "S":
        against["panel.results.ceftazidime-avibactam"] = "S"
    return ("discordant", against) if against else ("confirmed", {})


# -- support -------------------------------------------------------------------------------------


def _aztreonam_support(results: dict[str, Susceptibility]) -> tuple[str, tuple[Finding, ...]]:
    """Whether a result speaks for aztreonam with avibactam; single-drug rows never count."""
    product, pair = results.get("aztreonam-avibactam"), results.get(PAIR_TEST)
    against = [r for r in (product, pair) if r is not None and _is_against(r)]
    speaking = [r for r in (product, pair) if r is not None and _is_for(r)]
    source = (Cited("policy", "section 3, aztreonam_support"),)
    values: dict[str, Scalar] = {r.key: r.used for r in (*against, *speaking)}
    if against and speaking:
        return "resistant", (_finding("tests-disagree", "true", values, source),)
    if against:
        return "resistant", (_finding("aztreonam-support-resistant", "true", values, source),)
    return ("susceptible" if speaking else "untested"), ()


def _is_against(result: Susceptibility) -> bool:
    if result.used in {"R", "NS"}:
        return True
    if result.drug == PAIR_TEST:
        return False
    # Intermediate is against by CLSI, and by FDA, which uses the word in the same sense; an edition
    # without a breakpoint takes an S back, not the warning.
    category = result.reported if result.used == "untested" else result.used
    intermediate = category in {"I", "SDD"} and result.standard in {"CLSI", "FDA"}
    return intermediate or (result.used == "untested" and result.not_susceptible)


def _is_for(result: Susceptibility) -> bool:
    if result.used != "S":
        return False
    return result.drug != PAIR_TEST or result.method in _PROVING_PAIR_METHODS


def _cefiderocol_support(results: dict[str, Susceptibility]) -> str:
    result = results.get("cefiderocol")
    if result is None:
        return "untested"
    if result.used == "S":
        return "susceptible"
    if result.used in {"I", "SDD", "R", "NS"} or result.not_susceptible:
        return "not-susceptible"
    return "untested"


def _row_findings(results: dict[str, Susceptibility], organism: Organism) -> tuple[Finding, ...]:
    found = []
    for result in results.values():
        values: dict[str, Scalar] = {
            result.key: result.reported or (result.mic.text if result.mic else None)
        }
        if result.intrinsic and result.reported in {"S", "I", "SDD"}:
            values["isolate.organism"] = organism.name
            found.append(_finding("intrinsic-contradiction", "true", values, result.sources))
        if result.conflict:
            found.append(_finding("result-conflict", "true", values, result.sources))
    return tuple(found)


def _methyltransferase_findings(
    case: Case, results: dict[str, Susceptibility]
) -> tuple[Finding, ...]:
    if not case.isolate.methyltransferase_16s:
        return ()
    values: dict[str, Scalar] = {
        results[d].key: results[d].reported
        for d in AMINOGLYCOSIDES
        if d in results and results[d].used in {"S", "I"}
    }
    if not values:
        return ()
    values["isolate.methyltransferase_16s"] = True
    source = (Cited("NDM-16S-IE-2025", "dosing dossier section 15"),)
    return (_finding("methyltransferase-contradiction", "true", values, source),)


# -- kidney --------------------------------------------------------------------------------------


def _kidney(
    case: Case, on: date, settings: Settings
) -> tuple[Kidney, tuple[tuple[str, float], ...], float | None]:
    """CrCl as given or computed, the other weights' results, and the ideal weight."""
    patient = case.patient
    measured = patient.creatinine_measured_on
    days = None if measured is None else (on - measured).days
    ideal = _ideal(case)
    if patient.renal_replacement not in {None, "none"}:
        mode = words.RENAL_REPLACEMENTS[str(patient.renal_replacement)]
        text = f"{mode}: creatinine clearance is not used"
        return Kidney(None, "renal-replacement", None, None, days, text), (), ideal
    by_weight = _computed(case, ideal, settings)
    if patient.crcl_ml_min is not None:
        text = (
            f"CrCl {number(patient.crcl_ml_min)} mL/min (given){_beside(case, by_weight, settings)}"
        )
        return Kidney(patient.crcl_ml_min, "given", None, None, days, text), (), ideal
    if not by_weight:
        return Kidney(None, "unknown", None, None, days, "CrCl not known"), (), ideal
    (basis, weight, crcl), *others = by_weight
    short = patient.height_cm is not None and renal.is_below_devine(patient.height_cm)
    by = f"Cockcroft-Gault, {basis} weight {number(weight, 1)} kg"
    text = f"CrCl {number(crcl, 1)} mL/min ({by})"
    if short and basis != "actual":
        text = f"{text}; ideal weight is extrapolated below 60 inches"
    kidney = Kidney(crcl, "cockcroft-gault", weight, basis, days, text)
    return kidney, tuple((b, c) for b, _, c in others), ideal


def _ideal(case: Case) -> float | None:
    patient = case.patient
    if patient.height_cm is None or patient.sex is None:
        return None
    return renal.ideal_weight_kg(height_cm=patient.height_cm, sex=patient.sex)


def _weights(case: Case, ideal: float | None, settings: Settings) -> list[tuple[str, float]]:
    """The weight that counts first, then the others of dosing dossier 1.2."""
    actual = case.patient.weight_kg
    if actual is None:
        return []
    if ideal is None or actual <= ideal:
        return [("actual", actual)]
    if actual <= settings.ideal_weight_ratio * ideal:
        return [("actual", actual), ("ideal", ideal)]
    share = settings.adjusted_weight_share
    adjusted = renal.adjusted_weight_kg(actual_kg=actual, ideal_kg=ideal, share=share)
    return [("adjusted", adjusted), ("actual", actual), ("ideal", ideal)]


def _computed(
    case: Case, ideal: float | None, settings: Settings
) -> list[tuple[str, float, float]]:
    """(weight basis, weight, CrCl) for every weight, the one that counts first."""
    patient = case.patient
    creatinine = patient.creatinine_mg_dl
    if creatinine is None and patient.creatinine_umol_l is not None:
        creatinine = renal.mg_dl_from_umol_l(patient.creatinine_umol_l)
    if creatinine is None or patient.age_years is None or patient.sex is None:
        return []
    return [
        (
            basis,
            weight,
            renal.creatinine_clearance_ml_min(
                age_years=patient.age_years,
                weight_kg=weight,
                creatinine_mg_dl=creatinine,
                female=patient.sex == "female",
            ),
        )
        for basis, weight in _weights(case, ideal, settings)
    ]


def _beside(case: Case, by_weight: list[tuple[str, float, float]], settings: Settings) -> str:
    """The computed value beside a given one when they differ by more than the allowed share."""
    given = case.patient.crcl_ml_min
    if given is None or not by_weight:
        return ""
    basis, _, crcl = by_weight[0]
    if abs(crcl - given) <= settings.crcl_difference * given:
        return ""
    return f"; Cockcroft-Gault with {basis} weight gives {number(round(crcl, 1))} mL/min: check"


# -- patient and hospital ------------------------------------------------------------------------


def _pregnancy(case: Case, settings: Settings) -> bool | None:
    """Pregnant, not pregnant, or unknown; not in play for men and outside the ages asked."""
    patient = case.patient
    if patient.pregnant is not None:
        return patient.pregnant
    if patient.sex == "male":
        return False
    if patient.age_years is None:
        return None
    low, high = settings.pregnancy_asked_years
    return None if low <= patient.age_years <= high else False


def _medicine_texts(case: Case) -> tuple[str, ...]:
    return tuple(m.drug for m in case.patient.medicines or ())


def _medicines(case: Case, knowledge: Knowledge) -> tuple[frozenset[str] | None, tuple[str, ...]]:
    """The rule classes of the patient's medicines, and those without a rule."""
    if case.patient.medicines is None:
        return None, ()
    classes: set[str] = set()
    strangers = []
    for text in _medicine_texts(case):
        found = knowledge.medicines.classes.get(fold(text))
        if found is None:
            strangers.append(text)
        else:
            classes |= set(found)
    return frozenset(classes), tuple(strangers)


def _of_drug(
    case: Case,
    knowledge: Knowledge,
    results: dict[str, Susceptibility],
    allergies: tuple[AllergyFinding, ...],
    organism: Organism,
) -> dict[str, DrugFacts]:
    stock = case.hospital.stock
    severe, milder = _cells_by_drug(allergies)
    clear = None if case.patient.allergies is None else "clear"
    facts = {}
    ordered = (o.drug_id for o in case.orders if o.drug_id in knowledge.drugs)
    for drug in dict.fromkeys((*knowledge.strategy_drugs, *ordered)):
        result = results.get(drug)
        facts[drug] = DrugFacts(
            drug,
            result.used if result else "untested",
            result.active if result else False,
            result.high_dose if result else False,
            drug in organism.intrinsic,
            stock.get(drug),
            allergy.worst(severe[drug]) if drug in severe else clear,
            allergy.worst(milder[drug]) if drug in milder else clear,
        )
    return facts


_Cells = dict[str, list[str]]


def _cells_by_drug(allergies: tuple[AllergyFinding, ...]) -> tuple[_Cells, _Cells]:
    """What the allergy entries say of each drug: after severe reactions, and after others."""
    severe: _Cells = {}
    milder: _Cells = {}
    for found in allergies:
        cells = severe if found.severity == "severe" else milder
        cells.setdefault(found.drug, []).append(found.cell)
    return severe, milder


def _finding(
    rule: str, result: Truth, values: dict[str, Scalar], sources: tuple[Cited, ...]
) -> Finding:
    return Finding("assess", rule, result, values, sources)
