"""Text to read on the phone: situation, background, assessment, request.

Nothing in it says who the patient is: no label of the case, no path, no note. What is asked for
stands whole: every order with dose, interval and infusion, every STOP, what to ask and whom to
call. It is short by leaving out the reasons, never a part of the request.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.model.answer import Alert, Offer, Recommendation, SusceptibilityLine
from ndm_advisor.model.words import drug_name, guideline_name, join_names, number, regimen_name
from ndm_advisor.render import phrases, text
from ndm_advisor.render.block import CAUTIONS_SHOWN, DEFAULT_WIDTH
from ndm_advisor.render.gaps import gaps_of
from ndm_advisor.render.order_rows import VERDICTS, about_orders, order_rows, ordered_now
from ndm_advisor.render.regimens import whole_offers

_INDENT: Final = "  "
_NOT_SIGNED_OFF: Final = (
    "Decision support, not clinically signed off. Verify against local policy."
)
_NO_DOSE_WITHOUT: Final = "Call infectious diseases if any of this cannot be given as written."
_PAIR: Final = "ceftazidime-avibactam+aztreonam"
_DECIDING: Final = ("aztreonam-avibactam", _PAIR, "cefiderocol")
_CARBAPENEMS: Final = ("meropenem", "imipenem", "ertapenem", "doripenem")
_TIERS: Final = ("stop", "caution")


class Part(NamedTuple):
    """One of the four parts: its name and its sentences."""

    name: str
    lines: tuple[str, ...]


def to_sbar(
    recommendation: Recommendation, *, tall_man: bool = False, encoding: str | None = "utf-8"
) -> str:
    """Write an answer as four parts of at most 80 columns; ends in one disclaimer and a line end.

    `encoding` is the stream's: what it cannot hold is spelled in ASCII.
    """
    rows = []
    for part in sbar_parts(recommendation):
        rows.append(part.name)
        for line in part.lines:
            rows += _folded(tall_man_if(line, wanted=tall_man), DEFAULT_WIDTH - len(_INDENT))
    rows += [*_folded(_stamp(recommendation), DEFAULT_WIDTH, ""), _NOT_SIGNED_OFF]
    return "".join(f"{text.for_encoding(row, encoding)}\n" for row in rows)
