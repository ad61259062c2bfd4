"""The choice of how pictures are shown: kitty, sixel, half blocks, or not at all."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from tui.app.listening import Answers
from tui.core.language import _, marked
from tui.core.picture import AUTO, Graphics
from tui.core.size import Size

NO_CELL = marked("it draws sixels, but does not say how large a cell is")
_SIXEL = 4  # among the attributes of DA1
_TMUX_ANSWERS = 1.0  # seconds
_TMUX_FORMAT = "#{client_termfeatures}|#{client_termtype}|#{allow-passthrough}"
# The only ones that draw pictures into text, which is what makes them scroll, hide and stay as
# text does. Konsole and WezTerm answer the question too; kitty before 0.28 does, and draws boxes.
_PLACEHOLDERS = re.compile(r"(?:kitty\((\d+)\.(\d+)|ghostty\b)", re.IGNORECASE)
_KITTY_SINCE = (0, 28)


@dataclass(frozen=True, slots=True)
class Tmux:
    """What tmux knows of the terminal outside."""

    features: frozenset[str] = frozenset()
    terminal: str = ""
    passes_through: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """How pictures are shown, and why so; `cell` is width × height in pixels where it is known."""

    graphics: Graphics
    why: str
    cell: Size | None = None
    in_tmux: bool = False


def choose(
    wanted: str,
    answers: Answers,
    environ: Mapping[str, str],
    encoding: str,
    cell: Size | None,
    tmux: Tmux | None = None,
) -> Choice:
    """Choose the best that a terminal can do, or what was asked for.

    `cell` is what the system says of a cell's size; the terminal's own word goes before it. `tmux`
    is what it said, where it was asked.
    """
    cell = answers.cell or cell
    in_tmux = "TMUX" in environ
    if wanted != AUTO:
        return Choice(Graphics(wanted), _("asked for"), cell, in_tmux)
    if encoding.lower().replace("-", "") != "utf8":
        return Choice(
            Graphics.OFF, _("the locale's encoding is {encoding}, not UTF-8", encoding=encoding)
        )
    if "NO_COLOR" in environ:
        return Choice(Graphics.OFF, _("NO_COLOR is set"))
    if environ.get("TERM", "").startswith(("tmux", "screen")) or in_tmux or "STY" in environ:
        graphics, why = _inside(answers, tmux)
    else:
        graphics, why = _outside(answers)
    if graphics is Graphics.SIXEL and cell is None:
        return Choice(Graphics.HALF, _(NO_CELL))
    return Choice(graphics, why, cell, in_tmux)


def _outside(answers: Answers) -> tuple[Graphics, str]:
    if answers.attributes is None:
        return Graphics.HALF, _("the terminal did not answer in time")
    if answers.has_kitty_graphics and has_placeholders(answers.name):
        return Graphics.KITTY, _("{name} draws pictures as kitty does", name=answers.name)
    if _SIXEL in answers.attributes:
        return Graphics.SIXEL, _("the terminal draws sixels")
    if answers.has_kitty_graphics:
        return Graphics.HALF, _(
            "{name} can't draw pictures into text", name=answers.name or _("the terminal")
        )
    return Graphics.HALF, _("the terminal draws neither as kitty does nor sixels")


def _inside(answers: Answers, tmux: Tmux | None) -> tuple[Graphics, str]:
    """Choose within tmux, which draws sixels itself and answers so whatever is outside."""
    if tmux is None:
        return Graphics.HALF, _(
            "within tmux or screen that can't be asked about the terminal outside"
        )
    if has_placeholders(tmux.terminal):
        if tmux.passes_through:
            return Graphics.KITTY, _("through tmux to {terminal}", terminal=tmux.terminal)
        return Graphics.HALF, (
            _(
                "tmux keeps pictures from {terminal}: `tmux set -g allow-passthrough on` lets "
                "them through",
                terminal=tmux.terminal,
            )
        )
    if "sixel" in tmux.features and _SIXEL in (answers.attributes or ()):
        return Graphics.SIXEL, _("tmux draws sixels, and the terminal outside too")
    return Graphics.HALF, _("tmux, or the terminal outside, draws no sixels")


def has_placeholders(name: str) -> bool:
    """Whether a terminal of this name draws pictures into text."""
    found = _PLACEHOLDERS.match(name)
    if found is None:
        return False
    return not found[1] or (int(found[1]), int(found[2])) >= _KITTY_SINCE


def ask_tmux(environ: Mapping[str, str]) -> Tmux | None:
    """Ask tmux about the terminal outside; None outside of tmux, or where it does not answer."""
    if "TMUX" not in environ:
        return None
    # Of this pane: another client may look at another one.
    pane = ["-t", environ["TMUX_PANE"]] if environ.get("TMUX_PANE") else []
    try:
        done = subprocess.run(
            ["tmux", "display-message", "-p", *pane, _TMUX_FORMAT],  # noqa: S607 - as in the PATH
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=_TMUX_ANSWERS,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    features, _, rest = done.stdout.strip().partition("|")
    terminal, _, passthrough = rest.partition("|")
    # tmux 3.3 says 1 where later ones say on.
    return Tmux(frozenset(features.split(",")), terminal, passthrough in {"1", "on", "all"})


def cell_size(number: int) -> Size | None:
    """Return what the system says of a cell's size in pixels; None where it says nothing."""
    import fcntl
    import struct
    import termios

    try:
        answer = fcntl.ioctl(number, termios.TIOCGWINSZ, bytes(8))
    except (OSError, ValueError):
        return None
    lines, columns, width, height = struct.unpack("4H", answer)
    # Where nobody knows, some say 640x480 whatever the window.
    if not (lines and columns and width and height) or (width, height) == (640, 480):
        return None
    size = Size(max(1, width // columns), max(1, height // lines))
    return size if size.height > 1 else None
