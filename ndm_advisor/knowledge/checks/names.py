"""Names mean one thing; sentences hold the placeholders that the program fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from string import Formatter
from typing import Any, Final

from ndm_advisor.knowledge.checks.walk import Trees, records, said
from ndm_advisor.knowledge.compile import below, drug_names, organism
from ndm_advisor.knowledge.drugs import drugs_of
from ndm_advisor.knowledge.files import Tree
from ndm_advisor.model.names import fold

# Placeholders of the alerts' lines, explained at the head of alerts.toml.
ALERT_PLACEHOLDERS: Final = frozenset(
    {
        "drug", "first", "second", "culprit", "drugs", "mbl", "site", "organism", "family",
        "method", "device", "medicine", "medicines", "condition", "reaction", "criterion", "source",
        "how",
        "crcl", "edge", "distance", "other_crcl", "mic", "weight", "other_weight", "hours",
        "interval",
        "weeks", "age", "days", "due", "limit", "value", "dose", "dose_here", "dose_beyond",
        "starts", "category", "test", "region",
    }
)  # fmt: skip
HAZARD_PLACEHOLDERS: Final = frozenset({"drug", "limit"})
_HAZARD_LINES: Final = ("because", "unknown_as", "condition")
# Sentences of words.toml, by their keys, and what explain/ fills in; every other one is said as it
# stands. The first that fits counts.
WORD_PLACEHOLDERS: Final[Mapping[str, frozenset[str]]] = {
    "mbl_words.*": frozenset({"family"}),
    "guideline_words.disagree": frozenset({"first", "second"}),
    "step_down.possible*": frozenset({"drugs"}),
    "review.device": frozenset({"device"}),
    "abstention.*.reason*": frozenset({"region"}),
    "case_keys.*.name": frozenset({"drug"}),
    "pair_support.*": frozenset({"used", "method"}),
    # Held, and printed by no answer of this version: their names are those of alerts.toml.
    "supply.*": frozenset({"drug", "count", "volume", "of", "sodium", "dose", "value"}),
    "review.running_*": frozenset({"drug"}),
    "abstention.common.running_words.*": frozenset({"drug"}),
    "abstention.common.status_words.*": frozenset({"category", "condition"}),
    "pair.divergence": frozenset({"starts", "hours"}),
    "renal_replacement.other_modality": frozenset({"condition"}),
    "dose_words.not_available": frozenset({"condition"}),
}
LONGEST_LINE: Final = 22  # words of an alert's line, a placeholder counting as one


def problems(trees: Trees) -> Iterator[str]:
    """Names that mean two things; lines with a placeholder nobody fills, or too long to read."""
    yield from _drugs(trees)
    yield from _organisms(trees)
    yield from _medicines(trees)
    yield from _allergens(trees)
    yield from _alerts(trees)
    yield from _hazards(trees)
    yield from _words(trees["words.toml"])


def _drugs(trees: Trees) -> Iterator[str]:
    """A name stands for one drug, unless it is listed as ambiguous."""
    allowed = set(map(fold, trees["base.toml"]["ambiguous_names"]))
    names = drug_names(drug for tree in below(trees, "drugs/") for drug in drugs_of(tree))
    for name, meant in names.items():
        if len(meant) > 1 and name not in allowed:
            yield said("drugs", name, f"this name means {' and '.join(meant)}")


def _organisms(trees: Trees) -> Iterator[str]:
    meant: dict[str, str] = {}
    for path, record in records(trees, "organisms.toml", "organism"):
        found = organism(record)
        for name in dict.fromkeys(map(fold, (found.id, found.name, *found.aliases))):
            if meant.setdefault(name, found.id) != found.id:
                yield said(path, name, f"this name means {meant[name]} and {found.id}")


def _medicines(trees: Trees) -> Iterator[str]:
    meant: dict[str, str] = {}
    for path, record in records(trees, "medicines.toml", "medicine"):
        for name in dict.fromkeys(map(fold, (record["id"], *record.get("names", ())))):
            if meant.setdefault(name, record["id"]) != record["id"]:
                yield said(path, name, f"this name means {meant[name]} and {record['id']}")


def _allergens(trees: Trees) -> Iterator[str]:
    """An allergen has one row entry and one class."""
    tree = trees["allergy.toml"]
    seen: dict[str, object] = {}
    for name, culprit in tree["culprits"].items():
        if seen.setdefault(fold(name), culprit) != culprit:
            yield said("allergy.toml", name, "this allergen is given twice, differently")
    meant: dict[str, str] = {}
    for group, held in tree["classes"].items():
        for name in dict.fromkeys(map(fold, held["allergens"])):
            if meant.setdefault(name, group) != group:
                yield said("allergy.toml", name, f"this allergen is in {meant[name]} and {group}")


def _alerts(trees: Trees) -> Iterator[str]:
    for path, alert in records(trees, "alerts.toml", "alert"):
        found = [*_variants(alert["texts"], alert["actions"])]
        for line in [*alert["texts"].values(), *alert["actions"].values()]:
            found += unknown_placeholders(line, ALERT_PLACEHOLDERS)
            if len(line.split()) > LONGEST_LINE:
                found.append(f'a line has more than {LONGEST_LINE} words: "{line}"')
        for what in found:
            yield said(path, alert["id"], what)


def _hazards(trees: Trees) -> Iterator[str]:
    """`do` is said as it stands."""
    for path, hazard in records(trees, "hazards/", "hazard"):
        lines = [(hazard.get(key, ""), HAZARD_PLACEHOLDERS) for key in _HAZARD_LINES]
        for line, known in [*lines, (hazard["do"], frozenset[str]())]:
            for what in unknown_placeholders(line, known):
                yield said(path, hazard["id"], what)


def _words(tree: Tree) -> Iterator[str]:
    for place, line in _sentences(tree, ""):
        fitting = (known for keys, known in WORD_PLACEHOLDERS.items() if fnmatchcase(place, keys))
        for what in unknown_placeholders(line, next(fitting, frozenset())):
            yield said("words.toml", place, what)


def _sentences(value: Any, place: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # any TOML value
    """(dotted keys, text) of every text, however deep; the items of a list share its keys."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _sentences(item, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for item in value:
            yield from _sentences(item, place)


def _variants(texts: Mapping[str, str], actions: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(texts.keys() ^ actions.keys()):
        yield f"variant `{name}` lacks its {'action' if name in texts else 'text'}"


def unknown_placeholders(line: str, known: frozenset[str]) -> list[str]:
    """What is wrong with the placeholders of a sentence."""
    try:
        named = [name for _, name, _, _ in Formatter().parse(line) if name is not None]
    except ValueError as error:
        return [f'"{line}": {error}']
    return [f'"{line}": {{{name}}} is no placeholder here' for name in named if name not in known]
