"""Where a look-up is shown: labelled lines on the screen, or JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ndm_advisor.cli.screen import screen_for, write_out
from ndm_advisor.errors import KnowledgeError

if TYPE_CHECKING:
    from ndm_advisor.explain.stamp import Stamp
    from ndm_advisor.render.sheet import Part


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
    from ndm_advisor.render.sheet import Sheet, is_linear, write  # noqa: PLC0415

    screen = screen_for(output_format, linear=linear, no_color=True, to_file=False)
    if screen.kind == "json":
        from ndm_advisor.render.as_json import to_json  # noqa: PLC0415

        write_out(to_json(made) + b"\n")
        return
    one_a_row = is_linear(linear=screen.linear, width=screen.width)
    sheet = Sheet(screen.width, one_a_row, sys.stdout.encoding, tall_man)
    write_out(write(*page, sheet))


def refuse_overdue(stamp: Stamp) -> None:
    """Refuse a look-up on overdue knowledge (--strict).

    Raises:
        KnowledgeError: it was due for review before the day of the look-up.
    """
    from ndm_advisor.explain.stamp import is_overdue  # noqa: PLC0415

    if is_overdue(stamp):
        raise KnowledgeError((f"overdue for review since {stamp.review_due_on} (--strict)",))
