"""The ORDERS part of a screen: one row an order, its change in full, the harm said at the top."""

from __future__ import annotations

import re
from datetime import date

import pytest
import tomli

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import Change, OrderCheck, OrderLine
from ndm_advisor.read.case_file import build_case
from ndm_advisor.render.order_rows import order_rows, ordered_now
from ndm_advisor.render.plain import to_text
from ndm_advisor.render.view import Options

from .factory import STOP, answer
from .test_examples import EXAMPLES, FORBIDDEN, VIEWS

ON = date(2026, 11, 22)
PLAIN = "bloodstream-all-tested"
AZTREONAM = {"drug": "aztreonam", "dose_mg": 2000.0, "interval_h": 8.0, "infusion_h": 3.0}
PARTNER = {**AZTREONAM, "drug": "ceftazidime-avibactam", "dose_mg": 2500.0}
MEROPENEM = {**AZTREONAM, "drug": "meropenem", "route": "iv"}
COLISTIN = {"drug": "colistin", "dose_million_units": 4.5, "interval_h": 12.0}
SETS = {
    "one-harmful": [MEROPENEM],
    "two-replaced": [MEROPENEM, COLISTIN],
    "pair": [PARTNER, AZTREONAM],
    "pair-other-interval": [PARTNER, {**AZTREONAM, "interval_h": 6.0}],
    "partner-alone": [AZTREONAM],
    "twice": [MEROPENEM, MEROPENEM],
    "stranger": [PARTNER, AZTREONAM, {"drug": "vancomycin", "dose_mg": 1000.0}],
    "nothing-but-a-name": [{"drug": "cefiderocol"}],
    "overdose": [{**AZTREONAM, "drug": "cefiderocol", "dose_mg": 6000.0}],
}


@pytest.fixture(scope="module")
def judged(knowledge, names):
    def judge(orders, stem=PLAIN):
        document = tomli.loads(EXAMPLES[stem].read_text("utf-8")) | {"orders": orders}
        case, _ = build_case(document, names=names, on=ON)
        return advise(case, knowledge, on=ON)

    return judge


def rows(found):
    return "\n".join(order_rows(found))


def test_a_wrong_interval_has_its_whole_correction(judged):
    assert order_rows(judged(SETS["pair-other-interval"]))[1] == (
        "order 2 aztreonam 2 g every 6 hours over 3 hours: "
        "adjust to aztreonam 2 g IV every 8 hours over 3 hours"
    )


def test_what_is_mended_and_what_is_added_to_one_order_both_stand():
    mended = Change(1, "adjust", "aztreonam", "aztreonam 2 g IV every 8 hours over 3 hours")
    added = Change(1, "add", "ceftazidime-avibactam", "ceftazidime 2 g + avibactam 0.5 g IV")
    line = OrderLine(1, "aztreonam", "aztreonam 2 g over 30 minutes", assessed=True)
    check = OrderCheck("harmful", (), (mended, added), (line,))
    assert order_rows(answer(order_check=check)) == (
        "order 1 aztreonam 2 g over 30 minutes: adjust to aztreonam 2 g IV every 8 hours "
        "over 3 hours; and add ceftazidime 2 g + avibactam 0.5 g IV",
    )


def test_a_replacement_stands_whole_once_and_the_next_points_at_it(judged):
    first, second = order_rows(judged(SETS["two-replaced"]))
    assert first.startswith(
        "order 1 meropenem 2 g IV every 8 hours over 3 hours: replace with aztreonam-avibactam: "
        "2.67 g (aztreonam 2 g + avibactam 0.67 g) first, "
        "then 2 g (aztreonam 1.5 g + avibactam 0.5 g) IV every 6 hours over 3 hours"
    )
    assert "replace with the same aztreonam-avibactam as order 1" in second
    assert "2.67 g" not in second


def test_what_stands_above_is_not_repeated(judged):
    found = judged(SETS["one-harmful"])
    (row,) = order_rows(found, printed=("aztreonam-avibactam",))
    assert "replace with aztreonam-avibactam as above" in row
    assert "2.67 g" not in row


def test_a_stop_names_the_drug_once():
    line = OrderLine(1, "meropenem", "meropenem 1 g", assessed=True)
    change = Change(1, "stop", None, "meropenem: given twice")
    found = answer(order_check=OrderCheck("harmful", (STOP,), (change,), (line,)))
    assert order_rows(found) == ("order 1 meropenem 1 g: stop: given twice",)


@pytest.mark.safety("SAF-302", "SAF-405")
@pytest.mark.parametrize("name", SETS)
def test_every_order_has_its_row_and_nothing_is_called_safe(judged, name):
    found = judged(SETS[name])
    shown = order_rows(found)
    assert len(shown) == len(SETS[name])
    for number, row in enumerate(shown, 1):
        assert row.startswith(f"order {number} ")
    assert "safe" not in rows(found)


@pytest.mark.safety("SAF-402")
def test_what_the_check_could_not_judge_says_so(judged):
    assert order_rows(judged(SETS["stranger"]))[2] == ("order 3 vancomycin 1 g: not assessed")
    assert rows(judged(SETS["nothing-but-a-name"])) == (
        "order 1 cefiderocol (no dose given) (no interval given): not assessable"
    )


def test_the_bottom_line_says_that_orders_harm(judged):
    now = ordered_now(judged(SETS["two-replaced"]))
    assert now == (
        "Ordered now: STOP, harmful: replace meropenem (order 1) and colistin (order 2)."
    )
    for options in VIEWS.values():
        screen = " ".join(to_text(judged(SETS["two-replaced"]), options).split())
        assert screen.index(now) < screen.index("1 Regimen")
    assert ordered_now(judged(SETS["pair"])) == ""
    assert ordered_now(answer()) == ""


def test_harm_without_a_change_names_its_stops():
    found = answer(order_check=OrderCheck("harmful", (STOP,), ()))
    assert ordered_now(found) == "Ordered now: STOP, harmful: carbapenem-alone."


@pytest.mark.safety("SAF-303")
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", SETS)
def test_stops_and_changes_stand_whole_on_every_screen(judged, name, view):
    found = judged(SETS[name])
    raw = to_text(found, VIEWS[view])
    screen = " ".join(raw.replace("ORDERS: ", "").split())
    check = found.order_check
    assert all(" ".join(row.split()) in screen for row in order_rows(found))
    for alert in found.alerts:
        if alert.tier == "stop":
            assert alert.text in screen
            assert alert.action in screen
    assert check.verdict.replace("_", " ") in screen
    for what, pattern in FORBIDDEN.items():
        assert not re.search(pattern, raw), what


@pytest.mark.parametrize("name", SETS)
def test_orders_make_no_screen_wider(judged, name):
    assert max(map(len, to_text(judged(SETS[name]), Options()).splitlines())) <= 80


def test_the_rows_of_orders_fold_no_caution_away(judged):
    """They may pass the foot of the screen: the rest is folded as if they were not there."""
    found = judged(SETS["pair-other-interval"])
    without = to_text(found._replace(order_check=OrderCheck("not_assessed", (), ())))
    cautions = [a.text for a in found.alerts if a.tier == "caution"]
    assert cautions
    screen = " ".join(to_text(found).split())
    assert [c in screen for c in cautions] == [c in " ".join(without.split()) for c in cautions]
    assert len(to_text(found).splitlines()) > len(without.splitlines())


def test_alerts_about_orders_come_before_the_others_of_their_tier(judged):
    found = judged(SETS["one-harmful"], "bloodstream-dose-pending")
    assert {a.id for a in found.order_check.alerts} <= {a.id for a in found.alerts}
    about = {a.id for a in found.order_check.alerts}
    for tier in ("stop", "caution"):
        ids = [a.id for a in found.alerts if a.tier == tier]
        assert ids == sorted(ids, key=lambda ident: ident not in about)
