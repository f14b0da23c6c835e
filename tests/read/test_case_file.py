"""What a case file may say, must not say, and may say with a remark."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path

import pytest

from ndm_advisor.errors import CaseFormatError, CaseInvalidError
from ndm_advisor.model.case import PanelResult, canonical_json
from ndm_advisor.read.case_file import build_case, read_case

from .known_names import NAMES, ON, SMALLEST, codes, problems, read, warnings

FULL = (Path(__file__).parent / "full-case.toml").read_text(encoding="utf-8")


def with_patient(*lines: str) -> str:
    return SMALLEST + "[patient]\n" + "\n".join(lines) + "\n"


def with_results(*lines: str, standard: str = '"EUCAST"') -> str:
    head = f"[panel]\nstandard = {standard}\n" if standard else ""
    return SMALLEST + head + "[panel.results]\n" + "\n".join(lines) + "\n"


def with_order(*lines: str) -> str:
    return SMALLEST + "[[orders]]\n" + "\n".join(lines) + "\n"


def only(text: str):
    (problem,) = problems(text)
    return problem


def only_warning(text: str):
    (warning,) = warnings(text)
    return warning


# --- what is read ----------------------------------------------------------------------------


def test_three_keys_are_enough_and_the_rest_is_not_given():
    case = read(SMALLEST)
    assert case.isolate.organism == "escherichia-coli"
    assert case.isolate.mbl is None
    assert case.patient.allergies is None
    assert case.panel.results == {}
    assert case.orders == ()


def test_the_case_of_the_interface_is_read_whole_and_without_a_remark():
    assert warnings(FULL) == []
    case = read(FULL)
    assert case.reported_on == date(2026, 11, 20)
    assert case.panel.results == {
        "aztreonam": PanelResult(mic_mg_l=">32"),
        "ceftazidime-avibactam": PanelResult(category="R"),
        "aztreonam-avibactam": PanelResult(mic_mg_l="0.5", category="S"),
        "ceftazidime-avibactam+aztreonam": PanelResult(category="S", method="broth-disk-elution"),
        "cefiderocol": PanelResult(zone_mm=23),
        "tigecycline": PanelResult(category="S", standard="FDA"),
        "fosfomycin-iv": PanelResult(mic_mg_l="8"),
    }
    assert case.patient.allergies is not None
    assert case.patient.allergies[0].drug_id == "ceftazidime"
    assert case.patient.medicines is not None
    assert (case.patient.medicines[0].drug, case.patient.medicines[0].drug_id) == (
        "valproate",
        None,
    )
    assert case.hospital.stock == {"aztreonam-avibactam": False}
    assert case.orders[0].start_time == time(8)
    assert case.orders[0].drug_id == "aztreonam"


@pytest.mark.safety("SAF-401")
def test_an_empty_list_and_false_are_answers():
    case = read(with_patient("allergies = []", "pregnant = false", "conditions = []"))
    assert case.patient.allergies == ()
    assert case.patient.pregnant is False
    assert case.patient.conditions == ()


def test_toml_and_json_of_one_case_are_equal_to_the_byte():
    case = read(FULL)
    as_json = read(json.dumps(json.loads(canonical_json(case))), path=None)
    assert canonical_json(as_json) == canonical_json(case)


def test_json_null_is_not_given_and_dates_and_times_are_strings():
    document = {
        "format": "ndm-advisor/case/1",
        "isolate": {"organism": "E. coli", "mbl": None},
        "panel": {"results": {"MEM": None}},
        "infection": {"site": "cystitis", "active_therapy_started_on": "2026-11-20"},
        "patient": {"age_years": 67.0, "allergies": None},
        "hospital": {"stock": {"CZA": None}},
        "orders": [{"drug": "CZA", "start_time": "8:05", "started_on": "2026-11-20"}],
    }
    case = read(json.dumps(document), path="c.json")
    assert case.infection.active_therapy_started_on == date(2026, 11, 20)
    assert case.orders[0].start_time == time(8, 5)
    assert case.patient.age_years == 67
    assert case.panel.results == {}
    assert case.hospital.stock == {}


def test_json_problems_name_the_key_and_no_line():
    (problem,) = problems('{"format":"ndm-advisor/case/1","isolate":{"organism":"E. coli"},'
                          '"infection":{"site":"lung"}}', path=None)  # fmt: skip
    assert (problem.key, problem.line, problem.column) == ("infection.site", None, None)
    assert problem.help == "did you mean `pneumonia`? (not assumed)"


# --- schema ----------------------------------------------------------------------------------


def test_required_keys_point_at_the_header_of_their_table():
    found = problems("[isolate]\nmbl = 'unknown'\n[[orders]]\nroute = 'iv'\n")
    assert [(p.code, p.key, p.line) for p in found] == [
        ("E201", "isolate.organism", 1),
        ("E201", "orders.1.drug", 3),
        ("E201", "format", None),
        ("E201", "infection.site", None),
    ]


@pytest.mark.safety("SAF-206", "SAF-406")
@pytest.mark.parametrize(
    ("line", "code", "help_"),
    [
        ('crcl_ml_min = "45"', "E204", "write 45 without quotes"),
        ('crcl_ml_min = "4,5"', "E204", "write 4.5: decimals have a point"),
        ('crcl_ml_min = "45 mL/min"', "E204", "write 45: the key names the unit"),
        ('crcl_ml_min = ">60"', "E204", "write the number alone; only an MIC may carry < or >"),
        ("crcl_ml_min = true", "E204", "leave the line out"),
        ("crcl_ml_min = nan", "E206", "leave the line out"),
        ("crcl_ml_min = inf", "E206", "leave the line out"),
        ("age_years = 67.5", "E204", None),
        ("age_years = true", "E204", "leave the line out"),
        ("pregnant = 0", "E204", "write true or false, without quotes"),
        ('sex = "F"', "E205", "did you mean `female`? (not assumed)"),
        ('child_pugh = "b"', "E205", "did you mean `B`? (not assumed)"),
        ('renal_replacement = "cvvhdf"', "E205", "did you mean `crrt`? (not assumed)"),
        ('conditions = ["long-qt"]', "E205", "did you mean `prolonged-qt`? (not assumed)"),
        ("allergies = [1]", "E204", "write `allergies = [{ drug"),
        ('allergies = "none"', "E204", "write `allergies = [{ drug"),
        ("allergies = [{}]", "E201", 'write `drug = "ceftazidime"`'),
        ("medicines = [3]", "E204", 'write `medicines = ["valproate"]`'),
        ("creatinine_measured_on = 2026-11-20T08:00:00", "E209", "write a date alone"),
        ('creatinine_measured_on = "2026-02-30"', "E209", "write a date alone"),
        ("creatinine_measured_on = 20261120", "E204", "write a date alone"),
    ],
)
def test_a_wrong_value_is_met_with_what_to_write(line, code, help_):
    problem = only(with_patient(line))
    assert (problem.code, problem.line) == (code, 7)
    assert (problem.help or "").startswith(help_ or "")


@pytest.mark.parametrize(
    ("line", "code", "help_"),
    [
        ("crcl = 45", "E203", "write `crcl_ml_min = 45` for Cockcroft-Gault in mL/min"),
        ("weight = 71.0", "E203", "write `weight_kg = 71`"),
        ("age = 67", "E203", "write `age_years = 67`"),
        ("creatinine = 80", "E203", "write `creatinine_umol_l` or `creatinine_mg_dl`"),
        ("egfr = 45", "E203", "write `egfr_ml_min_1_73m2 = 45`"),
        ("weight_lb = 150", "E202", "did you mean `weight_kg`"),
        ("egfr_ml_min_173 = 45", "E202", "did you mean `egfr_ml_min_1_73m2`"),
        ("alergies = []", "E202", "did you mean `allergies`"),
        ('severity = "severe"', "E202", "`severity` belongs in [infection]"),
        ('id = "x"', "E202", "`id` belongs at the top of the file"),
        ("zzz = 1", "E202", "`ndm-advisor new` prints a blank case"),
    ],
)
def test_an_unknown_key_is_met_with_the_key_that_was_meant(line, code, help_):
    problem = only(with_patient(line))
    assert (problem.code, problem.line, problem.column) == (code, 7, 1)
    assert (problem.help or "").startswith(help_)


def test_the_readers_own_field_is_no_key_of_a_file():
    assert codes(with_order('drug = "aztreonam"', 'drug_id = "colistin"')) == ["E202"]
    assert "E202" in codes(with_patient('allergies = [{ drug = "x", drug_id = "y" }]'))


def test_results_beside_their_table_are_sent_there():
    problem = only(SMALLEST + '[panel]\naztreonam = "R"\n')
    assert problem.code == "E202"


def test_one_order_in_single_brackets():
    problem = only(SMALLEST + '[orders]\ndrug = "aztreonam"\n')
    assert (problem.code, problem.help) == ("E204", "each order stands under its own [[orders]]")


def test_another_format_is_refused():
    assert codes(SMALLEST.replace("case/1", "case/2")) == ["E210"]
    assert codes(SMALLEST.replace('"ndm-advisor/case/1"', "1")) == ["E210"]


def test_the_interval_of_aztreonam_is_6_or_8():
    assert (
        read(SMALLEST + "[hospital]\naztreonam_interval_h = 6\n").hospital.aztreonam_interval_h == 6
    )
    assert codes(SMALLEST + "[hospital]\naztreonam_interval_h = 12\n") == ["E205"]
    assert codes(SMALLEST + "[hospital]\naztreonam_interval_h = true\n") == ["E204"]


@pytest.mark.safety("SAF-406")
def test_all_problems_come_at_once_sorted_by_line():
    lines = [p.line for p in problems(with_patient("crcl = 1", 'sex = "x"', "weight_kg = 999"))]
    assert lines == [7, 8, 9]


# --- ranges ----------------------------------------------------------------------------------

ACCEPTED = {  # key: (lowest and highest accepted, just outside them)
    "age_years": (0, 120, None, 121),
    "weight_kg": (30, 300, 29.9, 300.1),
    "height_cm": (120, 220, 119.9, 220.1),
    "creatinine_mg_dl": (0.2, 20, 0.19, 20.1),
    "creatinine_umol_l": (18, 1768, 17.9, 1768.1),
    "crcl_ml_min": (0, 250, -0.1, 250.1),
    "egfr_ml_min_1_73m2": (0, 250, -1, 251),
}


@pytest.mark.safety("SAF-206")
@pytest.mark.parametrize("key", ACCEPTED)
def test_the_accepted_range_ends_where_the_dossier_says(key):
    low, high, below, above = ACCEPTED[key]
    for value in (low, high):
        read(with_patient(f"{key} = {value}"))
    for value in (below, above):
        if value is not None:
            assert codes(with_patient(f"{key} = {value}")) == ["E207"]


@pytest.mark.safety("SAF-206")
@pytest.mark.parametrize(
    ("key", "quiet", "remarked"),
    [
        ("age_years", (18, 0, 12, 110), (111, 120)),
        ("weight_kg", (40, 180), (39.9, 180.1)),
        ("height_cm", (145, 205), (144.9, 205.1)),
        ("creatinine_mg_dl", (0.4, 8), (0.39, 8.1)),
        ("creatinine_umol_l", (35, 700), (34.9, 700.1)),
        ("crcl_ml_min", (5, 180), (4.9, 180.1, 0)),
    ],
)
def test_the_plausible_range_ends_where_the_dossier_says(key, quiet, remarked):
    for value in quiet:
        assert warnings(with_patient(f"{key} = {value}")) == [], value
    for value in remarked:
        assert only_warning(with_patient(f"{key} = {value}")).code == "W310", value


@pytest.mark.safety("SAF-206")
@pytest.mark.parametrize(
    ("line", "help_"),
    [
        ("height_cm = 1.65", "this looks like metres: 1.65 m are 165 cm"),
        ("height_cm = 65", "this looks like inches: 65 inches are 165 cm"),
        ("creatinine_mg_dl = 106", "this looks like micromol/L: use `creatinine_umol_l`"),
        ("creatinine_umol_l = 1.2", "this looks like mg/dL: use `creatinine_mg_dl`"),
        ("weight_kg = 400", "check the unit; 1 kg is 2.2 pounds"),
        ("crrt_effluent_l_h = 2500", "write litres per hour: 2500 mL/h are 2.5"),
    ],
)
def test_a_slip_of_unit_is_named(line, help_):
    text = with_patient(line, 'renal_replacement = "crrt"')
    assert (only(text).help or "").startswith(help_)


def test_a_child_is_read_so_that_it_can_be_told_it_is_out_of_scope():
    assert warnings(with_patient("age_years = 3", "weight_kg = 14", "height_cm = 95")) == []
    assert codes(with_patient("age_years = 3", "weight_kg = -1")) == ["E207"]
    assert codes(with_patient("age_years = 3", "weight_kg = 500")) == ["E207"]


def test_weight_and_height_that_do_not_fit():
    assert only_warning(with_patient("weight_kg = 180", "height_cm = 150")).code == "W311"
    assert warnings(with_patient("weight_kg = 140", "height_cm = 150")) == []


@pytest.mark.parametrize(
    ("key", "high"), [("sofa_rise", 24), ("pitt_score", 14), ("increment_cpe_score", 15)]
)
def test_scores_end_at_their_maximum(key, high):
    read(SMALLEST + f"{key} = {high}\n")
    assert codes(SMALLEST + f"{key} = {high + 1}\n") == ["E207"]


# --- between keys ----------------------------------------------------------------------------


@pytest.mark.safety("SAF-205")
def test_creatinine_in_two_units_points_at_both():
    problem = only(
        with_patient("creatinine_mg_dl = 1.2", "sex = 'male'", "creatinine_umol_l = 106")
    )
    assert (problem.code, problem.line) == ("E301", 9)
    assert problem.also is not None
    assert problem.also[0] == 7


def test_creatinine_beside_clearance_is_fine():
    read(with_patient("creatinine_mg_dl = 1.2", "crcl_ml_min = 60"))


@pytest.mark.parametrize(
    "text",
    [
        SMALLEST.replace("[isolate]", "reported_on = 2026-11-23\n[isolate]"),
        SMALLEST + "active_therapy_started_on = 2026-11-23\n",
        with_patient("creatinine_measured_on = 2026-11-23"),
        with_order('drug = "aztreonam"', "started_on = 2026-11-23"),
    ],
)
def test_a_date_after_the_date_of_advice_is_refused(text):
    assert codes(text) == ["E303"]
    assert warnings(text.replace("11-23", "11-22")) == []


def test_gestation_needs_a_pregnancy():
    assert codes(with_patient("pregnant = false", "gestation_weeks = 30")) == ["E306"]
    assert only_warning(with_patient("gestation_weeks = 30")).code == "W306"
    assert warnings(with_patient("gestation_weeks = 30", "pregnant = true")) == []


@pytest.mark.parametrize("key", ["residual_crcl_ml_min", "crrt_effluent_l_h"])
def test_dialysis_figures_need_dialysis(key):
    assert only_warning(with_patient(f"{key} = 8")).code == "W306"
    assert only_warning(with_patient(f"{key} = 8", 'renal_replacement = "none"')).code == "W306"
    assert warnings(with_patient(f"{key} = 8", 'renal_replacement = "crrt"')) == []


def test_a_source_is_for_bloodstream_only():
    text = SMALLEST + 'source = "pneumonia"\n'
    assert warnings(text) == []
    assert only_warning(text.replace('"bloodstream"', '"cystitis"')).code == "W306"


def test_a_family_without_mbl_is_remarked():
    family = SMALLEST.replace("[infection]", 'mbl_family = "NDM"\n[infection]')
    assert only_warning(family).code == "W307"
    assert warnings(family.replace("mbl_family", 'mbl = "confirmed"\nmbl_family')) == []


# --- panel -----------------------------------------------------------------------------------


def test_a_result_is_a_category_an_mic_or_a_table():
    rows = read(with_results('MEM = "R"', 'ATM = "> 32"', "CZA = { mic_mg_l = 0.5 }")).panel.results
    assert rows["meropenem"].category == "R"
    assert rows["aztreonam"].mic_mg_l == "> 32"
    assert rows["ceftazidime-avibactam"].mic_mg_l == "0.5"


@pytest.mark.parametrize("category", ["S", "I", "SDD", "R", "NS", "not tested", "pending"])
def test_every_category_is_read(category):
    assert read(with_results(f'MEM = "{category}"')).panel.results["meropenem"].category == category


@pytest.mark.parametrize(
    ("row", "code", "help_"),
    [
        ('MEM = "s"', "E208", "did you mean `S`? (not assumed)"),
        ('MEM = "Not Tested"', "E208", "did you mean `not tested`? (not assumed)"),
        ('MEM = "resistant"', "E208", 'an MIC is written "0.5", "<=0.25" or ">32"'),
        ('MEM = ">>8"', "E208", "write a number in mg/L"),
        ("MEM = 8", "E208", 'write "8" for an MIC in mg/L, or `{ zone_mm = 8 }`'),
        ("MEM = { mic_mg_l = nan }", "E208", "write a number in mg/L"),
        ("MEM = { mic_mg_l = 'S' }", "E208", "write a number in mg/L"),
        ("MEM = {}", "E308", "give category, mic_mg_l or zone_mm"),
        ("MEM = { standard = 'CLSI' }", "E308", "give category, mic_mg_l or zone_mm"),
        ("MEM = { category = 's' }", "E205", "did you mean `S`? (not assumed)"),
        ("MEM = { mic = 8, category = 'R' }", "E203", "write `mic_mg_l = 8`"),
        ("MEM = { zone_mm = 90 }", "E207", ""),
        ("MEM = { zone_mm = '23' }", "E204", "write 23 without quotes"),
        ("MEM = true", "E204", ""),
    ],
)
def test_other_results_are_refused(row, code, help_):
    problem = only(with_results(row))
    assert (problem.code, problem.line) == (code, 9)
    assert (problem.help or "").startswith(help_)


@pytest.mark.safety("SAF-102")
def test_one_drug_under_two_names_with_different_results():
    problem = only(with_results('"ceftazidime-avibactam" = "R"', 'ATM = "R"', '"CAZ-AVI" = "S"'))
    assert (problem.code, problem.line, problem.key) == ("E302", 11, "panel.results.CAZ-AVI")
    assert problem.also == (9, 1, '"ceftazidime-avibactam" = "R"', "first result here")


def test_one_drug_under_two_names_with_the_same_result():
    text = with_results('mecillinam = "S"', 'pivmecillinam = { category = "S" }')
    assert only_warning(text).code == "W301"
    assert list(read(text).panel.results) == ["pivmecillinam"]


@pytest.mark.parametrize(
    "name",
    [
        "ceftazidime-avibactam + aztreonam",
        "ceftazidime-avibactam+aztreonam",
        "Aztreonam  +  CZA",
        "ATM+ceftazidime/avibactam",
    ],
)
def test_the_combined_test_has_one_id(name):
    text = with_results(f'"{name}" = {{ category = "S", method = "strip-stacking" }}')
    assert warnings(text) == []
    assert list(read(text).panel.results) == ["ceftazidime-avibactam+aztreonam"]


def test_the_combined_test_wants_its_method_and_no_number():
    name = '"ceftazidime-avibactam + aztreonam"'
    assert only_warning(with_results(f'{name} = "S"')).code == "W304"
    assert warnings(with_results(f'{name} = "pending"')) == []
    found = warnings(with_results(f'{name} = {{ mic_mg_l = "0.5", method = "strip-stacking" }}'))
    assert [warning.code for warning in found] == ["W305"]


def test_a_method_means_nothing_on_another_row():
    text = with_results('ATM = { category = "R", method = "strip-stacking" }')
    assert only_warning(text).code == "W306"


def test_numbers_without_a_standard_are_remarked_once():
    rows = ('MEM = "8"', "FDC = { zone_mm = 23 }", 'CZA = "R"')
    warning = only_warning(with_results(*rows, standard=""))
    assert (warning.code, warning.line) == ("W303", 7)
    assert "`MEM` and 1 more" in warning.message
    assert warnings(with_results(*rows)) == []
    assert warnings(with_results('MEM = { mic_mg_l = "8", standard = "CLSI" }', standard="")) == []


def test_fosfomycin_without_a_route_is_kept_for_neither():
    text = with_results('fosfomycin = "8"')
    assert only_warning(text).code == "W302"
    assert list(read(text).panel.results) == ["fosfomycin"]
    both = read(with_results('"fosfomycin (iv)" = "8"', '"fosfomycin (oral)" = "16"'))
    assert list(both.panel.results) == ["fosfomycin-iv", "fosfomycin-oral"]


# --- names -----------------------------------------------------------------------------------


@pytest.mark.safety("SAF-106")
def test_unknown_names_are_refused_with_suggestions_that_are_not_assumed():
    problem = only(with_results('aztreonm = "R"'))
    assert (problem.code, problem.help) == ("E401", "did you mean `aztreonam`? (not assumed)")
    assert codes(SMALLEST + "[hospital]\nstock = { aztreonm = true }\n") == ["E401"]
    assert codes(SMALLEST + '[hospital]\nstock = { "CZA + ATM" = true }\n') == ["E401"]


@pytest.mark.safety("SAF-106")
def test_names_match_whole():
    rows = read(with_results('aztreonam = "R"', 'aztreonam-avibactam = "S"')).panel.results
    assert {drug: row.category for drug, row in rows.items()} == {
        "aztreonam": "R",
        "aztreonam-avibactam": "S",
    }


def test_the_row_of_an_unknown_drug_is_still_checked():
    assert codes(with_results('aztreonm = ">>8"')) == ["E208"]  # one problem per key: the first
    assert sorted(codes(with_results("aztreonm = { category = 'x' }"))) == ["E205", "E401"]


@pytest.mark.safety("SAF-106")
def test_ambiguous_names_are_refused_with_the_candidates():
    for text in (
        with_results('polymyxin = "S"'),
        with_order('drug = "polymyxin"'),
        with_patient('allergies = [{ drug = "polymyxin" }]'),
        with_patient('medicines = ["polymyxin"]'),
        SMALLEST + "[hospital]\nstock = { polymyxin = true }\n",
    ):
        problem = only(text)
        assert (problem.code, problem.help) == ("E402", "write `colistin` or `polymyxin-b`")


@pytest.mark.safety("SAF-106")
@pytest.mark.parametrize("name", ["AZT", "azt", " Azt "])
def test_azt_is_refused_everywhere(name):
    for text in (
        with_results(f'"{name}" = "R"'),
        with_order(f'drug = "{name}"'),
        with_order('drug = "ATM"', f'components_mg = {{ "{name}" = 2000 }}'),
        with_patient(f'allergies = [{{ drug = "{name}" }}]'),
        with_patient(f'medicines = ["{name}"]'),
        SMALLEST + f'[hospital]\nstock = {{ "{name}" = true }}\n',
    ):
        problem = only(text)
        assert problem.code == "E403"
        assert "zidovudine" in (problem.note or "")


def test_unknown_organisms_are_refused_and_other_bacteria_are_not():
    assert read(SMALLEST.replace("Escherichia coli", "Pseudomonas aeruginosa"))
    problem = only(SMALLEST.replace("Escherichia coli", "Escherichia colli"))
    assert (problem.code, problem.help) == (
        "E404",
        "did you mean `Escherichia coli`? (not assumed)",
    )


@pytest.mark.safety("SAF-103", "SAF-402")
def test_allergies_keep_any_text_and_say_what_is_not_assessed():
    text = with_patient('allergies = [{ drug = "penicillin" }, { drug = "Azactam" }]')
    assert warnings(text) == []
    allergies = read(text).patient.allergies
    assert allergies is not None
    assert [(a.drug, a.drug_id) for a in allergies] == [
        ("penicillin", None),
        ("Azactam", "aztreonam"),
    ]
    assert only_warning(with_patient('allergies = [{ drug = "latex" }]')).code == "W401"
    fosfomycin = read(with_patient('allergies = [{ drug = "fosfomycin" }]')).patient.allergies
    assert fosfomycin is not None
    assert fosfomycin[0].drug_id == "fosfomycin-iv"


def test_other_carbapenemases():
    def isolate(names: str) -> str:
        return SMALLEST.replace("[infection]", f"other_carbapenemases = {names}\n[infection]")

    assert read(isolate("[]")).isolate.other_carbapenemases == ()
    assert warnings(isolate('["KPC", "OXA-48-like"]')) == []
    assert only_warning(isolate('["OXA-48"]')).help == "did you mean `OXA-48-like`? (not assumed)"
    assert codes(isolate('["NDM-5"]')) == ["E310"]


def test_one_drug_in_and_out_of_stock():
    assert codes(SMALLEST + "[hospital]\nstock = { CZA = true, Avycaz = false }\n") == ["E309"]
    same = SMALLEST + "[hospital]\nstock = { CZA = true, Avycaz = true }\n"
    assert only_warning(same).code == "W301"


# --- orders ----------------------------------------------------------------------------------


def test_only_the_drug_is_required():
    (order,) = read(with_order('drug = "vancomycin"')).orders
    assert (order.drug, order.drug_id) == ("vancomycin", None)


def test_orders_outside_the_base_are_never_refused_for_their_dose():
    text = with_order('drug = "noradrenaline"', "dose_mg = 0.05", "interval_h = 336")
    assert [warning.code for warning in warnings(text)] == ["W310", "W310"]


def test_an_order_that_looks_like_a_slip_is_remarked():
    assert only_warning(with_order('drug = "aztreonm"')).code == "W402"
    assert only_warning(with_order('drug = "CZA + ATM"')).code == "W402"
    assert warnings(with_order('drug = "vancomycin"')) == []


def test_the_route_tells_the_two_fosfomycins_apart():
    for route in ("iv", "oral"):
        (order,) = read(with_order('drug = "fosfomycin"', f'route = "{route}"')).orders
        assert order.drug_id == f"fosfomycin-{route}"
    assert only_warning(with_order('drug = "fosfomycin"')).code == "W402"
    assert read(with_order('drug = "fosfomycin"')).orders[0].drug_id is None
    assert codes(with_order('drug = "Monurol"', 'route = "iv"')) == ["E307"]


@pytest.mark.safety("SAF-205")
@pytest.mark.parametrize(
    "lines",
    [
        ('drug = "colistin"', "dose_mg_colistin_base = 150"),
        ('drug = "colistin"', "dose_million_units = 4.5"),
        ('drug = "polymyxin B"', "dose_mg_polymyxin_b = 100"),
        ('drug = "polymyxin B"', "dose_units = 1000000"),
    ],
)
def test_polymyxin_doses_carry_their_unit(lines):
    assert warnings(with_order(*lines)) == []


@pytest.mark.safety("SAF-205")
@pytest.mark.parametrize(
    "lines",
    [
        ('drug = "colistin"', "dose_mg = 150"),
        ('drug = "colistin"', "components_mg = { colistin = 150 }"),
        ('drug = "colistin"', "dose_units = 4500000"),
        ('drug = "colistin"', "dose_mg_polymyxin_b = 100"),
        ('drug = "colistin"', "dose_mg_colistin_base = 150", "dose_million_units = 4.5"),
        ('drug = "colistin"', "dose_mg_colistin_base = 150", "dose_mg = 150"),
        ('drug = "polymyxin B"', "dose_mg = 100"),
        ('drug = "polymyxin B"', "dose_million_units = 1"),
        ('drug = "aztreonam"', "dose_units = 2000000"),
    ],
)
def test_other_polymyxin_doses_are_refused(lines):
    assert codes(with_order(*lines)) == ["E304"]


def test_a_polymyxin_without_a_dose_is_not_assessable_but_valid():
    assert only_warning(with_order('drug = "colistin"')).code == "W308"


@pytest.mark.safety("SAF-205")
def test_millions_are_not_units():
    problem = only(with_order('drug = "colistin"', "dose_million_units = 9000000"))
    assert problem.code == "E207"
    assert "9,000,000 million units" in problem.message


@pytest.mark.safety("SAF-205")
@pytest.mark.parametrize(
    ("total", "agrees"), [(2000, True), (2040, True), (1961, True), (2042, False), (1500, False)]
)
def test_total_and_components_agree_within_2_percent(total, agrees):
    text = with_order(
        'drug = "aztreonam-avibactam"',
        f"dose_mg = {total}",
        "components_mg = { aztreonam = 1500, avibactam = 500 }",
    )
    if agrees:
        assert read(text).orders[0].components_mg == {"aztreonam": 1500, "avibactam": 500}
    else:
        assert codes(text) == ["E305"]


def test_components_have_names_the_base_knows():
    assert codes(with_order('drug = "CZA"', "components_mg = { ceftazidme = 2000 }")) == ["E401"]
    assert read(with_order('drug = "other"', "components_mg = { thing = 5 }"))
    text = with_order('drug = "CZA"', "components_mg = { CAZ = 2000, ceftazidime = 2000 }")
    assert codes(text) == ["E309"]


@pytest.mark.parametrize("written", ["08:00:00", '"08:00"', '"8:00"', '"08:00:00"'])
def test_a_start_time_is_a_time(written):
    order = read(with_order('drug = "ATM"', f"start_time = {written}")).orders[0]
    assert order.start_time == time(8)


@pytest.mark.parametrize(
    "written", ['"25:00"', '"8 am"', '"08:00+01:00"', "8", '"\u0660\u0668:00"']
)
def test_a_start_time_is_nothing_else(written):
    assert codes(with_order('drug = "ATM"', f"start_time = {written}"))[0] in ("E209", "E204")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("interval_h = 0", "E207"),
        ("interval_h = 1000", "E207"),
        ("infusion_h = 180", "E207"),
        ("dose_mg = 2000000", "E207"),
        ("dose_mg = 0", "E207"),
        ("dose = 2000", "E203"),
        ("interval = 8", "E203"),
        ('route = "po"', "E205"),
        ('kind = "load"', "E205"),
    ],
)
def test_order_values_out_of_bounds(line, code):
    assert codes(with_order('drug = "aztreonam"', line)) == [code]


# --- entry points ----------------------------------------------------------------------------


def test_tables_from_elsewhere_are_judged_alike():
    document: dict[str, object] = {
        "format": "ndm-advisor/case/1",
        "isolate": {"organism": "E. coli"},
        "infection": {"site": "bloodstream"},
    }
    case, found = build_case(document, names=NAMES, on=ON)
    assert case == read(SMALLEST)
    assert found == ()
    assert document["isolate"] == {"organism": "E. coli"}  # the caller's tables are left alone


def test_the_two_refusals_are_told_apart():
    for text, kind in (("a = ", CaseFormatError), ("a = 1", CaseInvalidError)):
        with pytest.raises(kind) as refused:
            read_case(text, path="x.toml", names=NAMES, on=ON)
        assert refused.value.path == "x.toml"
