"""Which tool and which knowledge a look-up rests on."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.version import VERSION


class Stamp(NamedTuple):
    """Versions and dates of a look-up; dates are ISO texts."""

    tool_version: str
    knowledge_version: str
    knowledge_sha256: str
    reviewed_on: str
    review_due_on: str
    advised_on: str
    signed_off_by: str | None = None


def stamp(knowledge: Knowledge, on: date) -> Stamp:
    """The stamp of a look-up made on a day."""
    return Stamp(
        tool_version=VERSION,
        knowledge_version=knowledge.version,
        knowledge_sha256=knowledge.sha256,
        reviewed_on=knowledge.reviewed_on,
        review_due_on=knowledge.review_due_on,
        advised_on=on.isoformat(),
    )


def is_overdue(made: Stamp) -> bool:
    """Whether the knowledge was due for review before the day of the look-up."""
    return made.review_due_on < made.advised_on
