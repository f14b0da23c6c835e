"""The lines by which a screen shows the findings of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ndm_advisor.explain.sentences import EACH, JOINED, of_each
from ndm_advisor.model import words
from ndm_advisor.model.answer import Finding

_SUBJECT: Final = "\N{OBJECT REPLACEMENT CHARACTER}"  # where a sentence names its only subject


def merged(found: Iterable[Finding]) -> Iterator[str]:
    """A line for each sentence with its rule; one rule put to several drugs is one line."""
    subjects: dict[tuple[str, str, str], list[str]] = {}
    for finding in found:
        who, said = _parted(finding)
        subjects.setdefault((finding.rule, finding.result, said), []).extend(who)
    for (rule, result, said), all_named in subjects.items():
        names = tuple(dict.fromkeys(all_named))
        text = said.replace(_SUBJECT, names[0] if len(names) == 1 else EACH)
        lead = f"{words.join_names(names)}: " if names else ""
        yield f"{lead}{text} [{rule}: {result}]"


def _parted(finding: Finding) -> tuple[tuple[str, ...], str]:
    """The subjects and the rest of a sentence on drugs; other sentences have no subject."""
    who, colon, said = finding.text.partition(": ")
    if finding.stage != "usable" or not colon:
        return (), finding.text
    subjects = tuple(who.split(JOINED))
    return subjects, of_each(said, who, _SUBJECT) if len(subjects) == 1 else said
