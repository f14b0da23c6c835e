"""One panel row and one breakpoint at a time (policy section 3, `susceptibility`; traps 1 to 12).

The breakpoints are made up, so that both sides of every edge can be asked and no real row has to
have the shape.
"""

from __future__ import annotations

from typing import Any

import pytest

from ndm_advisor.decision.interpret import (
    Reading,
    describe,
    indication_of,
    interpret,
    is_above,
    is_at_most,
    known_version,
)
from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import Breakpoint, Knowledge
from ndm_advisor.model.mic import parse_mic
from ndm_advisor.read.case_file import build_case
from tests.unit.made_up_breakpoints import DRUG, SOURCE, row
from tests.vignettes.harness import ON

SPECIES = "escherichia-coli"
POLICY = Cited("policy", "section 3, susceptibility")
EUCAST, CLSI = "EUCAST", "CLSI"


@pytest.fixture
def read(knowledge: Knowledge, names: Any) -> Any:
    """The reading of a row of the panel, in a base with these breakpoints and no others."""
    group = next(g for g, held in knowledge.organism_groups.items() if SPECIES in held)

    def made(result: Any, *rows: Breakpoint, drug: str = DRUG, **panel: Any) -> Any:
        held = tuple(b._replace(organisms=b.organisms or group, drug=drug) for b in rows)
        base = knowledge._replace(breakpoints={drug: held})
        given = {"standard": rows[0].standard if rows else EUCAST, **panel}
        document = {
            "format": "ndm-advisor/case/1",
            "isolate": {"organism": SPECIES},
            "infection": {"site": "pneumonia"},
            "panel": {
                **{key: value for key, value in given.items() if value is not None},
                "results": {drug: result},
            },
        }
        case, _ = build_case(document, names=names, on=ON)
        how = Reading(SPECIES, "systemic", case.panel.standard, case.panel.version)
        return interpret(case, how, base)[drug]

    return made


def mic(text: str) -> dict[str, str]:
    return {"mic_mg_l": text}


def zone(mm: float) -> dict[str, float]:
    return {"zone_mm": mm}


# -- numbers ---------------------------------------------------------------------------------------

EU_ONE = row(s_at_most_mg_l=8.0, r_above_mg_l=8.0)
EU_TWO = row(s_at_most_mg_l=1.0, r_above_mg_l=4.0)
US_TWO = row(standard=CLSI, s_at_most_mg_l=4.0, r_at_least_mg_l=16.0, version="Ed36")


@pytest.mark.parametrize(
    ("made", "text", "category", "not_s"),
    [
        (EU_ONE, "8", "S", False),
        (EU_ONE, "8.5", "R", True),
        (EU_ONE, "<=8", "S", False),
        (EU_ONE, "<8", "S", False),
        (EU_ONE, "<=16", None, False),
        (EU_ONE, ">8", "R", True),
        (EU_ONE, ">4", None, False),
        (EU_ONE, ">=8", None, False),
        (EU_ONE, ">=16", "R", True),
        (EU_TWO, "1", "S", False),
        (EU_TWO, "2", "I", True),
        (EU_TWO, "4", "I", True),
        (EU_TWO, "8", "R", True),
        (EU_TWO, ">1", None, True),
        (EU_TWO, "<=4", None, False),
        (EU_TWO._replace(between="SDD"), "2", "SDD", True),
        (EU_TWO._replace(off_scale_s=True), "1", "I", False),
        (row(s_at_most_mg_l=2.0), "2", "S", False),
        (row(s_at_most_mg_l=2.0), "4", "NS", True),
        (row(r_above_mg_l=2.0), "4", "R", True),
        (row(r_above_mg_l=2.0), "2", "I", True),
    ],
)
def test_an_mic_against_its_breakpoint(read, made, text, category, not_s):
    got = read(mic(text), made)
    assert got.read_as == category
    assert got.not_susceptible is not_s
    assert got.used == (category or "untested")
    assert got.breakpoint == "made-up"
    assert got.sources == (SOURCE, POLICY)


@pytest.mark.parametrize(
    ("text", "category"),
    [("4", "S"), ("3", "S"), ("5", "I"), ("8", "I"), ("12", "R"), ("16", "R"), ("9", "R")],
)
def test_clsi_rounds_up_to_the_next_dilution(read, text, category):
    assert read(mic(text), US_TWO._replace(version="2026")).read_as == category


@pytest.mark.parametrize(
    ("made", "mm", "category", "not_s"),
    [
        (row(s_at_least_mm=20.0, r_below_mm=17.0), 20, "S", False),
        (row(s_at_least_mm=20.0, r_below_mm=17.0), 19, "I", True),
        (row(s_at_least_mm=20.0, r_below_mm=17.0), 17, "I", True),
        (row(s_at_least_mm=20.0, r_below_mm=17.0), 16, "R", True),
        (row(s_at_least_mm=20.0, r_below_mm=17.0, between="SDD"), 18, "SDD", True),
        (row(s_at_least_mm=20.0, r_at_most_mm=15.0), 15, "R", True),
        (row(s_at_least_mm=20.0, r_at_most_mm=15.0), 16, "I", True),
        (row(s_at_least_mm=20.0, r_at_most_mm=15.0, between="SDD"), 16, "SDD", True),
        (row(s_at_least_mm=20.0), 19, "NS", True),
        (row(s_at_least_mm=50.0, r_below_mm=17.0, off_scale_s=True), 50, "I", False),
        (row(r_below_mm=17.0), 10, None, False),
    ],
)
def test_a_zone_against_its_breakpoint(read, made, mm, category, not_s):
    got = read(zone(mm), made._replace(method="disk"))
    assert (got.read_as, got.not_susceptible) == (category, not_s)
    assert got.used == (category or "untested")


@pytest.mark.parametrize(
    ("text", "limit", "at_most", "above"),
    [
        ("8", 8, True, False),
        ("9", 8, False, True),
        ("<=8", 8, True, False),
        ("<9", 8, False, False),
        (">8", 8, False, True),
        (">7", 8, False, False),
        (">=8", 8, False, False),
        (">=9", 8, False, True),
    ],
)
def test_a_censored_end_point_says_only_what_is_certain(text, limit, at_most, above):
    assert is_at_most(parse_mic(text), limit) is at_most
    assert is_above(parse_mic(text), limit) is above


# -- words -----------------------------------------------------------------------------------------


def test_the_words_of_a_reading(read):
    got = read(mic("8"), EU_ONE)
    assert got.why == "MIC 8 mg/L read by the tool: EUCAST 2026, S at most 8 mg/L, R above 8 mg/L"
    got = read(mic("<=16"), EU_ONE)
    said = "MIC <=16 mg/L cannot be categorised: EUCAST 2026, S at most 8 mg/L, R above 8 mg/L"
    assert got.why == said
    got = read(zone(18), row(s_at_least_mm=20.0, r_below_mm=17.0, method="disk"))
    assert got.why == "zone 18 mm read by the tool: EUCAST 2026, S at least 20 mm, R below 17 mm"


def test_a_number_that_can_only_be_i_or_r_says_so(read):
    got = read(mic(">1"), EU_TWO)
    assert (got.used, got.read_as, got.not_susceptible) == ("untested", None, True)
    assert got.why == (
        "MIC >1 mg/L cannot be categorised: EUCAST 2026, S at most 1 mg/L, R above 4 mg/L; "
        "whatever the value, it is not susceptible"
    )


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (EU_TWO, "EUCAST 2026, S at most 1 mg/L, R above 4 mg/L"),
        (US_TWO, "CLSI Ed36, S at most 4 mg/L, R at least 16 mg/L"),
        (row(method="disk", s_at_least_mm=20.0), "EUCAST 2026, S at least 20 mm"),
        (row(method="disk", r_below_mm=17.0), "EUCAST 2026, R below 17 mm"),
        (row(method="disk", r_at_most_mm=15.0), "EUCAST 2026, R at most 15 mm"),
        (row(), "EUCAST 2026, no numbers"),
        (row(method="disk"), "EUCAST 2026, no numbers"),
    ],
)
def test_a_breakpoint_in_words(made, words):
    assert describe(made) == words


@pytest.mark.parametrize(
    ("text", "inside"), [("4", False), ("8", True), ("16", True), ("32", False)]
)
def test_technical_uncertainty_is_a_warning(read, text, inside):
    got = read(mic(text), EU_ONE._replace(atu_from=8.0, atu_to=16.0))
    warned = got.why.endswith("; in the area of technical uncertainty: ask the laboratory")
    assert warned is inside
    assert got.read_as == ("S" if float(text) <= 8 else "R")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("dash", "EUCAST calls the drug unsuitable"),
        ("note", "EUCAST gives a note instead of a breakpoint"),
        ("refers", "EUCAST refers to another standard's table, which is not mixed in"),
        ("unreadable", "the EUCAST row was not readable at its source"),
        ("not_listed", "no EUCAST breakpoint for this drug, species and indication"),
    ],
)
def test_a_row_without_numbers_reads_nothing(read, status, words):
    got = read(mic("1"), row(status=status))
    assert (got.used, got.read_as, got.breakpoint) == ("untested", None, None)
    assert got.why == f"MIC not read: {words}"
    assert got.sources == (POLICY,)


def test_without_standard_or_edition_a_number_is_not_read(read):
    assert read(mic("1"), EU_ONE, standard=None).why == "MIC not read: no standard named"
    assert read(zone(20), EU_ONE, standard=None).why == "zone not read: no standard named"
    got = read(mic("1"), EU_ONE, version="1999")
    assert got.why == "MIC not read: EUCAST 1999 is not held"
    assert got.used == "untested"
    nothing = read(mic("1"), EU_ONE._replace(organisms=""), EU_ONE, standard="FDA")
    assert nothing.why == "MIC not read: no FDA breakpoint for this drug, species and indication"


def test_brackets_find_resistance_only(read):
    bracketed = EU_ONE._replace(status="brackets")
    got = read(mic("4"), bracketed)
    assert (got.used, got.read_as) == ("untested", None)
    assert got.why == (
        "MIC 4 mg/L: a bracketed breakpoint finds resistance only; "
        "EUCAST 2026, S at most 8 mg/L, R above 8 mg/L"
    )
    assert got.breakpoint == "made-up"
    assert read(mic("16"), bracketed).used == "R"
    reported = read("S", bracketed)
    assert reported.used == "untested"
    assert reported.why == (
        "reported S, but the breakpoint is bracketed and finds resistance only: counts as untested"
    )


# -- reported --------------------------------------------------------------------------------------


@pytest.mark.parametrize("category", ["S", "I", "R", "NS"])
def test_what_the_laboratory_reports_stands(read, category):
    got = read(category, EU_TWO)
    assert (got.used, got.reported, got.read_as) == (category, category, None)
    by = "" if category in {"R", "NS"} else " by EUCAST"
    assert got.why == f"reported {category}{by}"
    assert not got.conflict


def test_without_a_standard_the_category_is_used(read):
    got = read("S", EU_TWO, standard=None)
    assert (got.used, got.why) == ("S", "reported S, no standard named")
    assert got.version is None


def test_a_standard_without_an_s_category(read):
    refused = EU_TWO._replace(status="no_s_category")
    got = read("S", refused)
    said = "reported S, but EUCAST has no S category for it: counts as untested"
    assert (got.used, got.why) == ("untested", said)
    assert read("I", refused).used == "I"
    off = read("S", EU_TWO._replace(off_scale_s=True))
    assert (off.used, off.why) == ("I", "reported S; EUCAST has no S for this species, it is I")
    assert read("I", EU_TWO._replace(off_scale_s=True)).why == "reported I by EUCAST"


@pytest.mark.parametrize("status", ["dash", "note", "not_listed"])
def test_a_category_without_a_breakpoint_counts_as_untested(read, status):
    got = read("S", row(status=status))
    assert got.used == "untested"
    assert got.why.startswith("reported S, but ")
    assert got.why.endswith(": counts as untested")
    assert read("R", row(status=status)).used == "R"
    assert read("NS", row(status=status)).used == "NS"


def test_category_and_number_the_worse_is_used_and_said(read):
    got = read({"category": "S", "mic_mg_l": "16"}, EU_ONE)
    assert (got.used, got.read_as, got.conflict) == ("R", "R", True)
    assert got.why == (
        "reported S, but MIC 16 mg/L read by the tool: "
        "EUCAST 2026, S at most 8 mg/L, R above 8 mg/L; the worse one is used"
    )
    milder = read({"category": "R", "mic_mg_l": "4"}, EU_ONE)
    assert (milder.used, milder.read_as, milder.conflict) == ("R", "S", True)
    assert milder.why.startswith("reported R; MIC 4 mg/L read by the tool: ")
    same = read({"category": "S", "mic_mg_l": "4"}, EU_ONE)
    assert (same.used, same.conflict) == ("S", False)
    assert same.why.startswith("reported S by EUCAST; MIC 4 mg/L read by the tool: ")
    both = read({"category": "NS", "mic_mg_l": "16"}, EU_ONE)
    assert (both.used, both.conflict) == ("R", False)


def test_a_category_against_a_censored_number(read):
    got = read({"category": "S", "mic_mg_l": ">1"}, EU_TWO)
    assert got.conflict
    assert not read({"category": "I", "mic_mg_l": ">1"}, EU_TWO).conflict


@pytest.mark.parametrize("text", ["not tested", "pending"])
def test_no_result_is_no_category(read, text):
    got = read(text, EU_TWO)
    assert (got.used, got.why, got.conflict) == ("untested", text, False)
    with_number = read({"category": text, "mic_mg_l": "1"}, EU_TWO)
    assert (with_number.used, with_number.conflict) == ("S", False)


# -- which row -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "source", "severity", "indication"),
    [
        ("cystitis", None, "non-severe", "uncomplicated"),
        ("complicated-uti", None, "severe", "urinary"),
        ("bloodstream", "complicated-uti", "non-severe", "urinary"),
        ("bloodstream", "complicated-uti", "severe", "systemic"),
        ("bloodstream", "pneumonia", "non-severe", "systemic"),
        ("pneumonia", "complicated-uti", "non-severe", "systemic"),
        ("cns", None, "severe", "meningitis"),
        ("intra-abdominal", None, "severe", "systemic"),
    ],
)
def test_the_rows_of_a_site(site, source, severity, indication):
    assert indication_of(site, source, severity) == indication


def test_the_more_particular_row_first(read):
    general = EU_TWO._replace(id="general", indication="all")
    own = EU_ONE._replace(id="own", indication="systemic")
    other = EU_ONE._replace(id="other", indication="urine-only")
    assert read(mic("4"), general, own, other).breakpoint == "own"
    assert read(mic("4"), other, general).breakpoint == "general"


def test_an_mic_is_not_read_against_a_zone(read):
    disk = row(id="disk", method="disk", s_at_least_mm=20.0)
    assert read(mic("4"), disk, EU_ONE).breakpoint == "made-up"
    assert read(zone(25), EU_ONE, disk).breakpoint == "disk"
    assert read(mic("4"), disk).read_as is None


def test_another_species_row_does_not_apply(read, knowledge):
    apart = next(g for g, held in knowledge.organism_groups.items() if SPECIES not in held)
    assert read(mic("4"), EU_ONE._replace(organisms=apart)).read_as is None


def test_an_unreadable_row_gives_way_to_the_edition_before(read, knowledge):
    newest, before, *_ = knowledge.settings.breakpoint_versions["CLSI"]
    lost = US_TWO._replace(id="lost", version=newest, status="unreadable")
    held = US_TWO._replace(id="held", version=before)
    assert read(mic("4"), lost, held).breakpoint == "held"
    assert read(mic("4"), lost, held, version=before).breakpoint == "held"
    later = US_TWO._replace(id="later", version=newest)
    assert read(mic("4"), later, held, version=before).breakpoint == "held"
    assert read(mic("4"), later, held).breakpoint == "later"


def test_a_rows_own_standard_stands_before_the_panels(read):
    got = read({"mic_mg_l": "4", "standard": "CLSI"}, EU_TWO, version="2026")
    assert got.standard == "CLSI"
    assert got.read_as is None
    assert got.why == "MIC not read: no CLSI breakpoint for this drug, species and indication"


def test_versions(knowledge):
    newest, *older = knowledge.settings.breakpoint_versions["EUCAST"]
    assert known_version("EUCAST", None, knowledge) == newest
    assert known_version("EUCAST", newest, knowledge) == newest
    assert all(known_version("EUCAST", v, knowledge) == v for v in older)
    assert known_version("EUCAST", "1999", knowledge) is None
    assert known_version(None, "2026", knowledge) is None
    assert known_version("nobody", None, knowledge) is None


# -- the pair's test, the high dose, species resistant by nature -----------------------------------

PAIR = "ceftazidime-avibactam + aztreonam"


@pytest.mark.parametrize(
    ("result", "used", "why"),
    [
        ({"category": "S", "method": "broth-disk-elution"}, "S", "reported S (broth-disk-elution)"),
        ("R", "R", "reported R (no method named)"),
        ("pending", "untested", "pending"),
        (
            {"mic_mg_l": "1", "method": "strip-stacking"},
            "untested",
            "no category; a number from this test is not read",
        ),
    ],
)
def test_the_combined_test_has_categories_only(knowledge, names, result, used, why):
    document = {
        "format": "ndm-advisor/case/1",
        "isolate": {"organism": SPECIES},
        "infection": {"site": "pneumonia"},
        "panel": {"standard": EUCAST, "results": {PAIR: result}},
    }
    case, _ = build_case(document, names=names, on=ON)
    (got,) = interpret(case, Reading(SPECIES, "systemic", EUCAST, None), knowledge).values()
    assert (got.used, got.why, got.read_as, got.conflict) == (used, why, None, False)
    assert got.key == "panel.results.ceftazidime-avibactam+aztreonam"


def test_eucast_i_is_active_where_a_high_dose_is_listed(read, knowledge):
    listed = sorted(knowledge.settings.eucast_high_doses)
    assert listed
    for drug in listed:
        got = read("I", EU_TWO, drug=drug)
        assert (got.used, got.active, got.high_dose) == ("I", True, True)
        assert not read("I", US_TWO, drug=drug, standard=CLSI).high_dose
        assert not read("R", EU_TWO, drug=drug).active
        got = read("S", EU_TWO, drug=drug)
        assert (got.active, got.high_dose) == (True, False)
    assert not read("I", EU_TWO, drug="cefiderocol").active


def test_between_the_standards_is_said_of_cefiderocol(read, knowledge):
    eucast = row(s_at_most_mg_l=2.0, r_above_mg_l=2.0)
    newest = knowledge.settings.breakpoint_versions["CLSI"][0]
    clsi = US_TWO._replace(version=newest)
    got = read(mic("4"), eucast, clsi, drug="cefiderocol")
    assert got.why.endswith("; between the standards: EUCAST R, CLSI S")
    assert "between" not in read(mic("4"), eucast, clsi).why
    assert "between" not in read(mic("1"), eucast, clsi, drug="cefiderocol").why
    assert "between" not in read(mic("4"), eucast, drug="cefiderocol").why
