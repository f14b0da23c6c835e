"""Blocks to rows of finished text: wide (labels in a column) or linear (one `label: value` a row).

Plain and coloured output share these rows, so they hold the same words on the same lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.model.answer import Recommendation
from ndm_advisor.render import text
from ndm_advisor.render.view import LABEL_COLUMN, Block, Options, blocks

LINEAR_BELOW: Final = 60  # columns: narrower screens are read top to bottom
SCREEN_ROWS: Final = 24
_CONTINUED: Final = "  "


class Row(NamedTuple):
    """One row: `label` with its padding, then `text`; `block` says what it belongs to."""

    label: str
    text: str
    block: Block | None


def rows(
    recommendation: Recommendation, options: Options, encoding: str | None = "utf-8"
) -> list[Row]:
    """Lay out the whole screen for a stream of this encoding.

    Where the default screen would need more than 24 rows, the empty rows go first, then lines that
    may flow are run together. A screen that is longer even so keeps its usual form.
    """
    screen = blocks(recommendation, options)
    if is_linear(options):
        return [row for block in screen for row in _linear(block, options, encoding)]
    laid = [row for block in screen for row in _wide(block, options, encoding)]
    if options.why or options.full or len(laid) <= SCREEN_ROWS:
        return laid
    without_gaps = [row for row in laid if row.block is not None]
    if len(without_gaps) <= SCREEN_ROWS:
        return without_gaps
    compact = [row for block in screen for row in _compact(block, options, encoding)]
    return compact if len(compact) <= SCREEN_ROWS else laid


def is_linear(options: Options) -> bool:
    """Say whether the linear layout is asked for, or the width asks for it."""
    if options.linear is not None:
        return options.linear
    return options.width is None or options.width < LINEAR_BELOW


def _linear(block: Block, options: Options, encoding: str | None) -> Iterator[Row]:
    label = _prepared(block.label.strip(), block, options, encoding)
    width = None if options.width is None else options.width - len(_CONTINUED)
    for line in block.lines:
        words = text.bind(_prepared(line, block, options, encoding))
        head = f"{label}: "
        for part in _folded_after(words, width, len(label)):
            yield Row(head, part, block)
            head = _CONTINUED


def _compact(block: Block, options: Options, encoding: str | None) -> list[Row]:
    """Lay a block out in as few rows as its lines allow."""
    tight = block._replace(gap=False, lines=block.short or block.lines)
    as_lines = list(_wide(tight, options, encoding))
    if not block.flows:
        return as_lines
    flowed = list(_wide(tight._replace(lines=(_run_on(tight.lines),)), options, encoding))
    return min(as_lines, flowed, key=len)


def _run_on(lines: tuple[str, ...]) -> str:
    """Join lines into one paragraph; a line without a full stop is closed by a semicolon."""
    *heads, last = lines
    return (
        "".join(f"{head} " if head.endswith((".", ":")) else f"{head}; " for head in heads) + last
    )


def _wide(block: Block, options: Options, encoding: str | None) -> Iterator[Row]:
    if block.gap:
        yield Row("", "", None)
    column = 0 if block.bare else LABEL_COLUMN
    label = "" if block.bare else _prepared(block.label, block, options, encoding)
    width = None if options.width is None else options.width - column
    for line in _wide_lines(block, options, encoding):
        head = f"{label}  " if len(label) > column - 1 and not block.bare else label.ljust(column)
        overhang = len(head) - column
        for part in _folded_after(line, width, overhang):
            yield Row(head, part, block)
            head = " " * column
        label = ""


def _folded_after(words: str, width: int | None, overhang: int) -> list[str]:
    """Fold `words`, the first line shorter by what a long label takes of it."""
    if width is None or overhang <= 0:
        return text.fold(words, width)
    taken = text.HARD * (overhang - 1)
    first, *rest = text.fold(f"{taken}{text.FIRM}{words}", width)
    return [first.lstrip(" "), *rest]


def _wide_lines(block: Block, options: Options, encoding: str | None) -> Iterator[str]:
    prepared = [text.bind(_prepared(line, block, options, encoding)) for line in block.lines]
    if not block.joined:
        yield from prepared
        return
    items = [item.replace(" ", text.SOFT) for item in prepared]
    yield f"{text.SOFT}| ".join(items)


def _prepared(words: str, block: Block, options: Options, encoding: str | None) -> str:
    shown = text.visible(words)
    if options.tall_man and not block.verbatim:
        shown = text.tall_man(shown)
    return text.for_encoding(shown, encoding)
