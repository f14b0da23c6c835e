"""What a run keeps of each case while it runs: its place in the file, and little more."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from ndm_advisor.cli.batch import journal as journals
from ndm_advisor.cli.batch.tally import Entry, Tally
from ndm_advisor.render.worklist import CLASSES, Row

CASES = 20_000


def entry(number: int) -> Entry:
    kind = CLASSES[number % len(CLASSES)]
    row = Row(kind, f"{number}", "cases.ndjson", number + 1, "what is said of it", ("an-alert",))
    return Entry(row, b'{"number": %d}' % number, assessed=True, crashed=False, shown=True)


def test_the_records_come_back_by_class_and_then_in_input_order() -> None:
    journal = journals.temporary()
    for number in range(10):
        journal.add([entry(number)], index=True)
    numbers = [0, 4, 8, 1, 5, 9, 2, 6, 3, 7]
    assert list(journal.by_class()) == [b'{"number": %d}' % number for number in numbers]
    journal.close()


def test_many_at_once_are_kept_like_one_by_one() -> None:
    """Where each record begins is counted through the whole chunk, over those not shown."""
    journal = journals.temporary()
    for chunk in (range(5), range(5, 11)):
        entries = [entry(n)._replace(shown=n % 3 != 2) for n in chunk]
        journal.add(entries, index=True)
    numbers = [0, 4, 1, 9, 6, 10, 3, 7]
    assert list(journal.by_class()) == [b'{"number": %d}' % number for number in numbers]
    journal.close()


HEAD = {"inputs": ["cases.ndjson"], "date": "2026-11-22"}
FIRST = b"names of columns\n"


def begun(target: Path, numbers: range) -> None:
    """A run that was broken off after some cases; every third is not shown."""
    journal = journals.begin(str(target), HEAD, first=FIRST, resume=False)
    for number in numbers:
        journal.add([shown_or_not(number)], index=False)
    journal.close()


def shown_or_not(number: int) -> Entry:
    return entry(number)._replace(shown=number % 3 != 2)


def finished(target: Path, numbers: range) -> bytes:
    """Take the run up, judge what is left, finish."""
    journal = journals.begin(str(target), HEAD, first=FIRST, resume=True)
    done = len(list(journal.replay(FIRST, index=False)))
    for number in numbers[done:]:
        journal.add([shown_or_not(number)], index=False)
    journals.finish_in_order(str(target), journal)
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    return target.read_bytes()


def whole(numbers: range) -> bytes:
    return FIRST + b"".join(b'{"number": %d}\n' % n for n in numbers if n % 3 != 2)


@pytest.mark.safety("SAF-804")
@pytest.mark.parametrize("cut", range(0, 60, 7))
@pytest.mark.parametrize("name", ["out.part", "out.part.records"])
def test_what_is_half_written_is_dropped_and_done_again(
    tmp_path: Path, name: str, cut: int
) -> None:
    """Either file may be cut anywhere behind its beginning."""
    target, numbers = tmp_path / "out", range(12)
    begun(target, numbers)
    part = tmp_path / name
    part.write_bytes(part.read_bytes()[: -cut or None])
    assert finished(target, numbers) == whole(numbers)


@pytest.mark.safety("SAF-804")
def test_counts_without_their_records_are_done_again(tmp_path: Path) -> None:
    target, numbers = tmp_path / "out", range(12)
    begun(target, numbers)
    (tmp_path / "out.part.records").unlink()
    assert finished(target, numbers) == whole(numbers)


@pytest.mark.safety("SAF-804")
def test_records_of_another_beginning_are_done_again(tmp_path: Path) -> None:
    target, numbers = tmp_path / "out", range(12)
    begun(target, numbers)
    (tmp_path / "out.part.records").write_bytes(b"other columns\n{}\n")
    assert finished(target, numbers) == whole(numbers)


def test_a_case_costs_a_few_bytes() -> None:
    journal, tally = journals.temporary(), Tally()
    for number in range(1_000):  # what a table shows, and buffers
        made = entry(number)
        tally.add(made)
        journal.add([made], index=True)
    tracemalloc.start()
    try:
        for number in range(1_000, 1_000 + CASES):
            made = entry(number)
            tally.add(made)
            journal.add([made], index=True)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        journal.close()
    assert tally.cases == CASES + 1_000
    assert kept < 40 * CASES
