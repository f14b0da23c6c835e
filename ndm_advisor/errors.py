"""The error family. Everything else that is raised is a bug and ends with exit status 70."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One fault of an input, with the place where a person can mend it.

    `line` and `column` count from 1 and are None where the place is not known: a wrong line is
    worse than none. `key` is the dotted key path of the case file. `also` names a second place
    (line, column, source line, caption) for conflicts between two lines.
    """

    code: str
    severity: str  # "error" | "warning"
    key: str | None
    line: int | None
    column: int | None
    message: str
    help: str | None = None
    note: str | None = None
    source_line: str | None = None
    width: int = 1
    caption: str | None = None
    also: tuple[int, int, str, str] | None = None


class NdmAdvisorError(Exception):
    """Base of all errors that are somebody's fault and can be explained."""


class CaseError(NdmAdvisorError):
    """The input's fault. Carries every problem found, sorted by line."""

    def __init__(self, path: str | None, problems: tuple[Problem, ...]) -> None:
        self.path = path
        self.problems = problems
        super().__init__(f"{len(problems)} problem(s)")


class CaseFormatError(CaseError):
    """Not readable as a case at all: encoding, syntax, size."""


class CaseInvalidError(CaseError):
    """Readable, but not a valid case."""


class KnowledgeError(NdmAdvisorError):
    """The knowledge base's fault: the tool refuses to advise.

    `problems` are sentences of the form "file: key: what is wrong".
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems[:3]))


class UsageError(NdmAdvisorError):
    """Wrong options or an unreadable path: exit status 2."""
