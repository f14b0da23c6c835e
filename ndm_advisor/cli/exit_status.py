"""What the process leaves behind, once."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class ExitStatus(IntEnum):
    """Exit statuses of every command. An abstention is a correct answer: `OK`."""

    OK = 0
    FAIL_ON = 1
    USAGE = 2
    SOME_NOT_ASSESSED = 3
    NONE_ASSESSED = 4
    KNOWLEDGE = 5
    INTERNAL = 70
    INTERRUPTED = 130


MEANINGS: Final = {
    ExitStatus.OK: "assessed; an abstention is a correct answer and ends with 0",
    ExitStatus.FAIL_ON: "the level of --fail-on was reached (batch); a check failed (selftest)",
    ExitStatus.USAGE: "wrong options or settings, or an unreadable path",
    ExitStatus.SOME_NOT_ASSESSED: "some cases could not be assessed, others were",
    ExitStatus.NONE_ASSESSED: "no case could be assessed",
    ExitStatus.KNOWLEDGE: "knowledge base missing, damaged, or overdue under --strict",
    ExitStatus.INTERNAL: "internal error: a fault of the program",
    ExitStatus.INTERRUPTED: "interrupted",
}
