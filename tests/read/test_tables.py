"""Rows of a CSV file: cells with line ends, and quotes that never close."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndm_advisor.read.document import LARGEST_BYTES
from ndm_advisor.read.tables import Row, csv_columns, csv_rows

HEAD = "format,id,isolate.organism,infection.site,note\n"
FORMAT = "ndm-advisor/case/1"


def case(ident: str, note: str = "") -> str:
    return f"{FORMAT},{ident},E. coli,bloodstream,{note}\n"


def rows(text: str) -> list[Row]:
    header, *found = csv_rows(io.StringIO(text, newline=""))
    assert header.cells == tuple(HEAD.strip().split(","))
    return found


def told(found: list[Row]) -> list[tuple[int, str | None]]:
    """Line and id of each row; None where it is refused."""
    return [(row.number, None if row.fault else row.cells[1]) for row in found]


class TestCellsOfManyLines:
    def test_a_note_of_three_lines(self) -> None:
        found = rows(HEAD + case("1", '"one\n\n""two"", three\n"') + case("2"))
        assert told(found) == [(2, "1"), (6, "2")]
        assert found[0].cells[4] == 'one\n\n"two", three\n'

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_line_ends_of_every_system(self, end: str) -> None:
        text = (HEAD + case("1", '"one\ntwo"') + "\n" + case("2")).replace("\n", end)
        found = rows(text)
        assert told(found) == [(2, "1"), (5, "2")]
        assert found[0].cells[4] == f"one{end}two"

    def test_a_header_cell_of_two_lines(self) -> None:
        text = '"format","id","isolate.organism","x\ny"\n1,2,3,4\n'
        header, row = csv_rows(io.StringIO(text, newline=""))
        assert header.cells[3] == "x\ny"
        assert (row.number, row.cells) == (3, ("1", "2", "3", "4"))

    def test_200_lines_are_a_note_and_more_are_not(self) -> None:
        note = '"' + "x\n" * 200 + '"'
        assert told(rows(HEAD + case("1", note) + case("2"))) == [(2, "1"), (203, "2")]
        found = rows(HEAD + case("1", '"' + "x\n" * 201 + '"') + case("2"))
        assert found[0].fault is not None
        assert told(found[-1:]) == [(204, "2")]

    @given(
        st.lists(
            st.lists(st.text(alphabet='ab,"\n\r =', max_size=12), min_size=2, max_size=4),
            min_size=1,
            max_size=6,
        )
    )
    def test_what_is_written_well_is_read_back(self, table: list[list[str]]) -> None:
        out = io.StringIO(newline="")
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["format", "id"], *table])
        _, *found = csv_rows(io.StringIO(out.getvalue(), newline=""))
        wanted = [tuple(cells) for cells in table if any(cell.strip() for cell in cells)]
        assert [row.cells for row in found] == wanted
        assert all(row.fault is None for row in found)


@pytest.mark.safety("SAF-802")
class TestQuotesThatDoNotClose:
    """The row at fault is refused, and no row below it is lost in it."""

    @pytest.mark.parametrize(
        "next_row",
        [
            case("2"),
            case("2", '"quoted"'),
            case("2", '"of\ntwo lines"'),
            case("2", 'a stray "'),
            case("2", 'a stray"'),
            case("2", '""'),
            case('"2"'),
            '"' + FORMAT + '","2","E. coli","bloodstream","quoted"\n',
        ],
    )
    def test_the_next_row_is_read(self, next_row: str) -> None:
        found = rows(HEAD + case("0") + case("1", '"open') + next_row + case("3"))
        assert told(found)[:3] == [(2, "0"), (3, None), (4, "2")]
        assert told(found)[-1][1] == "3"
        assert len(found) == 4
        assert "quote" in (found[1].fault or "")

    def test_two_stray_quotes_do_not_make_one_case_of_two(self) -> None:
        found = rows(HEAD + case("1", '"open') + case("2", 'closed"') + case("3"))
        assert told(found) == [(2, None), (3, "2"), (4, "3")]

    def test_in_an_earlier_column(self) -> None:
        bad = f'{FORMAT},"1,E. coli,bloodstream,\n'
        assert told(rows(HEAD + bad + case("2"))) == [(2, None), (3, "2")]

    def test_in_the_last_row(self) -> None:
        found = rows(HEAD + case("1") + case("2", '"open').rstrip())
        assert told(found) == [(2, "1"), (3, None)]

    def test_each_of_many(self) -> None:
        bad = "".join(case(f"{n}", '"open') for n in range(50))
        found = rows(HEAD + bad + case("good"))
        assert told(found) == [*((n, None) for n in range(2, 52)), (52, "good")]

    def test_lines_that_are_no_rows_are_each_refused_or_read(self) -> None:
        found = rows(HEAD + case("1", '"open') + "free text\n" + case("2"))
        assert told(found[:1]) == [(2, None)]
        assert (found[1].number, found[1].cells) == (3, ("free text",))
        assert told(found[2:]) == [(4, "2")]

    def test_a_quote_inside_a_row_is_another_fault(self) -> None:
        found = rows(HEAD + case("1", '"a"b') + case("2"))
        assert told(found) == [(2, None), (3, "2")]
        assert "not a row of CSV" in (found[0].fault or "")


@pytest.mark.safety("SAF-703")
class TestSize:
    @pytest.mark.parametrize("note", ["x," * LARGEST_BYTES, '"' + "x" * LARGEST_BYTES + '"'])
    def test_a_row_larger_than_a_case(self, note: str) -> None:
        found = rows(HEAD + case("1", note) + case("2"))
        assert told(found) == [(2, None), (3, "2")]
        assert "1 MiB" in (found[0].fault or "")

    def test_of_an_endless_line_little_is_kept(self) -> None:
        class Endless(io.StringIO):
            asked = 0

            def readline(self, size: int | None = -1, /) -> str:
                assert size is not None
                assert 0 < size <= LARGEST_BYTES + 1
                self.asked += 1
                return "x" * size if self.asked < 20 else ""

        (row,) = csv_rows(Endless())
        assert row.fault is not None


class TestColumns:
    @pytest.mark.parametrize(
        ("line", "columns"),
        [
            (b"format,id\n", ("format", "id")),
            (b'\xef\xbb\xbf"format", id ,"a,b"\r\n', ("format", "id", "a,b")),
            (b'format = "x"\n', ('format = "x"',)),
            (b'format,"id\n', ()),
            (b"format;id\rformat,id\r", ("format;id",)),
            (b"\n", ()),
            (b"", ()),
        ],
    )
    def test_of_a_line(self, line: bytes, columns: tuple[str, ...]) -> None:
        assert csv_columns(line) == columns
