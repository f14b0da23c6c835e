"""TOML to the tuples the decision reads: names, amounts, bands, conditions, defaults."""

from __future__ import annotations

import math
from datetime import date

import pytest

from ndm_advisor.knowledge.compile import condition, drug_names
from ndm_advisor.knowledge.drugs import amount, band, drugs_of
from ndm_advisor.knowledge.files import Tree
from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import Condition, Knowledge

SOURCES = {"sources": [{"id": "policy", "at": "4.2"}], "grade": "D"}


@pytest.mark.safety("SAF-106")
class TestNames:
    """Exact names after folding; laboratories' abbreviations and a bare fosfomycin are none."""

    @pytest.mark.parametrize(
        ("name", "drug"),
        [
            ("ceftazidime-avibactam", "ceftazidime-avibactam"),
            ("zavicefta", "ceftazidime-avibactam"),
            ("aztreonam", "aztreonam"),
            ("emblaveo", "aztreonam-avibactam"),
            ("co-trimoxazole", "trimethoprim-sulfamethoxazole"),
        ],
    )
    def test_a_name_means_one_drug(self, knowledge: Knowledge, name: str, drug: str) -> None:
        assert knowledge.drug_names[name] == (drug,)

    def test_fosfomycin_without_a_route_is_no_name(self, knowledge: Knowledge) -> None:
        assert "fosfomycin" not in knowledge.drug_names

    def test_azt_is_no_name(self, knowledge: Knowledge) -> None:
        assert "azt" not in knowledge.drug_names

    def test_an_abbreviation_of_a_laboratory_is_no_name(self, knowledge: Knowledge) -> None:
        assert "mero" in knowledge.drugs["meropenem"].lab_abbreviations
        assert "mero" not in knowledge.drug_names

    def test_two_drugs_of_one_name_are_ambiguous(self) -> None:
        one = {"role": "panel", "drug_class": "other", "components": ["x"], "brands": []}
        tree: Tree = {
            "file": {"reviewed_on": date(2026, 11, 22), "review_due_on": date(2027, 5, 22)},
            "drug": [
                {**one, "id": "a", "name": "A", "aliases": ["same"]},
                {**one, "id": "b", "name": "B", "aliases": ["Same"]},
            ],
        }
        assert drug_names(drugs_of(tree))["same"] == ("a", "b")

    def test_organisms(self, knowledge: Knowledge) -> None:
        assert knowledge.organism_names["e-coli"] == "escherichia-coli"
        assert knowledge.organism_names["escherichia-coli"] == "escherichia-coli"


class TestAmount:
    """Each amount as its source prints it, never converted."""

    def test_parts(self) -> None:
        made = amount({"ceftazidime_mg": 2000, "avibactam_mg": 500})
        assert dict(made.components_mg or ()) == {"ceftazidime": 2000, "avibactam": 500}
        assert (made.per, made.to_components_mg, made.units_system) == ("dose", None, None)

    def test_a_printed_range(self) -> None:
        made = amount({"ciprofloxacin_mg": 250, "to_ciprofloxacin_mg": 500})
        assert dict(made.components_mg or ()) == {"ciprofloxacin": 250}
        assert dict(made.to_components_mg or ()) == {"ciprofloxacin": 500}

    def test_per_kg_with_a_cap(self) -> None:
        made = amount({"mg_per_kg": 15, "max_mg": 1500, "per": "day", "note": "in 2 doses"})
        assert (made.mg_per_kg, made.max_mg, made.per, made.note) == (15, 1500, "day", "in 2 doses")
        assert made.components_mg is None

    @pytest.mark.parametrize(
        ("table", "system", "ends", "per_kg"),
        [
            (
                {"million_units_colistimethate": 5.5, "to_million_units_colistimethate": 7.5},
                "million-units-colistimethate",
                (5.5, 7.5),
                False,
            ),
            ({"mg_colistin_base_per_kg": 4, "max_mg": 300}, "mg-colistin-base", (4, None), True),
            ({"mg_polymyxin_b_per_kg": 2}, "mg-polymyxin-b", (2, None), True),
            (
                {"units_polymyxin_b_per_kg": 15000, "to_units_polymyxin_b_per_kg": 25000},
                "units-polymyxin-b",
                (15000, 25000),
                True,
            ),
        ],
    )
    def test_unit_systems(
        self, table: Tree, system: str, ends: tuple[float, float | None], per_kg: object
    ) -> None:
        made = amount(table)
        assert (made.units_system, made.units_per_kg) == (system, per_kg)
        assert (made.units_amount, made.units_to_amount) == ends
        assert made.components_mg is None


@pytest.mark.safety("SAF-202")
class TestBand:
    """The side of an edge is in its key."""

    @pytest.mark.parametrize(
        ("edges", "expected"),
        [
            ({"crcl_above_ml_min": 50}, (50, False, math.inf, False)),
            ({"crcl_at_least_ml_min": 0, "crcl_below_ml_min": 15}, (0, True, 15, False)),
            ({"crcl_above_ml_min": 30, "crcl_at_most_ml_min": 50}, (30, False, 50, True)),
        ],
    )
    def test_edges(self, edges: Tree, expected: tuple[float, bool, float, bool]) -> None:
        made = band({**edges, "no_dose": "none", **SOURCES}, "crcl_ml_min")
        assert (made.low, made.low_included, made.high, made.high_included) == expected

    def test_a_haemodialysis_row_has_none(self) -> None:
        made = band({"no_dose": "none", **SOURCES}, "none")
        assert (made.low, made.low_included, made.high) == (0, True, math.inf)
        assert made.sources == (Cited("policy", "4.2"),)

    def test_bands_stand_lowest_first(self, knowledge: Knowledge) -> None:
        for drug in knowledge.drugs.values():
            for table in drug.dosing:
                assert [b.low for b in table.bands] == sorted(b.low for b in table.bands), table.id


def test_a_condition_holds_its_list_as_a_tuple() -> None:
    made = condition({"fact": "site", "is_none_of": ["cystitis"]})
    assert made == Condition("site", "is_none_of", ("cystitis",))


def test_hazards_are_found_by_drug_and_by_strategy(knowledge: Knowledge) -> None:
    for subject in ("cefiderocol", "strategy:ceftazidime-avibactam+aztreonam"):
        found = knowledge.hazards_of[subject]
        assert found
        assert all(subject in hazard.subject for hazard in found)
    assert {h.id for found in knowledge.hazards_of.values() for h in found} == set(
        knowledge.hazards
    )


def test_a_record_without_regions_holds_in_both(knowledge: Knowledge) -> None:
    assert knowledge.hazards["dofetilide"].regions == ("EU", "US")
    assert knowledge.strategies["plazomicin"].regions == ("US",)


def test_companions_and_the_carbapenem_are_asked_about(knowledge: Knowledge) -> None:
    assert {"metronidazole", "meropenem", "cefiderocol"} <= set(knowledge.strategy_drugs)


def test_breakpoint_versions_newest_first(knowledge: Knowledge) -> None:
    assert knowledge.settings.breakpoint_versions == {
        "EUCAST": ("2026",),
        "CLSI": ("2026", "2025"),
        "FDA": ("2024-2025",),
    }


def test_high_doses_only_where_eucast_lists_one(knowledge: Knowledge) -> None:
    assert {"aztreonam", "ciprofloxacin"} <= knowledge.settings.eucast_high_doses.keys()
    assert "ceftazidime-avibactam" not in knowledge.settings.eucast_high_doses


def test_a_fixed_product_dosed_per_kg_has_its_ratio(knowledge: Knowledge) -> None:
    assert knowledge.drugs["trimethoprim-sulfamethoxazole"].ratio == {"sulfamethoxazole": 5}
    assert knowledge.drugs["gentamicin"].ratio == {}


def test_a_licence_without_a_list_of_sites_says_unknown(knowledge: Knowledge) -> None:
    held = knowledge.drugs["trimethoprim-sulfamethoxazole"].licences["EU"]
    assert held["sites"] is None
    assert knowledge.drugs["cefiderocol"].licences["US"]["sites"]


def test_an_allergen_finds_its_rows(knowledge: Knowledge) -> None:
    culprits = knowledge.allergy.culprits
    assert knowledge.drug_names["zavicefta"] == ("ceftazidime-avibactam",)
    assert culprits["ceftazidime-avibactam"] == (("ceftazidime",), True)
    assert culprits["beta-lactam"] == (("penicillin", "other-cephalosporin"), False)
    assert knowledge.allergy.class_of["amikacin"] == "aminoglycosides"


def test_a_medicine_finds_its_classes(knowledge: Knowledge) -> None:
    assert knowledge.medicines.classes["valproate"] == ("valproate",)
    assert knowledge.medicines.classes["epilim"] == ("valproate",)


def test_the_base_is_as_old_as_its_oldest_record(knowledge: Knowledge) -> None:
    dates = {hazard.reviewed_on for hazard in knowledge.hazards.values()}
    assert knowledge.reviewed_on <= min(dates)
    assert knowledge.reviewed_on < knowledge.review_due_on
