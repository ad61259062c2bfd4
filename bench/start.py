"""Time from the command to the first frame, a typed letter on the screen, and one in the prompt.

Each in a pseudo-terminal of 80 × 24 cells: the app with --demo, a minimal Textual app with one
input, and an empty console script of the same environment. A letter is typed every 20 ms until
one appears in what the app itself draws, as an impatient person does; the first frame shows it
before that. Asked for its attributes the terminal answers at once. Rounds are interleaved, so that
a busy machine is busy for all.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_ROUNDS = 5 if _SHORT else 20
_LETTER = "ß"  # stands in no text of either app
_PATIENCE = 30.0  # seconds
_TAKEN = b"\x1b[?1049h", b"\x1b[?1000h"  # the screen by whoever draws first, the mouse by Textual
_ASKED, _ANSWER = b"\x1b[c", b"\x1b[?62;22c"  # primary device attributes: a VT220 with colours
_MINIMAL = """
from textual.app import App
from textual.widgets import Input

class Minimal(App):
    def compose(self):
        yield Input()

Minimal().run()
"""
# What pip makes of an entry point.
_SCRIPT = """
import re
import sys
{}
if __name__ == "__main__":
    sys.argv[0] = re.sub(r"(-script\\.pyw|\\.exe)?$", "", sys.argv[0])
    sys.exit(main())
"""
_COMMANDS = {
    "an empty script": [sys.executable, "-c", _SCRIPT.format("def main(): pass")],
    "minimal Textual app": [sys.executable, "-c", _MINIMAL],
    "imagedeck": [sys.executable, "-c", _SCRIPT.format("from tui.__main__ import main"), "--demo"],
}


_WHAT = "first output", "a letter on the screen", "a letter in its input"
_RATIOS = (
    ("first frame : an empty script", 0, "an empty script"),
    ("a letter on the screen : minimal app", 1, "minimal Textual app"),
    ("a letter in the prompt : minimal app", 2, "minimal Textual app"),
)


def start(command: Sequence[str], home: str) -> tuple[int, int]:
    """Start it in a terminal of its own; return its process id and the terminal."""
    pid, terminal = pty.fork()
    if not pid:
        top = str(Path(__file__).parents[1])
        kept = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        os.execve(command[0], list(command), {**kept, "HOME": home, "PYTHONPATH": top})  # noqa: S606 - our own command
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    return pid, terminal


def watch(command: Sequence[str], home: str) -> list[float]:
    """Return the milliseconds to the first output, to a letter, and to one that Textual draws.

    What does not come by the end of the program comes at its end.
    """
    begun = time.perf_counter()
    pid, terminal = start(command, home)
    seen, typed, answered = b"", 0.0, False
    times: list[float] = []
    while len(times) < 3:
        now = time.perf_counter() - begun
        if now > _PATIENCE:
            raise TimeoutError(command)
        if times and now - typed > 0.02:
            os.write(terminal, _LETTER.encode())
            typed = now
        if select.select([terminal], [], [], 0.002)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:  # it has ended
                break
            times += [time.perf_counter() - begun] * (_reached(seen) - len(times))
            if not answered and _ASKED in seen:
                os.write(terminal, _ANSWER)
                answered = True
    times += [time.perf_counter() - begun] * (3 - len(times))
    os.kill(pid, signal.SIGKILL)
    os.close(terminal)
    os.waitpid(pid, 0)
    return [1000 * one for one in times]


def _reached(seen: bytes) -> int:
    letters = [_LETTER.encode() in seen.partition(mark)[2] for mark in _TAKEN]
    return bool(seen) + sum(letters)


def main() -> None:
    times: dict[str, list[list[float]]] = {name: [] for name in _COMMANDS}
    with tempfile.TemporaryDirectory() as home:
        for number in range(_ROUNDS + 1):
            for name, command in _COMMANDS.items():
                measured = watch(command, home)
                if number:  # the first round only fills caches
                    times[name].append(measured)
    print(f"{_ROUNDS} rounds, ms{'':<39}median  min to max")
    for name, rounds in times.items():
        for what, column in zip(_WHAT, zip(*rounds, strict=True), strict=True):
            if name != "an empty script" or what == _WHAT[0]:
                print(f"{name + ': ' + what:<50}{median(column):7.0f}  {_span(column, '.0f')}")
    for what, number, rival in _RATIOS:
        pairs = zip(times["imagedeck"], times[rival], strict=True)
        ratios = [ours[number] / theirs[number] for ours, theirs in pairs]
        print(f"ratio, {what:<43}{median(ratios):7.2f}  {_span(ratios, '.2f')}")


def _span(values: Sequence[float], form: str) -> str:
    return f"{min(values):{form}} to {max(values):{form}}"


if __name__ == "__main__":
    main()
