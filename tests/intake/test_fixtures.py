"""The constructed files: each format's shape, read whole."""

from __future__ import annotations

import pytest

from ndm_advisor.intake.told import Told

from .conftest import FIXTURES, adds_up, documents, reasons


class TestHl7:
    @pytest.fixture
    def done(self, take):
        return take("hl7", FIXTURES / "blood-culture.hl7")

    def test_all_of_it_is_accounted_for(self, done):
        fields = [
            line.split("|")
            for line in (FIXTURES / "blood-culture.hl7").read_text(encoding="utf-8").splitlines()
        ]
        names = [line[0] for line in fields]
        reported = sum(len(line) > 22 and bool(line[22]) for line in fields if line[0] == "OBR")
        born_and_sex = 2
        held = names.count("OBX") + names.count("AL1") + names.count("SPM") + reported
        assert adds_up(done) == (held + born_and_sex, 19, 6) == (25, 19, 6)

    def test_two_isolates_are_two_cases_and_each_has_its_own_panel(self, done):
        coli, klebsiella = documents(done)
        assert (coli["id"], klebsiella["id"]) == ("hl7-1-1", "hl7-1-2")
        assert coli["isolate"] == {
            "organism": "escherichia-coli",
            "mbl": "confirmed",
            "mbl_family": "NDM",
            "mbl_method": "pcr",
        }
        assert klebsiella["isolate"] == {"organism": "klebsiella-pneumoniae"}
        assert klebsiella["panel"] == {"results": {"meropenem": {"category": "S"}}}

    def test_the_panel(self, done):
        assert documents(done)[0]["panel"]["results"] == {
            "aztreonam": {"mic_mg_l": ">32"},
            "ceftazidime-avibactam": {"mic_mg_l": ">16", "category": "R"},
            "ceftazidime": {"mic_mg_l": ">32", "category": "R"},
            "meropenem": {"mic_mg_l": "16", "category": "R"},
            "cefiderocol": {"category": "S"},
            "gentamicin": {"category": "R"},
        }

    def test_what_is_withdrawn_corrected_or_unknown_is_set_aside(self, done):
        assert sorted(reasons(done)) == [
            "corrected by the laboratory in the same message",
            "one variant was not found, which leaves its family open",
            "the unit `ug/mL` does not fit the method (disk)",
            "unknown drug code local LOCAL7",
            "unknown drug code loinc 99999-9",
            "withdrawn by the laboratory: reported for another patient (status W)",
        ]

    def test_the_patient(self, done):
        patient = documents(done)[0]["patient"]
        assert patient.pop("allergies") == [
            {"drug": "Benzylpenicillin", "reaction": "anaphylaxis", "severity": "severe"}
        ]
        assert str(patient.pop("creatinine_measured_on")) == "2026-11-18"
        assert patient == {
            "sex": "female",
            "age_years": 67,  # born 1959-02-03, specimen of 2026-11-17
            "weight_kg": 71.0,
            "creatinine_mg_dl": 1.8,
        }

    def test_no_identifier_stands_in_a_case(self, done):
        text = str(documents(done))
        for identifier in ("C0001", "Constructed", "19590203", "1959-02-03", "M0001", "F1", "S1"):
            assert identifier not in text

    def test_escapes_are_resolved(self, done):
        names = [o.name for one in done for o in one.report.observations]
        assert r"Cefid\erocol&more" in names

    @pytest.mark.parametrize("ending", ["\r", "\n", "\r\n"])
    def test_any_line_ending_gives_the_same_cases(self, take, done, tmp_path, ending):
        text = (FIXTURES / "blood-culture.hl7").read_text(encoding="utf-8")
        path = tmp_path / "ending.hl7"
        path.write_bytes(ending.join(text.splitlines()).encode())
        assert documents(take("hl7", path)) == documents(done)

    def test_the_good_half_of_a_batch_is_read_and_the_rest_reported(self, take):
        done = take("hl7", FIXTURES / "batch-half-broken.hl7")
        assert [one.report.faults for one in done] == [
            (),
            ("line 10: not a segment", "line 14: not a segment"),
        ]
        assert adds_up(done)[0] == 10
        (case,) = documents(done)
        assert case["infection"] == {"site": "bloodstream"}
        assert case["panel"]["results"] == {
            "ertapenem": {"category": "R"},
            "tigecycline": {"category": "S"},
        }, "the MIC of tigecycline has no unit and no method: it is not taken"
        assert "urine" in done[0].no_case[0]

    def test_the_site_of_the_option_fills_only_what_the_specimen_leaves_open(self, take):
        told = Told(site="complicated-uti")
        cases = documents(take("hl7", FIXTURES / "batch-half-broken.hl7", told=told))
        assert [case["infection"]["site"] for case in cases] == ["complicated-uti", "bloodstream"]


class TestWhonet:
    def test_columns_with_written_names(self, take):
        done = take("whonet", FIXTURES / "whonet-columns.csv")
        assert adds_up(done) == (37, 22, 15)
        first, last = documents(done)
        assert first["panel"] == {
            "results": {
                "meropenem": {"mic_mg_l": "16", "standard": "EUCAST"},
                "ceftazidime": {"category": "R", "standard": "EUCAST"},
                "ceftazidime-avibactam": {"category": "R", "standard": "EUCAST"},
                "aztreonam": {"mic_mg_l": ">32", "standard": "EUCAST"},
                "amikacin": {"mic_mg_l": "16", "standard": "CLSI"},
                "trimethoprim-sulfamethoxazole": {"category": "S", "standard": "EUCAST"},
                "cefiderocol": {"mic_mg_l": "1"},
                "fosfomycin": {"mic_mg_l": "8", "standard": "EUCAST"},
            }
        }
        assert last["patient"] == {"age_years": 0, "sex": "male"}, "8 months"
        assert last["panel"]["results"]["ceftazidime-avibactam"] == {
            "zone_mm": 10.0,
            "standard": "CLSI",
        }

    def test_one_isolate_in_two_rows_is_one_case_and_the_conflict_is_reported(self, take):
        done = take("whonet", FIXTURES / "whonet-columns.csv")
        assert len(done) == 4
        (made,) = done[0].cases
        assert made.conflicts == (
            "meropenem: MIC 16 mg/L at line 3, MEM_EM, MIC >8 mg/L at line 2, MEM_EM; "
            "MIC 16 mg/L is kept",
        )

    def test_an_organism_without_a_known_code_makes_no_case(self, take):
        done = take("whonet", FIXTURES / "whonet-columns.csv")
        assert done[2].no_case == ("unknown organism: `xyz`, whonet xyz",)

    def test_columns_of_the_database(self, take):
        done = take("whonet", FIXTURES / "whonet-database.txt")
        assert adds_up(done) == (16, 10, 6)
        first, last = documents(done)
        assert first["panel"] == {
            "standard": "CLSI",
            "results": {"ceftazidime": {"zone_mm": 23.0}, "imipenem": {"zone_mm": 29.0}},
        }
        assert "a disk of `10` ug, where CLSI reads one of 30 ug" in reasons(done)
        assert last["panel"]["results"]["cefotaxime"] == {"mic_mg_l": "1"}, "the higher of two"


class TestNcbi:
    def test_rows_of_an_isolate_are_gathered_from_the_whole_table(self, take):
        done = take("ncbi", FIXTURES / "ncbi-asts.tsv")
        assert adds_up(done) == (15, 11, 4)
        (case,) = documents(done)
        assert case["panel"]["results"] == {
            "aztreonam-avibactam": {"mic_mg_l": "<=0.03", "standard": "EUCAST"},
            "meropenem": {"category": "R", "standard": "EUCAST"},
            "colistin": {"category": "S", "mic_mg_l": "<=0.5"},
        }

    def test_genes_and_panels_are_joined_by_biosample(self, take):
        paths = (FIXTURES / "ncbi-isolates.csv", FIXTURES / "ncbi-panels.csv")
        done = take("ncbi", *paths, told=Told(site="other"))
        assert adds_up(done) == (17, 12, 5)
        first, second = documents(done)
        assert first["isolate"] == {
            "organism": "escherichia-coli",
            "mbl": "confirmed",
            "mbl_family": "NDM",
            "mbl_method": "sequencing",
            "other_carbapenemases": ["OXA-48-like"],
            "methyltransferase_16s": True,
        }
        assert first["panel"]["results"] == {"aztreonam": {"category": "R"}}, "R before S"
        assert second["isolate"] == {"organism": "escherichia-coli"}, "a list shows no absence"


class TestCsv:
    def test_a_table_with_decimal_commas_by_its_mapping(self, take):
        done = take("csv", FIXTURES / "own-table.csv", FIXTURES / "own-mapping.toml")
        assert adds_up(done) == (12, 8, 4)
        (case,) = documents(done)
        assert case["panel"] == {
            "standard": "EUCAST",
            "results": {
                "meropenem": {"category": "S", "mic_mg_l": "0.25"},
                "ceftazidime-avibactam": {"category": "R"},
            },
        }
        assert case["patient"] == {"age_years": 67, "weight_kg": 71.5, "creatinine_umol_l": 160.0}

    def test_a_table_with_a_row_for_each_result(self, take):
        done = take("csv", FIXTURES / "long-table.csv", FIXTURES / "long-mapping.toml")
        assert adds_up(done) == (12, 11, 1)
        first, second = documents(done)
        assert first["panel"]["results"] == {
            "amikacin": {"category": "S", "mic_mg_l": "<=8"},
            "ceftazidime-avibactam": {"category": "R", "mic_mg_l": "16"},
        }
        assert second["panel"]["results"] == {"meropenem": {"category": "R", "mic_mg_l": ">8"}}
        assert reasons(done) == ["the name stands for cefotaxime or colistin"]
