"""The parts a screen is made of, and how much of it may be folded away."""

from typing import Final, NamedTuple

from ndm_advisor.model.answer import Tier

DEFAULT_WIDTH: Final = 80
SCREEN_ROWS: Final = 24
LABEL_COLUMN: Final = 10  # where the text of a labelled line starts, in the wide layout
BROAD_COLUMN: Final = 2  # where a paragraph goes on that uses the whole width
ROW: Final = DEFAULT_WIDTH - LABEL_COLUMN  # characters of text in one row of an ordinary screen
CAUTIONS_SHOWN: Final = 5
DOSES_SHOWN: Final = 2
GAP_ROWS: Final = 3  # rows that what was not assessed may take


class Options(NamedTuple):
    """How a person wants the screen.

    `width` None: not folded (piped). `linear` None: the width decides. `evidence`: lines that
    `full` shows, from the claims that bear on this answer.
    """

    why: bool = False
    full: bool = False
    tall_man: bool = False
    width: int | None = DEFAULT_WIDTH
    linear: bool | None = None
    evidence: tuple[str, ...] = ()


class Block(NamedTuple):
    """One labelled group of lines.

    `label` stands before the lines in both layouts; `bare` blocks print none in the wide one.
    A `broad` block goes on under its label instead of in the column.
    `joined` lines are items: the wide layout runs them together with " | ". `gap` asks for an empty
    row before. On a tight screen `short` replaces the lines, and lines that `flow` run on in one
    paragraph. `verbatim` is the case's own text, whose letters are left alone. `extra` rows may
    pass the foot of an ordinary screen.
    """

    key: str
    label: str
    lines: tuple[str, ...]
    tier: Tier | None = None
    strong: bool = False
    gap: bool = False
    bare: bool = False
    broad: bool = False
    joined: bool = False
    verbatim: bool = False
    flows: bool = False
    short: tuple[str, ...] = ()
    extra: bool = False


class Fold(NamedTuple):
    """How far a default screen is folded so that it fits.

    `gaps`: empty rows between parts. `tight`: short forms, lines run together. `notes`: long notes
    are counted. `brief`: alternatives by name, first clauses for lines and dialysis. `gap_rows`:
    rows for what was not assessed. `note`: the first row of the case's own note stands. `cautions`:
    how many stand in full. `doses`: how many preferred regimens stand with their whole dose.
    `what_if`: the row of changes stands; without it the closing names the command.
    """

    gaps: bool = True
    tight: bool = False
    notes: bool = False
    brief: bool = False
    gap_rows: int = GAP_ROWS
    note: bool = True
    cautions: int = CAUTIONS_SHOWN
    doses: int = DOSES_SHOWN
    what_if: bool = True


ROOMY: Final = Fold()
_TIGHT: Final = Fold(gaps=False, tight=True)
_BRIEF: Final = _TIGHT._replace(notes=True, brief=True)
_SHORTEST: Final = _BRIEF._replace(gap_rows=GAP_ROWS - 1, note=False)
# Tried in this order until the screen fits: first air, then repetition, then detail, then cautions
# from the least urgent, last the dose of the second preferred regimen. What is folded is named.
FOLDS: Final = (
    ROOMY,
    Fold(gaps=False),
    _TIGHT,
    _TIGHT._replace(notes=True),
    _BRIEF,
    _BRIEF._replace(gap_rows=GAP_ROWS - 1),
    *(
        _SHORTEST._replace(doses=doses, cautions=cautions, what_if=what_if)
        for doses in range(DOSES_SHOWN, 0, -1)
        for cautions in range(CAUTIONS_SHOWN, 0, -1)
        for what_if in (True, False)
    ),
)
# Where nothing fits, a second row of doses is worth more than a screen that is one row shorter.
OVERLONG: Final = _SHORTEST._replace(cautions=1)
