"""Open what is a file and nothing else: below every layer that reads one."""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path, *, instead: str = "") -> BinaryIO:
    """Open a regular file to read.

    A pipe that nobody writes to would keep the run waiting for ever, and some devices never end.
    `instead` says after a colon what to do with a pipe.

    Raises:
        OSError: it cannot be read, or is a pipe, a device or a directory.
        ValueError: not a path.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "not a regular file but a directory", str(path))
    if stat.S_ISFIFO(mode):
        message = "not a regular file but a pipe" + (f": {instead}" if instead else "")
        raise OSError(errno.EINVAL, message, str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return path.open("rb")


def read_regular(path: Path) -> bytes:
    """The bytes of a regular file. Raises as `open_regular`."""
    with open_regular(path) as file:
        return file.read()
