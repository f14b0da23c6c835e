"""Coloured text through rich, and the picture of a screen. Rich is imported on first use only.

Rows come folded from `layout`, so rich adds colour and nothing else: no markup is parsed, nothing
is shortened. Colour always stands beside a word (STOP, CAUTION, NOTE), and nothing is dimmed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ndm_advisor.render.block import Options
from ndm_advisor.render.layout import Row, rows

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from ndm_advisor.model.answer import Recommendation, Tier

PICTURE_WIDTH: Final = 100
_STANDARD = Options()
_TIER_LABELS: Final[Mapping[Tier, str]] = {
    "stop": "bold white on red",
    "caution": "bold black on yellow",
    "note": "bold cyan",
}
_LABELS: Final[Mapping[str, str]] = {
    "bottom-line": "bold green",
    "abstention": "bold magenta",
    "orders": "bold",
    "not-assessed": "bold yellow",
}
_LABEL: Final = "bold cyan"
_HARMFUL: Final = "bold red"
# rich's picture would fetch its font from the network; the reader's own fixed-width font serves.
_FETCHED_FONT: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def print_answer(
    recommendation: Recommendation, console: Console, options: Options = _STANDARD
) -> None:
    """Print the answer on `console`, folded to its width; the console decides about colour."""
    fitted = options._replace(width=console.width)
    for row in rows(recommendation, fitted, console.encoding):
        console.print(_styled(row), no_wrap=True, overflow="ignore", crop=False, highlight=False)


def export_svg(recommendation: Recommendation, title: str, options: Options = _STANDARD) -> str:
    """Return the screen as an SVG picture, 100 columns wide unless `options` say otherwise."""
    from rich.console import Console  # noqa: PLC0415 - rich is slow to import and seldom needed

    width = PICTURE_WIDTH if options == _STANDARD else options.width or PICTURE_WIDTH
    console = Console(
        file=io.StringIO(),
        record=True,
        width=width,
        color_system="truecolor",
        force_terminal=True,
        legacy_windows=False,
    )
    print_answer(recommendation, console, options)
    return _FETCHED_FONT.sub("", console.export_svg(title=title))


def _styled(row: Row) -> Text:
    from rich.text import Text  # noqa: PLC0415 - rich is slow to import and seldom needed

    label = row.label.rstrip()
    padding = row.label[len(label) :]
    line = Text()
    line.append(label, style=_label_style(row))
    line.append(padding)
    line.append(row.text, style=_text_style(row))
    return line


def _label_style(row: Row) -> str:
    if row.block is None or not row.label.strip():
        return ""
    if row.block.tier is not None:
        return _TIER_LABELS[row.block.tier]
    return _LABELS.get(row.block.key, _LABEL)


def _text_style(row: Row) -> str:
    block = row.block
    if block is None:
        return ""
    if block.key == "overdue":
        return _TIER_LABELS["caution"]
    if block.key == "orders" and block.lines[0] == "harmful":
        return _HARMFUL
    return "bold" if block.strong or block.tier == "stop" else ""
