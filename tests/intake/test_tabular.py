"""Tables row by row: what is no row costs itself only; rows of an isolate come together."""

from __future__ import annotations

import io

import pytest

from ndm_advisor.errors import UsageError
from ndm_advisor.intake.tabular import LONGEST_LINE, Row, grouped, open_table

HEAD = "a,b,c\n"


def read(text: str):
    table = open_table(io.StringIO(text, newline=""), "constructed", 0)
    rows = list(table.rows)
    return rows, list(table.faults.sentences())


def test_rows_keep_their_line():
    rows, faults = read(HEAD + "1,2,3\n\n4,5,6\n")
    assert rows == [Row(0, 2, ("1", "2", "3")), Row(0, 4, ("4", "5", "6"))]
    assert faults == []


@pytest.mark.parametrize("mark", [",", ";", "|", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_usual_separator_and_ending(mark, ending):
    text = (HEAD + '1,"2, two",3\n').replace(", two", f"{mark} two").replace("\n", ending)
    rows, _ = read(text.replace(",", mark))
    assert [row.cells for row in rows] == [("1", f"2{mark} two", "3")]


def test_a_cell_over_several_lines():
    rows, faults = read(HEAD + '1,"two\nlines",3\n4,5,6\n')
    assert [(row.line, row.cells) for row in rows] == [
        (2, ("1", "two\nlines", "3")),
        (4, ("4", "5", "6")),
    ]
    assert faults == []


@pytest.mark.parametrize("bad", ['1,"open,3\n', '"1,2,3\n', '1,2,"3\n'])
def test_a_quote_never_closed_costs_its_own_line_only(bad):
    rows, faults = read(HEAD + "0,0,0\n" + bad + "4,5,6\n" * 30)
    assert [row.cells for row in rows] == [("0", "0", "0"), *[("4", "5", "6")] * 30]
    assert len(faults) == 1
    assert faults[0].startswith("line 3: not a row")


def test_a_quote_inside_a_cell_is_a_sign_like_any():
    rows, faults = read(HEAD + '1,O"Brien,3\n')
    assert [row.cells for row in rows] == [("1", 'O"Brien', "3")]
    assert faults == []


def test_rows_of_another_width_are_counted_together():
    rows, faults = read(HEAD + "1,2\n" * 1000 + "1,2,3\n")
    assert len(rows) == 1
    assert faults == ["line 2 and 999 more: not a row: 2 cells, where the header has 3"]


def test_a_line_without_end_is_no_row():
    rows, faults = read(HEAD + "x" * (3 * LONGEST_LINE) + "\n1,2,3\n")
    assert [row.line for row in rows] == [3]
    assert faults == ["line 2: not a row: longer than a row can be"]


@pytest.mark.parametrize("text", ["", "\n", "one\n", "x" * (2 * LONGEST_LINE)])
def test_what_has_no_header_is_no_table(text):
    with pytest.raises(UsageError):
        read(text)


def test_a_cell_that_is_not_utf_8_is_read_as_iso_8859_1():
    raw = (HEAD + "1,caf\xe9,3\n").encode("latin-1")
    rows, _ = read(raw.decode("utf-8", "surrogateescape"))
    assert rows[0].cells[1] == "caf\xe9"


def test_rows_of_one_key_come_together_where_the_first_stood():
    rows = [Row(0, n, (key,)) for n, key in enumerate("abacb-", 2)]
    keyed = [(None if row.cells == ("-",) else row.cells, row) for row in rows]
    lines = [[row.line for row in group] for group in grouped(keyed)]
    assert lines == [[2, 4], [3, 6], [5], [7]]


def test_rows_without_a_key_stand_alone():
    rows = [Row(0, n, ("x",)) for n in range(3)]
    assert [len(group) for group in grouped((None, row) for row in rows)] == [1, 1, 1]
