"""The questions in clinical order, and which of them matter for what is known so far.

Values come from the model of a case, ranges from its quantities, drugs and versions from the
knowledge base: nothing clinical is written here. A question is left out only where its key has no
effect beside the answers before it (interface section 1), or the outcome is settled (policy 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ndm_advisor.cli.asking.answers import (
    YES_NO,
    Answer,
    Choice,
    DrugName,
    Menu,
    Result,
)
from ndm_advisor.cli.asking.known import Known, Path
from ndm_advisor.cli.asking.wording import SECTIONS, WORDING, Words, answer_of
from ndm_advisor.model.case import COMBINED_TEST
from ndm_advisor.model.facts import CARBAPENEMS
from ndm_advisor.model.mic import NO_RESULT
from ndm_advisor.model.quantities import PATIENT_RANGES
from ndm_advisor.model.words import drug_name

COLONISATION: Final = "colonisation"
CARBAPENEMS_S: Final = "carbapenems-all-S"
KIDNEY: Final = "kidney"
ANOTHER: Final = "another."
_KIDNEY_KEYS: Final = ("crcl_ml_min", "creatinine_umol_l", "creatinine_mg_dl")
_KIDNEY_NAMES: Final = {"crcl_ml_min": "creatinine clearance"}


class Question(NamedTuple):
    """One question. `key` names it; `path` is its place in the case.

    `enter` says what an empty answer means. `skip` is why it is not asked, "" when it is;
    `is_end` when that is the outcome and not another answer: then what stands there stays.
    """

    key: str
    path: Path
    section: str
    label: str
    text: str
    help: str
    answer: Answer
    enter: str = "unknown"
    required: bool = False
    skip: str = ""
    is_end: bool = False


# -- when a key has no effect: the reason, or "" --


def _mbl_known(known: Known) -> str:
    return "" if known.at("isolate", "mbl") is not None else "MBL status unknown"


def _mbl_found(known: Known) -> str:
    is_found = known.at("isolate", "mbl") in {"confirmed", "suspected"}
    return "" if is_found else "no MBL named"


def _e_coli(known: Known) -> str:
    return "" if known.facts().is_e_coli else "not E. coli"  # policy 3, aztreonam_support


def _bloodstream(known: Known) -> str:
    is_blood = known.at("infection", "site") == "bloodstream"
    return "" if is_blood else "not a bloodstream infection"


def _severity_open(known: Known) -> str:
    return "severe already" if known.at("infection", "severity") == "severe" else ""


def _scores_open(known: Known) -> str:
    shock = known.at("infection", "septic_shock") is True
    return "severe already" if shock else _severity_open(known)


def _blood_scores_open(known: Known) -> str:
    return _bloodstream(known) or _scores_open(known)


def _anaerobes(known: Known) -> str:
    # policy 6, anaerobic-cover
    is_mixed = known.at("infection", "polymicrobial") is True
    is_abdomen = known.at("infection", "site") == "intra-abdominal"
    return "" if is_mixed or is_abdomen else "neither intra-abdominal nor polymicrobial"


def _colonised(known: Known) -> str:
    return "" if known.at("infection", "site") == COLONISATION else "not colonisation"


def _cystitis(known: Known) -> str:
    return "" if known.at("infection", "site") == "cystitis" else "not cystitis"


def _replacement(kind: str) -> Callable[[Known], str]:
    def asked(known: Known) -> str:
        return "" if known.at("patient", "renal_replacement") == kind else f"not on {kind}"

    return asked


def _own_kidneys(known: Known) -> str:
    # policy 5: creatinine and CrCl are not used on renal replacement
    is_own = known.at("patient", "renal_replacement") in {None, "none"}
    return "" if is_own else "on renal replacement"


def _kidney_known(known: Known) -> str:
    return _own_kidneys(known) or ("" if kidney_key(known) else "kidney function unknown")


def _after_aki(known: Known) -> str:
    has_aki = known.at("patient", "aki_within_48h") is True
    return _own_kidneys(known) or ("" if has_aki else "no acute kidney injury")


def _may_be_pregnant(known: Known) -> str:
    # policy 4.8: asked of women of an age the settings name; not known is asked too
    age = known.at("patient", "age_years")
    low, high = known.setting.knowledge.settings.pregnancy_asked_years
    if known.at("patient", "sex") == "male":
        return "male"
    if isinstance(age, int) and not low <= age <= high:
        return f"not {low:g} to {high:g} years old"
    return ""


def _pregnant(known: Known) -> str:
    is_pregnant = known.at("patient", "pregnant") is True
    return _may_be_pregnant(known) or ("" if is_pregnant else "not pregnant")


def _guideline_open(known: Known) -> str:
    return "given as an option" if known.setting.guideline else ""


def _region_open(known: Known) -> str:
    return "given as an option" if known.setting.region else ""


def _standard(known: Known) -> str:
    return "" if known.at("panel", "standard") is not None else "standard unknown"


_ASKED_IF: Final[dict[str, Callable[[Known], str]]] = {
    "isolate.mbl_method": _mbl_known,
    "isolate.mbl_family": _mbl_found,
    "isolate.mbl_on": _mbl_known,
    "isolate.pbp3_insertion": _e_coli,
    "infection.source": _bloodstream,
    "panel.version": _standard,
    "infection.septic_shock": _severity_open,
    "infection.sofa_rise": _scores_open,
    "infection.pitt_score": _blood_scores_open,
    "infection.increment_cpe_score": _blood_scores_open,
    "infection.anaerobes": _anaerobes,
    "infection.urology_procedure_planned": _colonised,
    "patient.residual_crcl_ml_min": _replacement("intermittent-haemodialysis"),
    "patient.crrt_effluent_l_h": _replacement("crrt"),
    KIDNEY: _own_kidneys,
    "patient.creatinine_measured_on": _kidney_known,
    "patient.egfr_ml_min_1_73m2": _cystitis,
    "patient.aki_within_48h": _own_kidneys,
    "patient.baseline_ckd": _after_aki,
    "patient.pregnant": _may_be_pregnant,
    "patient.gestation_weeks": _pregnant,
    "patient.breast_feeding": _may_be_pregnant,
    "hospital.guideline": _guideline_open,
    "hospital.region": _region_open,
}
_REQUIRED: Final = frozenset({"isolate.organism", "infection.site"})
# What is still asked when the outcome is settled, by the reason of the outcome.
_STILL_ASKED: Final = {
    COLONISATION: {
        "patient.age_years",
        "patient.sex",
        "patient.pregnant",
        "patient.gestation_weeks",
        "infection.urology_procedure_planned",
    },
    CARBAPENEMS_S: {"panel.standard", "panel.version"},
}


# -- the whole list --


def plan(known: Known) -> list[Question]:
    """Every question in order, those that are not asked with the reason."""
    end = known.end()
    return [_with_end(question, end, known) for question in _all(known)]


def _all(known: Known) -> Iterator[Question]:
    for section, keys in SECTIONS:
        for key in keys:
            if key == "panel.results":
                yield from _results(known, section)
            elif key == KIDNEY:
                yield from _kidney(known, section)
            elif key == "hospital.stock":
                yield from _stock(known, section)
            elif key == "patient.allergies":
                yield _plain(key, section, known)
                yield from _reactions(known, section)
            else:
                yield _plain(key, section, known)


def _with_end(question: Question, end: str | None, known: Known) -> Question:
    """Leave out what cannot change the outcome; an answer that was given can be corrected."""
    if end is None or question.required or question.skip:
        return question
    if question.path and known.at(*question.path) is not None:
        return question
    is_result = question.section == "RESULTS" and end == CARBAPENEMS_S
    if is_result or question.key in _STILL_ASKED.get(end, ()):
        return question
    return question._replace(skip="the outcome is settled", is_end=True)


def _plain(key: str, section: str, known: Known) -> Question:
    asked_if = _ASKED_IF.get(key)
    return _made(
        key,
        tuple(key.split(".")),
        section,
        WORDING[key],
        _answer(key, known),
        required=key in _REQUIRED,
        skip=asked_if(known) if asked_if else "",
    )


def _made(
    key: str,
    path: Path,
    section: str,
    words: Words,
    answer: Answer,
    *,
    enter: str = "",
    required: bool = False,
    skip: str = "",
) -> Question:
    empty = enter or words.enter or "unknown"
    return Question(
        key, path, section, words.label, words.text, words.help, answer, empty, required, skip
    )


def _answer(key: str, known: Known) -> Answer:
    if key == "panel.version":
        standard = str(known.at("panel", "standard"))
        return Choice(known.setting.knowledge.settings.breakpoint_versions.get(standard, ()))
    return answer_of(key)


# -- results --


def _results(known: Known, section: str) -> Iterator[Question]:
    """The decisive drugs, the older agents of the site, then whatever else was tested."""
    asked: list[str] = []
    for drug in _decisive():
        asked.append(drug)
        yield from _result(drug, known, section, skip=_carbapenem_settled(drug, known))
    for drug in _older(known):
        asked.append(drug)
        yield from _result(drug, known, section)
    rows = known.at("panel", "results")
    for drug in rows if isinstance(rows, dict) else ():
        if drug not in asked and drug not in known.extra:
            asked.append(drug)
            yield from _result(drug, known, section)
    for number, drug in enumerate(known.extra):
        yield _another(number, drug, [*asked, *known.extra], known, section)
        if drug not in asked:
            yield from _result(drug, known, section)
    yield _another(len(known.extra), "", [*asked, *known.extra], known, section)


def _decisive() -> tuple[str, ...]:
    """What policy 3 and 4.2 turn on; ceftazidime-avibactam S speaks against an MBL."""
    first = ("aztreonam-avibactam", COMBINED_TEST, "cefiderocol")
    return (*first, *CARBAPENEMS[:3], "ceftazidime-avibactam")


def _carbapenem_settled(drug: str, known: Known) -> str:
    """Once a carbapenem is not S, another cannot make all of them S (policy 3, `mbl`)."""
    if drug not in CARBAPENEMS:
        return ""
    before = CARBAPENEMS[: CARBAPENEMS.index(drug)]
    results = known.facts().susceptibilities
    used = [results[name].used for name in before if name in results]
    is_settled = any(category not in {"S", "untested"} for category in used)
    return f"{before[0]} is not S" if is_settled else ""


def _older(known: Known) -> list[str]:
    """The older agents that may be offered at this site, in the base's order."""
    site, region = known.at("infection", "site"), known.settled().region
    return [
        strategy.id
        for strategy in known.setting.knowledge.strategies.values()
        if strategy.kind in {"older", "cystitis-only"}
        and site in strategy.sites
        and region in strategy.regions
    ]


def _result(drug: str, known: Known, section: str, *, skip: str = "") -> Iterator[Question]:
    key = f"panel.results.{drug}"
    path: Path = ("panel", "results", drug)
    words = WORDING.get(key) or _words_of_drug(drug)
    yield _made(key, path, section, words, Result(), enter="not tested", skip=skip)
    if drug == COMBINED_TEST:
        row = known.at(*path)
        category = row.get("category") if isinstance(row, dict) else None
        has_result = category is not None and category not in NO_RESULT
        reason = "" if has_result else "combined test without a result"
        method = f"{key}.method"
        yield _made(
            method, (*path, "method"), section, WORDING[method], answer_of(method), skip=reason
        )


def _words_of_drug(drug: str) -> Words:
    name = drug_name(drug)
    return Words(name, f"{name[:1].upper()}{name[1:]}: the result?", WORDING["panel.results"].help)


def _another(number: int, drug: str, asked: list[str], known: Known, section: str) -> Question:
    strategies = known.setting.knowledge.strategies.values()
    others = [s.id for s in strategies if s.kind in {"older", "salvage"} and "+" not in s.id]
    names = [drug_name(other) for other in others if other not in asked]
    hint = f"For example {', '.join(names)}." if names else "The name of a drug on the report."
    return _made(
        f"{ANOTHER}{number}", (), section, WORDING["another"], DrugName(hint), enter="no more"
    )


# -- kidney, allergies, stock --


def kidney_key(known: Known) -> str | None:
    """The key in which kidney function is given."""
    if known.kidney is not None:
        return known.kidney
    return next((key for key in _KIDNEY_KEYS if known.at("patient", key) is not None), None)


def _kidney(known: Known, section: str) -> Iterator[Question]:
    options = tuple(
        (f"{_KIDNEY_NAMES.get(key, 'creatinine')} in {PATIENT_RANGES[key].unit}", key)
        for key in _KIDNEY_KEYS
    )
    skip = _own_kidneys(known)
    yield _made(KIDNEY, (), section, WORDING[KIDNEY], Menu(options), skip=skip)
    chosen = kidney_key(known)
    if chosen is not None:
        key = f"patient.{chosen}"
        path = ("patient", chosen)
        yield _made(key, path, section, WORDING[key], answer_of(key), skip=skip)


def _reactions(known: Known, section: str) -> Iterator[Question]:
    entries = known.at("patient", "allergies")
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        drug = str(entry["drug"])
        for field in ("reaction", "severity"):
            words = WORDING[f"patient.allergies.{field}"]
            path: Path = ("patient", "allergies", number, field)
            key = f"patient.allergies.{drug}.{field}"
            answer = answer_of(f"patient.allergies.{field}")
            yield _made(key, path, section, _about(words, drug, f"{drug}: {words.label}"), answer)


def _about(words: Words, drug: str, label: str) -> Words:
    return words._replace(label=label, text=words.text.replace("{drug}", drug))


def _stock(known: Known, section: str) -> Iterator[Question]:
    strategies = known.setting.knowledge.strategies.values()
    active = (drug for s in strategies if s.kind == "mbl-active" for drug in s.drugs)
    for drug in dict.fromkeys(active):
        name = drug_name(drug)
        words = _about(WORDING["hospital.stock"], name, f"{name} in stock")
        yield _made(f"hospital.stock.{drug}", ("hospital", "stock", drug), section, words, YES_NO)
