"""The observations of a report become case documents, by one set of rules for every format."""

from __future__ import annotations

from typing import NamedTuple

from ndm_advisor.intake.observed import Report, Understood


class Told(NamedTuple):
    """What the person says because the file cannot: options of the command."""

    site: str | None = None
    severity: str | None = None
    standard: str | None = None
    version: str | None = None
    key: bytes | None = None  # of the keyed hash; None: identifiers are dropped


def to_cases(report: Report, told: Told) -> Understood:
    """The cases of `report`, one for each isolate, and what was set aside.

    Observations are never dropped: `read + len(set_aside) == observations`.
    """
    raise NotImplementedError(report, told)
