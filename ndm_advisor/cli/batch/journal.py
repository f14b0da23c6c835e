"""What a run has so far: `FILE.part` counts the cases, `FILE.part.records` holds their records.

The first line of `FILE.part` says what the run is of; each line after it is one case: what is
counted of it and how long its record is. `--resume` takes up a `FILE.part` whose first line is the
same. NDJSON and CSV records stand as the finished file has them: the run ends by renaming them.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from ndm_advisor.cli.batch.tally import Entry
from ndm_advisor.errors import UsageError
from ndm_advisor.render.worklist import CLASSES, Class, Row

_OWNER_ONLY: Final = 0o600

Head = Mapping[str, object]


class Journal:
    """Records in input order, found again by class."""

    def __init__(self, records: IO[bytes], counts: IO[bytes] | None = None) -> None:
        """Go on at the end of both; without `counts` the run cannot be taken up."""
        self._records, self._counts = records, counts
        # where each record begins and how long it is: 16 bytes a case, however many there are
        self._starts: dict[Class, array[int]] = {kind: array("q") for kind in CLASSES}
        self._sizes: dict[Class, array[int]] = {kind: array("q") for kind in CLASSES}

    def add(self, entries: Sequence[Entry], *, index: bool) -> None:
        """Write some cases at once; with `index` each can be found again by its class.

        The records come first: a case that is counted has its record.
        """
        shown = [entry for entry in entries if entry.shown]
        if index:
            start = self._records.tell()
            for entry in shown:
                self._keep_place(entry.row.kind, start, len(entry.payload))
                start += len(entry.payload) + 1
        self._records.write(b"\n".join([*(entry.payload for entry in shown), b""]))
        self._records.flush()
        if self._counts is not None:
            self._counts.write(b"".join(map(_counted, entries)))
            self._counts.flush()

    def _keep_place(self, kind: Class, start: int, size: int) -> None:
        self._starts[kind].append(start)
        self._sizes[kind].append(size)

    def by_class(self) -> Iterator[bytes]:
        """The records in worklist order."""
        for kind in CLASSES:
            for start, size in zip(self._starts[kind], self._sizes[kind], strict=True):
                self._records.seek(start)
                yield self._records.read(size)

    def replay(self, head: bytes, *, index: bool) -> Iterator[Entry]:
        """The cases that stand here already, without their records.

        What is half written is dropped. `head` is what stands before the first record.
        """
        if self._counts is None:
            return
        self._counts.seek(0)
        counted_to, written_to = len(self._counts.readline()), len(head)
        for line in iter(self._counts.readline, b""):
            entry, size = _entry(line)
            if entry is None or (entry.shown and not self._is_whole(written_to, size)):
                break
            if index and entry.shown:
                self._keep_place(entry.row.kind, written_to, size)
            counted_to += len(line)
            written_to += (size + 1) * entry.shown
            yield entry
        for file, end in ((self._counts, counted_to), (self._records, written_to)):
            file.seek(end)
            file.truncate()

    def _is_whole(self, start: int, size: int) -> bool:
        """Whether the record of a case ends where it should."""
        self._records.seek(start + size)
        return self._records.read(1) == b"\n"

    def sync(self) -> None:
        """Bring the records to the disk."""
        self._records.flush()
        os.fsync(self._records.fileno())

    def close(self) -> None:
        """Close both files."""
        with contextlib.closing(self._records):
            if self._counts is not None:
                self._counts.close()


def _counted(entry: Entry) -> bytes:
    """The line of a case in `FILE.part`."""
    size = len(entry.payload) if entry.shown else 0
    counted = [entry.row, entry.assessed, entry.crashed, entry.shown, size]
    return json.dumps(counted).encode() + b"\n"


def _entry(line: bytes) -> tuple[Entry | None, int]:
    """The case of a line and the length of its record; none where the line is not whole."""
    try:
        row, assessed, crashed, shown, size = json.loads(line)
        kind, ident, path, number, text, ids, changed = row
    except (ValueError, TypeError):
        return None, 0
    if not line.endswith(b"\n"):
        return None, 0
    whole = Row(kind, ident, path, number, text, tuple(ids), changed)
    return Entry(whole, b"", assessed, crashed, shown), size


def temporary() -> Journal:
    """A journal that goes with the run."""
    return Journal(tempfile.TemporaryFile())  # it lives as long as the run


def begin(target: str, head: Head, *, first: bytes, resume: bool) -> Journal:
    """`FILE.part`, new or taken up; `first` is what stands before the records.

    Raises:
        UsageError: it cannot be written, or belongs to another run (with what differs).
    """
    part, beside = Path(f"{target}.part"), _records_of(target)
    said = json.dumps(head, sort_keys=True).encode() + b"\n"
    try:
        if resume and part.exists() and not _is_cut_off(part, said):
            counts = _taken_up(part, head)
            if _has_begun(beside, first):
                return Journal(beside.open("r+b"), counts)
            counts.close()  # nothing it counts is left
        counts = _new(part, said)
        return Journal(_new(beside, first), counts)
    except OSError as error:
        message = f"-o: {part}: {error.strerror}"
        raise UsageError(message) from error


def _records_of(target: str) -> Path:
    return Path(f"{target}.part.records")


def _new(path: Path, first: bytes) -> IO[bytes]:
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    file = os.fdopen(handle, "w+b")
    file.write(first)
    file.flush()
    return file


def _has_begun(records: Path, first: bytes) -> bool:
    """Whether the records are there, as far as what stands before the first."""
    if not records.exists():
        return False
    _refuse_irregular(records)
    with records.open("rb") as file:
        return file.read(len(first)) == first


def _refuse_irregular(path: Path) -> None:
    if not path.is_file():
        message = f"--resume: {path} is not a regular file"
        raise UsageError(message)


def _is_cut_off(part: Path, first: bytes) -> bool:
    """Whether the run ended while it wrote its first line: there is nothing to take up."""
    _refuse_irregular(part)
    with part.open("rb") as file:
        found = file.read(len(first))
    return len(found) < len(first) and first.startswith(found)


def _taken_up(part: Path, head: Head) -> IO[bytes]:
    file = part.open("r+b")
    differs = _differs(file.readline(), head)
    if differs:
        file.close()
        message = f"--resume: {part} is of another run: {differs}"
        raise UsageError(message)
    return file


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


def finish_in_order(target: str, journal: Journal) -> None:
    """The records are the output: rename them to `target`, take `FILE.part` away.

    Raises:
        UsageError: it cannot be written; `FILE.part` stays for --resume.
    """
    with _refusing(target):
        journal.sync()
        journal.close()
        _records_of(target).replace(target)
        _tidy(target)


def finish(target: str, chunks: Iterator[bytes]) -> None:
    """Write the output whole, rename it to `target`, take `FILE.part` and its records away.

    Raises:
        UsageError: it cannot be written; `FILE.part` stays for --resume.
    """
    whole = Path(f"{target}.part.whole")
    with _refusing(target):
        try:
            with _new(whole, b"") as file:
                for chunk in chunks:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            whole.replace(target)
        except OSError:
            with contextlib.suppress(OSError):
                whole.unlink()
            raise
        _tidy(target)


def _tidy(target: str) -> None:
    """Take away what the run kept for itself, and what one left that was killed as it ended."""
    for rest in (".part", ".part.records", ".part.whole"):
        Path(f"{target}{rest}").unlink(missing_ok=True)


@contextlib.contextmanager
def _refusing(target: str) -> Iterator[None]:
    """An output that cannot be written is told with its name."""
    try:
        yield
    except OSError as error:
        message = f"-o: {target}: {error.strerror}"
        raise UsageError(message) from error
