"""Real files that nobody here wrote: everything in them is read or set aside with a reason.

Each count is taken from the file by other means than the importers', and stands as a number too.
"""

from __future__ import annotations

import csv
import re
from collections import Counter

from ndm_advisor.intake.told import Told

from .conftest import FIXTURES, adds_up, documents, peer, reasons

RESULT = re.compile(r"[A-Z]{3}_[NE][DME][0-9_.]*")


def filled(path, delimiter, wanted) -> int:
    """The filled cells of the columns `wanted` takes."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=delimiter))
    return sum(bool(text) for row in rows for column, text in row.items() if wanted(column))


class TestHl7:
    NAME = "hl7v2-cdc-arln-sample.hl7"

    def test_every_observation_of_the_message_is_accounted_for(self, take):
        path = peer(self.NAME)
        lines = path.read_text(encoding="utf-8").splitlines()
        fields = [line.split("|") for line in lines]
        held = sum(line[0] == "OBX" for line in fields)
        held += sum(bool(line[7:8] and line[7]) for line in fields if line[0] == "PID")
        held += sum(len(line) > 22 and bool(line[22]) for line in fields if line[0] == "OBR")
        held += sum(line[0] == "SPM" for line in fields)
        done = take("hl7", path, told=Told(site="pneumonia"))
        assert adds_up(done) == (held, 13, 13) == (26, 13, 13)

    def test_the_case_holds_what_the_message_says(self, take):
        (case,) = documents(take("hl7", peer(self.NAME), told=Told(site="pneumonia")))
        assert case["isolate"] == {
            "organism": "acinetobacter-baumannii",
            "mbl": "confirmed",
            "mbl_family": "VIM",
            "mbl_method": "pcr",
            "other_carbapenemases": ["KPC"],
        }
        assert case["panel"] == {
            "results": {
                "colistin": {"mic_mg_l": "0.02"},
                "imipenem": {"mic_mg_l": "16"},
                "doripenem": {"mic_mg_l": "2"},
                "meropenem": {"mic_mg_l": "16"},
                "ceftazidime": {"mic_mg_l": ">4"},
                "cefepime": {"mic_mg_l": "2"},
                "aztreonam": {"mic_mg_l": "0.03"},
                "piperacillin-tazobactam": {"mic_mg_l": "16"},
            }
        }, "no standard is named, so none is written"
        assert str(case["reported_on"]) == "2018-02-07"

    def test_two_ages_leave_the_age_unknown_and_no_identifier_is_kept(self, take):
        done = take("hl7", peer(self.NAME), told=Told(site="pneumonia"))
        (case,) = documents(done)
        assert "patient" not in case
        assert "12345001" not in str(case)
        assert "19590203" not in str(case)
        assert any("age_years" in c for one in done for made in one.cases for c in made.conflicts)

    def test_a_rectal_swab_tells_no_site(self, take):
        (done,) = take("hl7", peer(self.NAME))
        assert done.cases == ()
        assert "--site" in done.no_case[0]
        assert adds_up([done]) == (26, 0, 26)


class TestWhonet:
    FACTS = frozenset(
        {
            "Organism", "Sex", "Age", "Specimen type", "Beta-lactamase", "ESBL", "Carbapenemase",
            "ORGANISM", "SEX", "AGE", "SPEC_TYPE", "BETA_LACT",
        }
    )  # fmt: skip

    def _wanted(self, column):
        return column in self.FACTS or RESULT.fullmatch(column) is not None

    def test_the_table_with_written_names(self, take):
        path = peer("whonet-amr-sample.csv")
        done = take("whonet", path, told=Told(site="complicated-uti"))
        assert adds_up(done)[0] == filled(path, ",", self._wanted) == 958
        assert adds_up(done) == (958, 552, 406)
        assert len(documents(done)) == 40

    def test_drugs_the_base_does_not_know_are_reported_by_their_code(self, take):
        path = peer("whonet-amr-sample.csv")
        done = take("whonet", path, told=Told(site="complicated-uti"))
        unknown = Counter(r.split()[-1] for r in reasons(done) if r.startswith("unknown drug"))
        counted = {
            drug: filled(path, ",", lambda column, d=drug: column.startswith(f"{d}_"))
            for drug in unknown
        }
        assert unknown == counted
        assert unknown == {"PEN": 58, "ERY": 38, "VAN": 37, "CLI": 25, "RIF": 21, "OXA": 10}

    def test_the_table_with_names_of_the_database(self, take):
        path = peer("whonet-amrie-sample.txt")
        done = take("whonet", path, told=Told(site="complicated-uti"))
        assert adds_up(done)[0] == filled(path, "|", self._wanted) == 561
        assert adds_up(done) == (561, 523, 38)
        assert len(documents(done)) == 40

    def test_only_blood_tells_the_site(self, take):
        done = take("whonet", peer("whonet-amrie-sample.txt"))
        cases = documents(done)
        assert len(cases) == 3
        assert {case["infection"]["site"] for case in cases} == {"bloodstream"}
        assert sum(len(one.no_case) for one in done) == 37

    def test_zones_keep_their_standard(self, take):
        case = documents(take("whonet", peer("whonet-amrie-sample.txt")))[0]
        assert case["panel"]["standard"] == "CLSI"
        assert case["panel"]["results"]["amikacin"] == {"zone_mm": 20.0}
        assert "version" not in case["panel"], "the file names no edition"


class TestNcbi:
    def test_the_export_of_the_ast_browser(self, take):
        path = peer("ncbi-ast-browser-export-sample.tsv")
        rows = path.read_text(encoding="utf-8").splitlines()[1:]
        done = take("ncbi", path, told=Told(site="other"))
        organism_source_and_result = 3
        assert adds_up(done)[0] == organism_source_and_result * len(rows) == 180
        assert len(documents(done)) == 60
        measured = [case["panel"]["results"]["chloramphenicol"] for case in documents(done)
                    if "results" in case.get("panel", {})]  # fmt: skip
        with path.open(encoding="utf-8", newline="") as file:
            signs = Counter(r["Measurement sign"] for r in csv.DictReader(file, delimiter="\t")
                            if r["MIC (mg/L)"])  # fmt: skip
        mics = [row["mic_mg_l"] for row in measured if "mic_mg_l" in row]
        assert len(mics) == sum(signs.values()) == 51
        assert sum(mic.startswith("<=") for mic in mics) == signs["<="]
        assert sum(mic.startswith(">") for mic in mics) == signs[">"]
        assert not any(mic.endswith(".0") for mic in mics)

    def test_genes_and_panels_are_joined(self, take):
        isolates = peer("ncbi-ndm-ecoli-sample-isolates.csv")
        panels = peer("ncbi-ndm-ecoli-sample-sir.csv")
        done = take("ncbi", isolates, panels, told=Told(site="bloodstream"))
        with isolates.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        genes = sum(len(row["amr_genotypes"].split(";")) for row in rows)
        sources = sum(bool(row["isolation_source"]) for row in rows)
        results = len(panels.read_text(encoding="utf-8").splitlines()) - 1
        assert results == 127
        held = genes + sources + len(rows) + 2 * results  # each result names its organism
        assert adds_up(done) == (held, 255, 64) == (319, 255, 64)
        cases = documents(done)
        assert [case["isolate"]["mbl_family"] for case in cases] == ["NDM"] * 5
        assert [case["isolate"]["mbl_method"] for case in cases] == ["sequencing"] * 5
        assert cases[0]["isolate"]["methyltransferase_16s"] is True, "rmtC"
        assert "methyltransferase_16s" not in cases[1]["isolate"]

    def test_tested_without_a_category_is_no_result(self, take):
        isolates = peer("ncbi-ndm-ecoli-sample-isolates.csv")
        panels = peer("ncbi-ndm-ecoli-sample-sir.csv")
        done = take("ncbi", isolates, panels, told=Told(site="bloodstream"))
        assert panels.read_text(encoding="utf-8").count(",ND\n") == 10
        assert reasons(done).count("tested, without a category or a number") == 10
        rows = sum(len(case["panel"]["results"]) for case in documents(done))
        assert rows == 127 - 10


class TestCsv:
    def test_a_long_table_by_a_mapping(self, take):
        path = peer("ecoli-mic-long-sample.csv")
        rows = len(path.read_text(encoding="utf-8").splitlines()) - 1
        done = take("csv", path, FIXTURES / "long-mapping.toml", told=Told(site="complicated-uti"))
        organism_source_and_result = 3
        assert adds_up(done)[0] == organism_source_and_result * rows == 810
        assert adds_up(done)[2] == 270, "the urine of each row tells no site"
        cases = documents(done)
        assert len(cases) == 15
        assert all(len(case["panel"]["results"]) == 18 for case in cases)
        assert all(case["panel"]["standard"] == "CLSI" for case in cases)
        first = cases[0]["panel"]["results"]
        assert first["amikacin"] == {"category": "S", "mic_mg_l": "<=8"}
