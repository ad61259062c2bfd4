"""What an app costs that nobody touches: bytes to the terminal, CPU time, wake-ups.

In pseudo-terminals of 120 × 40 cells, at the same time: a Textual app of one input, as Textual
has it (its cursor blinks) and with a cursor that stands still; imagedeck with 1,000 jobs that
have ended; imagedeck with five more under way at its gateway (the embedded one, so that the
polls, and the gateway itself, are in the same process). CPU time and voluntary waits are those
that Linux counts for all threads.
"""

import asyncio
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tui.core.job import Job, State, new_job_id
from tui.core.request import Request
from tui.services.clock import SystemClock
from tui.services.journal import SqliteJournal

_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_SETTLE, _SECONDS = (8.0, 10.0) if _SHORT else (15.0, 60.0)
_ENDED, _RUNNING = 1000, 5
_ANSWERS = {b"\x1b[c": b"\x1b[?62;22c", b"\x1b[?2026$p": b"\x1b[?2026;2$y"}
_MINIMAL = """
from textual.app import App
from textual.widgets import Input

class Minimal(App):
    def compose(self):
        field = Input()
        field.cursor_blink = {}
        yield field

Minimal().run()
"""


async def fill(home: Path) -> None:
    """Make jobs that have ended."""
    folder = home / ".local/share/imagedeck/demo"
    folder.mkdir(parents=True)
    journal = SqliteJournal.open(folder / "imagedeck.db", SystemClock())
    now = time.time()
    jobs = [
        Job(
            id=new_job_id(int(now * 1000) + at, os.urandom(10)),
            request=Request(model="gpt-image-2", values={"prompt": f"a lighthouse, number {at}"}),
            state=State.FAILED,
            created=now,
            updated=now,
            folder=str(home),
            template="{id}-{index}",
        )
        for at in range(_ENDED)
    ]
    await journal.release(await journal.add(jobs))
    await journal.close()


class Seat:
    """A program in a terminal of its own."""

    def __init__(self, command: Sequence[str], environ: dict[str, str]) -> None:
        self.pid, self.terminal = pty.fork()
        if not self.pid:
            os.execve(command[0], list(command), environ)  # noqa: S606 - our own command
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("4H", 40, 120, 0, 0))
        self.bytes = 0
        self._asked = b""

    def take(self) -> None:
        """Take what it writes, and answer what it asks."""
        data = os.read(self.terminal, 65536)
        self.bytes += len(data)
        self._asked = self._asked[-20:] + data
        for question, answer in _ANSWERS.items():
            if question in self._asked:
                os.write(self.terminal, answer)
                self._asked = b""

    def used(self) -> tuple[float, int, int]:
        """Return seconds of CPU, waits and bytes up to now."""
        seconds, waits = 0.0, 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            seconds += int((task / "schedstat").read_text().split()[0]) / 1e9
            status = (task / "status").read_text()
            waits += int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
        return seconds, waits, self.bytes

    def end(self) -> None:
        """Kill it."""
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


def attend(seats: Sequence[Seat], seconds: float) -> None:
    """Read all terminals for so long."""
    by_number = {seat.terminal: seat for seat in seats}
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for number in select.select([*by_number], [], [], left)[0]:
            by_number[number].take()


@contextmanager
def seated(folder: Path) -> Iterator[dict[str, Seat]]:
    """Start them all."""
    top = str(Path(__file__).parents[1])
    kept = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}
    kept |= {"PYTHONPATH": top}
    homes = [{**kept, "HOME": str(folder / name)} for name in ("quiet", "busy")]
    for home in homes:
        asyncio.run(fill(Path(home["HOME"])))
    ours = [sys.executable, "-P", "-m", "tui", "--demo"]
    wanted = ["a lighthouse [fault poll:status=processing]", "--no-wait", "--json", "--count"]
    subprocess.run(
        [*ours, "generate", "gpt", *wanted, str(_RUNNING)],
        env=homes[1],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    seats = {
        "Textual, an input": Seat([sys.executable, "-c", _MINIMAL.format(True)], homes[0]),
        "Textual, a still cursor": Seat([sys.executable, "-c", _MINIMAL.format(False)], homes[0]),
        "imagedeck, 1,000 jobs": Seat(ours, homes[0]),
        f"imagedeck, {_RUNNING} of them under way": Seat(ours, homes[1]),
    }
    try:
        yield seats
    finally:
        for seat in seats.values():
            seat.end()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, seated(Path(folder)) as seats:
        attend([*seats.values()], _SETTLE)
        before = {name: seat.used() for name, seat in seats.items()}
        attend([*seats.values()], _SECONDS)
        print(f"{_SECONDS:.0f} seconds{'':<26}bytes/s   CPU %   wake-ups/s")
        for name, seat in seats.items():
            pairs = zip(seat.used(), before[name], strict=True)
            seconds, waits, size = ((after - first) / _SECONDS for after, first in pairs)
            print(f"{name:<34}{size:9.0f}{seconds * 100:8.2f}{waits:13.1f}")


if __name__ == "__main__":
    main()
