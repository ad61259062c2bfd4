"""A terminal with an app in it: what it shows, how long a key takes, how much is written."""

import fcntl
import os
import pty
import re
import signal
import struct
import sys
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Self

import pyte

PATIENCE = 60.0  # seconds; a busy machine is no fault of what is measured
_ASKED, _ANSWER = b"\x1b[c", b"\x1b[?62;22c"  # primary device attributes: a VT220 with colours
# What pyte would draw as text; unfinished sequences wait for their end.
_UNKNOWN = re.compile(r"\x1b\[[<>=][\d;]*[A-Za-z]|\x1b\[\?[\d;]*\$p|\x1b[_P][^\x1b]*\x1b\\")
_UNFINISHED = re.compile(r"\x1b(?:\[[?<>=]?[\d;]*\$?|[_P][^\x1b]*\x1b?)?\Z")
# What has come at any terminal, and when: noted at once by threads, since drawing it takes longer
# than what is measured.
_COME: "SimpleQueue[tuple[Terminal, float, bytes]]" = SimpleQueue()
sys.setswitchinterval(0.0001)


class Terminal:
    """Holds one process; all that are open are read whenever something is waited for."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], size: tuple[int, int]
    ) -> None:
        columns, lines = size
        self.screen = pyte.Screen(columns, lines)
        self.written = 0
        self._stream = pyte.Stream(self.screen)
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._arrived = 0.0
        self.pid, self._number = pty.fork()
        if not self.pid:
            os.execve(command[0], [*command], {"TERM": "xterm-256color", **environ})  # noqa: S606 - our own command
        fcntl.ioctl(self._number, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self._ear.join()
        os.close(self._number)
        os.waitpid(self.pid, 0)

    @property
    def text(self) -> str:
        """What stands on the screen."""
        rows = (self.screen.buffer[y] for y in range(self.screen.lines))
        return "\n".join("".join(row[x].data for x in range(self.screen.columns)) for row in rows)

    @property
    def memory(self) -> int:
        """Resident bytes of the process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    @property
    def cpu(self) -> float:
        """Seconds of CPU the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self._number, keys.encode())

    def read(self, seconds: float) -> bool:
        """Take what arrives next at any terminal; return whether any of it was for this one."""
        try:
            terminal, when, data = _COME.get(timeout=max(0.0, seconds))
        except Empty:
            return False
        terminal._take(when, data)  # noqa: SLF001 - another one of this class
        return terminal is self

    def rest(self, seconds: float) -> None:
        """Take what is written for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def until(self, holds: Callable[[], object], seconds: float = PATIENCE) -> float:
        """Read until something holds; return the seconds until that had arrived."""
        begun = time.perf_counter()
        self._arrived = begun
        while not holds():
            if time.perf_counter() - begun > seconds:
                raise TimeoutError(f"waited in vain:\n{self.text}")
            self.read(0.05)
        return self._arrived - begun

    def see(self, *words: str, seconds: float = PATIENCE) -> None:
        """Wait until all of these stand on the screen."""
        self.until(lambda: all(word in self.text for word in words), seconds)

    def _listen(self) -> None:
        data = b" "
        while data:
            try:
                data = os.read(self._number, 65536)
            except OSError:  # it has ended
                data = b""
            _COME.put((self, time.perf_counter(), data))

    def _take(self, when: float, data: bytes) -> None:
        if not data:
            raise EOFError(f"it has ended:\n{self.text}")
        self._arrived = when
        self.written += len(data)
        self._feed(self._decode(data))
        if _ASKED in data:
            os.write(self._number, _ANSWER)

    def _feed(self, text: str) -> None:
        text = self._rest + text
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        self._rest = text[end:]
        self._stream.feed(_UNKNOWN.sub("", text[:end]))


def imagedeck(*args: str) -> list[str]:
    """Return the command that starts the installed imagedeck."""
    return [sys.executable, "-P", "-m", "tui", *args]
