"""A case holds some dozens of values; what holds thousands is refused before each is judged."""

from __future__ import annotations

import pytest

from ndm_advisor.errors import CaseFormatError
from ndm_advisor.model.case import Case
from ndm_advisor.read.case_file import build_case, read_case
from ndm_advisor.read.document import MOST_CHARACTERS, MOST_MEMBERS, MOST_VALUES
from ndm_advisor.read.tables import Row, read_row
from ndm_advisor.render.text import HARD, bind, loosen

from .known_names import NAMES, ON, SMALLEST

pytestmark = pytest.mark.safety("SAF-703")


def refused(text: str) -> list[str]:
    with pytest.raises(CaseFormatError) as caught:
        read_case(text, path=None, names=NAMES, on=ON)
    (problem,) = caught.value.problems
    assert problem.code == "E101"
    return [problem.message]


def read(text: str) -> Case:
    return read_case(text, path=None, names=NAMES, on=ON)[0]


def medicines(count: int) -> str:
    return SMALLEST + "\n[patient]\nmedicines = [" + ", ".join(['"a"'] * count) + "]\n"


def test_a_list_ends_at_99_members():
    assert MOST_MEMBERS == 99
    assert len(read(medicines(99)).patient.medicines or ()) == 99
    assert "99 members" in refused(medicines(100))[0]


def test_orders_are_a_list():
    order = '\n[[orders]]\ndrug = "meropenem"'
    assert len(read(SMALLEST + order * 99).orders) == 99
    assert "99 members" in refused(SMALLEST + order * 100)[0]


def test_a_text_ends_at_20_000_characters():
    assert MOST_CHARACTERS == 20_000
    assert read(f'note = "{"a" * 20_000}"\n{SMALLEST}').note == "a" * 20_000
    assert "20,000 characters" in refused(f'note = "{"a" * 20_001}"\n{SMALLEST}')[0]
    assert "20,000 characters" in refused(f"{'a' * 20_001} = 1\n{SMALLEST}")[0]


def test_values_are_counted_at_every_depth():
    keys = "".join(f"k{n} = 1\n" for n in range(MOST_VALUES))
    assert "1,000 values" in refused(keys + SMALLEST)[0]
    rows = "".join(f"d{n} = {{ a = 1, b = [1, 2] }}\n" for n in range(MOST_VALUES // 4))
    assert "1,000 values" in refused(f"{SMALLEST}\n[panel.results]\n{rows}")[0]
    assert "1,000 values" in refused(f"{keys}= \n{SMALLEST}")[0]  # beside a fault of syntax


def test_wherever_the_tables_come_from():
    with pytest.raises(CaseFormatError):
        build_case({"patient": {"medicines": ["a"] * 100}}, names=NAMES, on=ON)


def test_a_table_ends_at_10_000_columns():
    header = [f"k{n}" for n in range(10_001)]
    with pytest.raises(CaseFormatError) as caught:
        read_row(Row(2, tuple("1" for _ in header)), header, path="x", names=NAMES, on=ON)
    assert "10,000 columns" in caught.value.problems[0].message


@pytest.mark.parametrize("letters", [1, 59, 60, 61, 62, 5000])
def test_a_drug_of_any_length_stays_with_its_amount(letters):
    """Looking for the drug before an amount takes no longer than the text is long."""
    said = f"{'a' * letters} 500 mg + {'b' * letters} 1 g (2 g)"
    bound = bind(said)
    assert loosen(bound) == said
    assert bound.count(HARD) == 3
    assert " 500" not in bound
