"""Plain text: no escape codes, no drawn tables, the same words as the coloured screen."""

from __future__ import annotations

from ndm_advisor.model.answer import Recommendation
from ndm_advisor.render.block import Options
from ndm_advisor.render.layout import rows

_STANDARD = Options()


def to_text(
    recommendation: Recommendation, options: Options = _STANDARD, *, encoding: str | None = "utf-8"
) -> str:
    """Write the answer as plain text that ends in a line end.

    `options.width` None leaves lines unfolded (for pipes); below 60 columns, without a width or
    with `options.linear` each row is one `label: value`. `encoding` is the stream's: what it cannot
    hold is spelled in ASCII.
    """
    laid = rows(recommendation, options, encoding)
    return "".join(f"{(row.label + row.text).rstrip()}\n" for row in laid)
