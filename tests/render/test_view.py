"""What a screen holds: the answer first, every STOP, every condition, every gap."""

from __future__ import annotations

import pytest

from ndm_advisor.model.answer import Information, NotAssessed
from ndm_advisor.render.block import FOLDS
from ndm_advisor.render.view import Options, blocks

from .factory import (
    AZTREONAM,
    CEFTAZIDIME_AVIBACTAM,
    EDGE,
    METRONIDAZOLE,
    PAIR,
    PROVENANCE,
    SECOND,
    STANDING,
    STOP,
    all_answers,
    answer,
    cautions,
    harmful,
    offer,
    pending,
    with_kidney_injury,
)

DEFAULT = Options()


def said(recommendation, options=DEFAULT):
    return "\n".join(
        f"{b.label}: {line}" for b in blocks(recommendation, options) for line in b.lines
    )


def keys(recommendation, options=DEFAULT):
    return [block.key for block in blocks(recommendation, options)]


def test_the_answer_comes_before_the_reasons():
    order = ["header", "case", "bottom-line", "regimen", "dose", "kidney", "infusion", "lab"]
    order.append("review")
    assert keys(answer())[: len(order)] == order
    assert keys(answer())[-2:] == ["not-assessed", "closing"]


@pytest.mark.safety("SAF-505")
def test_the_header_carries_every_stamp():
    first, second, *_ = blocks(answer(), DEFAULT)
    assert len(first.lines) == 3
    header = (*first.lines, *second.lines)
    for stamp in (
        "ndm-advisor 1.0.0",
        "knowledge 2026.11",
        "checked 2026-11-22, due 2027-05-22",
        "case ward7-0231 (7f3a9c)",
        "SIMIT 2022, EU (default)",
        "EUCAST 2026",
        "advised 2026-11-22",
    ):
        assert stamp in header


@pytest.mark.safety("SAF-405")
def test_every_screen_ends_by_saying_that_nobody_signed_it_off():
    for case in all_answers().values():
        for fold in FOLDS:
            closing = blocks(case, DEFAULT, fold)[-1]
            for words in (closing.lines, closing.short):
                assert "not clinically signed off" in words[0]
                assert "Decision support" in words[0]


@pytest.mark.safety("SAF-505")
def test_the_header_says_where_each_setting_came_from_and_what_overrides():
    override = {"path": "config.toml", "sha256": "ff00aa" + "2" * 58, "keys": ["hospital.region"]}
    stamp = PROVENANCE._replace(region_from="case", local_override=override)
    header = blocks(answer(provenance=stamp), DEFAULT)[1].lines
    assert "SIMIT 2022 (default), EU (case)" in header
    assert "local override config.toml (ff00aa): hospital.region" in header


@pytest.mark.safety("SAF-501")
@pytest.mark.parametrize(("due", "overdue"), [("2026-11-21", True), ("2026-11-22", False)])
def test_overdue_knowledge_is_said_above_the_bottom_line(due, overdue):
    screen = keys(answer(provenance=PROVENANCE._replace(review_due_on=due)))
    assert ("overdue" in screen) is overdue
    if overdue:
        assert screen.index("overdue") < screen.index("bottom-line")


@pytest.mark.safety("SAF-303")
def test_stops_come_first_then_cautions_by_priority():
    late, early = EDGE._replace(id="late", priority=90), EDGE._replace(id="early", priority=5)
    screen = keys(answer(alerts=(STANDING, late, early, STOP)))
    alerts = [key for key in screen if key.startswith("alert:")]
    assert alerts == [
        "alert:carbapenem-alone",
        "alert:early",
        "alert:late",
        "alert:aztreonam-alone",
    ]


def test_cautions_beyond_five_are_counted_and_named():
    text = said(answer(alerts=cautions(7)))
    assert text.count("Do: Recheck") == 5
    assert "and 2 more CAUTION: caution-5, caution-6 (--full)" in text
    assert said(answer(alerts=cautions(7)), Options(full=True)).count("Do: Recheck") == 7
    assert "more CAUTION" not in said(answer(alerts=cautions(5)))


@pytest.mark.safety("SAF-303")
def test_stops_are_never_counted_instead_of_shown():
    stops = tuple(STOP._replace(id=f"stop-{n}") for n in range(9))
    assert said(answer(alerts=stops)).count("STOP: Do: ") == 9


def test_a_note_waits_for_full_unless_it_stands():
    note = STANDING._replace(id="off-label", standing=False)
    assert "off-label" not in said(answer(alerts=(note,)))
    assert "off-label" in said(answer(alerts=(note,)), Options(full=True))
    assert "aztreonam-alone" in said(answer(alerts=(STANDING,)))


@pytest.mark.safety("SAF-304")
def test_an_acknowledged_stop_stays_with_its_reason():
    text = said(answer(alerts=(STOP._replace(acknowledged="consultant aware"),)))
    assert "STOP: Meropenem" in text
    assert "Acknowledged: consultant aware" in text


@pytest.mark.safety("SAF-207")
def test_an_order_is_whole_load_first_then_maintenance():
    text = said(answer())
    assert "ceftazidime 1 g + avibactam 0.25 g (1.25 g total) IV every 8 hours over 3 hours" in text
    assert "load aztreonam 2 g, then 2 g every 8 hours, each IV over 3 hours" in text


def test_both_notations_of_a_product_are_printed():
    text = said(all_answers()["product"])
    assert (
        "IV over 3 hours: load 2.67 g (aztreonam 2 g + avibactam 0.67 g), "
        "then 2 g (aztreonam 1.5 g + avibactam 0.5 g) every 6 hours" in text
    )
    assert "1 Regimen: aztreonam-avibactam" in text
    assert (
        "load aztreonam-avibactam 2.67 g (aztreonam 2 g + avibactam 0.67 g), "
        "then 2 g (aztreonam 1.5 g + avibactam 0.5 g) every 6 hours, each IV over 3 hours"
        in said(all_answers()["product"], Options(full=True))
    )


def test_a_derived_dose_says_so():
    derived = AZTREONAM._replace(basis="derived")
    assert "each IV over 3 hours (derived)" in said(answer(offer("aztreonam", derived)))


def test_companions_and_the_48_hour_choice_stand_on_the_default_screen():
    assert "with metronidazole 500 mg IV every 8 hours over 30 minutes" in said(
        answer(PAIR._replace(companions=(METRONIDAZOLE,)))
    )
    text = said(with_kidney_injury())
    assert (
        "or full dose if kidney injury began within 48 hours "
        "(a named prescriber chooses): ceftazidime 2 g" in text
    )
    assert "watch for seizures" in text


@pytest.mark.safety("SAF-403")
def test_conditions_of_every_offer_stand_on_the_default_screen():
    first = PAIR._replace(conditions=("your hospital stocks it",))
    second = SECOND._replace(conditions=("CrCl is at least 60 mL/min",))
    text = said(answer(first, second))
    assert "only if: your hospital stocks it" in text
    assert "only if: CrCl is at least 60 mL/min" in text
    many = [second._replace(id=f"drug-{n}") for n in range(5)]
    listed = said(answer(first, *many))
    names = "drug-0, drug-1, drug-2, drug-3, drug-4"
    assert f"{names}, each only if: CrCl is at least 60 mL/min" in listed


def test_what_every_offer_depends_on_is_said_once():
    waiting = "confirm or stop within 48 to 72 hours"
    pair = PAIR._replace(
        conditions=(
            "if your hospital stocks ceftazidime-avibactam",
            "if your hospital stocks aztreonam",
            waiting,
            "only if CrCl is above 30 mL/min",
        )
    )
    second = SECOND._replace(conditions=("if your hospital stocks cefiderocol", waiting))
    text = said(answer(pair, second))
    assert text.count(waiting) == 1
    assert "only if: each regimen: your hospital stocks its drugs" in text
    assert "only if: CrCl is above 30 mL/min" in text


def test_a_condition_on_one_drug_of_two_keeps_its_name():
    pair = PAIR._replace(conditions=("if your hospital stocks aztreonam",))
    second = SECOND._replace(conditions=("if your hospital stocks cefiderocol",))
    text = said(answer(pair, second))
    assert "only if: your hospital stocks aztreonam" in text
    assert "only if: your hospital stocks cefiderocol" in text
    assert "its drugs" not in text


@pytest.mark.safety("SAF-303", "SAF-403")
@pytest.mark.parametrize("fold", FOLDS)
def test_no_fold_drops_a_regimen_a_condition_a_stop_or_the_name_of_a_caution(fold):
    first = PAIR._replace(conditions=("only if the first holds",), provisional=True)
    second = SECOND._replace(rank="preferred", conditions=("only if the second holds",))
    third = SECOND._replace(id="third-drug", conditions=("only if the third holds",))
    alerts = (STOP, *cautions(4), STANDING)
    text = "\n".join(
        line
        for block in blocks(answer(first, second, third, alerts=alerts), DEFAULT, fold)
        for line in (block.lines if not (fold.tight and block.short) else block.short)
    )
    for words in ("first holds", "second holds", "third holds", "PROVISIONAL", STOP.text):
        assert words in text
    assert STOP.action in text
    assert "ceftazidime-avibactam AND aztreonam" in text
    assert all(alert.id in text for alert in alerts)


def test_two_preferred_regimens_stand_with_their_whole_dose():
    second = SECOND._replace(rank="preferred")
    third = SECOND._replace(id="third-drug", rank="preferred")
    screen = keys(answer(PAIR, second, third))
    assert "dose" in screen
    assert "dose:cefiderocol" in screen
    assert "other:third-drug" in screen
    assert "dose:cefiderocol" not in keys(answer(SECOND._replace(rank="last_resort"), second))


def test_the_band_is_printed_with_its_edges_once_if_shared():
    assert said(answer()).count("band above 30, at most 50 mL/min") == 1
    other = AZTREONAM._replace(crcl_band=AZTREONAM.crcl_band._replace(to_ml_min=None))
    text = said(answer(offer(PAIR.id, CEFTAZIDIME_AVIBACTAM, other)))
    assert "aztreonam above 30 mL/min" in text


@pytest.mark.safety("SAF-204")
def test_a_withheld_dose_says_what_to_give_and_shows_every_band_below():
    text = said(pending())
    assert "dose withheld: give CrCl or creatinine; every CrCl band stands below" in text
    assert "Bands: cefiderocol IV over 3 hours, by CrCl:" in text
    assert "above 60: cefiderocol 2 g every 8 hours" in text
    drug = pending().regimens[0].drugs[0]
    crowded = answer(offer("cefiderocol", drug._replace(bands=drug.bands * 4)))
    assert said(crowded).count("above 60: cefiderocol 2 g") == 4
    assert "CrCl above 60" in said(crowded, Options(full=True))


def test_bands_infused_at_different_rates_say_so_each():
    drug = pending().regimens[0].drugs[0]
    bands = (drug.bands[0]._replace(infusion_h=1), *drug.bands[1:])
    text = said(answer(offer("cefiderocol", drug._replace(bands=bands))))
    assert "Bands: cefiderocol IV, by CrCl:" in text
    assert "above 60: cefiderocol 2 g every 8 hours over 1 hour" in text


def test_the_full_screen_points_at_itself_not_at_an_option():
    many = PAIR._replace(administration=("own line", "flush before", "flush after"))
    case = answer(many, *(SECOND._replace(id=f"drug-{n}") for n in range(5)))
    assert "own line (lines: --full)" in said(case)
    assert "doses: --full" in said(case)
    full = said(case, Options(full=True))
    assert "own line (lines below)" in full
    assert "doses below" in full
    assert full.count("--full") == 1  # the closing line names the options


def test_orders_print_verdict_and_what_to_change():
    text = said(harmful())
    assert "ORDERS: harmful" in text
    assert "order 1: replace with ceftazidime-avibactam: an MBL destroys it" in text
    assert "ORDERS" not in said(answer())


@pytest.mark.safety("SAF-402")
def test_gaps_are_named_and_full_says_what_to_supply():
    items = tuple(NotAssessed(f"fact {n}", "not given", f"key_{n}") for n in range(12))
    text = said(answer(not_assessed=items))
    assert "NOT ASSESSED (12): fact 0, fact 1" in text
    assert all(f"fact {n}" in text for n in range(12))
    assert "fact 7: not given. Supply: key_7" in said(
        answer(not_assessed=items), Options(full=True)
    )


@pytest.mark.safety("SAF-402")
def test_gaps_that_do_not_fit_are_counted_and_those_that_decide_always_stand():
    items = (
        *(NotAssessed(f"lesser fact {n}", "not given", "", (f"other.key_{n}",)) for n in range(40)),
        NotAssessed("allergies", "not given", "", ("patient.allergies",)),
        NotAssessed("combined test", "", "", ("panel.results.ceftazidime-avibactam+aztreonam",)),
        NotAssessed("stock: aztreonam and cefiderocol", "", "", ("hospital.stock.aztreonam",)),
        NotAssessed("severity", "", "", ("infection.septic_shock",)),
        NotAssessed("creatinine clearance", "", "", ("patient.crcl_ml_min",)),
    )
    for fold in FOLDS:
        block = next(
            b for b in blocks(answer(not_assessed=items), DEFAULT, fold) if b.key == "not-assessed"
        )
        assert block.label == "NOT ASSESSED (45)"
        for words in ("allergies", "combined test", "stock", "severity", "creatinine clearance"):
            assert words in block.lines[0]
        named = block.lines[0].count("lesser fact")
        assert f"and {40 - named} more: --full" in block.lines[0]


def test_what_is_only_null_in_json_is_neither_named_nor_counted():
    items = (NotAssessed("would_change", "not computed", ""), *answer().not_assessed)
    for options in (DEFAULT, Options(why=True), Options(full=True)):
        text = said(answer(not_assessed=items), options)
        assert "NOT ASSESSED (3)" in text
        assert "would_change" not in text


def test_would_change_has_no_line_while_it_is_not_computed():
    assert "WOULD CHANGE" not in said(answer(), Options(full=True))


def test_why_adds_findings_rejections_positions_and_results():
    text = said(answer(), Options(why=True))
    assert "MBL confirmed by PCR [mbl: true]" in text
    assert "hepatic: unknown (patient.child_pugh = not given)" in text
    assert "meropenem: an MBL destroys it [carbapenem-alone]" in text
    assert "IDSA 2026: preferred: aztreonam-avibactam; cefiderocol" in text
    assert "MIC >32 mg/L; read by this tool as R by EUCAST 2026" in text
    assert "renal-limit" not in text


def test_full_adds_the_rest():
    text = said(answer(), Options(full=True))
    for line in (
        "Monitoring: creatinine: every day",
        "Duration: 7 to 14 days",
        "Step-down: No oral agent",
        "SMPC-ZAVICEFTA-2025: section 4.2, table 2",
        "3 vials in the first 24 hours",
        "renal-limit: false",
        "at most 7.5 g per day",
        "nearest edge: 5 mL/min away",
        PROVENANCE.knowledge_sha256,
    ):
        assert line in text


def test_information_on_abstention_is_not_said_twice():
    case = all_answers()["abstained"]
    told = case.abstention._replace(lines=(*case.abstention.lines, "X: laboratory data; ask."))
    item = Information("cefepime-zidebactam", {}, "laboratory data; ask.")
    text = said(case._replace(abstention=told, information=(item,)))
    assert text.count("laboratory data; ask.") == 1


@pytest.mark.safety("SAF-404")
@pytest.mark.parametrize("name", ["colonised", "outside"])
def test_without_a_regimen_no_part_of_one_is_printed(name):
    assert not {"regimen", "dose", "kidney", "infusion"} & set(keys(all_answers()[name]))


def test_every_label_is_short_enough_for_its_column():
    for case in all_answers().values():
        for block in blocks(case, DEFAULT):
            assert len(block.label) < 12 or block.key in {"not-assessed", "header"}
