"""What a run keeps of each case while it runs: its place in the file, and little more."""

from __future__ import annotations

import tracemalloc

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
        journal.add(entry(number), index=True)
    numbers = [0, 4, 8, 1, 5, 9, 2, 6, 3, 7]
    assert list(journal.by_class()) == [b'{"number": %d}' % number for number in numbers]
    assert list(journal.in_order()) == [b'{"number": %d}' % number for number in range(10)]
    journal.file.close()


def test_a_case_costs_a_few_bytes() -> None:
    journal, tally = journals.temporary(), Tally()
    for number in range(1_000):  # what a table shows, and buffers
        made = entry(number)
        tally.add(made)
        journal.add(made, index=True)
    tracemalloc.start()
    try:
        for number in range(1_000, 1_000 + CASES):
            made = entry(number)
            tally.add(made)
            journal.add(made, index=True)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        journal.file.close()
    assert tally.cases == CASES + 1_000
    assert kept < 40 * CASES
