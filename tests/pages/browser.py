"""Chromium without a window, driven over a pipe: what a page shows, prints, runs and asks for.

One browser serves all tests of a session. It speaks JSON ended by a nought byte on descriptors 3
and 4 (the DevTools protocol), so nothing but the system's Chromium is needed.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SWITCHES: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)
PAPER: Final = {"A4": (8.27, 11.69), "Letter": (8.5, 11.0)}  # inches
_END: Final = b"\0"


def find() -> str | None:
    """The system's Chromium, if there is one."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Browser:
    """A running Chromium. Pages are opened one at a time."""

    def __init__(self, program: str, folder: Path) -> None:
        their_in, our_out = os.pipe()
        our_in, their_out = os.pipe()
        command = [program, *_SWITCHES, f"--user-data-dir={folder}"]
        redirected = f'exec "$@" 3<&{their_in} 4>&{their_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", redirected, "bash", *command],
            pass_fds=(their_in, their_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(their_in)
        os.close(their_out)
        self._out = os.fdopen(our_out, "wb", buffering=0)
        self._in = os.fdopen(our_in, "rb")
        self._buffer = b""
        self._number = 0

    def close(self) -> None:
        try:
            self.call("Browser.close")
            self._process.wait(timeout=20)
        finally:
            self._process.kill()
            self._process.wait()
            self._out.close()
            self._in.close()

    def call(
        self, method: str, session: str | None = None, events: list[Any] | None = None, **given: Any
    ) -> dict[str, Any]:
        """Send a command and wait for its answer; events on the way are kept in `events`."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": given}
        if session:
            message["sessionId"] = session
        self._out.write(json.dumps(message).encode() + _END)
        while True:
            found = self.receive()
            if found.get("id") == self._number:
                assert "error" not in found, found
                return dict(found["result"])
            if events is not None:
                events.append(found)

    def receive(self) -> dict[str, Any]:
        while _END not in self._buffer:
            more = os.read(self._in.fileno(), 1 << 16)
            assert more, "Chromium ended before its answer"
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(_END)
        return dict(json.loads(line))

    def open(self, file: Path, *, width: int = 1100) -> Tab:
        return Tab(self, file, width)


class Tab:
    """One page from its file. `requests` are the addresses it asked for, `said` its console."""

    def __init__(self, browser: Browser, file: Path, width: int) -> None:
        self.browser, self._events = browser, list[Any]()
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=1400,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Page.navigate", url=file.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self._events):
            self._events.append(browser.receive())

    def __enter__(self) -> Tab:
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.call("Target.closeTarget", targetId=self.target)

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        return self.browser.call(method, self.session, self._events, **given)

    def run(self, script: str) -> Any:
        """The value of an expression on the page, outside what the page itself may run."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def pdf(self, paper: str) -> bytes:
        width, height = PAPER[paper]
        printed = self.call(
            "Page.printToPDF",
            paperWidth=width,
            paperHeight=height,
            printBackground=True,
            preferCSSPageSize=True,
            displayHeaderFooter=False,
        )
        return base64.b64decode(printed["data"])

    def picture(self, height: int = 0) -> bytes:
        """The page as it looks on the screen; all of it, or so many pixels from the top."""
        clip = {"x": 0, "y": 0, "width": 1100, "height": height, "scale": 1}
        given: dict[str, Any] = {"clip": clip} if height else {}
        taken = self.call(
            "Page.captureScreenshot", format="png", captureBeyondViewport=True, **given
        )
        return base64.b64decode(taken["data"])

    @property
    def requests(self) -> list[str]:
        return [
            event["params"]["request"]["url"]
            for event in self._events
            if event.get("method") == "Network.requestWillBeSent"
        ]

    @property
    def said(self) -> list[Any]:
        """What the page logged or was refused: errors, refusals of its content policy."""
        kinds = {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}
        return [event["params"] for event in self._events if event.get("method") in kinds]
