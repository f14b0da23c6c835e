"""What an answer was made by, in the words that every text page shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ndm_advisor.model.answer import Provenance

SHA_SHOWN: Final = 6
CLOSING: Final = (
    "Decision support for professionals, not clinically signed off. Verify against local policy."
)


def edition(stamp: Provenance) -> str:
    """The edition used, without the sentence on what follows from it; `--full` has it whole."""
    said = stamp.breakpoints
    return said.partition(":")[0] if "(" not in said else said


def override_words(override: Mapping[str, object]) -> str:
    """Which local file applied, by its path and hash, and the keys that took effect."""
    keys = override.get("keys")
    named = ", ".join(map(str, keys)) if isinstance(keys, list | tuple) else str(keys or "")
    sha = str(override.get("sha256") or "")[:SHA_SHOWN]
    return f"local override {override.get('path')} ({sha}): {named}"


def overdue_words(review_due_on: str) -> str:
    """What every page says of knowledge past its review."""
    return f"KNOWLEDGE OVERDUE FOR REVIEW since {review_due_on}"


def warnings(stamp: Provenance) -> Iterator[str]:
    """The local file that applied, and overdue knowledge."""
    if stamp.local_override is not None:
        yield override_words(stamp.local_override)
    if stamp.review_due_on < stamp.advised_on:
        yield overdue_words(stamp.review_due_on)
