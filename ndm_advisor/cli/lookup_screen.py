"""Where a look-up is shown: labelled lines on the screen, or JSON."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ndm_advisor.cli.screen import screen_for, write_out
from ndm_advisor.errors import KnowledgeError

if TYPE_CHECKING:
    from ndm_advisor.explain.stamp import Stamp
    from ndm_advisor.render.sheet import Part, Sheet


_Made = TypeVar("_Made")


def show(
    made: object,
    page: tuple[str, tuple[Part, ...]],
    output_format: str | None,
    *,
    linear: bool,
    tall_man: bool,
) -> None:
    """Write a look-up: `made` as JSON, or its page of title and parts.

    Raises:
        UsageError: a format this program does not write.
    """
    from ndm_advisor.render.sheet import write  # noqa: PLC0415

    def written(_: object, sheet: Sheet) -> str:
        return write(*page, sheet)

    show_with(made, written, output_format, linear=linear, tall_man=tall_man)


def show_with(
    made: _Made,
    writer: Callable[[_Made, Sheet], str],
    output_format: str | None,
    *,
    linear: bool,
    tall_man: bool,
) -> None:
    """Write `made` as JSON, or as the text that `writer` makes of it for this screen.

    Raises:
        UsageError: a format this program does not write.
    """
    from ndm_advisor.render.sheet import Sheet, is_linear  # noqa: PLC0415

    screen = screen_for(output_format, linear=linear, no_color=True, to_file=False)
    if screen.kind == "json":
        from ndm_advisor.render.as_json import to_json  # noqa: PLC0415

        write_out(to_json(made) + b"\n")
        return
    one_a_row = is_linear(linear=screen.linear, width=screen.width)
    write_out(writer(made, Sheet(screen.width, one_a_row, sys.stdout.encoding, tall_man)))


def refuse_overdue(stamp: Stamp) -> None:
    """Refuse a look-up on overdue knowledge (--strict).

    Raises:
        KnowledgeError: it was due for review before the day of the look-up.
    """
    from ndm_advisor.explain.stamp import is_overdue  # noqa: PLC0415

    if is_overdue(stamp):
        raise KnowledgeError((f"overdue for review since {stamp.review_due_on} (--strict)",))
