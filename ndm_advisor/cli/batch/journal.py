"""The records of a run while it runs: in `FILE.part`, or in a file without a name.

The first line says what the run is of; each line after it is one case: what is counted of it, a
tab, its record. `--resume` takes up a file whose first line is the same.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Final

from ndm_advisor.cli.batch.tally import Entry
from ndm_advisor.errors import UsageError
from ndm_advisor.render.worklist import CLASSES, Class, Row

_OWNER_ONLY: Final = 0o600
_COPY: Final = 1024 * 1024

Head = Mapping[str, object]


class Journal:
    """Records in input order, found again by class."""

    def __init__(self, file: IO[bytes]) -> None:
        """Go on at the end of `file`."""
        self.file = file
        # where each record begins and how long it is: 16 bytes a case, however many there are
        self._starts: dict[Class, array[int]] = {kind: array("q") for kind in CLASSES}
        self._sizes: dict[Class, array[int]] = {kind: array("q") for kind in CLASSES}

    def add(self, entry: Entry, *, index: bool) -> None:
        """Write one case; with `index` it can be found again by its class."""
        counted = [entry.row, entry.assessed, entry.crashed, entry.shown]
        self.file.write(json.dumps(counted).encode() + b"\t")
        if index and entry.shown:
            self._keep_place(entry.row.kind, self.file.tell(), len(entry.payload))
        self.file.write(entry.payload + b"\n")
        self.file.flush()

    def _keep_place(self, kind: Class, start: int, size: int) -> None:
        self._starts[kind].append(start)
        self._sizes[kind].append(size)

    def by_class(self) -> Iterator[bytes]:
        """The records in worklist order."""
        for kind in CLASSES:
            for start, size in zip(self._starts[kind], self._sizes[kind], strict=True):
                self.file.seek(start)
                yield self.file.read(size)

    def in_order(self) -> Iterator[bytes]:
        """The records that are shown, in input order."""
        self.file.seek(0)
        self.file.readline()
        for line in self.file:
            counted, _, payload = line.rstrip(b"\n").partition(b"\t")
            if json.loads(counted)[-1]:
                yield payload

    def replay(self, *, index: bool) -> Iterator[Entry]:
        """The cases that stand in the file already; what is half written is dropped."""
        self.file.seek(0)
        end = len(self.file.readline())
        while line := self.file.readline():
            entry = _entry(line)
            if entry is None:
                break
            if index and entry.shown:
                size = len(entry.payload)
                self._keep_place(entry.row.kind, end + len(line) - 1 - size, size)
            end += len(line)
            yield entry
        self.file.seek(end)
        self.file.truncate()


def _entry(line: bytes) -> Entry | None:
    counted, tab, payload = line.partition(b"\t")
    if not tab or not line.endswith(b"\n"):
        return None
    try:
        row, assessed, crashed, shown = json.loads(counted)
        kind, ident, path, number, text, ids, changed = row
    except (ValueError, TypeError):
        return None
    whole = Row(kind, ident, path, number, text, tuple(ids), changed)
    return Entry(whole, payload[:-1], assessed, crashed, shown)


def temporary() -> Journal:
    """A journal that goes with the run."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the run
    file.write(b"\n")
    return Journal(file)


def begin(target: str, head: Head, *, resume: bool) -> Journal:
    """`FILE.part`, new or taken up.

    Raises:
        UsageError: it cannot be written, or belongs to another run (with what differs).
    """
    part = Path(f"{target}.part")
    first = json.dumps(head, sort_keys=True).encode() + b"\n"
    try:
        if resume and part.exists() and not _is_cut_off(part, first):
            return _taken_up(part, head)
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        file = os.fdopen(handle, "w+b")
        file.write(first)
        file.flush()
    except OSError as error:
        message = f"-o: {part}: {error.strerror}"
        raise UsageError(message) from error
    return Journal(file)


def _is_cut_off(part: Path, first: bytes) -> bool:
    """Whether the run ended while it wrote its first line: there is nothing to take up."""
    if not part.is_file():
        message = f"--resume: {part} is not a regular file"
        raise UsageError(message)
    with part.open("rb") as file:
        found = file.read(len(first))
    return len(found) < len(first) and first.startswith(found)


def _taken_up(part: Path, head: Head) -> Journal:
    file = part.open("r+b")
    differs = _differs(file.readline(), head)
    if differs:
        file.close()
        message = f"--resume: {part} is of another run: {differs}"
        raise UsageError(message)
    return Journal(file)


def _differs(line: bytes, head: Head) -> str:
    try:
        found = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        return "its first line cannot be read"
    wanted = json.loads(json.dumps(head))
    names = [name for name in {**wanted, **found} if wanted.get(name) != found.get(name)]
    return ", ".join(f"{name} differ" for name in sorted(names))


def finish(target: str, chunks: Iterator[bytes]) -> None:
    """Write the output whole, rename it to `target`, take `FILE.part` away.

    Raises:
        UsageError: it cannot be written; `FILE.part` stays for --resume.
    """
    whole = Path(f"{target}.part.whole")
    try:
        with contextlib.suppress(FileNotFoundError):
            whole.unlink()
        handle = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(handle, "wb", buffering=_COPY) as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        whole.replace(target)
        Path(f"{target}.part").unlink()
    except OSError as error:
        with contextlib.suppress(OSError):
            whole.unlink()
        message = f"-o: {target}: {error.strerror}"
        raise UsageError(message) from error
