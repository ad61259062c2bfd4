"""The system's viewer of images, where there is a display."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence

from tui.core.language import _
from tui.core.retelling import retold
from tui.services.keys import without_key

MOST_AT_ONCE = 10


class ViewerError(Exception):
    """The viewer can't be started; the message says why and what to do."""


def viewer(
    configured: Sequence[str], environ: Mapping[str, str], platform: str = sys.platform
) -> tuple[str, ...]:
    """Return the command that shows a file on this machine's display; empty without a display."""
    is_remote = "SSH_CONNECTION" in environ or "SSH_TTY" in environ
    has_display = bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
    if platform == "darwin":
        has_display = not is_remote
    is_windows = "WSL_DISTRO_NAME" in environ and not is_remote
    if configured:
        return tuple(configured) if has_display or is_windows else ()
    if platform == "darwin":
        return ("open",) if has_display else ()
    names = ["wslview", "explorer.exe"] if is_windows else []
    names += ["xdg-open"] if has_display else []
    return next(((name,) for name in names if shutil.which(name)), ())


def show_files(command: Sequence[str], paths: Sequence[str], environ: Mapping[str, str]) -> None:
    """Start the viewer for each file, at most ten; it is not waited for. Raises ViewerError."""
    for path in paths[:MOST_AT_ONCE]:
        try:
            process = subprocess.Popen(
                [*command, path],
                env=without_key(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # closing the terminal must not close the picture
            )
        except OSError as error:
            raise ViewerError(
                _(
                    "{command} can't be started: {strerror}. "
                    "The setting `viewer` names another one.",
                    command=command[0],
                    strerror=retold(error.strerror or ""),
                )
            ) from error
        # Nobody waits for it, but its end has to be taken note of.
        threading.Thread(target=process.wait, name="viewer", daemon=True).start()
