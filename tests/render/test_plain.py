"""Plain screens: every drug and dose whole at every width, nothing a terminal would obey."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ndm_advisor.model.answer import Recommendation
from ndm_advisor.model.words import drug_name
from ndm_advisor.render import text
from ndm_advisor.render.plain import to_text
from ndm_advisor.render.view import Options

from .factory import (
    STOP,
    abstained,
    all_answers,
    answer,
    cautions,
    ordinary,
    pending,
    with_case_text,
)

WIDTHS = [200, 100, 80, 60, 30, None]
ANSWERS = all_answers()
VIEWS = [Options(), Options(why=True), Options(full=True), Options(linear=True)]


def doses(recommendation: Recommendation) -> list[str]:
    found = []
    for offer in recommendation.regimens:
        for order in (*offer.drugs, *offer.companions):
            found += [d.text for d in (order.loading_dose, order.maintenance_dose) if d]
    return found


def names(recommendation: Recommendation) -> set[str]:
    return {drug_name(part) for offer in recommendation.regimens for part in offer.id.split("+")}


@pytest.mark.safety("SAF-207")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ANSWERS)
def test_every_drug_and_every_amount_is_whole_at_every_width(name, width):
    screen = to_text(ANSWERS[name], Options(full=True, width=width))
    lines = screen.splitlines()
    for drug in names(ANSWERS[name]):
        assert any(drug in line for line in lines), drug
    for dose in doses(ANSWERS[name]):
        for part in re.findall(r"[\d,.]+ (?:mg/kg|mg|g|million units colistimethate)\b", dose):
            assert any(part in line for line in lines), part


@pytest.mark.parametrize("width", [200, 100, 80])
@pytest.mark.parametrize("name", ANSWERS)
def test_a_whole_dose_is_on_one_line_where_there_is_room(name, width):
    lines = to_text(ANSWERS[name], Options(full=True, width=width)).splitlines()
    for dose in doses(ANSWERS[name]):
        drugless = dose.split(" ", 1)[1] if dose.startswith("cefiderocol ") else dose
        assert any(drugless in line for line in lines), dose


@pytest.mark.parametrize("width", [200, 100, 80, 60, 30])
@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("view", VIEWS)
def test_no_line_passes_the_width_but_for_what_may_not_be_broken(name, view, width):
    for line in to_text(ANSWERS[name], view._replace(width=width)).splitlines():
        if len(line) > width:
            longest = max(text.bind(line.strip()).replace(text.SOFT, " ").split(), key=len)
            assert len(longest) > width - 14, line


@pytest.mark.parametrize("name", ordinary())
def test_an_ordinary_case_fits_a_screen_of_24_by_80(name):
    lines = to_text(ordinary()[name]).splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


@pytest.mark.safety("SAF-303")
def test_a_screen_too_long_names_the_cautions_it_folds_and_keeps_every_stop_whole():
    crowded = answer(alerts=(*cautions(8), *(STOP._replace(id=f"stop-{n}") for n in range(5))))
    screen = to_text(crowded)
    assert screen.count(STOP.text[:30]) == 5
    assert screen.count("Do: Replace it with both partners") == 5
    assert screen.count("Do: Recheck creatinine") >= 1
    assert all(alert.id in screen for alert in crowded.alerts)


def test_the_same_is_folded_at_every_width():
    screens = [
        "".join(to_text(ANSWERS["many-cautions"], Options(width=width)).replace(";", "").split())
        for width in (200, 100, 80, 60)
    ]
    assert len(set(screens)) == 1
    linear = to_text(ANSWERS["many-cautions"], Options(width=None))
    assert re.search(r"and \d more CAUTION: .*caution-6, caution-7 \(--full\)", linear)


def test_roomy_screens_have_gaps_and_tight_ones_have_none():
    assert "\n\nNOT ASSESSED" in to_text(ANSWERS["colonised"])
    assert "\n\n" not in to_text(ANSWERS["many-cautions"])


@pytest.mark.parametrize("width", [100, 80])
def test_each_band_takes_at_most_two_rows_and_none_is_cut_in_its_edge(width):
    lines = to_text(pending(), Options(width=width)).splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("Bands"))
    assert lines[start].endswith("cefiderocol IV over 3 hours, by CrCl:")
    assert lines[start + 1 : start + 4] == [
        "  above 60: cefiderocol 2 g every 8 hours",
        "  30 to below 60: cefiderocol 1.5 g every 8 hours",
        "  15 to below 30: cefiderocol 1 g every 8 hours",
    ]


def test_the_case_note_follows_what_was_not_assessed_and_goes_on_in_full():
    note = (
        "Seen with the surgeons on Monday; graft in place since 2019, family asks for a call back."
    )
    case = answer(note=note, alerts=())
    lines = to_text(case).splitlines()
    row = next(n for n, line in enumerate(lines) if line.startswith("Case note"))
    assert lines[row].endswith("(note goes on: --full)")
    assert any(line.startswith("NOT ASSESSED") for line in lines[:row])
    assert not lines[row + 1].startswith("   ")
    assert note in " ".join(to_text(case, Options(full=True)).split())


@pytest.mark.safety("SAF-207")
@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_on_a_screen_is_written_in_a_dangerous_way(name, view):
    screen = to_text(ANSWERS[name], view)
    for wrong in (
        r"\d\.\d*0 ?(?:mg|g|kg|mL|hours)\b",  # trailing zero
        r"(?<!\d)\.\d",  # missing leading zero
        r"\d ?(?:U|IU|MU|MIU)\b",  # units in full
        "[\u00b5\u03bc]",  # micro signs
        r"\d(?:mg|g|mL)\b",  # a space before the unit
        r"\bq\d+h\b",
        r"\b(?:CZA|ATM|FDC|AZT|QD|QOD|TIW)\b",
        r"\.\.\.|\u2026",  # nothing is shortened
    ):
        assert not re.search(wrong, screen), wrong


@pytest.mark.safety("SAF-701")
@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("view", VIEWS)
def test_there_are_no_escape_codes(name, view):
    assert to_text(ANSWERS[name], view).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "options", [Options(width=None), Options(width=59), Options(linear=True, width=100)]
)
def test_the_linear_layout_has_one_label_and_value_on_each_row(options):
    for line in to_text(answer(), options).splitlines():
        assert re.match(r"[A-Za-z0-9][\w ()-]*:|  ", line), line


def test_a_pipe_gets_unfolded_lines():
    screen = to_text(answer(), Options(width=None))
    assert (
        "2 Dose: ceftazidime 1 g + avibactam 0.25 g (1.25 g total) IV every 8 hours over 3 hours"
        in (screen.splitlines())
    )


HOSTILE = ["[bold]", "[/x]", "[bed 4]", "\x1b[31m", "\u202eR", "nul\x00"]


@pytest.mark.safety("SAF-701")
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("width", [80, 30, None])
def test_hostile_case_text_survives_as_text(hostile, width):
    screen = to_text(with_case_text(hostile), Options(width=width))
    assert screen.count(text.visible(hostile)) >= 3
    assert screen.replace("\n", "").isprintable()


@pytest.mark.safety("SAF-701")
@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=12), st.sampled_from([80, 40, None]))
def test_any_case_text_survives_as_text(string, width):
    screen = to_text(with_case_text(string), Options(width=width))
    assert "".join(text.visible(string).split()) in "".join(screen.split())
    assert screen.replace("\n", "").isprintable()


def test_an_ascii_stream_gets_ascii():
    screen = to_text(with_case_text("\u2265 \u03b2 \u65e5"), encoding="ascii")
    assert screen.isascii()
    assert ">= beta ?" in screen


def test_tall_man_letters_are_off_unless_asked_for():
    assert "cefTAZidime" not in to_text(answer())
    assert "cefTAZidime 1 g" in to_text(answer(), Options(tall_man=True))


def test_abstention_prints_its_lines_in_order():
    screen = " ".join(to_text(abstained()).split())
    places = [screen.index(line) for line in abstained().abstention.lines]
    assert places == sorted(places)
    assert "IV fosfomycin + tigecycline: laboratory data only" in screen


def test_plain_and_json_output_never_import_rich():
    code = (
        "import sys;"
        "from ndm_advisor.render import as_json, plain, rich_text;"
        "sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
