"""Problems as text: the look of product section 6, harmless whatever a file holds."""

from __future__ import annotations

import sys

import pytest

from ndm_advisor.errors import Problem
from ndm_advisor.read.codes import CODES
from ndm_advisor.read.diagnostics import (
    FileReport,
    count_line,
    in_order,
    render_problem,
    render_report,
    visible,
)

UNIT = Problem(
    code="E203",
    severity="error",
    key="patient.crcl",
    line=9,
    column=1,
    message="creatinine clearance needs a unit",
    help="write `crcl_ml_min = 45` for Cockcroft-Gault in mL/min",
    note="eGFR in mL/min/1.73 m2 is a different quantity: use `egfr_ml_min_1_73m2`",
    source_line="crcl = 45",
    width=4,
    caption="key has no unit",
)


def at(source: str, column: int, width: int, **more) -> Problem:
    return Problem("E204", "error", "k", 3, column, "m", source_line=source, width=width, **more)


def marked(problem: Problem) -> tuple[str, str]:
    """The source line and the line under it, without their margin."""
    lines = render_problem(problem, path="x").split("\n")
    return lines[3][5:], lines[4][5:]


def test_one_problem_looks_like_this():
    assert render_problem(UNIT, path="ward7/case-03.toml") == (
        "error[E203]: creatinine clearance needs a unit\n"
        "  --> ward7/case-03.toml:9:1\n"
        "   |\n"
        " 9 | crcl = 45\n"
        "   | ^^^^ key has no unit\n"
        "   |\n"
        "   = help: write `crcl_ml_min = 45` for Cockcroft-Gault in mL/min\n"
        "   = note: eGFR in mL/min/1.73 m2 is a different quantity: use `egfr_ml_min_1_73m2`\n"
    )


def test_a_conflict_points_at_both_lines_in_the_order_of_the_file():
    conflict = Problem(
        code="E302",
        severity="error",
        key="panel.results.CAZ-AVI",
        line=27,
        column=1,
        message="two results for one drug disagree",
        help="keep one row",
        source_line='"CAZ-AVI" = "S"',
        width=9,
        caption="same drug under another name, different result",
        also=(9, 1, '"ceftazidime-avibactam" = "R"', "first result here"),
    )
    assert render_problem(conflict, path="case.toml") == (
        "error[E302]: two results for one drug disagree\n"
        "  --> case.toml:9:1 and 27:1\n"
        "    |\n"
        '  9 | "ceftazidime-avibactam" = "R"\n'
        "    | ----------------------------- first result here\n"
        ' 27 | "CAZ-AVI" = "S"\n'
        "    | ^^^^^^^^^ same drug under another name, different result\n"
        "    |\n"
        "    = help: keep one row\n"
    )


def test_without_a_place_the_key_is_named_and_no_line_invented():
    problem = Problem("E201", "error", "format", None, None, "`format` is missing")
    assert render_problem(problem, path="a.json") == (
        "error[E201]: `format` is missing\n  --> a.json: format\n"
    )
    assert "standard input" in render_problem(problem, path=None)


def test_a_line_without_a_column_is_named_alone():
    problem = Problem("E102", "error", None, 4, None, "byte 91 is not UTF-8")
    assert "  --> a.toml:4\n" in render_problem(problem, path="a.toml")


@pytest.mark.safety("SAF-701")
def test_escapes_and_directional_marks_are_written_out():
    assert visible("\x1b[2Jx\u202ey\u200b\x00\ud800") == "\\x1b[2Jx\\u202ey\\u200b\\x00\\ud800"
    assert visible("\u03b2-lactam \u2264 0.5") == "\u03b2-lactam \u2264 0.5"
    text = render_problem(at('x = "\x1b[31m"', 5, 7), path="\x1b]0;title\x07.toml")
    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.safety("SAF-701")
def test_no_character_passes_unseen():
    """Every character there is: a wide or unbroken space looks like another, and is written out."""
    shown = visible("".join(map(chr, range(sys.maxunicode + 1))))
    assert shown.isprintable()
    assert visible("E.\u00a0coli \u2001 \u3000") == "E.\\xa0coli \\u2001 \\u3000"
    assert visible("E. coli\t1") == "E. coli    1"


@pytest.mark.safety("SAF-701")
def test_a_line_feed_in_a_message_cannot_forge_a_line():
    problem = Problem("E401", "error", "k", None, None, "unknown drug `a\nerror[E999]: b`")
    assert len(render_problem(problem, path="x").splitlines()) == 2


def test_the_caret_stands_under_the_value_behind_tabs_wide_and_escaped_characters():
    for source, column, width in (
        ("\tx = 45", 6, 2),
        ("\u6f22\u5b57 = 45", 6, 2),
        ("e\u0301 = 45", 6, 2),
        ("\x1b = 45", 5, 2),
        ("\u3000= 45", 4, 2),
    ):
        line, under = marked(at(source, column, width))
        cells = line.replace("\u6f22\u5b57", "    ").replace("\u0301", "")
        assert under.index("^") == cells.index("45"), source
        assert under.count("^") == 2


def test_a_long_line_is_cut_round_the_caret():
    source = "a" * 500 + "WRONG" + "b" * 500
    line, under = marked(at(source, 501, 5))
    assert line.startswith("...a")
    assert line.endswith("b...")
    assert len(line) <= 110
    assert line[under.index("^") :].startswith("WRONG")
    assert under.count("^") == 5


def test_a_width_beyond_the_line_is_cut():
    line, under = marked(at("x = 45", 5, 90))
    assert under == "    ^^"
    assert line == "x = 45"


@pytest.mark.safety("SAF-605")
def test_nothing_but_the_line_at_fault_is_shown():
    text = render_problem(at("weight_kg = 720", 13, 3), path="x")
    assert text.count(" | ") == 2


def test_sorted_by_line_and_what_has_no_line_last():
    loose = UNIT._replace(line=None, column=None)
    early, late = UNIT._replace(line=2), UNIT._replace(line=30)
    assert in_order([late, loose, early]) == (early, late, loose)


def test_the_count_line_names_what_was_not_assessed():
    error, warning = UNIT, UNIT._replace(severity="warning")
    assert count_line(
        [FileReport("a/case-03.toml", (error,) * 3 + (warning,)), FileReport("b", ())]
    ) == ("3 errors, 1 warning in 2 files. case-03 was not assessed.")
    assert count_line([FileReport(None, (error,))]) == (
        "1 error in 1 file. standard input was not assessed."
    )
    assert count_line([FileReport("x", (warning, warning))]) == "2 warnings in 1 file."
    three = [FileReport(f"{name}.toml", (error,)) for name in "abc"]
    assert count_line(three) == "3 errors in 3 files. a, b and c were not assessed."


def test_no_problems_print_nothing():
    assert render_report([FileReport("a.toml", ())]) == ""


def test_codes_have_one_table_and_one_form():
    assert all(code[0] in "EW" and code[1:].isdecimal() and len(code) == 4 for code in CODES)
