"""Each check of the base, on a copy with one fault: the sentence a clinician reads.

SAF: a base with a gap, a dangling id or a figure without a source must not advise.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ndm_advisor.knowledge.check import NEEDED, check
from ndm_advisor.knowledge.files import Tree

Trees = dict[str, Tree]
Broken = Callable[[Callable[[Trees], object]], tuple[str, ...]]

FDC = "drugs/cefiderocol.toml"
SXT = "drugs/trimethoprim-sulfamethoxazole.toml"


def record(trees: Trees, path: str, key: str, name: str) -> Tree:
    return next(r for r in trees[path][key] if r["id"] == name)


def dosing(trees: Trees, name: str) -> Tree:
    drug, _, _ = name.partition("/")
    return record(trees, f"drugs/{drug}.toml", "dosing", name)


def bands(trees: Trees, name: str = "cefiderocol/eu") -> list[Tree]:
    """Bands of a table, lowest first: at least 0, 15, 30, 60 and 120 mL/min."""
    return sorted(
        dosing(trees, name)["bands"],
        key=lambda b: b.get("crcl_at_least_ml_min", b.get("crcl_above_ml_min", 0)),
    )


def hazard(trees: Trees, name: str) -> Tree:
    return next(
        h
        for path, tree in trees.items()
        if path.startswith("hazards/")
        for h in tree["hazard"]
        if h["id"] == name
    )


@pytest.mark.safety("SAF-503")
def test_the_base_is_sound(trees: Trees) -> None:
    assert check(trees) == ()


# (what is wrong, how it comes about, the sentence or the part of it that names the fault)
FAULTS: list[tuple[str, Callable[[Trees], object], str]] = [
    # bands
    (
        "a gap between two bands",
        lambda t: bands(t)[1].update(crcl_below_ml_min=25),
        f"{FDC}: cefiderocol/eu: gap between 25 and 30",
    ),
    (
        "two bands overlap",
        lambda t: bands(t)[1].update(crcl_below_ml_min=35),
        f"{FDC}: cefiderocol/eu: overlap between 30 and 35",
    ),
    (
        "an edge that neither band holds",
        lambda t: bands(t)[2].update(crcl_above_ml_min=bands(t)[2].pop("crcl_at_least_ml_min")),
        f"{FDC}: cefiderocol/eu: gap at 30: neither band holds it",
    ),
    (
        "an edge that both bands hold",
        lambda t: bands(t)[1].update(crcl_at_most_ml_min=bands(t)[1].pop("crcl_below_ml_min")),
        f"{FDC}: cefiderocol/eu: overlap at 30: both bands hold it",
    ),
    (
        "the lowest band is missing",
        lambda t: dosing(t, "cefiderocol/eu")["bands"].remove(bands(t)[0]),
        f"{FDC}: cefiderocol/eu: nothing is said from 0 to 15",
    ),
    (
        "the highest band is missing",
        lambda t: dosing(t, "cefiderocol/eu")["bands"].remove(bands(t)[-1]),
        f"{FDC}: cefiderocol/eu: nothing is said above 120",
    ),
    (
        "the same band twice",
        lambda t: dosing(t, "cefiderocol/eu")["bands"].append(dict(bands(t)[1])),
        "cefiderocol/eu: overlap between 15 and 30",
    ),
    (
        "an edge of another measure",
        lambda t: bands(t)[1].update(effluent_at_most_l_h=2),
        "has `effluent_at_most_l_h` in a table over crcl_ml_min",
    ),
    (
        "one edge named twice",
        lambda t: bands(t)[1].update(crcl_above_ml_min=15),
        "names one edge twice",
    ),
    (
        "effluent bands with a gap",
        lambda t: dosing(t, "cefiderocol/crrt-us")["bands"].pop(),
        "cefiderocol/crrt-us: ",
    ),
    (
        "an amount that lacks a component",
        lambda t: dosing(t, "ceftazidime-avibactam/eu")["bands"][0]["maintenance"].pop(
            "avibactam_mg"
        ),
        "an amount names ceftazidime, the drug holds avibactam, ceftazidime",
    ),
    (
        "a band above the daily maximum",
        lambda t: bands(t)[-1]["maintenance"].update(cefiderocol_mg=3000),
        f"{FDC}: cefiderocol/eu: 12000 mg a day from 120 is above daily_max_mg = 8000",
    ),
    # decision tables
    (
        "a table with a hole",
        lambda t: t["tables/choice-2022.toml"]["row"].remove(
            record(t, "tables/choice-2022.toml", "row", "4.2/2")
        ),
        "tables/choice-2022.toml: choice-2022: no row for aztreonam_support = susceptible, ",
    ),
    (
        "two rows for one case",
        lambda t: record(t, "tables/choice-2022.toml", "row", "4.2/1")["when"].pop("usable"),
        "tables/choice-2022.toml: choice-2022: rows 4.2/1 and 4.2/2 both fit",
    ),
    (
        "a row that never applies",
        lambda t: t["tables/family.toml"]["row"].append(
            {
                "id": "family/never",
                "when": {"aztreonam_avibactam": ["not-usable"], "pair_usable": [False]},
                "first": "aztreonam-avibactam",
                "pair": "out",
                "sources": [{"id": "policy", "at": "section 2"}],
            }
        ),
        "tables/family.toml: family: row family/never never applies",
    ),
    (
        "a column without one of its values",
        lambda t: t["tables/choice-2022.toml"]["columns"]["usable"].remove("none"),
        "column usable must hold ap-and-f, ap-only, f-only, none",
    ),
    (
        "a column the decision does not know",
        lambda t: t["tables/family.toml"]["columns"].update(weather=["fine"]),
        "column weather is no column of the decision",
    ),
    (
        "a row with a value outside its column",
        lambda t: record(t, "tables/family.toml", "row", "family/stocked")["when"].update(
            aztreonam_avibactam=["plenty"]
        ),
        "row family/stocked: aztreonam_avibactam has no value plenty",
    ),
    (
        "a row that gives the wrong thing",
        lambda t: record(t, "tables/older-simit-2022.toml", "row", "4.4/type-first").pop("active"),
        "row 4.4/type-first must give active and rank",
    ),
    (
        "an offer of an unknown strategy",
        lambda t: t["tables/cystitis.toml"]["offer"][0].update(strategy="examplemycin"),
        "tables/cystitis.toml: cystitis: there is no strategy examplemycin",
    ),
    (
        "an abstention without words",
        lambda t: t["words.toml"]["abstention"].pop("row-7"),
        "words.toml has no [abstention.row-7]",
    ),
    (
        "an offer that says what has no words",
        lambda t: t["words.toml"]["say"].pop("untested"),
        "words.toml has no sentence `untested` in [say]",
    ),
    # ids
    (
        "a source that is not held",
        lambda t: bands(t)[0]["sources"][0].update(id="FDA-NOWHERE-2026"),
        f"{FDC}: cefiderocol/eu: there is no source FDA-NOWHERE-2026",
    ),
    (
        "a source without a place",
        lambda t: t["words.toml"]["bottom"]["sources"][0].pop("at"),
        "words.toml: bottom: a citation needs `id` and `at`",
    ),
    (
        "a hazard on an unknown drug",
        lambda t: hazard(t, "dofetilide")["subject"].append("examplemycin"),
        "hazards/companions.toml: dofetilide: there is no subject examplemycin",
    ),
    (
        "a hazard that raises an unknown alert",
        lambda t: hazard(t, "dofetilide").update(alert="bad-idea"),
        "hazards/companions.toml: dofetilide: there is no alert bad-idea",
    ),
    (
        "a strategy of an unknown drug",
        lambda t: record(t, "strategies.toml", "strategy", "minocycline").update(id="mino"),
        "strategies.toml: mino: there is no drug mino",
    ),
    (
        "a dosing use nobody holds",
        lambda t: record(t, "strategies.toml", "strategy", "cefiderocol")["uses"][
            "cefiderocol"
        ].update({"*": "double"}),
        "strategies.toml: cefiderocol: cefiderocol has no dosing table for double in the EU",
    ),
    (
        "a site without a dosing use",
        lambda t: record(t, "strategies.toml", "strategy", "amikacin")["uses"]["amikacin"].pop(
            "cystitis"
        ),
        "strategies.toml: amikacin: amikacin has no dosing table named for cystitis",
    ),
    (
        "a dosing table for one region only",
        lambda t: dosing(t, "aztreonam/mbl-pair").update(regions=["EU"]),
        "aztreonam has no dosing table for mbl-pair in the US",
    ),
    (
        "a salvage drug without a dosing table in one region",
        lambda t: dosing(t, "colistin/consensus-us").update(use="consensus"),
        "strategies.toml: colistin: colistin has no dosing table for systemic in the US",
    ),
    (
        "replacement bands that lead nowhere",
        lambda t: dosing(t, "cefiderocol/eu").update(crrt_use="cefiderocol/crrt"),
        "cefiderocol/eu: there is no dosing table cefiderocol/crrt",
    ),
    (
        "a breakpoint for an unknown group",
        lambda t: t["breakpoints/eucast-2026.toml"]["breakpoint"][0].update(organisms="all-bugs"),
        "there is no group of organisms all-bugs",
    ),
    (
        "an unknown member of a group",
        lambda t: t["organisms.toml"]["groups"]["e-coli"].append("e-coli-2"),
        "organisms.toml: e-coli: there is no organism e-coli-2",
    ),
    (
        "an organism resistant to nothing known",
        lambda t: t["organisms.toml"]["organism"][0]["intrinsic"].append("examplemycin"),
        "organisms.toml: escherichia-coli: there is no drug examplemycin",
    ),
    (
        "a hole in the allergy graph",
        lambda t: t["allergy.toml"]["cell"].pop(0),
        "allergy.toml: ceftazidime / ceftazidime-avibactam / EU: the graph has no cell",
    ),
    (
        "a medicine of a class that no rule asks about",
        lambda t: record(t, "medicines.toml", "medicine", "valproate")["classes"].append("odd"),
        "medicines.toml: valproate: there is no rule on the class odd",
    ),
    (
        "a profile without its table",
        lambda t: t["profiles/simit-2022.toml"].update(choice="choice-2099"),
        "profiles/simit-2022.toml: simit-2022: there is no table choice-2099",
    ),
    (
        "a grade for an unknown strategy",
        lambda t: t["profiles/simit-2022.toml"]["grade"][0]["strategies"].append("hope"),
        "profiles/simit-2022.toml: simit-2022: there is no strategy hope",
    ),
    (
        "a threshold that is gone",
        lambda t: t["settings.toml"]["near_edge"].update(
            share=t["settings.toml"]["near_edge"].pop("fraction")
        ),
        "settings.toml: near_edge: lacks `fraction`",
    ),
    (
        "a threshold that no rule reads",
        lambda t: t["settings.toml"]["near_edge"].update(least_ml_min=5),
        "settings.toml: near_edge: no rule reads `least_ml_min`",
    ),
    (
        "two hazards of one id",
        lambda t: t["hazards/site.toml"]["hazard"].append(dict(hazard(t, "dofetilide"))),
        "hazards/site.toml: dofetilide: this id stands twice",
    ),
    # conditions
    (
        "a fact that is none",
        lambda t: hazard(t, "dofetilide")["when"][0].update(fact="medicine_class"),
        "hazards/companions.toml: dofetilide: there is no fact medicine_class",
    ),
    (
        "a comparison that does not fit the fact",
        lambda t: hazard(t, "dofetilide").update(when=[{"fact": "site", "below": 3}]),
        "dofetilide: site is no number: `below` does not fit",
    ),
    (
        "a list asked of a number",
        lambda t: hazard(t, "dofetilide").update(
            when=[{"fact": "crcl_ml_min", "contains_any": ["dofetilide"]}]
        ),
        "dofetilide: crcl_ml_min is no list: `contains_any` does not fit",
    ),
    (
        "a value the fact never has",
        lambda t: hazard(t, "dofetilide").update(when=[{"fact": "site", "is": "lung"}]),
        "dofetilide: site is never `lung`",
    ),
    (
        "a truth value asked of a word",
        lambda t: hazard(t, "dofetilide").update(when=[{"fact": "site", "is": True}]),
        "dofetilide: site is never `True`: it holds another type",
    ),
    (
        "a class of medicines that is none",
        lambda t: hazard(t, "dofetilide")["when"][0].update(contains_any=["dofetilid"]),
        "dofetilide: medicine_classes never holds `dofetilid`",
    ),
    (
        "a drug's fact asked of a pair",
        lambda t: hazard(t, "drug-resistant")["subject"].append(
            "strategy:ceftazidime-avibactam+aztreonam"
        ),
        "strategy:ceftazidime-avibactam+aztreonam, which has several drugs",
    ),
    # figures
    (
        "a number without a unit",
        lambda t: t["settings.toml"]["near_edge"].update(limit=3),
        "`limit` is a number without a unit in its key",
    ),
    (
        "a number without a source",
        lambda t: t["words.toml"]["durations"]["pneumonia"].pop("sources"),
        "`from_days` is a number without a source",
    ),
    (
        "an unverified statement that is not called so",
        lambda t: t[FDC]["text"]["vial"].update(grade="U"),
        f'{FDC}: cefiderocol: grade U is shown only with the word "unverified"',
    ),
    (
        "advice on an unverified source alone",
        lambda t: hazard(t, "dofetilide").update(sources=[{"id": "POLYB22", "at": "title"}]),
        "dofetilide: rests on sources of grade U alone",
    ),
    (
        "a review due before it was done",
        lambda t: t["alerts.toml"]["file"].update(review_due_on=date(2026, 1, 1)),
        "alerts.toml: file: the review is due before it was done",
    ),
    # names
    (
        "a name of two drugs",
        lambda t: t[FDC]["aliases"].append("Azactam"),
        "drugs: azactam: this name means aztreonam and cefiderocol",
    ),
    (
        "a name of two organisms",
        lambda t: t["organisms.toml"]["organism"][1]["aliases"].append("E. coli"),
        "organisms.toml: e-coli: this name means escherichia-coli and escherichia-albertii",
    ),
    (
        "a name of two medicines",
        lambda t: record(t, "medicines.toml", "medicine", "probenecid")["names"].append("Epilim"),
        "medicines.toml: epilim: this name means valproate and probenecid",
    ),
    (
        "an allergen of two classes",
        lambda t: t["allergy.toml"]["classes"]["polymyxins"]["allergens"].append("amikacin"),
        "allergy.toml: amikacin: this allergen is in aminoglycosides and polymyxins",
    ),
    (
        "a placeholder nobody fills",
        lambda t: record(t, "alerts.toml", "alert", "breast-feeding")["texts"].update(
            note="{drug}: {baby}."
        ),
        'alerts.toml: breast-feeding: "{drug}: {baby}.": {baby} is no placeholder here',
    ),
    (
        "an alert without its action",
        lambda t: record(t, "alerts.toml", "alert", "breast-feeding")["actions"].pop("interrupt"),
        "alerts.toml: breast-feeding: variant `interrupt` lacks its action",
    ),
    (
        "a placeholder of a hazard nobody fills",
        lambda t: hazard(t, "dofetilide").update(because="{medicine} prolongs QT"),
        'dofetilide: "{medicine} prolongs QT": {medicine} is no placeholder here',
    ),
    (
        "a placeholder in what a hazard asks to do, which is said as it stands",
        lambda t: hazard(t, "dofetilide").update(do="stop {drug}"),
        'dofetilide: "stop {drug}": {drug} is no placeholder here',
    ),
    (
        "a placeholder of a sentence nobody fills",
        lambda t: t["words.toml"]["review"].update(device="{drug}: remove it."),
        'words.toml: review.device: "{drug}: remove it.": {drug} is no placeholder here',
    ),
    (
        "a placeholder in a sentence that is said as it stands",
        lambda t: t["words.toml"]["misuse"]["items"].append("Not for {site}."),
        'words.toml: misuse.items: "Not for {site}.": {site} is no placeholder here',
    ),
    (
        "a brace that is not closed",
        lambda t: t["words.toml"]["mbl_words"].update(confirmed="{family confirmed"),
        'words.toml: mbl_words.confirmed: "{family confirmed": expected',
    ),
]

# Faults of form: one file is enough to see them.
FORM_FAULTS: list[tuple[str, Callable[[Trees], object], str]] = [
    (
        "an unknown key",
        lambda t: hazard(t, "dofetilide").update(wen=[]),
        "hazards/companions.toml: dofetilide: unknown key `hazard.0.wen`",
    ),
    (
        "an unknown file",
        lambda t: t.update({"extra.toml": {}}),
        "extra.toml: file: no file of this name belongs to the base",
    ),
    (
        "an unknown section of words",
        lambda t: t["words.toml"].update(poems={}),
        "words.toml: poems: unknown section",
    ),
    (
        "a band without a source",
        lambda t: bands(t)[0].pop("sources"),
        f"{FDC}: cefiderocol/eu: lacks `dosing.0.bands.4.sources`",
    ),
    (
        "a band on a source without a place",
        lambda t: bands(t)[0]["sources"][0].update(at=""),
        "String should have at least 1 character",
    ),
    (
        "an unverified band",
        lambda t: bands(t)[0].update(grade="U"),
        f"{FDC}: cefiderocol/eu: `dosing.0.bands.4.grade`: Input should be 'P', 'S', 'V'",
    ),
    (
        "an unverified hazard",
        lambda t: hazard(t, "dofetilide").update(grade="U"),
        "Input should be",
    ),
    (
        "an unverified setting",
        lambda t: t["settings.toml"]["near_edge"].update(grade="U"),
        "settings.toml: near_edge: `near_edge.grade`: Input should be",
    ),
    (
        "unverified breakpoints",
        lambda t: t["breakpoints/fda.toml"]["file"].update(grade="U"),
        "breakpoints/fda.toml: file: `file.grade`: Input should be",
    ),
    (
        "an exclusion on something unverified",
        lambda t: t["allergy.toml"]["cell"][0].update(grade="U"),
        "grade U excludes nothing",
    ),
    (
        "a number in words",
        lambda t: bands(t)[0].update(interval_h="12"),
        "`dosing.0.bands.4.interval_h`: Input should be a valid number",
    ),
    (
        "a dose of nothing",
        lambda t: bands(t)[0]["maintenance"].update(cefiderocol_mg=0),
        "an amount is a number above 0",
    ),
    (
        "an amount in a unit nobody knows",
        lambda t: bands(t)[0]["maintenance"].update(cefiderocol_g=2),
        "unknown key cefiderocol_g",
    ),
    (
        "an amount given in two ways",
        lambda t: bands(t)[0]["maintenance"].update(mg_per_kg=10),
        "an amount is given in exactly one way",
    ),
    (
        "neither a dose nor a reason",
        lambda t: bands(t)[0].pop("maintenance"),
        "needs either `maintenance` or `no_dose`",
    ),
    (
        "a dose without an interval",
        lambda t: bands(t)[0].pop("interval_h"),
        "needs either `interval_h` or `doses`",
    ),
    (
        "a condition that compares twice",
        lambda t: hazard(t, "dofetilide")["when"][0].update(below=3),
        "dofetilide: `hazard.0.when.0`: a condition is a fact and one comparison",
    ),
    (
        "a condition that compares nothing",
        lambda t: hazard(t, "dofetilide")["when"][0].pop("contains_any"),
        "a condition is a fact and one comparison",
    ),
    (
        "a grade of no known strength",
        lambda t: t["profiles/simit-2022.toml"]["grade"][0].update(strength="huge"),
        "profiles/simit-2022.toml: simit-2022: `grade.0.strength`: Input should be",
    ),
    (
        "a setting that is no number",
        lambda t: t["settings.toml"]["near_edge"].update(fraction="a tenth"),
        "settings.toml: near_edge: `near_edge`: a setting holds one number or more",
    ),
    (
        "a file without a review date",
        lambda t: t["alerts.toml"]["file"].pop("review_due_on"),
        "alerts.toml: file: lacks `file.review_due_on`",
    ),
]


@pytest.mark.safety("SAF-503")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [pytest.param(change, sentence, id=name) for name, change, sentence in FAULTS],
)
def test_a_fault_between_records_is_named(
    broken: Broken, change: Callable[[Trees], object], sentence: str
) -> None:
    found = broken(change)
    assert any(sentence in problem for problem in found), found


@pytest.mark.safety("SAF-503")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [pytest.param(change, sentence, id=name) for name, change, sentence in FORM_FAULTS],
)
def test_a_fault_of_form_is_named(
    broken: Broken, change: Callable[[Trees], object], sentence: str
) -> None:
    found = broken(change)
    assert any(sentence in problem for problem in found), found


WHAT_IF = "what-if.toml"


def variable(trees: Trees, key: str) -> Tree:
    return next(v for v in trees[WHAT_IF]["variable"] if v["key"] == key)


FDC_RESULT = "panel.results.cefiderocol"

# What could be different is tried on cases: a key or value no case has would be refused there.
WHAT_IF_FAULTS: list[tuple[str, Callable[[Trees], object], str]] = [
    (
        "a fact that stands twice",
        lambda t: t[WHAT_IF]["variable"].append(dict(variable(t, FDC_RESULT))),
        f"{WHAT_IF}: {FDC_RESULT}: stands twice",
    ),
    (
        "a value that sets a key no case has",
        lambda t: variable(t, FDC_RESULT)["value"][0].update(set={"patient.shoe_size": 44}),
        "a case file has no key `patient.shoe_size`",
    ),
    (
        "a value no case can have",
        lambda t: variable(t, FDC_RESULT)["value"][0].update(set={"infection.site": "elbow"}),
        "`infection.site` cannot be 'elbow'",
    ),
    (
        "a drug to fill in and no list of drugs",
        lambda t: variable(t, FDC_RESULT).update(key="panel.results.{drug}"),
        "`{drug}` and `each` belong together",
    ),
    (
        "no value to try",
        lambda t: variable(t, FDC_RESULT)["value"].clear(),
        f"{WHAT_IF}: {FDC_RESULT}: has no value to try",
    ),
    (
        "a fact that is neither changed nor weighed",
        lambda t: variable(t, FDC_RESULT).update(changes=False, missing=False),
        f"{WHAT_IF}: {FDC_RESULT}: is neither changed nor weighed while missing",
    ),
    (
        "more on the first screen than it may try",
        lambda t: [v.update(short=True) for x in t[WHAT_IF]["variable"] for v in x["value"]],
        "the first screen tries 38",
    ),
]


@pytest.mark.safety("SAF-503")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [pytest.param(change, sentence, id=name) for name, change, sentence in WHAT_IF_FAULTS],
)
def test_a_fault_of_what_could_be_different_is_named(
    broken: Broken, change: Callable[[Trees], object], sentence: str
) -> None:
    found = broken(change)
    assert any(sentence in problem for problem in found), found


@pytest.mark.safety("SAF-503")
@pytest.mark.parametrize("path", NEEDED)
def test_a_missing_file_is_named(broken: Broken, path: str) -> None:
    assert f"{path}: file: is missing" in broken(lambda t: t.pop(path))


@pytest.mark.safety("SAF-503")
def test_every_problem_is_reported_at_once(broken: Broken) -> None:
    def two_faults(trees: Trees) -> None:
        hazard(trees, "dofetilide").update(alert="bad-idea")
        bands(trees)[1].update(crcl_below_ml_min=25)

    assert len(broken(two_faults)) == 2
