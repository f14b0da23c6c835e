"""What was not assessed, in few rows; what decides a regimen or a dose is always named."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from ndm_advisor.model.answer import NotAssessed, Recommendation
from ndm_advisor.render import text
from ndm_advisor.render.block import BROAD_COLUMN, DEFAULT_WIDTH

# Parts of the answer that this version leaves null: JSON gives the reason beside the null.
_OF_JSON_ONLY: Final = frozenset({"would_change", "missing_value_effects"})
# Never folded: a result, a person's fact or a stock that changes regimen or dose.
_DECISIVE: Final = (
    "panel.results.aztreonam-avibactam",
    "panel.results.ceftazidime-avibactam+aztreonam",
    "panel.results.cefiderocol",
    "panel.results.meropenem",
    "panel.results.ertapenem",
    "panel.results.imipenem",
    "panel.results.doripenem",
    "infection.severity",
    "patient.allergies",
    "patient.pregnant",
    "patient.medicines",
    "patient.conditions",
    "patient.crcl_ml_min",
    "patient.creatinine_",
    "patient.egfr_",
    "patient.weight_kg",
    "patient.height_cm",
    "patient.aki_within_48h",
    "patient.baseline_ckd",
    "patient.renal_replacement",
    "patient.residual_crcl_ml_min",
    "patient.crrt_effluent_l_h",
    "hospital.stock",
    "orders",
)
_SEVERITY: Final = frozenset({"severity", "severity scores"})


def gaps_of(answer: Recommendation) -> tuple[NotAssessed, ...]:
    """Return what was not assessed in this case."""
    return tuple(item for item in answer.not_assessed if item.what not in _OF_JSON_ONLY)


@lru_cache(maxsize=16)  # the folds of one screen ask for the same few paragraphs
def gap_words(
    gaps: tuple[NotAssessed, ...], label: int, rows: int, tail: str = ""
) -> tuple[str, ...]:
    """Write the gaps in one paragraph of at most `rows` rows after a label of that many characters.

    `tail` ends the paragraph.

    The names inside an item (of drugs not in stock, say) are left out first, then items that do not
    decide a regimen or a dose are counted. Those that do stay, whatever rows they take.
    """
    if not gaps:
        return ()
    whole, short = [_named(item) for item in gaps], [_head(item) for item in gaps]
    for said in (whole, short):
        if _rows(", ".join(said) + tail, label) <= rows:
            return (", ".join(said) + tail,)
    kept = {index for index, item in enumerate(gaps) if is_decisive(item)}
    for index in range(len(gaps)):
        if _rows(_counted(short, kept | {index}) + tail, label) <= rows:
            kept.add(index)
    return (_counted(short, kept) + tail,)


def is_decisive(item: NotAssessed) -> bool:
    """Say whether the gap may change a regimen or a dose, by the keys that would fill it."""
    return any(key.startswith(_DECISIVE) for key in item.keys) or item.what in _SEVERITY


def _named(item: NotAssessed) -> str:
    head, colon, names = item.what.partition(": ")
    return f"{head} ({names})" if colon else item.what


def _head(item: NotAssessed) -> str:
    return item.what.partition(": ")[0]


def _counted(said: Sequence[str], kept: set[int]) -> str:
    listed = ", ".join(words for index, words in enumerate(said) if index in kept)
    missing = len(said) - len(kept)
    if not missing:
        return listed
    return f"{listed} and {missing} more: --full" if listed else f"{missing}: --full"


def _rows(words: str, label: int) -> int:
    """Count the rows of a paragraph that starts after its label and goes on under it."""
    taken = max(0, label + 1 - BROAD_COLUMN)
    return len(text.fold_after(text.bind(words), DEFAULT_WIDTH - BROAD_COLUMN, taken))
