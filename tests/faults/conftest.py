"""A terminal to run the app in, as a person has one: a screen, keys, modes and an exit code."""

import base64
import os
import re
import select
import signal
import subprocess
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from tui.core.job import Job
from tui.services.journal.history import SqliteHistory
from tui.services.journal.protocol import Query

PROJECT = Path(__file__).parents[2]
KEY = "sk-CANARY-0123456789abcdef"
# In base64, whole groups of three letters at each of three offsets.
_SONGS = (
    b"CANARY",
    *(
        base64.b64encode(bytes(offset) + KEY.encode())[4 + 4 * bool(offset) : -8]
        for offset in range(3)
    ),
)
PATIENCE = 20.0  # seconds; a busy machine is no fault of what is tested

# Holds the terminal as a shell does, so that it outlives the app with the modes the app left.
SHELL = """
import os, pathlib, signal, subprocess, sys
note, *command = sys.argv[1:]
signal.signal(signal.SIGINT, lambda *_: None)
if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)
for line in sys.stdin:
    app = subprocess.Popen(command)
    pathlib.Path(note + ".pid").write_text(str(app.pid))
    code = app.wait()
    pathlib.Path(note + ".part").write_text(str(code))
    os.rename(note + ".part", note + ".code")
    print("shell: ended with", code, flush=True)
"""
# What pyte would draw as text; unfinished sequences wait for their end.
_UNKNOWN = re.compile(
    r"\x1b\[[<>=][\d;]*[A-Za-z]|\x1b\[\?[\d;]*\$p|\x1b_[^\x1b]*\x1b\\|\x1bP(?:[^\x1b]|\x1b\x1b)*\x1b\\"
)
_UNFINISHED = re.compile(
    r"\x1b(?:\[[?<>=]?[\d;]*\$?|_[^\x1b]*\x1b?|P(?:[^\x1b]|\x1b\x1b)*\x1b?)?\Z"
)
_SPLIT = re.compile(r"(\x1b\[\?[\d;]+[hl]|\x1b\[[<>][\d;]*u)")
_MODE = re.compile(r"\x1b\[\?([\d;]+)([hl])")
_ALTERNATE = 1049
_ON_BEFORE = {7, 25}  # line wrap and the cursor


class Canary:
    """Listens for the key of all these tests, wherever a run has left something."""

    def __init__(self) -> None:
        self.runs = self.files = self.bytes = 0

    def hear(self, data: bytes, where: object) -> None:
        """Fail where the key is heard, plain or in base64."""
        self.bytes += len(data)
        assert not [song for song in _SONGS if song in data], f"the key is in {where}"

    def search(self, *places: Path) -> None:
        """Listen to every file of these folders."""
        self.runs += 1
        for file in (one for place in places for one in place.rglob("*") if one.is_file()):
            self.files += 1
            self.hear(file.read_bytes(), file)


_CANARY = pytest.StashKey[Canary]()


@pytest.fixture(scope="session")
def canary(request: pytest.FixtureRequest) -> Canary:
    """Search for the key: `canary.search(home)`, `canary.hear(output, "stderr")`."""
    return request.config.stash.setdefault(_CANARY, Canary())


@pytest.fixture(scope="session")
def canary_key() -> str:
    """Return the key that every gateway of these tests is used with."""
    return KEY


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how much was searched for the key."""
    canary = config.stash.get(_CANARY, None)
    if canary and canary.runs and "not soak" not in config.option.markexpr:
        terminalreporter.section("canary")
        terminalreporter.write_line(
            f"the key in what {canary.runs} fault runs left: 0 hits in {canary.files} files and "
            f"all that terminals were sent ({canary.bytes / 1e6:.0f} MB)"
        )


class Emulator:
    """What a terminal keeps: two screens, private modes, the stack of keyboard modes."""

    def __init__(self, columns: int, lines: int) -> None:
        self.normal = pyte.Screen(columns, lines)
        self.alternate = pyte.Screen(columns, lines)
        self._streams = {one: pyte.Stream(one) for one in (self.normal, self.alternate)}
        self.on = set(_ON_BEFORE)
        self.keyboard = 0
        self._rest = ""

    @property
    def screen(self) -> pyte.Screen:
        return self.alternate if _ALTERNATE in self.on else self.normal

    def feed(self, text: str) -> None:
        text = self._rest + text
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        self._rest = text[end:]
        for part in _SPLIT.split(text[:end]):
            self._take(part)

    def resize(self, columns: int, lines: int) -> None:
        for one in (self.normal, self.alternate):
            one.resize(lines, columns)

    def _take(self, part: str) -> None:
        if found := _MODE.fullmatch(part):
            for number in map(int, found[1].split(";")):
                (self.on.add if found[2] == "h" else self.on.discard)(number)
        elif part.startswith("\x1b[>") and part.endswith("u"):
            self.keyboard += 1
        elif part.startswith("\x1b[<") and part.endswith("u"):
            self.keyboard = max(0, self.keyboard - 1)
        elif part:
            self._streams[self.screen].feed(_UNKNOWN.sub("", part))


class Terminal:
    """The app in a terminal; it is read only while something is waited for.

    `answers` are what it answers to which question, each so many seconds late; `window` is its
    size where it does not tell that.
    """

    def __init__(
        self,
        folder: Path,
        command: list[str],
        size: tuple[int, int],
        answers: Mapping[str, str],
        late: float,
        window: tuple[int, int] | None = None,
        **options: Any,
    ) -> None:
        columns, lines = window or size
        self._answers = {one.encode(): answer.encode() for one, answer in answers.items()}
        self._late = late
        self._due: list[tuple[float, bytes]] = []
        self._note = folder / "shell"
        self.raw = b""
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self.emulator = Emulator(columns, lines)
        self._shell = pexpect.spawn(
            sys.executable,
            ["-c", SHELL, str(self._note), *command],
            dimensions=size[::-1],
            **options,
        )
        self.number = self._shell.child_fd
        self.attributes = termios.tcgetattr(self.number)
        os.write(self.number, b"imagedeck\n")

    @property
    def lines(self) -> list[str]:
        # Not its own `display`, which trips over a wide character that is half overwritten yet.
        screen = self.emulator.screen
        rows = (screen.buffer[y] for y in range(screen.lines))
        return ["".join(row[x].data for x in range(screen.columns)).rstrip() for row in rows]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def pid(self) -> int:
        self.until(self._note.with_suffix(".pid").exists)
        return int(self._note.with_suffix(".pid").read_text())

    @property
    def code(self) -> int | None:
        file = self._note.with_suffix(".code")
        return int(file.read_text()) if file.exists() else None

    def send(self, keys: str | bytes) -> None:
        os.write(self.number, keys.encode() if isinstance(keys, str) else keys)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def resize(self, columns: int, lines: int) -> None:
        self.emulator.resize(columns, lines)
        self._shell.setwinsize(lines, columns)

    def read(self, seconds: float) -> bytes:
        """Return what arrives next, if anything does within these seconds."""
        self._answer()
        if not select.select([self.number], [], [], seconds)[0]:
            self._answer()
            return b""
        try:
            data = os.read(self.number, 65536)
        except OSError:
            return b""
        self.raw += data
        self.emulator.feed(self._decode(data))
        asked = re.findall(b"|".join(map(re.escape, self._answers)) or b"(?!)", data)
        self._due += [(time.monotonic() + self._late, self._answers[one]) for one in asked]
        return data

    def _answer(self) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            os.write(self.number, self._due.pop(0)[1])

    def until(self, holds: Callable[[], object], seconds: float = PATIENCE) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"waited in vain for {holds}:\n{self.text}"
            self.read(0.05)

    def see(self, *words: str, seconds: float = PATIENCE) -> None:
        """Wait until all of these stand on the screen together."""
        end = time.monotonic() + seconds
        while not all(word in self.text for word in words):
            missing = [word for word in words if word not in self.text]
            assert time.monotonic() < end, f"not seen: {missing}\n{self.text}"
            assert self.code is None or "shell: ended" in words[0], f"it ended:\n{self.text}"
            self.read(0.05)

    def rest(self, seconds: float = 0.3) -> None:
        """Wait until nothing has been written for a moment."""
        while self.read(seconds):
            pass

    def written(self, keys: str, mark: bytes | None = None) -> bytes:
        """Press keys; return what that writes until the mark is there, and nothing more comes."""
        before = len(self.raw)
        self.send(keys)
        self.until(lambda: mark is None or re.search(mark, self.raw[before:]))
        self.rest()
        return self.raw[before:]

    def end(self, seconds: float = PATIENCE) -> int:
        """Wait for the app's end; return its exit code."""
        self.until(lambda: self.code is not None, seconds)
        self.until(lambda: "shell: ended" in self.text)
        assert self.code is not None
        return self.code

    def hang_up(self) -> None:
        """Take the terminal away."""
        self._shell.ptyproc.fileobj.close()

    def wait_gone(self, seconds: float) -> int:
        """Wait for the app's end without its terminal; return its exit code."""
        end = time.monotonic() + seconds
        while self.code is None:
            assert time.monotonic() < end, "it goes on without a terminal"
            time.sleep(0.02)
        return self.code

    def assert_restored(self) -> None:
        """Check that the terminal is as it was before."""
        assert self.emulator.on == _ON_BEFORE
        assert self.emulator.keyboard == 0
        assert termios.tcgetattr(self.number) == self.attributes

    def close(self) -> None:
        pid = self._note.with_suffix(".pid")
        if self.code is None and pid.exists():
            with suppress(ProcessLookupError):
                os.kill(int(pid.read_text()), signal.SIGKILL)
        self._shell.ptyproc.fileobj.close()
        self._shell.kill(signal.SIGKILL)
        self._shell.close()


@pytest.fixture
def home(tmp_path: Path, canary: Canary) -> Iterator[Path]:
    place = tmp_path / "home"
    place.mkdir()
    yield place
    canary.search(place)


@pytest.fixture(scope="session")
def make_gallery() -> Callable[[Path, int], Path]:
    """Make a home with as many images of the demo: `make_gallery(folder, 3)`."""

    def make(folder: Path, images: int) -> Path:
        place = folder / "home"
        place.mkdir()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        command = ("generate", "gpt", "a lighthouse", f"--count={images}", "--demo")
        subprocess.run(
            [sys.executable, "-P", "-m", "tui", *command],
            env={**kept, "HOME": str(place)},
            cwd=place,
            check=True,
            capture_output=True,
            timeout=120,
        )
        return place

    return make


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    """Return an environment in which nothing of the real user is found."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {
        "LANG": "C.UTF-8",
        **kept,
        "HOME": str(home),
        "TERM": "xterm-256color",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }


@pytest.fixture
def open_terminal(
    home: Path, environ: dict[str, str], tmp_path: Path, canary: Canary
) -> Iterator[Callable[..., Terminal]]:
    """Start `imagedeck ARGS` in a terminal: `open_terminal("--demo", size=(80, 24), TERM=…)`."""
    opened: list[Terminal] = []

    def start(
        *args: str,
        size: tuple[int, int] = (80, 24),
        answers: Mapping[str, str] = {},
        late: float = 0.0,
        window: tuple[int, int] | None = None,
        ignore_sighup: bool = False,
        command: tuple[str, ...] = (sys.executable, "-P", "-m", "tui"),
        **variables: str | None,
    ) -> Terminal:
        place = tmp_path / f"terminal-{len(opened)}"
        place.mkdir()
        merged = {**environ, **variables}
        terminal = Terminal(
            place,
            [*command, *args],
            size,
            answers,
            late,
            window,
            env={name: value for name, value in merged.items() if value is not None},
            cwd=str(home),
            ignore_sighup=ignore_sighup,
        )
        opened.append(terminal)
        return terminal

    yield start
    for one in opened:
        one.close()
    for one in opened:
        canary.hear(one.raw, "what was written to the terminal")


@pytest.fixture
def at_gateway(http_gateway: Callable[..., Any], environ: dict[str, str]) -> Callable[..., Any]:
    """Start a gateway over HTTP; what opens afterwards talks to it with a key."""

    def start(*faults: str, **options: Any) -> Any:
        gateway = http_gateway(faults=faults, **options)
        environ["IMAGEDECK_BASE_URL"] = gateway.url
        environ["IMAGEDECK_API_KEY"] = KEY
        return gateway

    return start


@pytest.fixture
def kept_jobs(home: Path) -> Callable[..., list[Job]]:
    """Read the jobs of the journal, newest first."""

    def read(*, demo: bool = False) -> list[Job]:
        data = home / ".local/share/imagedeck"
        return SqliteHistory((data / "demo" if demo else data) / "imagedeck.db").list(Query())

    return read
