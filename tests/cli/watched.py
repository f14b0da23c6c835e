"""Commands run under watch: every socket, every write and every program started is taken down.

A `sitecustomize` on the path installs the watch in each interpreter, also in those that a batch
with several processes starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.cli.conftest import ROOT

# Runs before anything of ours. `open` is seen with its flags; other changes by their own events.
WATCH = """
import json, os, sys
_log = os.open(os.environ["WATCHED_LOG"], os.O_WRONLY | os.O_APPEND)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink",
            "os.truncate", "os.chmod", "os.chown", "os.utime", "os.setxattr", "shutil.")
_STARTS = ("os.system", "os.exec", "os.posix_spawn", "os.startfile", "subprocess.Popen", "pty.",
           "webbrowser.", "ctypes.dlopen")
_TALKS = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "ssl.")

def _watch(event, args):
    if event == "open":
        path, mode, flags = args
        if isinstance(path, int) or not flags & _WRITES:
            return
        kind, what = "write", path
        if flags & getattr(os, "O_TMPFILE", 0) == getattr(os, "O_TMPFILE", -1):
            kind = "nameless"
    elif event.startswith(_CHANGES):
        kind, what = event, args[:2] if event == "os.rename" else args[0]
    elif event.startswith(_STARTS):
        kind, what = "start", event
    elif event.startswith(_TALKS):
        kind, what = "talk", event
    else:
        return
    os.write(_log, (json.dumps([kind, str(what)]) + "\\n").encode())
    if kind == "talk":
        raise PermissionError("no network")

sys.addaudithook(_watch)
"""


class Seen(NamedTuple):
    """What a command did besides reading: kind of event and what it was done to."""

    status: int
    stdout: bytes
    stderr: bytes
    events: list[tuple[str, str]]

    @property
    def talked(self) -> list[str]:
        return [what for kind, what in self.events if kind == "talk"]

    @property
    def touched(self) -> set[str]:
        """Paths that were written, made, renamed or removed."""
        return {what for kind, what in self.events if kind not in {"talk", "start", "nameless"}}


def watched(folder: Path, *arguments: str | Path, stdin: bytes = b"", umask: int = -1) -> Seen:
    """Run a command as a process of its own, under watch."""
    site, log = folder / "watch", folder / "watched.log"
    site.mkdir(exist_ok=True)
    (site / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    log.write_bytes(b"")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(site), str(ROOT))),
        "PYTHONDONTWRITEBYTECODE": "1",  # Python's own caches are no doing of the program
        "WATCHED_LOG": str(log),
    }
    done = subprocess.run(
        [sys.executable, "-m", "ndm_advisor", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=environment,
        cwd=folder,
        umask=umask,
        timeout=120,
        check=False,
    )
    events = [tuple(json.loads(line)) for line in log.read_text(encoding="ascii").splitlines()]
    return Seen(done.returncode, done.stdout, done.stderr, events)
