"""The lessons: what policy asks of each, written by hand, and that no file holds an answer."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli

from ndm_advisor.cli.base import names_of
from ndm_advisor.cli.shelf import load_shelf
from ndm_advisor.cli.teaching.check import faults_of, orders_of
from ndm_advisor.cli.teaching.score import Commitment, score
from ndm_advisor.cli.teaching.typed_orders import NotUnderstoodError, read_drugs, read_order
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.model.case import Order
from ndm_advisor.model.knowledge import Knowledge
from tests.cli.conftest import ROOT
from tests.cli.lessons import Room, room

FILES = sorted((ROOT / "examples" / "teaching").glob("*.toml"))
MECHANISMS = sorted((ROOT / "examples" / "teaching" / "mechanisms").glob("*.toml"))

A, F = "aztreonam-avibactam", "cefiderocol"
P = "ceftazidime-avibactam+aztreonam"
A_TEST = "an aztreonam-avibactam MIC"
P_TEST = "the combined test"
F_TEST = "cefiderocol by iron-depleted broth or disk"
TYPE = "a carbapenemase test covering NDM, VIM and IMP"

# Worked out from the clinical policy, the section beside each; the regimens in the first rank.
EXPECTED: dict[str, tuple[str, tuple[str, ...], set[str]]] = {
    # 4.2 row 1, section 2: A stocked stands beside the pair, first in order
    "first-report": ("regimens", (A, P), set()),
    # section 1 order 2
    "a-swab": ("not_treatment", (), set()),
    # 4.2 row 2: F is R, A out of stock, the combined test S by broth disk elution
    "a-drug-is-running": ("regimens", (P,), set()),
    # 4.4: suspected, not severe, an older agent qualifies and stands alone
    "not-typed-yet": (
        "regimens",
        ("trimethoprim-sulfamethoxazole",),
        {TYPE, A_TEST, P_TEST, F_TEST},
    ),
    # 4.2 row 4b; stock of A unknown: after the pair
    "severe-and-untested": ("regimens", (P, A), {A_TEST, P_TEST, F_TEST}),
    # 4.2 row 2: A out of stock
    "kidney-band": ("regimens", (P,), set()),
    # 4.2 row 1, 4.1: the EU label forbids A at CrCl 15 or less
    "little-kidney-left": ("regimens", (P,), set()),
    # section 3 mbl discordant, 4.4: row 1, provisional; a second method is asked for
    "two-results-disagree": ("regimens", (A, P), {"a second carbapenemase method"}),
    # section 1 order 3
    "another-enzyme": ("out_of_scope", (), set()),
    # 4.5
    "cystitis": ("regimens", ("amikacin", "nitrofurantoin"), set()),
    # 4.3 escmid-2022, not severe: the older agent
    "not-severe": ("regimens", ("tigecycline",), set()),
    # 4.7: bloodstream, A, P and F all excluded
    "allergy": ("abstention", (), set()),
    # 4.2 row 4a, not E. coli: the guideline's order stays
    "another-species": ("regimens", (P, A), {A_TEST, P_TEST}),
    # 4.2 row 4a, E. coli with an insertion: F before A and P
    "pbp3-insertion": ("regimens", (F, A, P), {A_TEST, P_TEST}),
    # 4.2 row 5
    "first-choice-lost": ("regimens", (F,), set()),
    # 4.2 row 7
    "waiting-for-one-test": ("abstention", (), {F_TEST}),
    # 4.2 row 8, the insertion known already
    "resistant-to-everything": ("abstention", (), {"the salvage agents"}),
}


@pytest.fixture(scope="module")
def class_room(knowledge: Knowledge) -> Room:
    return room(knowledge, names_of(knowledge))


def test_the_course_goes_from_a_first_report_to_nothing_left(class_room: Room) -> None:
    lessons = class_room.collection.lessons
    assert class_room.collection.refused == ()
    assert len(lessons) >= 12
    assert [lesson.order for lesson in lessons] == list(range(1, len(lessons) + 1))
    assert (lessons[0].id, lessons[-1].id) == ("first-report", "resistant-to-everything")
    assert {lesson.id for lesson in lessons} == set(EXPECTED)
    assert f"[{len(lessons)} worked cases]" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("ident", EXPECTED)
def test_the_tool_answers_as_policy_asks(class_room: Room, ident: str) -> None:
    outcome, first, tests = EXPECTED[ident]
    answer = class_room.adviser.answer(class_room.lesson(ident))
    top = [o.id for o in answer.regimens if o.rank == answer.regimens[0].rank]
    assert (answer.outcome, tuple(top), set(answer.lab_names)) == (outcome, first, tests)


def test_the_doses_at_half_the_kidney(class_room: Room) -> None:
    # dosing dossier 2 (31 to 50: 1 g + 0.25 g every 8 hours) and 3 (above 30: unchanged)
    answer = class_room.adviser.answer(class_room.lesson("kidney-band"))
    orders = {
        o.drug: (o.dose_mg, o.interval_h, o.infusion_h) for o in orders_of(answer.regimens[0])
    }
    assert orders == {"ceftazidime-avibactam": (1250, 8, 3), "aztreonam": (2000, 8, 3)}


def test_nothing_left_still_names_salvage_to_a_specialist(class_room: Room) -> None:
    answer = class_room.adviser.answer(class_room.lesson("resistant-to-everything"))
    named = {item.id for item in answer.information}
    assert {"fosfomycin-iv+tigecycline", "fosfomycin-iv+polymyxin-b"} <= named


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_lesson_holds_no_answer(file: Path) -> None:
    lesson = tomli.loads(file.read_text(encoding="utf-8"))
    words = {"regimen", "regimens", "answer", "expected", "outcome", "dose", "doses", "rank"}
    assert not words & set(lesson)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_case_of_its_own_says_that_it_is_constructed(file: Path) -> None:
    case = tomli.loads(file.read_text(encoding="utf-8")).get("case")
    assert case is None or case["note"].startswith("constructed, no real patient")


@pytest.mark.parametrize(
    ("guideline", "region"), [("simit-2022", "US"), ("escmid-2022", "EU"), ("idsa-2026", "US")]
)
@pytest.mark.parametrize("ident", EXPECTED)
def test_what_is_offered_first_is_full_marks_under_every_guideline(
    class_room: Room, ident: str, guideline: str, region: str
) -> None:
    lesson = class_room.lesson(ident)
    adviser = class_room.adviser._replace(guideline=guideline, region=region)
    answer = adviser.answer(lesson)
    if not answer.regimens:
        return
    orders = orders_of(answer.regimens[0])
    made = Commitment("regimen", orders, frozenset(answer.lab_names))
    scored = score(made, answer, adviser.judge(lesson, orders))
    assert (scored.earned, scored.of) == (10, 10), scored


class TestMechanisms:
    @pytest.mark.parametrize("file", MECHANISMS, ids=lambda file: file.stem)
    def test_every_figure_stands_in_the_base(self, file: Path) -> None:
        held = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "data").rglob("*.toml"))
        known = set(re.findall(r"\d+(?:\.\d+)?", held))
        said = " ".join(tomli.loads(file.read_text(encoding="utf-8"))["sentences"])
        own_count = {"103", "35"} if file.stem == "methyltransferase" else set()
        assert set(re.findall(r"(?<!\w)\d+(?:\.\d+)?(?!\w)", said)) <= known | own_count

    @pytest.mark.parametrize("file", MECHANISMS, ids=lambda file: file.stem)
    def test_every_source_is_one_of_the_base(self, file: Path, knowledge: Knowledge) -> None:
        sources = tomli.loads(file.read_text(encoding="utf-8"))["sources"]
        assert sources
        assert {source["id"] for source in sources} <= set(knowledge.sources)
        assert all(source["at"].strip() for source in sources)

    @pytest.mark.parametrize("file", MECHANISMS, ids=lambda file: file.stem)
    def test_the_drawing_fits_sixty_columns_in_plain_characters(self, file: Path) -> None:
        drawing = tomli.loads(file.read_text(encoding="utf-8"))["drawing"]
        assert drawing.isascii()
        assert max(map(len, drawing.splitlines())) <= 58

    def test_where_it_matters_it_is_explained(self, class_room: Room) -> None:
        shown = {one.id: one.mechanisms for one in class_room.collection.lessons}
        assert "aztreonam-needs-avibactam" in shown["first-report"]
        assert "pbp3-insertion" in shown["pbp3-insertion"]
        assert {key for keys in shown.values() for key in keys} == set(
            class_room.collection.mechanisms
        )


class TestTyped:
    @pytest.fixture
    def names(self, knowledge: Knowledge) -> Any:
        return names_of(knowledge)

    def test_a_name_is_matched_whole(self, names: Any) -> None:
        assert [one.drug for one in read_drugs("ceftazidime", names)] == ["ceftazidime"]
        assert [one.drug for one in read_drugs("aztreonam", names)] == ["aztreonam"]
        together = read_drugs("aztreonam-avibactam", names)
        assert [one.drug for one in together] == ["aztreonam-avibactam"]

    @pytest.mark.parametrize(
        "line",
        [
            "ceftazidime-avibactam, aztreonam",
            "CAZ-AVI and aztreonam",
            "Zavicefta + Azactam",
            "ceftazidime/avibactam; aztreonam",
            "ceftazidime-avibactam+aztreonam",
        ],
    )
    def test_the_pair_in_every_spelling(self, names: Any, line: str) -> None:
        drugs = [one.drug for one in read_drugs(line, names)]
        assert drugs == ["ceftazidime-avibactam", "aztreonam"]

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("AZT", "zidovudine"),
            ("aztreonm", "did you mean aztreonam"),
            ("ceftazidim-avibactam", "did you mean ceftazidime-avibactam"),
            ("fosfomycin", "fosfomycin-iv or fosfomycin-oral"),
            ("give the usual", "is no drug the tool knows"),
            ("  ", "write at least one drug"),
        ],
    )
    def test_what_is_no_drug_is_refused_with_a_suggestion(
        self, names: Any, line: str, said: str
    ) -> None:
        with pytest.raises(NotUnderstoodError, match=said):
            read_drugs(line, names)

    @pytest.mark.parametrize(
        ("dose", "expected"),
        [
            ("2500 mg every 8 h over 3 h", (2500, 8, 3)),
            ("2.5 g q8h over 180 min", (2500, 8, 3)),
            ("2.5 g total every 8 hours over 3 hours IV", (2500, 8, 3)),
            ("1.25 g every 12 h", (1250, 12, None)),
            ("500 mg once", (500, None, None)),
            ("500 mg daily over 1 h", (500, 24, 1)),
            ("1000 mg once daily", (1000, 24, None)),
        ],
    )
    def test_doses(
        self, names: Any, dose: str, expected: tuple[float | None, float | None, float | None]
    ) -> None:
        order, _ = read_order("ceftazidime-avibactam", dose, names=names, on=date(2026, 11, 22))
        assert (order.dose_mg, order.interval_h, order.infusion_h) == expected

    @pytest.mark.parametrize(
        "dose",
        [
            "2,5 g every 8 h",
            ".5 g every 8 h",
            "2500",
            "2500 every 8 h",
            "15 mg/kg every 8 h",
            "2.5.1 g every 8 h",
            "2500 mg every 8 days",
            "2500 mg every 8 h perhaps",
            "2500 mg 500 mg every 8 h",
            "0 mg every 8 h",
            "900 g every 8 h",
            "every 8 h",
        ],
    )
    def test_a_dose_that_is_not_clear_is_never_guessed(self, names: Any, dose: str) -> None:
        with pytest.raises(NotUnderstoodError):
            read_order("ceftazidime-avibactam", dose, names=names, on=date(2026, 11, 22))

    def test_a_polymyxin_says_its_unit_system(self, names: Any) -> None:
        day = date(2026, 11, 22)
        with pytest.raises(NotUnderstoodError, match="300 mg colistin base"):
            read_order("colistin", "300 mg every 12 h", names=names, on=day)
        order, _ = read_order("colistin", "4.5 million units every 12 h", names=names, on=day)
        assert (order.dose_million_units, order.dose_mg) == (4.5, None)


class TestScore:
    def _made(self, room_: Room, ident: str, *orders: tuple[Any, ...]) -> Any:
        lesson = room_.lesson(ident)
        typed = tuple(
            Order(drug=drug, drug_id=drug, dose_mg=mg, interval_h=h, infusion_h=over)
            for drug, mg, h, over in orders
        )
        answer = room_.adviser.answer(lesson)
        made = Commitment("regimen", typed, frozenset(answer.lab_names))
        return score(made, answer, room_.adviser.judge(lesson, typed))

    def _said(self, room_: Room, ident: str, decision: Any) -> Any:
        answer = room_.adviser.answer(room_.lesson(ident))
        return score(Commitment(decision, (), frozenset(answer.lab_names)), answer, answer)

    @pytest.mark.parametrize("ident", [i for i, e in EXPECTED.items() if e[0] == "regimens"])
    def test_aztreonam_alone_costs_the_case(self, class_room: Room, ident: str) -> None:
        scored = self._made(class_room, ident, ("aztreonam", 2000.0, 8.0, 3.0))
        assert scored.is_lost
        assert scored.earned == 0
        assert "aztreonam-alone" in scored.parts[0].because

    @pytest.mark.parametrize(
        "drug", ["ceftazidime-avibactam", "meropenem", "meropenem-vaborbactam"]
    )
    def test_so_do_the_inhibitors_and_a_carbapenem(self, class_room: Room, drug: str) -> None:
        scored = self._made(class_room, "first-report", (drug, 2500.0, 8.0, 3.0))
        assert (scored.is_lost, scored.earned) == (True, 0)

    def test_ten_times_the_dose_costs_the_case(self, class_room: Room) -> None:
        scored = self._made(
            class_room,
            "kidney-band",
            ("ceftazidime-avibactam", 12500.0, 8.0, 3.0),
            ("aztreonam", 2000.0, 8.0, 3.0),
        )
        assert scored.is_lost
        assert "dose-outside-band" in scored.parts[0].because

    def test_the_dose_of_another_band_costs_points_only(self, class_room: Room) -> None:
        scored = self._made(
            class_room,
            "kidney-band",
            ("ceftazidime-avibactam", 1000.0, 8.0, 3.0),
            ("aztreonam", 2000.0, 8.0, 3.0),
        )
        parts = {part.part: part.earned for part in scored.parts}
        assert not scored.is_lost
        assert parts == {"Safety": 4, "Choice": 2, "Dose": 1, "Laboratory": 2}

    def test_a_drug_without_an_effect_is_not_full_safety(self, class_room: Room) -> None:
        scored = self._made(class_room, "first-report", ("ceftazidime", 2000.0, 8.0, 3.0))
        parts = {part.part: part.earned for part in scored.parts}
        assert parts == {"Safety": 2, "Choice": 0, "Dose": 0, "Laboratory": 2}

    def test_an_alternative_is_worth_half_the_choice(self, class_room: Room) -> None:
        scored = self._made(class_room, "first-report", ("cefiderocol", 2000.0, 8.0, 3.0))
        parts = {part.part: part.earned for part in scored.parts}
        assert parts == {"Safety": 4, "Choice": 1, "Dose": 2, "Laboratory": 2}

    def test_proven_before_unproven(self, class_room: Room) -> None:
        scored = self._made(class_room, "pbp3-insertion", (A, 2000.0, 6.0, 3.0))
        assert {p.part: p.earned for p in scored.parts}["Choice"] == 1

    def test_a_second_drug_beside_a_whole_regimen(self, class_room: Room) -> None:
        scored = self._made(
            class_room, "first-report", (A, 2000.0, 6.0, 3.0), ("metronidazole", 500.0, 8.0, 0.5)
        )
        assert {p.part: p.earned for p in scored.parts}["Choice"] == 1

    @pytest.mark.parametrize(
        ("ident", "decision", "safety", "choice"),
        [
            ("first-report", "none", 0, 0),
            ("first-report", "outside", 0, 0),
            ("first-report", "call", 4, 0),
            ("allergy", "call", 4, 2),
            ("allergy", "none", 0, 0),
            ("a-swab", "none", 4, 2),
            ("a-swab", "call", 4, 0),
            ("another-enzyme", "outside", 4, 2),
            ("another-enzyme", "none", 0, 0),
        ],
    )
    def test_words_in_place_of_drugs(
        self, class_room: Room, ident: str, decision: str, safety: int, choice: int
    ) -> None:
        parts = {p.part: p.earned for p in self._said(class_room, ident, decision).parts}
        assert (parts["Safety"], parts["Choice"]) == (safety, choice)

    def test_silence_outside_the_scope_is_not_safety(self, class_room: Room) -> None:
        scored = self._made(
            class_room, "another-enzyme", ("ceftazidime-avibactam", 2500.0, 8.0, 2.0)
        )
        assert {p.part: p.earned for p in scored.parts}["Safety"] == 0

    def test_treating_a_carrier_earns_no_choice(self, class_room: Room) -> None:
        scored = self._made(class_room, "a-swab", (A, 2000.0, 6.0, 3.0))
        assert {p.part: p.earned for p in scored.parts}["Choice"] == 0

    def test_salvage_is_worth_half_and_calls_first(self, class_room: Room) -> None:
        lesson = class_room.lesson("resistant-to-everything")
        salvage = (
            Order(drug="fosfomycin-iv", drug_id="fosfomycin-iv", dose_mg=6000.0, interval_h=8.0),
            Order(
                drug="polymyxin-b",
                drug_id="polymyxin-b",
                dose_mg_polymyxin_b=100.0,
                interval_h=12.0,
            ),
        )
        answer = class_room.adviser.answer(lesson)
        made = Commitment("regimen", salvage, frozenset(answer.lab_names))
        scored = score(made, answer, class_room.adviser.judge(lesson, salvage))
        parts = {part.part: part for part in scored.parts}
        assert (parts["Safety"].earned, parts["Choice"].earned) == (4, 1)
        assert "infectious diseases are called" in parts["Choice"].because

    def test_tigecycline_carrying_a_bloodstream_infection_costs_the_case(
        self, class_room: Room
    ) -> None:
        # policy 6, tetracycline-blood-or-urine: fosfomycin has no result that counts beside it
        scored = self._made(
            class_room,
            "resistant-to-everything",
            ("fosfomycin-iv", 6000.0, 8.0, 0.5),
            ("tigecycline", 100.0, 12.0, 0.5),
        )
        assert scored.is_lost
        assert "tetracycline-blood-or-urine" in scored.parts[0].because

    def test_the_laboratory(self, class_room: Room) -> None:
        lesson = class_room.lesson("severe-and-untested")
        answer = class_room.adviser.answer(lesson)

        def points(*tests: str) -> int:
            made = Commitment("call", (), frozenset(tests))
            return score(made, answer, answer).parts[-1].earned

        assert points(A_TEST, P_TEST, F_TEST) == 2
        assert points(A_TEST, P_TEST) == 1
        assert points(A_TEST, "PBP3 sequencing") == 0
        assert points() == 0


def test_what_is_looked_up_exists(class_room: Room, knowledge: Knowledge) -> None:
    shelf: Shelf = load_shelf(None)
    faults = {
        one.id: faults_of(one, class_room.adviser, shelf) for one in class_room.collection.lessons
    }
    assert {ident: found for ident, found in faults.items() if found} == {}


def test_the_answer_taught_is_the_answer_advised(class_room: Room, run: Any) -> None:
    for lesson in class_room.collection.lessons:
        case = ROOT / "examples" / "cases" / f"{lesson.case.id}.toml"
        if not case.is_file():
            continue
        advised = json.loads(run("advise", case, "--on", "2026-11-22", "--format", "json").stdout)
        taught = class_room.adviser.answer(lesson)
        assert advised["case"]["sha256"] == taught.case.sha256
        assert [r["id"] for r in advised["regimens"]] == [o.id for o in taught.regimens]
        assert advised["summary"] == taught.summary
