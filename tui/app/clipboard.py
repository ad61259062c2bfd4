"""The clipboard at the other end of the terminal, by OSC 52."""

import base64
import subprocess
from collections.abc import Mapping

from tui.core.language import _
from tui.services.keys import without_key

MOST = 74_994  # base64 characters: what terminals take at most, says xterm's own limit
_SCREEN_PIECE = 512  # screen cuts a longer device control string
_PATIENCE = 2.0  # seconds for tmux


class TooLongError(ValueError):
    """More than a terminal's clipboard takes."""


def sequence(text: str, environ: Mapping[str, str]) -> str:
    """Return what hands a text to the terminal, wrapped for screen; raises TooLongError."""
    encoded = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
    if len(encoded) > MOST:
        raise TooLongError(
            _("{count:,} characters are more than a terminal's clipboard takes.", count=len(text))
        )
    plain = f"\x1b]52;c;{encoded}\x07"
    if "TMUX" in environ:
        # For a tmux that lets it through; the usual way there is `into_tmux`.
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"\x1bPtmux;{doubled}\x1b\\"
    if "STY" in environ:
        pieces = [plain[at : at + _SCREEN_PIECE] for at in range(0, len(plain), _SCREEN_PIECE)]
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return plain


def into_tmux(text: str, environ: Mapping[str, str]) -> bool:
    """Give a text to tmux, for its own buffer and the terminal outside; return whether it took it.

    Its default (`set-clipboard external`) ignores what programs inside it send.
    """
    if "TMUX" not in environ:
        return False
    for flags in (["-w"], []):  # tmux before 3.2 knows no -w
        try:
            done = subprocess.run(
                ["tmux", "load-buffer", *flags, "-"],  # noqa: S607 - the tmux one sits in
                input=text.encode("utf-8", "surrogateescape"),
                env=without_key(environ),
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        if done.returncode == 0:
            return True
    return False
