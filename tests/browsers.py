"""Real browsers for tests, without a window: Chromium by its driver, Firefox by Marionette.

Both take the commands of WebDriver (https://www.w3.org/TR/webdriver2/), one by HTTP, the other by
lines of JSON on a socket.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 60
"""How long a browser may take to start, on a machine with other work."""
CONTROL = "\ue009"
COMMANDS = {
    "url": "WebDriver:Navigate",
    "execute/sync": "WebDriver:ExecuteScript",
    "actions": "WebDriver:PerformActions",
    "back": "WebDriver:Back",
    "refresh": "WebDriver:Refresh",
}
"""The commands that tests use, by their paths, with their names in Marionette."""
FIREFOX_PREFERENCES = """\
user_pref("marionette.port", 0);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
"""


class Browser(ABC):
    """A page that is looked at, pointed at and typed into."""

    @abstractmethod
    def command(self, path: str, parameters: dict[str, Any]) -> Any:
        """Run one command of WebDriver, and return its value."""

    def open(self, url: str) -> None:
        self.command("url", {"url": url})

    def back(self) -> None:
        self.command("back", {})

    def reload(self) -> None:
        self.command("refresh", {})

    def run(self, script: str) -> Any:
        """Run a function's body in the page, and return what it returns."""
        return self.command("execute/sync", {"script": script, "args": []})

    def point(self, selector: str, *, click: bool = False) -> None:
        """Move the pointer to the middle of an element."""
        x, y = self.run(
            f"let e = document.querySelector('{selector}'); e.scrollIntoView({{block: 'center'}});"
            "let r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]"
        )
        moves: list[dict[str, Any]] = [{"type": "pointerMove", "x": int(x), "y": int(y)}]
        if click:
            moves += [{"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp")]
        self.command("actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": moves}]})

    def press(self, *keys: str) -> None:
        """Press keys together, and let them go."""
        strokes = [{"type": "keyDown", "value": key} for key in keys]
        strokes += [{"type": "keyUp", "value": key} for key in reversed(keys)]
        self.command("actions", {"actions": [{"type": "key", "id": "keys", "actions": strokes}]})

    @property
    def address(self) -> str:
        return str(self.run("return location.href"))


class Chromium(Browser):
    """Chromium behind chromedriver."""

    def __init__(self, port: int, profile: Path) -> None:
        self._base = f"http://127.0.0.1:{port}/session"
        switches = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        always = {"goog:chromeOptions": {"args": switches}}
        opened = self._ask("POST", "", {"capabilities": {"alwaysMatch": always}})
        self._base += f"/{opened['sessionId']}"

    def _ask(self, method: str, path: str, parameters: dict[str, Any] | None) -> Any:
        body = None if parameters is None else json.dumps(parameters).encode()
        request = urllib.request.Request(self._base + path, body, method=method)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)["value"]

    def command(self, path: str, parameters: dict[str, Any]) -> Any:
        return self._ask("POST", f"/{path}", parameters)

    def close(self) -> None:
        self._ask("DELETE", "", None)


class Firefox(Browser):
    """Firefox with its remote control."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self._stream = self._socket.makefile("rb")
        self._receive()
        self._send("WebDriver:NewSession", {})

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self._stream.read(1)
        return json.loads(self._stream.read(int(length[:-1])))

    def _send(self, name: str, parameters: dict[str, Any]) -> Any:
        message = json.dumps([0, 1, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _kind, _number, error, result = self._receive()
        assert error is None, error
        return result

    def command(self, path: str, parameters: dict[str, Any]) -> Any:
        result = self._send(COMMANDS[path], parameters)
        return result.get("value") if isinstance(result, dict) else result

    def close(self) -> None:
        self._send("Marionette:Quit", {"flags": ["eForceQuit"]})
        self._stream.close()
        self._socket.close()


INSTALLED = {
    "chromium": bool(shutil.which("chromium") and shutil.which("chromedriver")),
    "firefox": bool(shutil.which("firefox-esr")),
}
"""Which browsers there are, as Debian's packages chromium, chromium-driver and firefox-esr."""


@contextmanager
def browser(name: str, folder: Path) -> Iterator[Browser]:
    """Start a browser with an empty profile below `folder`, and end it."""
    with (_chromium if name == "chromium" else _firefox)(folder) as started:
        yield started


@contextmanager
def _process(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "LANG": "C.UTF-8"},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


@contextmanager
def _chromium(folder: Path) -> Iterator[Browser]:
    with _process("chromedriver", "--port=0") as driver:
        assert driver.stdout
        started = (re.search(r"started successfully on port (\d+)", line) for line in driver.stdout)
        port = next(int(match[1]) for match in started if match)
        opened = Chromium(port, folder / "profile")
        yield opened
        opened.close()


@contextmanager
def _firefox(folder: Path) -> Iterator[Browser]:
    profile = folder / "profile"
    profile.mkdir()
    (profile / "user.js").write_text(FIREFOX_PREFERENCES)
    port = profile / "MarionetteActivePort"
    with _process("firefox-esr", "--headless", "--marionette", "--profile", profile):
        end = time.monotonic() + SECONDS
        while not (port.exists() and port.read_text().strip()):
            assert time.monotonic() < end, "Firefox did not start"
            time.sleep(0.1)
        opened = Firefox(int(port.read_text()))
        yield opened
        opened.close()
