"""Files that cannot be read: refused with the place, and with everything else that is wrong."""

from __future__ import annotations

import pytest

from ndm_advisor.errors import CaseFormatError
from ndm_advisor.read.document import LARGEST_BYTES, decode, parse

from .known_names import SMALLEST, codes, problems, read


def refused(data: bytes) -> CaseFormatError:
    with pytest.raises(CaseFormatError) as error:
        decode(data, path="x.toml")
    return error.value


def only(text: str, path: str | None = "case.toml"):
    (problem,) = problems(text, path=path)
    return problem


def test_a_byte_order_mark_and_windows_line_ends_are_fine():
    case = read(decode(b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode(), path=None))
    assert case == read(SMALLEST)
    assert read("\ufeff" + SMALLEST) == case


def test_windows_line_ends_do_not_shift_lines_or_show():
    (problem,) = problems(SMALLEST.replace("\n", "\r\n") + 'severity = "bad"\r\n')
    assert (problem.line, problem.column) == (6, 12)
    assert problem.source_line == 'severity = "bad"'


@pytest.mark.safety("SAF-703")
def test_a_large_file_is_refused():
    assert refused(b"#" * (LARGEST_BYTES + 1)).problems[0].code == "E101"
    assert decode(b"#" * LARGEST_BYTES, path=None)
    assert codes("# " + "é" * 600_000) == ["E101"]  # characters of two bytes


@pytest.mark.safety("SAF-703")
def test_what_is_not_utf8_names_line_and_byte():
    problem = refused(b"a = 1\nb = 'caf\xe9'\n").problems[0]
    assert (problem.code, problem.line, problem.column) == ("E102", 2, None)
    assert problem.message == "byte 15 (0xe9) is not UTF-8"
    assert refused("a = 1".encode("utf-16")).problems[0].help == "save it as UTF-8"
    assert codes("a = '\ud800'") == ["E102"]


def test_a_nul_is_refused_with_its_place():
    problem = only(SMALLEST + "a = '\0'")
    assert (problem.code, problem.line, problem.column) == ("E103", 6, 6)


@pytest.mark.parametrize(
    ("line", "column", "help_"),
    [
        ("weight_kg = 4,5", 14, "decimals have a point: write 4.5, not 4,5"),
        ("weight_kg = .5", 13, "write the zero before the point: 0.5, not .5"),
        ("weight_kg = 45.", 15, "write a figure after the point, or no point: 4, not 4."),
        ("weight_kg = 045", 14, "a number has no leading zero"),
        ("weight_kg = 71 kg", 16, "write the number alone: the key names the unit"),
        ("weight_kg = 70-80", 15, "write one number; a range is not a value"),
        ("weight_kg =", 12, "leave the line out when the value is not known"),
        ("weight_kg: 71", 10, 'write `key = value`, with "=" in place of ":"'),
        ("pregnant = True", 12, "write true or false"),
        ("sex = female", 7, 'text stands in quotes, for example site = "bloodstream"'),
        ("creatinine_measured_on = 2026-02-30", 26, "write a date that exists"),
        ("creatinine_measured_on = 20.11.2026", 31, "a date is written 2026-11-20"),
        ("aztreonam = >32", 13, "an MIC is text in quotes"),
        ("fosfomycin (iv) = 8", 12, "put a name with spaces or signs in quotes"),
    ],
)
def test_usual_slips_in_toml_are_met_with_what_to_write(line, column, help_):
    problem = only(SMALLEST + "[patient]\n" + line + "\n")
    assert (problem.code, problem.line, problem.column) == ("E104", 7, column)
    assert problem.help is not None
    assert problem.help.startswith(help_)


def test_a_syntax_fault_does_not_hide_the_others():
    text = SMALLEST + 'severity = severe\ndevice = "stick"\n[patient]\nweight_kg = 4,5\ncrcl = 45\n'
    assert [(p.code, p.line) for p in problems(text)] == [
        ("E104", 6),
        ("E205", 7),
        ("E104", 9),
        ("E203", 10),
    ]


def test_a_line_that_was_left_out_is_not_called_missing():
    text = SMALLEST.replace('site = "bloodstream"', "site = bloodstream")
    assert codes(text) == ["E104"]
    text = (
        SMALLEST + "[isolate.more]\n" + '[panel]\nstandard = EUCAST\n[panel.results]\nMEM = "8"\n'
    )
    assert "W303" not in codes(text)


def test_an_unclosed_list_is_one_fault_and_the_parser_stops_there():
    assert codes(SMALLEST + "other_organisms = [\n'x'\n") == ["E104"]


@pytest.mark.safety("SAF-406")
def test_a_key_twice_points_at_both():
    problem = only(SMALLEST + 'severity = "severe"\ndevice = "none"\nseverity = "severe"\n')
    assert (problem.code, problem.line, problem.width) == ("E106", 8, 8)
    assert problem.also == (6, 1, 'severity = "severe"', "first here")


def test_a_table_twice_points_at_both():
    problem = only(SMALLEST + "[isolate]\n")
    assert (problem.code, problem.line) == ("E106", 6)
    assert problem.also is not None
    assert problem.also[0] == 2


def test_the_same_key_in_two_tables_is_no_duplicate():
    text = SMALLEST + '[panel.results]\nMEM = "R"\n[hospital.stock]\nMEM = true\nMEM = true\n'
    problem = only(text)
    assert problem.also is not None
    assert (problem.also[0], problem.line) == (9, 10)


def test_other_duplicates_are_refused_too():
    assert codes(SMALLEST + "source = { a = 1, a = 2 }") == ["E106"]
    assert codes(SMALLEST + "site.x = 1") == ["E106"]


@pytest.mark.safety("SAF-703")
def test_nesting_is_refused_before_it_hurts():
    assert codes("a = " + "[" * 5000) == ["E107"]
    assert codes('{"a":' + "[" * 200_000) == ["E107"]


@pytest.mark.safety("SAF-703")
def test_numbers_too_long_to_convert_are_refused():
    assert codes("a = " + "9" * 5000) == ["E104"]
    assert codes('{"a": ' + "9" * 5000 + "}") == ["E105"]


def test_text_is_json_when_it_starts_with_a_brace_or_the_name_says_so():
    assert parse(' \n{"a": 1}', path="case.toml").document == {"a": 1}
    assert parse('{"a": 1}', path=None).document == {"a": 1}
    assert codes("a = 1", path="case.JSON") == ["E105"]


def test_json_faults_have_line_and_column():
    problem = only('{"a": 1,\n "b": tru}', None)
    assert (problem.code, problem.line, problem.column) == ("E105", 2, 7)


@pytest.mark.safety("SAF-406")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 2}', "E106"),
        ('{"a": NaN}', "E206"),
        ('{"a": -Infinity}', "E206"),
        ("[]", "E108"),
        ("3", "E108"),
        ("", "E105"),
        ("{", "E105"),
        ('{"a": 1} x', "E105"),
    ],
)
def test_json_that_is_not_one_clean_object(text, code):
    assert codes(text, path="case.json") == [code]
