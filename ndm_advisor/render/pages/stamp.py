"""What a page was made by, from and when: for its head and its foot."""

from __future__ import annotations

from typing import Final

from ndm_advisor.model.answer import Provenance, Recommendation
from ndm_advisor.model.words import guideline_name
from ndm_advisor.render import text
from ndm_advisor.render.pages.parts import Stamp

STANDING: Final = (
    "Decision support for professionals. Not clinically validated; figures await sign-off. "
    "Verify against local policy."
)
SHA_SHOWN: Final = 6
_LABEL_SHOWN: Final = 40


def stamp_of(answer: Recommendation) -> Stamp:
    """The stamp of one answer."""
    made, case = answer.provenance, answer.case
    sha = (case.sha256 or "")[:SHA_SHOWN]
    return Stamp(
        versions(made.tool_version, made.knowledge_version, made.knowledge_sha256),
        f"{guideline_name(made.guideline)}, {made.region} | {breakpoints(made)}",
        f"case {_cut(text.visible(case.id))} ({sha})" if case.id else f"case {sha}",
        f"advised {made.advised_on}",
    )


def _cut(label: str) -> str:
    """Return a label as far as the head of a page has room for it; the page holds it whole."""
    return label if len(label) <= _LABEL_SHOWN else f"{label[:_LABEL_SHOWN]}..."


def versions(tool: str, knowledge: str, sha256: str) -> str:
    """Tool and knowledge, with the first characters of the base's hash."""
    return f"ndm-advisor {tool} | knowledge {knowledge} ({sha256[:SHA_SHOWN]})"


def breakpoints(made: Provenance) -> str:
    """The edition used, without the sentence on what follows from it."""
    said = made.breakpoints
    return said.partition(":")[0] if "(" not in said else said


def identity(answer: Recommendation) -> tuple[str, ...]:
    """Everything that tells this answer from another."""
    made, case = answer.provenance, answer.case
    stamp = stamp_of(answer)
    lines = [
        f"{stamp.subject}, {stamp.date}; {stamp.tool} | {stamp.rules}",
        f"checked {made.reviewed_on}, due {made.review_due_on}; "
        f"clinical sign-off: {made.signed_off_by or 'none'}",
        f"guideline from: {made.guideline_from}; region from: {made.region_from}",
        f"breakpoints: {made.breakpoints}",
        f"case file {case.path or 'standard input'}, SHA-256 {case.sha256}",
        f"knowledge SHA-256 {made.knowledge_sha256}",
    ]
    if made.local_override is not None:
        lines.append(f"local override SHA-256 {made.local_override.get('sha256')}")
    return tuple(lines)


def override_words(made: Provenance) -> str:
    """Which local file applied and what it sets; "" without one."""
    if made.local_override is None:
        return ""
    keys = made.local_override.get("keys")
    named = ", ".join(map(str, keys)) if isinstance(keys, list | tuple) else str(keys or "")
    return f"{made.local_override.get('path')}: {named}"
