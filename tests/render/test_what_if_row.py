"""The one row of the first screen that says what single changes would do."""

from __future__ import annotations

from ndm_advisor.model.answer import Flip, WouldChange
from ndm_advisor.render.block import ROW
from ndm_advisor.render.would_change import one_row
from tests.render.factory import answer


def entry(says: str, text: str, flip: Flip = "preferred") -> WouldChange:
    return WouldChange(
        set={},
        outcome="regimens",
        preferred=(),
        doses_change=False,
        alerts_added=(),
        key=says,
        flips=(flip,),
        alerts_removed=(),
        also=(),
        says=says,
        text=text,
    )


def row(*entries: WouldChange) -> str:
    (line,) = one_row(answer(would_change=entries))
    assert len(line) <= ROW
    return line


def test_what_a_change_does_stands_with_it() -> None:
    shown = row(
        entry("CrCl below 15", "other doses", "dose"),
        entry("cefiderocol S", "prefer it; and more"),
    )
    assert shown.startswith("cefiderocol S: prefer it; CrCl below 15: other doses; more: ")


def test_an_effect_that_is_too_long_gives_way_to_one_that_fits() -> None:
    shown = row(
        entry("aztreonam-avibactam tested S", "prefer " + "a very long regimen " * 6),
        entry("cefiderocol tested S", "prefer cefiderocol"),
    )
    assert shown.startswith("cefiderocol tested S: prefer cefiderocol; 1 more: ")


def test_a_change_stands_alone_where_no_effect_fits() -> None:
    long = "prefer " + "a very long regimen " * 6
    shown = row(entry("aztreonam-avibactam tested S", long), entry("cefiderocol tested S", long))
    assert shown.startswith("aztreonam-avibactam tested S; cefiderocol tested S; more: ")


def test_where_nothing_fits_the_row_counts_them() -> None:
    long = "a very long change " * 8
    assert row(entry(long, long), entry(long, long)).startswith("2 single changes would alter it")


def test_nothing_found_is_said_and_nothing_tried_is_not() -> None:
    assert "no single change of the few tried" in row()
    assert one_row(answer(would_change=None)) == ()
