"""What the person says because the file cannot: the options of the command."""

from __future__ import annotations

from typing import NamedTuple


class Told(NamedTuple):
    """Options that hold for every case of a run, where the file says nothing of it.

    `standard` and `version` hold for results whose standard the file does not state.
    `standard_disks`: zones whose disk content the file does not state were made with the
    standard's own disk. `key` is that of the keyed hash; None: identifiers are dropped.
    """

    site: str | None = None
    severity: str | None = None
    standard: str | None = None
    version: str | None = None
    standard_disks: bool = False
    settings: tuple[str, ...] = ()
    key: bytes | None = None
