"""The rules every format shares: identity, units, conflicts, what stays unknown."""

from __future__ import annotations

import csv

import pytest

from ndm_advisor.errors import CaseInvalidError
from ndm_advisor.intake.catalogue import identify_drug, identify_gene
from ndm_advisor.intake.observed import (
    ATC,
    DISK,
    LOCAL,
    LOINC,
    MIC,
    SNOMED,
    WHONET,
    Code,
    Observation,
    Report,
)
from ndm_advisor.intake.pseudonym import keyed_id
from ndm_advisor.intake.to_case import to_cases
from ndm_advisor.intake.told import Told
from ndm_advisor.knowledge.load import load_loinc

from .conftest import ON, ROOT, adds_up

DETECTED = (Code(SNOMED, "260373001"),)
NOT_DETECTED = (Code(SNOMED, "260415000"),)
NDM, VIM, IMP, KPC, OXA, NDM_5 = (
    (Code(LOINC, code),)
    for code in ("85500-7", "85830-8", "85824-1", "85499-2", "85827-4", "105022-8")
)


@pytest.fixture
def understood(catalogue):
    """The outcome of one isolate of E. coli from blood with these observations."""

    def run(*observations, told=Told(), organism="E. coli", specimen="blood", identity=()):  # noqa: B008
        given = list(observations)
        if organism:
            given.append(Observation("organism", "o", "1", value=organism))
        if specimen:
            given.append(Observation("specimen", "s", value=specimen))
        done = to_cases(Report("x-1", "x", tuple(given), identity), told, catalogue, on=ON)
        adds_up([done])
        return done

    return run


@pytest.fixture
def results(understood):
    def run(*observations, told=Told()):  # noqa: B008
        (made,) = understood(*observations, told=told).cases
        return made.document.get("panel", {}).get("results", {})

    return run


def drug(name="", *, codes=(), **said):
    return Observation("susceptibility", said.pop("place", name), "1", codes, name, **said)


def gene(codes, *, found=True):
    answer = DETECTED if found else NOT_DETECTED
    return Observation("gene", "g", "1", codes, value_codes=answer)


class TestDrugs:
    """Drug identity by code first, then exact alias; combinations never become their parent."""

    def test_every_loinc_code_stands_for_its_own_drug(self, catalogue):
        for id_, held in load_loinc()["drugs"].items():
            for codes in held.values():
                for code in codes:
                    assert identify_drug((Code(LOINC, code),), "", catalogue).id == id_

    def test_every_whonet_code_stands_for_its_own_drug(self, knowledge, catalogue):
        for known in knowledge.drugs.values():
            if "whonet" in known.codes:
                found = identify_drug((Code(WHONET, known.codes["whonet"]),), "", catalogue).id
                assert found == ("fosfomycin" if known.id.startswith("fosfomycin") else known.id)

    @pytest.mark.parametrize(
        ("name", "id_"),
        [
            ("Aztreonam", "aztreonam"),
            ("aztreonam/avibactam", "aztreonam-avibactam"),
            ("Ceftazidime-Avibactam", "ceftazidime-avibactam"),
            ("ceftazidime-avibactam + aztreonam", "ceftazidime-avibactam+aztreonam"),
            ("CZA", "ceftazidime-avibactam"),
            ("mer", "meropenem"),
            ("Imipenem/Relebactam", "imipenem-relebactam"),
        ],
    )
    def test_a_whole_name(self, catalogue, name, id_):
        assert identify_drug((), name, catalogue).id == id_

    @pytest.mark.parametrize(
        ("codes", "name", "why"),
        [
            ((), "ct", "the name stands for cefotaxime or colistin"),
            ((), "cfx", "the name stands for cefoxitin or cefuroxime"),
            ((), "Cefotaxime/ceftriaxone", "unknown drug name"),
            ((), "aztreonam 30", "unknown drug name"),
            ((Code(ATC, "J01DE51"),), "", "the code stands for"),
            ((Code(LOINC, "44-8"),), "meropenem", "the code means aztreonam, the name meropenem"),
            ((Code(LOINC, "73625-6"),), "ceftazidime", "the code means ceftazidime-avibactam"),
            ((Code(LOINC, "44-8"), Code(ATC, "J01DH02")), "", "aztreonam or meropenem"),
            ((Code(LOCAL, "MEM"),), "", "unknown drug code local MEM"),
            ((Code(LOINC, "0-0"),), "Newmycin", "unknown drug code loinc 0-0"),
        ],
    )
    def test_what_is_not_clear_is_not_guessed(self, catalogue, codes, name, why):
        found = identify_drug(codes, name, catalogue)
        assert found.id is None
        assert why in found.why_not

    def test_an_unknown_code_is_reported(self, understood):
        done = understood(drug("Newmycin", codes=(Code(LOINC, "0-0"),), category="S"))
        assert [left.reason for left in done.set_aside] == ["unknown drug code loinc 0-0"]

    def test_the_two_tables_of_codes_are_the_shared_ones(self, catalogue):
        table = ROOT.parent / "shared" / "clinical" / "loinc-ast.csv"
        if not table.is_file():
            pytest.skip(f"{table} is absent")
        with table.open(encoding="utf-8", newline="") as file:
            rows = [
                (row["loinc"], row["drug"].replace(" ", "-").lower())
                for row in csv.DictReader(file)
            ]
        for code, id_ in rows:
            assert identify_drug((Code(LOINC, code),), "", catalogue).id == id_


class TestResults:
    """Units are converted only where the message states them."""

    @pytest.mark.parametrize(
        ("said", "row"),
        [
            ({"value": "16.0", "unit": "ug/mL"}, {"mic_mg_l": "16"}),
            ({"value": "<= 0.50", "unit": "mg/L"}, {"mic_mg_l": "<= 0.5"}),
            ({"value": "≤0,25", "unit": "mg/L", "category": "S"}, {"category": "S"}),
            ({"value": "≥32", "unit": "mg/L"}, {"mic_mg_l": ">=32"}),
            ({"value": ".5", "unit": "mg/L"}, {"mic_mg_l": "0.5"}),
            ({"value": "R"}, {"category": "R"}),
            ({"value": "0.5", "method": MIC}, {"mic_mg_l": "0.5"}),
            ({"category": "susceptible-dose dependent"}, {"category": "SDD"}),
            ({"category": "I", "value": "1", "unit": "mg/L"}, {"category": "I", "mic_mg_l": "1"}),
        ],
    )
    def test_a_result(self, results, said, row):
        assert results(drug("meropenem", **said)) == {"meropenem": row}

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"value": "16"}, "a number without a unit"),
            ({"value": "16", "unit": "umol/L"}, "the unit `umol/L`"),
            ({"value": "0,5", "unit": "mg/L"}, "`0,5` is not an MIC"),
            ({"value": "1-2", "unit": "mg/L"}, "`1-2` is not an MIC"),
            ({"value": "16/4", "unit": "mg/L"}, "`16/4` is not an MIC"),
            ({"category": "sort of"}, "`sort of` is not a category"),
            ({"value": "POS"}, "`POS` is neither a category nor a number"),
            ({"category": "IE"}, "tested, without a category or a number"),
            ({}, "no result"),
            ({"value": "20", "unit": "mm", "standard": "EUCAST"}, "with its disk content"),
            ({"value": "20", "unit": "mm", "disk_ug": "10"}, "with its standard"),
            ({"value": "20", "unit": "mm", "method": MIC}, "does not fit the method"),
        ],
    )
    def test_what_cannot_be_read_is_set_aside(self, understood, said, why):
        done = understood(drug("meropenem", **said))
        assert why in done.set_aside[0].reason
        assert "panel" not in done.cases[0].document

    @pytest.mark.safety("SAF-102")
    @pytest.mark.parametrize(
        "said",
        [
            {"category": "S", "value": "R"},
            {"category": "R", "value": "S"},
            {"category": "S", "value_codes": (Code(SNOMED, "1306581009"),)},
            {"category": "R", "value_codes": (Code(SNOMED, "1306577009"),)},
            {"category": "not tested", "value": "R"},
            {"value_codes": (Code(SNOMED, "1306577009"), Code(SNOMED, "1306581009"))},
        ],
    )
    def test_of_two_categories_in_one_result_the_r(self, understood, said):
        (made,) = understood(drug("aztreonam", place="x", **said)).cases
        assert made.document["panel"]["results"] == {"aztreonam": {"category": "R"}}
        (conflict,) = made.conflicts
        assert conflict == "aztreonam: two categories in one result at x; R is kept"

    @pytest.mark.safety("SAF-102")
    @pytest.mark.parametrize(
        "said",
        [
            {"category": "not tested", "value": "S"},
            {"category": "S", "value": "not tested"},
            {"category": "pending", "value_codes": (Code(SNOMED, "1306577009"),)},
            {"category": "S", "value": "I"},
        ],
    )
    def test_other_two_categories_are_none(self, understood, said):
        done = understood(drug("aztreonam", **said))
        assert "two categories in one result" in done.set_aside[0].reason
        assert "panel" not in done.cases[0].document

    @pytest.mark.safety("SAF-102")
    def test_not_tested_with_a_number_is_no_result(self, understood):
        """The number would be read, and might come out as S."""
        done = understood(
            drug("aztreonam", category="not tested", value="0.25", unit="mg/L", standard="EUCAST")
        )
        reason = "not tested, with the number `0.25`: one of them is wrong"
        assert [left.reason for left in done.set_aside] == [reason]
        assert "panel" not in done.cases[0].document

    def test_of_a_combination_the_first_concentration(self, results):
        said = drug("piperacillin-tazobactam", value="<=16/4", unit="mg/L")
        assert results(said) == {"piperacillin-tazobactam": {"mic_mg_l": "<=16"}}

    @pytest.mark.parametrize(
        ("content", "standard", "taken"),
        [
            ("10", "EUCAST", True),
            ("30", "EUCAST", False),
            ("30", "CLSI", True),
            ("10", "CLSI", False),
        ],
    )
    def test_a_zone_is_taken_with_the_disk_of_its_standard_only(
        self, results, content, standard, taken
    ):
        said = drug("ceftazidime", value="20", unit="mm", standard=standard, disk_ug=content)
        assert bool(results(said)) is taken

    def test_zones_with_the_standards_own_disk_by_option(self, results):
        said = drug("ceftazidime", value="20", unit="mm", method=DISK, standard="EUCAST")
        told = Told(standard_disks=True)
        assert results(said, told=told) == {"ceftazidime": {"zone_mm": 20.0}}

    def test_a_code_of_eucast_names_its_standard(self, understood):
        said = drug("meropenem", value_codes=(Code(SNOMED, "1306583007"),))
        panel = understood(said).cases[0].document["panel"]
        assert panel == {"standard": "EUCAST", "results": {"meropenem": {"category": "I"}}}


class TestStandards:
    """An R or S of the laboratory keeps its standard; an unknown standard stays unknown."""

    @pytest.mark.parametrize(
        ("stated", "told", "panel"),
        [
            (None, Told(), {}),
            ("missing", Told(), {}),
            ("BSAC", Told(), {}),
            ("CLSI", Told(standard="EUCAST", version="2026"), {"standard": "CLSI"}),
            (None, Told(standard="EUCAST", version="2026"),
             {"standard": "EUCAST", "version": "2026"}),
            ("BSAC", Told(standard="EUCAST", version="2026"), {}),
            ("EUCAST 2024", Told(), {"standard": "EUCAST", "version": "2024"}),
        ],
    )  # fmt: skip
    def test_the_panel_names_what_was_stated_or_told(self, understood, stated, told, panel):
        done = understood(drug("meropenem", category="S", standard=stated), told=told)
        assert done.cases[0].document["panel"] == panel | {
            "results": {"meropenem": {"category": "S"}}
        }

    def test_a_result_without_a_standard_does_not_inherit_that_of_another(self, understood):
        done = understood(
            drug("meropenem", value="2", unit="mg/L", standard="EUCAST"),
            drug("amikacin", value="8", unit="mg/L"),
        )
        assert done.cases[0].document["panel"] == {
            "results": {
                "meropenem": {"mic_mg_l": "2", "standard": "EUCAST"},
                "amikacin": {"mic_mg_l": "8"},
            }
        }


class TestConflicts:
    """The same isolate twice is one case with conflicts reported."""

    @pytest.mark.parametrize("order", [("S", "R"), ("R", "S")])
    def test_the_result_against_the_drug_is_kept(self, understood, order):
        done = understood(*(drug("amikacin", place=c, category=c) for c in order))
        (made,) = done.cases
        assert made.document["panel"]["results"] == {"amikacin": {"category": "R"}}
        assert made.conflicts == ("amikacin: R at R, S at S; R is kept",)
        assert "amikacin: R at R, S at S; R is kept" in made.document["note"]
        assert [left.observation.category for left in done.set_aside] == ["S"]

    @pytest.mark.parametrize("order", [("8", "2"), ("2", "8"), (">8", "8"), ("8", ">8")])
    def test_of_two_mics_the_higher(self, results, order):
        row = results(*(drug("amikacin", value=v, unit="mg/L") for v in order))
        assert row == {
            "amikacin": {"mic_mg_l": max(order, key=lambda v: (v.strip(">"), v[0] == ">"))}
        }

    def test_the_same_result_twice_is_read_twice_and_no_conflict(self, understood):
        done = understood(drug("amikacin", category="S"), drug("amikacin", category="S"))
        assert (done.set_aside, done.cases[0].conflicts) == ((), ())
        assert "note" not in done.cases[0].document

    def test_an_mic_and_a_category_of_one_drug_stand_together(self, results):
        row = results(drug("amikacin", category="S"), drug("amikacin", value="4", unit="mg/L"))
        assert row == {"amikacin": {"category": "S", "mic_mg_l": "4"}}

    def test_two_standards_never_share_a_row(self, understood):
        done = understood(
            drug("amikacin", category="S", standard="CLSI"),
            drug("amikacin", value="16", unit="mg/L", category="R", standard="EUCAST"),
        )
        assert done.cases[0].document["panel"] == {
            "standard": "EUCAST",
            "results": {"amikacin": {"category": "R", "mic_mg_l": "16"}},
        }

    @pytest.mark.safety("SAF-102")
    @pytest.mark.parametrize("first", [0, 1])
    @pytest.mark.parametrize("nothing", ["pending", "not tested"])
    @pytest.mark.parametrize(
        ("result", "row"),
        [
            ({"category": "R"}, {"category": "R"}),
            ({"category": "S"}, {"category": "S"}),
            ({"value": ">64", "unit": "mg/L", "standard": "EUCAST"}, {"mic_mg_l": ">64"}),
        ],
    )
    def test_a_result_stands_before_none(self, understood, first, nothing, result, row):
        said = [drug("aztreonam", category=nothing), drug("aztreonam", **result)]
        done = understood(*(said if first == 0 else reversed(said)))
        (made,) = done.cases
        assert made.document["panel"]["results"] == {"aztreonam": row}
        assert made.conflicts == ()
        assert [left.reason for left in done.set_aside] == [
            f"{nothing}, where a result stands beside it"
        ]

    @pytest.mark.safety("SAF-102")
    @pytest.mark.parametrize("order", [1, -1])
    @pytest.mark.parametrize("said", ["S", "I"])
    def test_a_number_that_can_be_read_stands_before_a_bare_category(self, results, order, said):
        """A case holds one of two standards: the number tells resistance, a lone S hides it."""
        given = [
            drug("aztreonam", category=said, standard="CLSI"),
            drug("aztreonam", value="64", unit="mg/L", standard="EUCAST"),
        ]
        assert results(*given[::order]) == {"aztreonam": {"mic_mg_l": "64"}}

    @pytest.mark.safety("SAF-102")
    @pytest.mark.parametrize("order", [1, -1])
    def test_an_r_stands_before_a_number_of_another_standard(self, results, order):
        given = [
            drug("aztreonam", category="R", value="2", unit="mg/L", standard="CLSI"),
            drug("aztreonam", value="4", unit="mg/L", standard="EUCAST"),
        ]
        assert results(*given[::order]) == {"aztreonam": {"category": "R", "mic_mg_l": "2"}}

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_number_without_a_standard_takes_the_place_of_no_category(self, results, order):
        given = [
            drug("aztreonam", category="S", standard="CLSI"),
            drug("aztreonam", value="1", unit="mg/L"),
        ]
        assert results(*given[::order]) == {"aztreonam": {"category": "S"}}

    def test_two_weights_leave_the_weight_unknown(self, understood):
        done = understood(
            Observation("weight", "a", value="70", unit="kg"),
            Observation("weight", "b", value="170", unit="[lb_av]"),
        )
        assert "patient" not in done.cases[0].document
        assert "left unknown" in done.cases[0].conflicts[0]

    def test_two_organisms_in_one_isolate_make_no_case(self, understood):
        done = understood(Observation("organism", "p", "1", value="Klebsiella pneumoniae"))
        assert done.cases == ()
        assert done.no_case == (
            "one isolate, two organisms: escherichia-coli, klebsiella-pneumoniae",
        )


class TestMechanisms:
    """A finding proves what it names and no more."""

    @pytest.mark.parametrize(
        ("genes", "isolate"),
        [
            ([gene(NDM)], {"mbl": "confirmed", "mbl_family": "NDM", "mbl_method": "pcr"}),
            ([gene(NDM_5)], {"mbl": "confirmed", "mbl_family": "NDM", "mbl_method": "pcr"}),
            ([gene(NDM, found=False)], {}),
            ([gene(NDM_5, found=False), gene(VIM, found=False), gene(IMP, found=False)], {}),
            ([gene(NDM, found=False), gene(VIM, found=False), gene(IMP, found=False)],
             {"mbl": "ruled-out", "mbl_method": "pcr"}),
            ([gene(NDM), gene(NDM, found=False)],
             {"mbl": "confirmed", "mbl_family": "NDM", "mbl_method": "pcr"}),
            ([gene(KPC)], {"other_carbapenemases": ["KPC"]}),
            ([gene(KPC, found=False)], {}),
            ([gene(KPC, found=False), gene(OXA, found=False)], {"other_carbapenemases": []}),
            ([gene((Code(LOINC, "86930-5"),))], {}),  # a carbapenemase, and not which
        ],
    )  # fmt: skip
    def test_the_isolate(self, understood, genes, isolate):
        done = understood(*genes)
        assert done.cases[0].document["isolate"] == isolate | {"organism": "escherichia-coli"}

    def test_found_and_not_found_is_a_conflict(self, understood):
        done = understood(gene(NDM), gene(NDM, found=False))
        assert done.cases[0].conflicts == ("NDM: found at g, not found at g; found is kept",)

    @pytest.mark.parametrize(
        ("name", "family"),
        [("blaNDM-5", "NDM"), ("blaNDM", "NDM"), ("blaKPC-3", "KPC"), ("blaOXA-48", "OXA-48-like")],
    )
    def test_a_gene_by_name(self, catalogue, name, family):
        assert identify_gene((), name, catalogue).family == family

    @pytest.mark.parametrize("name", ["blaOXA-1", "blaCTX-M-15", "blaIMPOSTOR", "ble", "rmtbx"])
    def test_a_name_that_only_looks_like_one(self, catalogue, name):
        assert identify_gene((), name, catalogue) is None


class TestSites:
    """Silence never means safe: no site is made up."""

    @pytest.mark.parametrize(
        ("specimen", "site"),
        [("blood", "bloodstream"), ("Blood culture", "bloodstream"), ("CSF", "cns")],
    )
    def test_a_specimen_that_tells_it(self, understood, specimen, site):
        assert understood(specimen=specimen).cases[0].document["infection"] == {"site": site}

    @pytest.mark.parametrize(
        "specimen", ["urine", "sputum", "rectal swab", "cord blood", "", "pus"]
    )
    def test_a_specimen_that_does_not(self, understood, specimen):
        done = understood(specimen=specimen)
        assert done.cases == ()
        assert "give --site" in done.no_case[0]
        assert len(done.set_aside) == done.observations

    def test_the_option_fills_it_in_and_is_named(self, understood):
        (made,) = understood(specimen="urine", told=Told(site="cystitis")).cases
        assert made.document["infection"] == {"site": "cystitis"}
        assert "infection.site: cystitis, by --site" in made.assumed


class TestAcceptance:
    """A value a case does not accept is set aside; the rest of the case is kept."""

    def test_a_value_out_of_range(self, understood):
        done = understood(
            Observation("age", "a", value="300", unit="a"), drug("amikacin", category="R")
        )
        assert "not accepted" in done.set_aside[0].reason
        assert "age_years" not in done.cases[0].document.get("patient", {})

    def test_the_last_of_a_list_leaves_it_unknown_not_empty(self, understood):
        done = understood(Observation("allergy", "a", name="AZT"))
        assert "allergies" not in done.cases[0].document.get("patient", {})

    @pytest.mark.parametrize("name", ["NKDA", "No known allergies", "none"])
    def test_no_known_allergy_is_not_an_allergy(self, understood, name):
        done = understood(Observation("allergy", "a", name=name))
        assert "patient" not in done.cases[0].document
        assert "no allergy is known" in done.set_aside[0].reason

    def test_one_of_several_allergies(self, understood):
        said = [Observation("allergy", n, name=n) for n in ("AZT", "penicillin", "AZT", "sulfa")]
        done = understood(*said)
        assert [a["drug"] for a in done.cases[0].document["patient"]["allergies"]] == [
            "penicillin",
            "sulfa",
        ]
        assert len(done.set_aside) == 2

    def test_a_date_after_the_date_of_advice(self, understood):
        done = understood(Observation("reported_on", "r", value="20270101"))
        assert "not accepted" in done.set_aside[0].reason

    def test_a_setting_of_every_case(self, understood):
        told = Told(settings=("patient.crcl_ml_min=45", "infection.severity=severe"))
        document = understood(told=told).cases[0].document
        assert document["patient"] == {"crcl_ml_min": 45}
        assert document["infection"]["severity"] == "severe"

    def test_a_setting_that_cannot_be_read_is_the_options_fault(self, understood):
        with pytest.raises(CaseInvalidError):
            understood(told=Told(settings=("nonsense",)))


class TestKeyedHash:
    """Identifiers are dropped, or replaced by a keyed hash."""

    KEY = b"constructed key of tests"

    def test_without_a_key_the_id_is_a_running_number(self, understood):
        assert understood(identity=("C0001",)).cases[0].case.id == "x-1"

    def test_with_a_key_it_is_a_hash_that_holds_nothing_of_it(self, understood):
        id_ = understood(identity=("C0001",), told=Told(key=self.KEY)).cases[0].case.id
        assert id_ == keyed_id(("C0001", "1"), self.KEY)
        assert len(id_) == 20
        assert "C0001" not in id_

    def test_the_same_identity_gives_the_same_hash_and_another_key_another(self):
        assert keyed_id(("a", "b"), self.KEY) == keyed_id((" a", "b "), self.KEY)
        assert keyed_id(("a", "b"), self.KEY) != keyed_id(("a", "b"), self.KEY + b"!")
        assert keyed_id(("a", "bc"), self.KEY) != keyed_id(("ab", "c"), self.KEY)

    def test_no_identity_gives_no_hash(self, understood):
        assert understood(told=Told(key=self.KEY)).cases[0].case.id == "x-1"
