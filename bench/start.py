"""Time from the command to the first frame, and to the first typed letter on the screen.

Each in a pseudo-terminal of 80 × 24 cells: the app with --demo, a minimal Textual app with one
input, and `python -c pass`, which shows what Python itself takes. A letter is typed every 20 ms
until one appears, as an impatient person does. Asked for its attributes the terminal answers at
once. Rounds are interleaved, so that a busy machine is busy for all.
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
_ASKED, _ANSWER = b"\x1b[c", b"\x1b[?62;22c"  # primary device attributes: a VT220 with colours
_MINIMAL = """
from textual.app import App
from textual.widgets import Input

class Minimal(App):
    def compose(self):
        yield Input()

Minimal().run()
"""
_COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "minimal Textual app": [sys.executable, "-c", _MINIMAL],
    "imagedeck": [sys.executable, "-m", "tui", "--demo"],
}


def start(command: Sequence[str], home: str) -> tuple[int, int]:
    """Start it in a terminal of its own; return its process id and the terminal."""
    pid, terminal = pty.fork()
    if not pid:
        top = str(Path(__file__).parents[1])
        kept = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm-256color"}
        os.execve(command[0], list(command), {**kept, "HOME": home, "PYTHONPATH": top})  # noqa: S606 - our own command
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    return pid, terminal


def watch(command: Sequence[str], home: str) -> tuple[float, float]:
    """Return the milliseconds to the first output and to the first letter, or to the end."""
    begun = time.perf_counter()
    pid, terminal = start(command, home)
    seen, first, typed, answered = b"", 0.0, 0.0, False
    while _LETTER.encode() not in seen.partition(b"\x1b[?1049h")[2]:
        now = time.perf_counter() - begun
        if now > _PATIENCE:
            raise TimeoutError(command)
        if first and now - typed > 0.02:
            os.write(terminal, _LETTER.encode())
            typed = now
        if select.select([terminal], [], [], 0.002)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:  # it has ended
                break
            first = first or time.perf_counter() - begun
            if not answered and _ASKED in seen:
                os.write(terminal, _ANSWER)
                answered = True
    shown = time.perf_counter() - begun
    os.kill(pid, signal.SIGKILL)
    os.close(terminal)
    os.waitpid(pid, 0)
    return 1000 * (first or shown), 1000 * shown


def line(name: str, times: list[float], measure: float) -> str:
    spread = f"{min(times):.0f} to {max(times):.0f}"
    return f"{name:<42}{median(times):6.0f} ms  {median(times) / measure:5.2f}  {spread:>14}"


def main() -> None:
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in _COMMANDS}
    with tempfile.TemporaryDirectory() as home:
        for number in range(_ROUNDS + 1):
            for name, command in _COMMANDS.items():
                measured = watch(command, home)
                if number:  # the first round only fills caches
                    times[name].append(measured)
    minimal, ours = times["minimal Textual app"], times["imagedeck"]
    frame, letter = (median(column) for column in zip(*minimal, strict=True))
    print(f"{_ROUNDS} rounds{'':<36}median  ratio     min to max")
    print(line("python -c pass, to its end", [end for _, end in times["python -c pass"]], frame))
    print(line("first frame: minimal Textual app", [one for one, _ in minimal], frame))
    print(line("first frame: imagedeck", [one for one, _ in ours], frame))
    print(line("first letter: minimal Textual app", [two for _, two in minimal], letter))
    print(line("first letter: imagedeck", [two for _, two in ours], letter))


if __name__ == "__main__":
    main()
