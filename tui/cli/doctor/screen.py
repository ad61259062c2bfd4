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
from tui.app.ladder import NO_CELL, Choice, Tmux, ask_tmux, cell_size, choose, has_placeholders
from tui.app.listening import DEADLINE, Answers, Listening
from tui.cli.doctor.check import Check
from tui.core.language import _, marked
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
        return Check(
            marked("terminal"), _("none: the commands work, the app needs one at both ends")
        )
    term = environ.get("TERM", "")
    name = f"{answers.name}, TERM={term}" if answers.name else f"TERM={term}"
    if is_dumb():
        do = _(
            "Set TERM to what your terminal is, such as xterm-256color; until then the app is a "
            "line mode."
        )
        says = _("{name}: can't place text", name=name or _("no TERM"))
        return Check(marked("terminal"), says, do)
    columns, lines = os.get_terminal_size(sys.stdout.fileno())
    if not columns or not lines:
        do = _("Tell it its size: `stty cols 120 rows 40`. With ssh, connect from a terminal.")
        return Check(marked("terminal"), _("{name}, of size 0x0", name=name), do)
    if columns < _LEAST[0] or lines < _LEAST[1]:
        do = _("Make it larger, or the font smaller: the app is made for 80x24 and more.")
        return Check(
            marked("terminal"),
            _("{name}, {columns}x{lines} cells", name=name, columns=columns, lines=lines),
            do,
        )
    silent = "" if answers.attributes else _("; it does not answer questions")
    return Check(
        marked("terminal"),
        _(
            "{name}, {columns}x{lines} cells{silent}",
            name=name,
            columns=columns,
            lines=lines,
            silent=silent,
        ),
    )


def _tmux(environ: Mapping[str, str], tmux: Tmux | None) -> Check:
    if tmux is None:
        do = _("Start it anew: TMUX names a server that is gone, or another machine's.")
        return Check(marked("tmux"), _("does not answer"), do)
    says = _(
        "{tmux_version}, in {terminal}",
        tmux_version=_tmux_version(),
        terminal=tmux.terminal or _("a terminal without a name"),
    )
    if not environ.get("TERM", "").startswith(("tmux", "screen")):
        do = _("Put `set -g default-terminal tmux-256color` into ~/.tmux.conf, open a new window.")
        return Check(
            marked("tmux"),
            _("{says}, but TERM={term}", says=says, term=environ.get("TERM", "")),
            do,
        )
    if has_placeholders(tmux.terminal) and not tmux.passes_through:
        do = _("`tmux set -g allow-passthrough on`, and the same line in ~/.tmux.conf.")
        return Check(
            marked("tmux"), _("{says}; it keeps pictures from the terminal", says=says), do
        )
    return Check(marked("tmux"), says)


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
        return Check(
            marked("colour"), _("none, as NO_COLOR wants it; that shows no pictures either")
        )
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return Check(marked("colour"), _("16 million"))
    if re.search(r"256|kitty|ghostty|direct", environ.get("TERM", "")):
        more = ""
        if "SSH_CONNECTION" in environ:
            more = _("; ssh does not pass COLORTERM on, which would tell of more (docs/ssh.md)")
        return Check(marked("colour"), f"256{more}")
    if not environ.get("TERM") or is_dumb():
        return Check(marked("colour"), _("none"))
    do = _("Set TERM to xterm-256color (in tmux: tmux-256color) if your terminal has 256 colours.")
    return Check(marked("colour"), _("16, by TERM={environ}", environ=environ["TERM"]), do)


def graphics(choice: Choice) -> Check:
    """Say how pictures are shown; a finding only where somebody can do something about it."""
    says = _("{graphics}: {why}", graphics=choice.graphics, why=choice.why)
    if choice.graphics is Graphics.SIXEL and choice.cell:
        return Check(
            marked("graphics"), _("{says}; a cell has {cell} pixels", says=says, cell=choice.cell)
        )
    if choice.why == _(NO_CELL):
        return Check(
            marked("graphics"), says, _("`--preview sixel` tries it all the same, rather small.")
        )
    return Check(marked("graphics"), says)


def locale_check(encoding: str, environ: Mapping[str, str]) -> Check:
    """Look at what text is written in."""
    name = next((environ[one] for one in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(one)), "")
    says = _("{encoding}, by {name}", encoding=encoding, name=name or _("no variable"))
    if encoding.lower().replace("-", "") == "utf8":
        return Check(marked("locale"), says)
    do = _("`export LANG=C.UTF-8` (or another that `locale -a` lists) and unset LC_ALL.")
    return Check(marked("locale"), _("{says}: no pictures, and signs are replaced", says=says), do)
