"""Names of drugs and organisms: exact look-up after folding, and suggestions.

A name is matched whole, never by substring: `aztreonam` is not `aztreonam-avibactam`.
"""

import difflib
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from ndm_advisor.model.case import COMBINED_TEST
from ndm_advisor.model.names import fold

AMBIGUOUS_AZT: Final = (
    "`AZT` is read as zidovudine, azathioprine or aztreonam and is refused as a drug name (ISMP)"
)
_FOSFOMYCINS: Final = frozenset({"fosfomycin-iv", "fosfomycin-oral"})
_LONGEST_NAME: Final = 80  # longer text is no drug's name, and comparing it would take long
_ALIKE: Final = 0.8  # vancomycin is not a slip for neomycin, 0.78 alike
_ORGANISMS_ALIKE: Final = 0.85  # one genus has many species: half the name is alike already


class Names(NamedTuple):
    """What the knowledge base calls things. All keys are folded (`fold`).

    `drug_names` gives drug ids: two or more mean that the name is ambiguous. `organism_names`
    gives the canonical organism. `allergy_classes` are group names ("penicillin", "beta-lactam")
    that an allergy may name in place of a drug.
    """

    drug_names: Mapping[str, tuple[str, ...]]
    organism_names: Mapping[str, str]
    allergy_classes: Collection[str] = frozenset()


def is_azt(name: str) -> bool:
    """The one abbreviation that is refused wherever a drug may stand."""
    return fold(name) == "azt"


def is_fosfomycin_of_any_route(name: str, names: Names) -> bool:
    """The name says fosfomycin and leaves the route open."""
    return fold(name) == "fosfomycin" or set(drug_ids(name, names)) == _FOSFOMYCINS


def drug_ids(name: str, names: Names) -> tuple[str, ...]:
    """The drugs `name` may mean: none when it is unknown, two or more when it is ambiguous."""
    return names.drug_names.get(fold(name), ())


def is_combined_test(name: str, names: Names) -> bool:
    """Ceftazidime-avibactam tested together with aztreonam, the two named in either order."""
    folded = fold(name)
    if "+" not in folded:
        return False
    parts = [drug_ids(part, names) or (part,) for part in folded.split("+")]
    return sorted(parts) == [("aztreonam",), ("ceftazidime-avibactam",)]


def panel_id(name: str, names: Names) -> tuple[str, ...]:
    """As `drug_ids`, for a row of the panel, where the combined test is a name too."""
    return (COMBINED_TEST,) if is_combined_test(name, names) else drug_ids(name, names)


def similar_drugs(name: str, names: Names) -> tuple[str, ...]:
    """At most three drug ids whose names look like `name`, the likeliest first."""
    found: list[str] = []
    for near in _close(fold(name), names.drug_names):
        found.extend(drug for drug in names.drug_names[near] if drug not in found)
    return tuple(found[:3])


def similar_organisms(name: str, names: Names) -> tuple[str, ...]:
    """At most three organisms whose names look like `name`."""
    folded = _close(fold(name), names.organism_names, alike=_ORGANISMS_ALIKE)
    near = (names.organism_names[close] for close in folded)
    return tuple(dict.fromkeys(near))


def similar_words(word: str, words: Collection[str], *, alike: float = 0.7) -> tuple[str, ...]:
    """The entries of `words` that look like `word`; case does not count."""
    if len(word) > _LONGEST_NAME:
        return ()
    by_fold = {fold(entry): entry for entry in words}
    if fold(word) in by_fold:
        return (by_fold[fold(word)],)
    near = difflib.get_close_matches(fold(word), by_fold, n=2, cutoff=alike)
    return tuple(by_fold[entry] for entry in near)


def _close(folded: str, known: Mapping[str, object], alike: float = _ALIKE) -> list[str]:
    if not folded or len(folded) > _LONGEST_NAME:
        return []
    return difflib.get_close_matches(folded, known, n=3, cutoff=alike)
