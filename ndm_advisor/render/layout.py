"""Blocks to rows of finished text: wide (labels in a column) or linear (one `label: value` a row).

Plain and coloured output share these rows, so they hold the same words on the same lines.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ndm_advisor.model.answer import Recommendation
from ndm_advisor.render import text
from ndm_advisor.render.block import (
    BROAD_COLUMN,
    DEFAULT_WIDTH,
    FOLDS,
    LABEL_COLUMN,
    OVERLONG,
    ROOMY,
    SCREEN_ROWS,
    Block,
    Fold,
    Options,
)
from ndm_advisor.render.view import blocks

LINEAR_BELOW: Final = 60  # columns: narrower screens are read top to bottom
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

    A default screen is folded until it fits 24 rows of 80 columns. What is folded away depends on
    the case alone, so every width, the linear layout and a pipe hold the same content.
    """
    fold = _fitting(recommendation, options, encoding)
    screen = blocks(recommendation, options, fold)
    if is_linear(options):
        return [row for block in screen for row in _linear(block, options, fold, encoding)]
    return _laid(screen, options, fold, encoding)


def _fitting(recommendation: Recommendation, options: Options, encoding: str | None) -> Fold:
    """Return the first fold whose screen fits, else the last one; reasons are never folded."""
    if options.why or options.full:
        return ROOMY
    ordinary = options._replace(width=DEFAULT_WIDTH, linear=False)
    for fold in FOLDS:
        screen = [block for block in blocks(recommendation, ordinary, fold) if not block.extra]
        if len(_laid(screen, ordinary, fold, encoding)) <= SCREEN_ROWS:
            return fold
    return OVERLONG


def _laid(screen: Sequence[Block], options: Options, fold: Fold, encoding: str | None) -> list[Row]:
    return [row for block in screen for row in _wide_or_tight(block, options, fold, encoding)]


def is_linear(options: Options) -> bool:
    """Say whether the linear layout is asked for, or the width asks for it."""
    if options.linear is not None:
        return options.linear
    return options.width is None or options.width < LINEAR_BELOW


def _linear(block: Block, options: Options, fold: Fold, encoding: str | None) -> Iterator[Row]:
    label = _prepared(block.label.strip(), block, options, encoding)
    width = None if options.width is None else options.width - len(_CONTINUED)
    for line in (fold.tight and block.short) or block.lines:
        words = text.bind(_prepared(line, block, options, encoding))
        head = f"{label}: "
        for part in text.fold_after(words, width, len(label)):
            yield Row(head, part, block)
            head = _CONTINUED


def _wide_or_tight(block: Block, options: Options, fold: Fold, encoding: str | None) -> list[Row]:
    """Lay a block out in its lines, or on a tight screen in as few rows as they allow."""
    if not fold.gaps:
        block = block._replace(gap=False)
    if not fold.tight:
        return list(_wide(block, options, encoding))
    tight = block._replace(lines=block.short or block.lines)
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
    column = 0 if block.bare else BROAD_COLUMN if block.broad else LABEL_COLUMN
    label = "" if block.bare else _prepared(block.label, block, options, encoding)
    width = None if options.width is None else options.width - column
    for line in _wide_lines(block, options, encoding):
        head = label.ljust(column - 1) + " " if column else ""
        overhang = len(head) - column
        for part in text.fold_after(line, width, overhang):
            yield Row(head, part, block)
            head = " " * column
        label = ""


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
