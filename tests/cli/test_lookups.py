"""`dose` and `crcl`: the same knowledge as an answer, edge by edge (dosing dossier 22.1 and 1)."""

from __future__ import annotations

import json
import re

import pytest

from ndm_advisor.model.knowledge import Knowledge
from tests.cli.conftest import ON, Run

PAIR = "ceftazidime-avibactam+aztreonam"


def looked_up(run: Run, drug: str, *options: str) -> dict:
    result = run("dose", drug, *options, "--on", ON, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def order(run: Run, drug: str, table: str, *options: str) -> dict:
    (found,) = [t for t in looked_up(run, drug, *options)["tables"] if t["id"] == table]
    return found["order"]


def components(run: Run, drug: str, table: str, crcl: str, *options: str) -> tuple:
    made = order(run, drug, table, "--crcl", crcl, *options)
    dose = made["maintenance_dose"]
    return (tuple(dose["components_mg"].values()), made["interval_h"])


# -- dosing dossier 22.1 --------------------------------------------------------------------------

CAZ_AVI = [
    ("50.1", (2000, 500), 8),
    ("50.0", (1000, 250), 8),
    ("30.1", (1000, 250), 8),
    ("30.0", (750, 190), 12),
    ("15.0", (750, 190), 24),
    ("5.1", (750, 190), 24),
    ("5.0", (750, 190), 48),
]
ATM_AVI = [
    ("50.1", (1500, 500), 6),
    ("50.0", (750, 250), 6),
    ("30.0", (675, 225), 8),
    ("15.0", (675, 225), 12),
]
AZTREONAM = [("30.1", (2000,), 8), ("30.0", (1000,), 8), ("10.0", (1000,), 8), ("9.9", (500,), 8)]
CEFIDEROCOL = [
    ("120.0", (2000,), 6),
    ("119.9", (2000,), 8),
    ("60.0", (2000,), 8),
    ("59.9", (1500,), 8),
    ("30.0", (1500,), 8),
    ("29.9", (1000,), 8),
    ("15.0", (1000,), 8),
    ("14.9", (750,), 12),
]
MEROPENEM = [
    ("50.1", (2000,), 8),
    ("50.0", (2000,), 12),
    ("25.0", (1000,), 12),
    ("10.0", (1000,), 12),
    ("9.9", (1000,), 24),
]
FOSFOMYCIN = [
    ("50.1", (6000,), 8),
    ("50.0", (4000,), 8),
    ("40.0", (3000,), 8),
    ("30.0", (5000,), 24),
    ("20.0", (3000,), 24),
]
VECTORS = [
    *(("ceftazidime-avibactam", "ceftazidime-avibactam/us", *v) for v in CAZ_AVI),
    *(("aztreonam-avibactam", "aztreonam-avibactam/us", *v) for v in ATM_AVI),
    *(("aztreonam", "aztreonam/mbl-pair", *v) for v in AZTREONAM),
    *(("cefiderocol", f"cefiderocol/{r}", *v) for r in ("eu", "us") for v in CEFIDEROCOL),
    *(("meropenem", "meropenem/high-dose", *v) for v in MEROPENEM),
    *(("fosfomycin-iv", "fosfomycin-iv/us", *v) for v in FOSFOMYCIN),
]


@pytest.mark.safety("SAF-202")
@pytest.mark.parametrize(("drug", "table", "crcl", "mg", "interval_h"), VECTORS)
def test_the_row_at_an_edge(  # noqa: PLR0917
    run: Run, drug: str, table: str, crcl: str, mg: tuple[float, ...], interval_h: float
) -> None:
    assert components(run, drug, table, crcl) == (mg, interval_h)


@pytest.mark.parametrize(
    ("crcl", "low", "high"),
    [
        ("50", 9, None),
        ("49.9", 5.5, 7.5),
        ("30", 5.5, 7.5),
        ("29.9", 4.5, 5.5),
        ("10", 4.5, 5.5),
        ("9.9", 3.5, None),
    ],
)
def test_colistin_in_million_units_a_day(
    run: Run, crcl: str, low: float, high: float | None
) -> None:
    made = order(run, "colistin", "colistin/eu", "--crcl", crcl)
    units, a_day = made["maintenance_dose"]["units"], 24 / made["interval_h"]
    assert units["system"] == "million-units-colistimethate"
    assert units["amount"] * a_day == pytest.approx(low)
    assert (units["to_amount"] or 0) * a_day == pytest.approx(high or 0)


@pytest.mark.parametrize(("kg", "load"), [(60, 240), (75, 300), (90, 300)])
def test_the_consensus_load_of_colistin_has_a_ceiling(run: Run, kg: int, load: int) -> None:
    # Ideal weight by Devine: 50 kg at 152.4 cm and 2.3 kg for each inch more.
    height = (kg - 50) / 2.3 * 2.54 + 152.4
    body = ("--weight-kg", str(kg), "--height-cm", f"{height:.6f}", "--sex", "male")
    dose = order(run, "colistin", "colistin/consensus-us", "--crcl", "55", *body)["loading_dose"]
    assert dose["units"]["system"] == "mg-colistin-base"
    assert dose["units"]["amount"] == pytest.approx(load)
    assert f"{load} mg colistin base" in dose["text"]
    if kg != 75:  # the ceiling itself
        assert ("ceiling reached" in dose["text"]) == (kg == 90)


@pytest.mark.parametrize(
    ("crcl", "mg_per_kg", "interval_h"), [("60", 15, 24), ("59.9", 10, 24), ("29.9", 10, 48)]
)
def test_plazomicin(run: Run, crcl: str, mg_per_kg: float, interval_h: float) -> None:
    made = order(
        run, "plazomicin", "plazomicin/us-complicated-uti", "--crcl", crcl, "--weight-kg", "70"
    )
    assert made["maintenance_dose"]["per_kg"]["mg_per_kg"] == mg_per_kg
    assert made["interval_h"] == interval_h


@pytest.mark.parametrize(
    ("drug", "table", "options"),
    [
        ("fosfomycin-iv", "fosfomycin-iv/us", ("--crcl", "10")),
        ("plazomicin", "plazomicin/us-complicated-uti", ("--crcl", "14.9", "--weight-kg", "70")),
        ("aztreonam-avibactam", "aztreonam-avibactam/eu", ("--crcl", "15")),
        (
            "aztreonam-avibactam",
            "aztreonam-avibactam/eu",
            ("--crcl", "15", "--renal-replacement", "none"),
        ),
        ("gentamicin", "gentamicin/hartford", ("--crcl", "19.9", "--weight-kg", "70")),
    ],
)
def test_where_there_is_no_dose_it_is_refused_with_the_reason(
    run: Run, drug: str, table: str, options: tuple[str, ...]
) -> None:
    made = order(run, drug, table, *options)
    assert made["maintenance_dose"] is None
    assert made["loading_dose"] is None
    assert made["pending"]


def test_aztreonam_avibactam_on_haemodialysis_has_a_dose_in_the_eu(run: Run) -> None:
    made = order(
        run,
        "aztreonam-avibactam",
        "aztreonam-avibactam/eu",
        "--renal-replacement",
        "intermittent-haemodialysis",
    )
    assert made["maintenance_dose"]["components_mg"] == {"aztreonam": 675, "avibactam": 225}


# -- dose: what is printed ------------------------------------------------------------------------


class TestDose:
    def test_band_edges_and_distance(self, run: Run) -> None:
        shown = run("dose", "cefiderocol", "--crcl", "58", "--region", "EU", "--on", ON).stdout
        assert "Band: CrCl at least 30 and below 60 mL/min\n" in shown
        assert "Edges: 30 mL/min belongs to this band; 28 mL/min away; below: " in shown
        assert (
            "Edges: 60 mL/min belongs to the band at or above; 2 mL/min away; NEAR: recheck before "
            "the dose; at or above: cefiderocol 2 g every 8 hours over 3 hours\n"
        ) in shown
        assert "Dose: cefiderocol 1.5 g IV every 8 hours over 3 hours\n" in shown
        assert "Daily maximum: at most 8 g per day\n" in shown
        assert "eGFR is another quantity and chooses none" in shown

    def test_where_a_rule_asks_for_the_egfr_it_is_not_called_unused(self, run: Run) -> None:
        shown = run("dose", "nitrofurantoin", "--crcl", "40", "--region", "EU", "--on", ON).stdout
        assert "Do: give the eGFR" in shown
        assert "not used" not in shown

    def test_every_band_without_a_clearance(self, run: Run) -> None:
        made = looked_up(run, "ceftazidime-avibactam")
        assert {t["id"]: len(t["rows"]) for t in made["tables"]} == {
            "ceftazidime-avibactam/eu": 5,
            "ceftazidime-avibactam/us": 5,
        }
        assert all(t["order"] is None for t in made["tables"])
        assert made["not_assessed"][0]["supply"] == "--crcl"

    def test_every_table_of_every_drug_can_be_looked_up(
        self, run: Run, knowledge: Knowledge
    ) -> None:
        body = ("--weight-kg", "70", "--height-cm", "175", "--sex", "male")
        for drug in knowledge.drugs.values():
            for options in ((), ("--crcl", "45"), ("--crcl", "0", *body)):
                made = looked_up(run, drug.id, *options)
                assert {t["id"] for t in made["tables"]} == {t.id for t in drug.dosing}
                for table in made["tables"]:
                    assert table["sources"]
                    assert table["grade"] in set("PSVQD")
                    assert table["order"] or table["rows"]
                assert run("dose", drug.id, *options, "--on", ON).exit_code == 0

    @pytest.mark.safety("SAF-202")
    @pytest.mark.parametrize(
        "mode", ["intermittent-haemodialysis", "crrt", "peritoneal-dialysis", "sled"]
    )
    def test_clearance_is_not_used_on_renal_replacement(
        self, run: Run, knowledge: Knowledge, mode: str
    ) -> None:
        for drug in knowledge.drugs:
            asked = ("--renal-replacement", mode)
            with_crcl = looked_up(run, drug, *asked, "--crcl", "80")
            without = looked_up(run, drug, *asked)
            assert with_crcl["tables"] == without["tables"]

    def test_us_ceftazidime_avibactam_on_haemodialysis_by_residual_clearance(
        self, run: Run
    ) -> None:
        asked = ("--renal-replacement", "intermittent-haemodialysis")
        table = "ceftazidime-avibactam/us"
        for residual, hours in (("16", 24), ("15", 24), ("5", 48)):
            made = order(run, "ceftazidime-avibactam", table, *asked, "--residual-crcl", residual)
            assert made["interval_h"] == hours
        assert order(run, "ceftazidime-avibactam", table, *asked)["interval_h"] == 48

    @pytest.mark.parametrize(
        ("effluent", "mg", "interval_h"),
        [
            ("2", 1500, 12),
            ("2.1", 2000, 12),
            ("3", 2000, 12),
            ("3.1", 1500, 8),
            ("4", 1500, 8),
            ("4.1", 2000, 8),
        ],
    )
    def test_cefiderocol_by_effluent(
        self, run: Run, effluent: str, mg: float, interval_h: float
    ) -> None:
        for region in ("eu", "us"):
            made = order(
                run,
                "cefiderocol",
                f"cefiderocol/{region}",
                "--renal-replacement",
                "crrt",
                "--effluent",
                effluent,
            )
            assert made["maintenance_dose"]["total_mg"] == mg
            assert made["interval_h"] == interval_h

    def test_the_pair_runs_over_3_hours_and_says_derived(self, run: Run) -> None:
        made = looked_up(run, PAIR, "--crcl", "22")
        by_id = {t["id"]: t for t in made["tables"]}
        assert set(by_id) == {
            "ceftazidime-avibactam/eu",
            "ceftazidime-avibactam/us",
            "aztreonam/mbl-pair",
        }
        assert {t["order"]["infusion_h"] for t in made["tables"]} == {3}
        assert by_id["aztreonam/mbl-pair"]["row"]["derived"] is True
        shown = run("dose", PAIR, "--crcl", "22", "--on", ON).stdout
        assert "(derived)" in shown

    def test_regions_where_they_differ(self, run: Run) -> None:
        same = looked_up(run, "cefiderocol", "--crcl", "45")
        assert same["differences"] == []
        assert "the same doses in both regions" in run("dose", "cefiderocol", "--crcl", "45").stdout
        one = looked_up(run, "ceftazidime-avibactam", "--crcl", "22", "--region", "EU")
        assert [t["regions"] for t in one["tables"]] == [["EU"]]
        (found,) = one["differences"]
        assert "0.1875 g" in found["eu"][0]
        assert "0.19 g" in found["us"][0]

    def test_tables_that_do_not_serve_the_site_are_named_only(self, run: Run) -> None:
        made = looked_up(run, "amikacin", "--site", "cystitis")
        assert [t["id"] for t in made["tables"]] == ["amikacin/cystitis"]
        assert "amikacin/eu-label" in made["left_out"]

    def test_a_dose_by_weight_names_weight_and_basis(self, run: Run) -> None:
        body = ("--weight-kg", "100", "--height-cm", "175", "--sex", "male")
        text = order(run, "gentamicin", "gentamicin/us-complicated-uti", "--crcl", "80", *body)[
            "maintenance_dose"
        ]["text"]
        assert "adjusted weight 82.3 kg" in text
        without = order(run, "gentamicin", "gentamicin/us-complicated-uti", "--crcl", "80")
        assert without["pending"] == "dose withheld: the weight is not known"

    def test_what_is_never_offered_says_so(self, run: Run) -> None:
        assert "never offered as such" in run("dose", "meropenem", "--crcl", "80").stdout
        shown = run("dose", "meropenem-vaborbactam").stdout
        assert "no dosing table stands in the base" in shown
        never = looked_up(run, "rifampicin+meropenem+colistin", "--crcl", "80")
        assert never["tables"] == []

    @pytest.mark.parametrize(
        ("name", "ident"),
        [
            ("Zavicefta", "ceftazidime-avibactam"),
            ("CZA", "ceftazidime-avibactam"),
            ("Ceftazidime / Avibactam", "ceftazidime-avibactam"),
            ("aztreonam + ceftazidime-avibactam", PAIR),
            ("Emblaveo", "aztreonam-avibactam"),
        ],
    )
    def test_names_and_brands(self, run: Run, name: str, ident: str) -> None:
        assert looked_up(run, name)["asked"]["id"] == ident

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("cefiderocl", "did you mean cefiderocol"),
            ("azt", "zidovudine"),
            ("fosfomycin", "fosfomycin-iv"),
            ("aztreonam-avi", "aztreonam-avibactam"),
            ("cefiderocol+tigecycline", "no regimen"),
            ("", "no drug"),
            ("\x1b[31mred\u202e", "no drug"),
        ],
    )
    def test_other_names_end_with_2(self, run: Run, name: str, said: str) -> None:
        result = run("dose", name)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert said in result.stderr
        assert "\x1b" not in result.stderr

    @pytest.mark.safety("SAF-206")
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (("--crcl", "4,5"), "write a decimal point, 4.5"),
            (("--crcl", "251"), "--crcl: 251 mL/min is outside the accepted range 0 to 250"),
            (("--crcl", "nan"), "not a number"),
            (("--crcl", "1e2"), "not a number"),
            (("--crcl", "-1"), "--crcl"),
            (("--weight-kg", "29"), "--weight-kg"),
            (("--height-cm", "1.75"), "metres"),
            (("--sex", "m"), "female | male"),
            (("--renal-replacement", "dialysis"), "intermittent-haemodialysis"),
            (("--site", "urine"), "cystitis"),
            (("--region", "UK"), "EU, US"),
            (("--format", "xml"), "text, plain, json"),
        ],
    )
    def test_values_are_judged_as_those_of_a_case(
        self, run: Run, options: tuple[str, ...], said: str
    ) -> None:
        result = run("dose", "cefiderocol", *options)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert said in result.stderr
        assert "patient." not in result.stderr

    def test_an_implausible_value_is_remarked_on(self, run: Run) -> None:
        result = run("dose", "cefiderocol", "--crcl", "181")
        assert result.exit_code == 0
        assert "warning: --crcl: 181 mL/min is outside the plausible range" in result.stderr

    def test_overdue_knowledge(self, run: Run) -> None:
        late = ("dose", "cefiderocol", "--on", "2027-06-01")
        assert "OVERDUE" in run(*late).stdout
        assert run(*late, "--strict").exit_code == 5

    def test_text_folds_and_keeps_amounts_whole(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "60")
        shown = run("dose", PAIR, "--crcl", "22", "--format", "text").stdout
        assert max(map(len, shown.splitlines())) <= 64  # an amount is never cut
        assert not re.search(r"\d$", shown, re.MULTILINE) or "\n  " in shown
        assert run("dose", PAIR, "--tall-man").stdout.count("cefTAZidime") > 1

    def test_help(self, run: Run) -> None:
        shown = run("dose", "--help").stdout
        assert shown.index("Examples:") < shown.index("--crcl ML/MIN")
        assert all(f"\n  {name} " in run("--help").stdout for name in ("dose", "crcl"))


# -- crcl: dosing dossier 1.1 and 1.2 -------------------------------------------------------------


def clearance(run: Run, *options: str) -> dict:
    result = run("crcl", *options, "--on", ON, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


MAN = ("--age", "70", "--weight-kg", "70", "--sex", "male")
WOMAN = ("--age", "70", "--weight-kg", "60", "--sex", "female")


class TestClearance:
    @pytest.mark.safety("SAF-209")
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ((*MAN, "--creatinine-mg-dl", "1.0"), 68.06),
            ((*MAN, "--creatinine-umol-l", "88.4"), 68.06),
            ((*WOMAN, "--creatinine-mg-dl", "1.5"), 33.06),
        ],
    )
    def test_the_vectors_of_the_dossier(
        self, run: Run, options: tuple[str, ...], expected: float
    ) -> None:
        used = clearance(run, *options)["used"]
        assert used["crcl_ml_min"] == pytest.approx(expected, abs=0.005)
        assert used["rounded_ml_min"] == round(used["crcl_ml_min"], 1)

    @pytest.mark.safety("SAF-209")
    @pytest.mark.parametrize(
        ("height", "sex", "ideal"), [("175", "male", 70.46), ("160", "female", 52.38)]
    )
    def test_ideal_weight(self, run: Run, height: str, sex: str, ideal: float) -> None:
        made = clearance(
            run,
            "--age",
            "50",
            "--weight-kg",
            "60",
            "--height-cm",
            height,
            "--sex",
            sex,
            "--creatinine-mg-dl",
            "1",
        )
        assert made["ideal_weight_kg"] == pytest.approx(ideal, abs=0.005)

    def test_the_equation_with_its_numbers(self, run: Run) -> None:
        shown = run("crcl", *WOMAN, "--creatinine-mg-dl", "1.5", "--on", ON).stdout
        assert "Equation: Cockcroft-Gault: (140 - age in years) x weight in kg" in shown
        assert "Filled in: (140 - 70) x 60 / (72 x 1.5) x 0.85 = 33.05555555555555 mL/min" in shown
        assert "rounded for display 33.1 mL/min" in shown
        assert "height not given: actual weight used" in shown
        assert "eGFR (mL/min/1.73 m2) is another quantity" in shown
        molar = run("crcl", *MAN, "--creatinine-umol-l", "88.4", "--on", ON).stdout
        assert "creatinine 88.4 micromol/L / 88.4 = 1 mg/dL" in molar
        assert "x 0.85" not in molar

    @pytest.mark.parametrize(
        ("kg", "basis", "others"),
        [
            ("70", "actual", []),  # ideal 70.46
            ("84", "actual", ["ideal"]),  # 1.19 x ideal
            ("85", "adjusted", ["actual", "ideal"]),  # 1.21 x ideal
        ],
    )
    def test_the_weight_used_and_the_others(
        self, run: Run, kg: str, basis: str, others: list[str]
    ) -> None:
        made = clearance(
            run,
            "--age",
            "60",
            "--weight-kg",
            kg,
            "--height-cm",
            "175",
            "--sex",
            "male",
            "--creatinine-mg-dl",
            "1.2",
        )
        assert made["used"]["basis"] == basis
        assert [other["basis"] for other in made["others"]] == others

    def test_drugs_whose_band_another_weight_changes(self, run: Run) -> None:
        made = clearance(run, *WOMAN, "--height-cm", "160", "--creatinine-mg-dl", "1.5")
        (other,) = made["others"]
        assert (round(made["used"]["crcl_ml_min"], 2), other["rounded_ml_min"]) == (33.06, 28.9)
        changed = {change["drug"] for change in made["changes"]}
        assert {"ceftazidime-avibactam", "aztreonam-avibactam", "cefiderocol"} <= changed
        assert "polymyxin-b" not in changed
        shown = run(
            "crcl", *WOMAN, "--height-cm", "160", "--creatinine-mg-dl", "1.5", "--on", ON
        ).stdout
        assert "Band changes: with ideal weight (28.9 mL/min) other bands hold for " in shown

    def test_near_an_edge(self, run: Run) -> None:
        made = clearance(
            run, "--age", "70", "--weight-kg", "60", "--sex", "male", "--creatinine-mg-dl", "1.2"
        )  # 48.6
        near = {edge["edge_ml_min"]: edge for edge in made["near_edges"]}
        assert near[50]["distance_ml_min"] == pytest.approx(1.39, abs=0.01)
        assert "ceftazidime-avibactam" in near[50]["drugs"]
        assert 60 not in near

    def test_short_height_is_said(self, run: Run) -> None:
        shown = run(
            "crcl",
            "--age",
            "40",
            "--weight-kg",
            "50",
            "--height-cm",
            "150",
            "--sex",
            "female",
            "--creatinine-mg-dl",
            "1",
        ).stdout
        assert "extrapolated below 60 inches" in shown

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ((), "missing: --age, --weight-kg, --sex, --creatinine-umol-l or --creatinine-mg-dl"),
            (
                (*MAN, "--creatinine-umol-l", "88", "--creatinine-mg-dl", "1"),
                "creatinine is given in two units",
            ),
            ((*MAN, "--creatinine-mg-dl", "88"), "use `--creatinine-umol-l`"),
            ((*MAN, "--creatinine-umol-l", "1"), "use `--creatinine-mg-dl`"),
            (("--age", "17", *MAN[2:], "--creatinine-mg-dl", "1"), "for adults, from 18 years"),
            (("--age", "121", *MAN[2:], "--creatinine-mg-dl", "1"), "--age: 121 years"),
            ((*MAN, "--creatinine-mg-dl", "1,2"), "decimal point, 1.2"),
            ((*MAN, "--creatinine-mg-dl", "1", "--height-cm", "70"), "inches"),
        ],
    )
    def test_values_are_judged_as_those_of_a_case(
        self, run: Run, options: tuple[str, ...], said: str
    ) -> None:
        result = run("crcl", *options)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert said in result.stderr
        assert "patient." not in result.stderr

    def test_pounds_or_two_numbers_exchanged_are_remarked_on(self, run: Run) -> None:
        result = run(
            "crcl", *MAN[:2], "--weight-kg", "185", "--sex", "male", "--creatinine-mg-dl", "1"
        )
        assert result.exit_code == 0
        assert "warning: --weight-kg: 185 kg" in result.stderr

    def test_help(self, run: Run) -> None:
        shown = run("crcl", "--help").stdout
        assert shown.index("Examples:") < shown.index("--age YEARS")


class TestDailyAmounts:
    def test_the_dose_goes_with_its_own_interval(self, run: Run) -> None:
        """Dosing dossier 10.2: 9 million units a day, every 8 or 12 hours; never 3 every 12."""
        asked = ("dose", "colistin", "--crcl", "90", "--region", "EU", "--on", ON)
        (table, *_) = json.loads(run(*asked, "--format", "json").stdout)["tables"]
        order = table["order"]
        assert order["maintenance_dose"]["units"]["amount"] == 3
        assert (order["interval_h"], order["to_interval_h"]) == (8, None)
        assert order["longest_interval_h"] == 12
        shown = run(*asked).stdout
        assert "3 million units colistimethate every 8 hours" in shown
        assert "or 4.5 million units colistimethate every 12 hours" in shown
        assert "8 to 12 hours" not in shown
