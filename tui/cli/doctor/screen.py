"""Checks of the terminal: what it is, what it can show, and whether text gets there unharmed."""

import os
import re
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Iterator, Mapping

from tui.app.first_frame import is_dumb, is_terminal, questions
from tui.app.ladder import Choice, Tmux, ask_tmux, cell_size, choose, has_placeholders
from tui.app.listening import DEADLINE, Answers, Listening
from tui.cli.doctor.check import Check
from tui.core.picture import Graphics

_LEAST = (80, 24)


def screen_checks(environ: Mapping[str, str], wanted: str) -> Iterator[Check]:
    """Look at the terminal; `wanted` is the setting `preview`."""
    here = is_terminal()
    answers = _ask(environ) if here and not is_dumb() else Answers()
    tmux = ask_tmux(environ)
    yield _terminal(environ, answers, here=here)
    if "TMUX" in environ:
        yield _tmux(environ, tmux)
    if here:
        yield _colour(environ)
        encoding, cell = sys.stdout.encoding, cell_size(sys.stdout.fileno())
        yield graphics(choose(wanted, answers, environ, encoding, cell, tmux))
    yield locale_check(sys.stdout.encoding, environ)


def _ask(environ: Mapping[str, str]) -> Answers:
    """Ask the terminal what it is, without a trace on the screen."""
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    try:
        tty.setcbreak(number, termios.TCSANOW)
        os.write(sys.stdout.fileno(), questions(environ).encode())
        return Listening(number).until(time.monotonic() + DEADLINE)
    finally:
        termios.tcsetattr(number, termios.TCSANOW, before)


def _terminal(environ: Mapping[str, str], answers: Answers, *, here: bool) -> Check:
    if not here:
        return Check("terminal", "none: the commands work, the app needs one at both ends")
    term = environ.get("TERM", "")
    name = f"{answers.name}, TERM={term}" if answers.name else f"TERM={term}"
    if is_dumb():
        do = "Set TERM to what your terminal is, such as xterm-256color; until then the app is a "
        return Check("terminal", f"{name or 'no TERM'}: can't place text", f"{do}line mode.")
    columns, lines = os.get_terminal_size(sys.stdout.fileno())
    if not columns or not lines:
        do = "Tell it its size: `stty cols 120 rows 40`. With ssh, connect from a terminal."
        return Check("terminal", f"{name}, of size 0x0", do)
    if columns < _LEAST[0] or lines < _LEAST[1]:
        do = "Make it larger, or the font smaller: the app is made for 80x24 and more."
        return Check("terminal", f"{name}, {columns}x{lines} cells", do)
    silent = "" if answers.attributes else "; it does not answer questions"
    return Check("terminal", f"{name}, {columns}x{lines} cells{silent}")


def _tmux(environ: Mapping[str, str], tmux: Tmux | None) -> Check:
    if tmux is None:
        do = "Start it anew: TMUX names a server that is gone, or another machine's."
        return Check("tmux", "does not answer", do)
    says = f"{_tmux_version()}, in {tmux.terminal or 'a terminal without a name'}"
    if not environ.get("TERM", "").startswith(("tmux", "screen")):
        do = "Put `set -g default-terminal tmux-256color` into ~/.tmux.conf, open a new window."
        return Check("tmux", f"{says}, but TERM={environ.get('TERM', '')}", do)
    if has_placeholders(tmux.terminal) and not tmux.passes_through:
        do = "`tmux set -g allow-passthrough on`, and the same line in ~/.tmux.conf."
        return Check("tmux", f"{says}; it keeps pictures from the terminal", do)
    return Check("tmux", says)


def _tmux_version() -> str:
    try:
        done = subprocess.run(
            ["tmux", "-V"],  # noqa: S607 - as in the PATH
            capture_output=True,
            text=True,
            timeout=1,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return "tmux"
    return done.stdout.strip() or "tmux"


def _colour(environ: Mapping[str, str]) -> Check:
    if "NO_COLOR" in environ:
        return Check("colour", "none, as NO_COLOR wants it; that shows no pictures either")
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return Check("colour", "16 million")
    if re.search(r"256|kitty|ghostty|direct", environ.get("TERM", "")):
        more = ""
        if "SSH_CONNECTION" in environ:
            more = "; ssh does not pass COLORTERM on, which would tell of more (docs/ssh.md)"
        return Check("colour", f"256{more}")
    if not environ.get("TERM") or is_dumb():
        return Check("colour", "none")
    do = "Set TERM to xterm-256color (in tmux: tmux-256color) if your terminal has 256 colours."
    return Check("colour", f"16, by TERM={environ['TERM']}", do)


def graphics(choice: Choice) -> Check:
    """Say how pictures are shown; a finding only where somebody can do something about it."""
    says = f"{choice.graphics}: {choice.why}"
    if choice.graphics is Graphics.SIXEL and choice.cell:
        return Check("graphics", f"{says}; a cell has {choice.cell} pixels")
    if "how large a cell is" in choice.why:
        return Check("graphics", says, "`--preview sixel` tries it all the same, rather small.")
    return Check("graphics", says)


def locale_check(encoding: str, environ: Mapping[str, str]) -> Check:
    """Look at what text is written in."""
    name = next((environ[one] for one in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(one)), "")
    says = f"{encoding}, by {name or 'no variable'}"
    if encoding.lower().replace("-", "") == "utf8":
        return Check("locale", says)
    do = "`export LANG=C.UTF-8` (or another that `locale -a` lists) and unset LC_ALL."
    return Check("locale", f"{says}: no pictures, and signs are replaced", do)
