"""What each question says. Values and units are added from the model of a case."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Annotated, Final, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from ndm_advisor.cli.asking.answers import (
    YES_NO,
    Allergens,
    Answer,
    Choice,
    Day,
    Number,
    Several,
    Text,
)
from ndm_advisor.model import case as model
from ndm_advisor.model.quantities import INFECTION_RANGES, PATIENT_RANGES


class Words(NamedTuple):
    """`label` names the answer in the summary; `enter` says what an empty answer means."""

    label: str
    text: str
    help: str
    enter: str = ""


SECTIONS: Final = (
    (
        "ISOLATE",
        (
            "isolate.organism",
            "isolate.mbl",
            "isolate.mbl_family",
            "isolate.mbl_method",
            "isolate.mbl_on",
            "isolate.other_carbapenemases",
            "isolate.pbp3_insertion",
            "isolate.methyltransferase_16s",
        ),
    ),
    ("SITE AND AGE", ("infection.site", "infection.source", "patient.age_years")),
    ("RESULTS", ("panel.standard", "panel.version", "panel.results")),
    (
        "INFECTION",
        (
            "infection.severity",
            "infection.septic_shock",
            "infection.sofa_rise",
            "infection.pitt_score",
            "infection.increment_cpe_score",
            "infection.source_control",
            "infection.device",
            "infection.polymicrobial",
            "infection.anaerobes",
            "infection.active_therapy_started_on",
            "infection.deteriorating",
            "infection.urology_procedure_planned",
        ),
    ),
    (
        "PATIENT",
        (
            "patient.sex",
            "patient.weight_kg",
            "patient.height_cm",
            "patient.renal_replacement",
            "patient.residual_crcl_ml_min",
            "patient.crrt_effluent_l_h",
            "kidney",
            "patient.creatinine_measured_on",
            "patient.egfr_ml_min_1_73m2",
            "patient.aki_within_48h",
            "patient.baseline_ckd",
            "patient.child_pugh",
            "patient.pregnant",
            "patient.gestation_weeks",
            "patient.breast_feeding",
            "patient.allergies",
            "patient.medicines",
            "patient.conditions",
        ),
    ),
    ("HOSPITAL", ("hospital.stock", "hospital.guideline", "hospital.region")),
)

_RESULT_HELP: Final = (
    "The laboratory's category, its MIC in mg/L with <= or > as printed, or the zone in mm with "
    "the word zone; category and MIC together as S 0.5. Not tested is never S."
)
_STOCK_HELP: Final = (
    "yes: it can be had for the first dose. no: regimens with it are not offered. unknown: they "
    "are offered with the condition in words."
)

WORDING: Final = {
    "isolate.organism": Words(
        "organism",
        "Which organism grew?",
        "The advice is for Enterobacterales. Other bacteria are out of scope and get pointers. "
        "Names are matched whole; a name that is not known is answered with a suggestion.",
    ),
    "isolate.mbl": Words(
        "MBL",
        "Does it make a metallo-beta-lactamase (MBL), such as NDM?",
        "confirmed: a test found one. suspected: something points to one, and no test proves it. "
        "ruled-out: a test that covers NDM, VIM and IMP found none.",
    ),
    "isolate.mbl_family": Words(
        "MBL family",
        "Which family of MBL?",
        "As the test names it. An mcim-ecim test proves an MBL and does not tell its family.",
    ),
    "isolate.mbl_method": Words(
        "MBL test",
        "Which test was it?",
        "pcr, sequencing, immunochromatography and mcim-ecim prove an MBL on this isolate; after "
        "any other method it counts as suspected.",
    ),
    "isolate.mbl_on": Words(
        "isolate typed",
        "Was the test done on the current isolate or on a previous one?",
        "A previous isolate makes the MBL suspected, not confirmed.",
    ),
    "isolate.other_carbapenemases": Words(
        "other carbapenemases",
        "Which other carbapenemases were found?",
        "none says that they were tested for and not found; unknown, that they were not tested.",
    ),
    "isolate.pbp3_insertion": Words(
        "PBP3 insertion",
        "Was an insertion in PBP3 found?",
        "It matters in E. coli: it can defeat aztreonam-avibactam and the pair. "
        "unknown: not tested.",
    ),
    "isolate.methyltransferase_16s": Words(
        "16S methyltransferase",
        "Does it carry a 16S rRNA methyltransferase, such as rmtB or armA?",
        "With one, no aminoglycoside is offered, whatever its category. unknown: not tested.",
    ),
    "infection.site": Words(
        "site",
        "Where is the infection?",
        "cystitis: bladder only, no fever. complicated-uti: pyelonephritis included. "
        "colonisation: carried, no infection.",
    ),
    "infection.source": Words(
        "source",
        "What is the source of the bloodstream infection?",
        "It decides which breakpoints are read and what stands beside the regimen.",
    ),
    "patient.age_years": Words(
        "age", "How old is the patient?", "In completed years. unknown: an adult is assumed."
    ),
    "panel.standard": Words(
        "standard",
        "By which standard are the results read?",
        "The one the laboratory names on its report. Without it MICs and zones are not read.",
    ),
    "panel.version": Words(
        "version",
        "Which version of the standard?",
        "The year on the report. MICs are not read by a version that is not held.",
        enter="newest held",
    ),
    "panel.results": Words("results", "", _RESULT_HELP),
    "panel.results.ceftazidime-avibactam+aztreonam": Words(
        "ceftazidime-avibactam with aztreonam",
        "Ceftazidime-avibactam and aztreonam tested together: the category?",
        "The laboratory's category of the two tested together. Results of the two drugs apart "
        "never stand for it. " + _RESULT_HELP,
    ),
    "panel.results.ceftazidime-avibactam+aztreonam.method": Words(
        "method of the combined test",
        "By which method were the two tested together?",
        "S counts by broth-disk-elution or strip-stacking. disk-proximity shows synergy, not S.",
    ),
    "another": Words(
        "another drug",
        "Another drug with a result?",
        "The generic name, a brand or the standard's code. One at a time; Enter when there is "
        "none left. What plays no part in the decision is kept and listed as not used.",
    ),
    "infection.severity": Words(
        "severity",
        "Is the patient severely ill?",
        "Unknown is handled as severe, at cystitis as not severe. Septic shock and the scores "
        "asked next decide it too.",
    ),
    "infection.septic_shock": Words(
        "septic shock", "Septic shock?", "With it the infection counts as severe."
    ),
    "infection.sofa_rise": Words(
        "SOFA rise",
        "By how many points has the SOFA score risen?",
        "The rise over the score before the infection.",
    ),
    "infection.pitt_score": Words("Pitt score", "Pitt bacteraemia score?", "Bloodstream only."),
    "infection.increment_cpe_score": Words(
        "INCREMENT-CPE score", "INCREMENT-CPE score?", "Bloodstream only."
    ),
    "infection.source_control": Words(
        "source control",
        "Source control: drainage, surgery, a catheter out?",
        "not-needed is an answer; unknown is said in the advice.",
    ),
    "infection.device": Words(
        "device",
        "A device at the site of infection?",
        "none is an answer; unknown is said in the advice.",
    ),
    "infection.polymicrobial": Words(
        "other organisms",
        "Did other organisms grow as well?",
        "They are not treated here: the advice says what the regimens do not cover.",
    ),
    "infection.anaerobes": Words(
        "anaerobes",
        "Anaerobes known or suspected?",
        "They decide whether metronidazole stands beside the regimen.",
    ),
    "infection.active_therapy_started_on": Words(
        "active therapy since",
        "Since when has active therapy been running?",
        "The first day of a drug that is active on this isolate; Enter if there is none yet.",
    ),
    "infection.deteriorating": Words(
        "deteriorating",
        "Is the patient getting worse under treatment?",
        "Then cultures and the decisive tests are asked for again.",
    ),
    "infection.urology_procedure_planned": Words(
        "urological procedure",
        "Is a urological procedure with mucosal trauma planned?",
        "Bacteria in urine without symptoms are treated before one, and in pregnancy.",
    ),
    "patient.sex": Words("sex", "Sex?", "Used by Cockcroft-Gault and ideal weight."),
    "patient.weight_kg": Words("weight", "Weight?", "The actual weight."),
    "patient.height_cm": Words(
        "height", "Height?", "Without it the actual weight is used, and the advice says so."
    ),
    "patient.renal_replacement": Words(
        "renal replacement",
        "Renal replacement?",
        "none is an answer. On renal replacement creatinine and its clearance are not used.",
    ),
    "patient.residual_crcl_ml_min": Words(
        "residual clearance",
        "Residual creatinine clearance?",
        "What the patient's own kidneys still clear between sessions.",
    ),
    "patient.crrt_effluent_l_h": Words(
        "CRRT effluent",
        "Effluent rate of the CRRT?",
        "Litres per hour in total: 2500 mL/h are 2.5.",
    ),
    "kidney": Words(
        "kidney function by",
        "How is kidney function given?",
        "A clearance is used as it is. From creatinine it is worked out by Cockcroft-Gault with "
        "age, sex and weight. eGFR is a different quantity and is not taken here.",
    ),
    "patient.crcl_ml_min": Words(
        "creatinine clearance",
        "Creatinine clearance?",
        "Measured or by Cockcroft-Gault. Not eGFR, which is per 1.73 m2.",
    ),
    "patient.creatinine_umol_l": Words(
        "creatinine",
        "Serum creatinine in micromol/L?",
        "Micromol/L is about 88 times the value in mg/dL.",
    ),
    "patient.creatinine_mg_dl": Words(
        "creatinine",
        "Serum creatinine in mg/dL?",
        "A value in micromol/L is about 88 times as high.",
    ),
    "patient.creatinine_measured_on": Words(
        "creatinine measured on",
        "On which day was the creatinine measured?",
        "An old value raises a caution to measure again.",
    ),
    "patient.egfr_ml_min_1_73m2": Words(
        "eGFR", "eGFR?", "Used for nitrofurantoin in the EU alone, never in place of a clearance."
    ),
    "patient.aki_within_48h": Words(
        "acute kidney injury",
        "Acute kidney injury within the last 48 hours?",
        "With it the dose of the band and the full dose are both shown, and a person chooses.",
    ),
    "patient.baseline_ckd": Words(
        "chronic kidney disease", "Was kidney function reduced before?", "Chronic kidney disease."
    ),
    "patient.child_pugh": Words(
        "Child-Pugh", "Child-Pugh class?", "Only with liver cirrhosis; Enter without it."
    ),
    "patient.pregnant": Words(
        "pregnant", "Is the patient pregnant?", "Pregnancy changes which regimens are offered."
    ),
    "patient.gestation_weeks": Words(
        "week of pregnancy", "Completed weeks of pregnancy?", "Some drugs are excluded by week."
    ),
    "patient.breast_feeding": Words(
        "breast-feeding", "Is the patient breast-feeding?", "A note for each drug offered."
    ),
    "patient.allergies": Words(
        "allergies",
        "Allergies to drugs?",
        "A drug or a group, such as penicillin. none says that there are none; Enter, that it is "
        "not known. The reaction to each is asked next.",
    ),
    "patient.allergies.reaction": Words(
        "reaction", "What was the reaction to {drug}?", "For example anaphylaxis or rash."
    ),
    "patient.allergies.severity": Words(
        "severity",
        "How severe was the reaction to {drug}?",
        "Enter lets the words of the reaction decide; without any it is unknown.",
        enter="by the reaction",
    ),
    "patient.medicines": Words(
        "medicines",
        "Which other medicines are being taken?",
        "Generic names. Those without a rule are listed under not assessed. none says that there "
        "are none; Enter, that it is not known.",
    ),
    "patient.conditions": Words(
        "conditions",
        "Which of these conditions does the patient have?",
        "Several with commas between them. none says that there are none; Enter, that it is not "
        "known.",
    ),
    "hospital.stock": Words("stock", "Is {drug} in stock?", _STOCK_HELP),
    "hospital.guideline": Words(
        "guideline",
        "By which guideline?",
        "The answer is worked out under all three and says when they disagree; this one ranks.",
    ),
    "hospital.region": Words(
        "region", "Whose drug labels?", "The labels of this region give the doses."
    ),
}

# Lists that name what they hold; everything else says it by its values, its range or its form.
_LISTS: Final[dict[str, Answer]] = {
    "isolate.organism": Text("Genus and species, for example Escherichia coli or E. coli."),
    "isolate.other_carbapenemases": Several("For example KPC, OXA-48-like; or none."),
    "patient.allergies.reaction": Text("In words."),
    "patient.allergies": Allergens("Names with commas between them, or none."),
    "patient.medicines": Several("Names with commas between them, or none."),
}
_CONDITIONS_HINT: Final = "Several with commas, or none:"
_NOT_OFFERED: Final = "unknown"  # the word for it is understood everywhere

_MODELS: Final[dict[str, type[BaseModel]]] = {
    "": model.Case,
    "isolate": model.Isolate,
    "panel": model.Panel,
    "panel.results": model.PanelResult,
    "infection": model.Infection,
    "patient": model.Patient,
    "patient.allergies": model.Allergy,
    "hospital": model.Hospital,
    "orders": model.Order,
}


@cache
def answer_of(key: str) -> Answer:
    """The kind of answer a key of the case takes: as the model has it."""
    if key in _LISTS:
        return _LISTS[key]
    if key.startswith("panel.results."):
        table, field = "panel.results", key.rpartition(".")[2]
    else:
        table, _, field = key.rpartition(".")
    limits = (PATIENT_RANGES | INFECTION_RANGES).get(field)
    if limits is not None:
        return Number(limits)
    types = _types_of(table, field)
    if bool in types:
        return YES_NO
    if date in types:
        return Day()
    values = tuple(str(leaf) for leaf in types if isinstance(leaf, str) and leaf != _NOT_OFFERED)
    if tuple in types:
        return Several(_CONDITIONS_HINT, values)
    return Choice(values)


def values_of(key: str) -> tuple[str, ...]:
    """The words a key of the case may hold, as the file writes them; none for free text."""
    table, _, field = key.rpartition(".")
    types = _types_of(table, field)
    if bool in types and dict not in types:
        return ("true", "false")
    return tuple(str(leaf) for leaf in types if isinstance(leaf, str | int))


def _types_of(table: str, field: str) -> list[object]:
    return _leaves(_MODELS[table].model_fields[field].annotation)


def _leaves(annotation: object) -> list[object]:
    """The values and plain types an annotation is made of."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if get_origin(annotation) is Annotated:
        return _leaves(get_args(annotation)[0])
    parts = get_args(annotation)
    origin = get_origin(annotation)
    own: list[object] = [origin] if origin in {tuple, dict} else []
    if not parts:
        return [annotation]
    return own + [leaf for part in parts for leaf in _leaves(part)]
