"""Notices outside the app: a bell, the terminal's own (OSC 9), the desktop's."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence

from tui.core.job import Job
from tui.core.notices import Notices
from tui.core.text import one_line
from tui.services.keys import without_key

BELL = "\x07"
_PATIENCE = 10.0


def terminal_notice(text: str, environ: Mapping[str, str]) -> str:
    """Return the OSC 9 that shows a text, wrapped for tmux and screen."""
    plain = f"\x1b]9;{one_line(text, 200)}\x07"
    if "TMUX" in environ:
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    return f"\x1bP{plain}\x1b\\" if "STY" in environ else plain


def desktop_command(text: str, platform: str = sys.platform) -> tuple[str, ...]:
    """Return the command that shows a text on the desktop; empty where there is none."""
    line = one_line(text, 200)
    if platform == "darwin":
        script = (
            'on run argv\ndisplay notification (item 1 of argv) with title "imagedeck"\nend run'
        )
        return ("osascript", "-e", script, line) if shutil.which("osascript") else ()
    if shutil.which("notify-send"):
        return ("notify-send", "--app-name=imagedeck", "imagedeck", "--", line)
    return ()


class Notifier:
    """Tells somebody who looks elsewhere that a long job, or the whole queue, has ended.

    `how` is off, bell, osc9 or desktop; `write` sends a sequence to the terminal.
    """

    def __init__(
        self, how: str, after: float, environ: Mapping[str, str], write: Callable[[str], None]
    ) -> None:
        self._how = how
        self._notices = Notices(after)
        self._environ = environ
        self._write = write

    def see(self, jobs: Sequence[Job]) -> None:
        """Take new snapshots."""
        if self._how == "off":
            return
        if text := self._notices.see(jobs):
            self._notify(text)

    def _notify(self, text: str) -> None:
        if self._how == "osc9":
            self._write(terminal_notice(text, self._environ))
        elif self._how == "desktop" and (command := desktop_command(text)):
            threading.Thread(target=self._show, args=(command,), daemon=True).start()
        else:
            self._write(BELL)

    def _show(self, command: Sequence[str]) -> None:
        try:
            subprocess.run(
                command,
                env=without_key(self._environ),
                capture_output=True,
                timeout=_PATIENCE,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            self._write(BELL)  # no desktop, after all
