"""A process without a terminal that finishes what is under way."""

import subprocess
import sys
from collections.abc import Mapping, Sequence

from tui.services.keys import Key, without_key

KEY_ON_STDIN = "--key-on-stdin"  # hidden: a key must never stand where `ps` shows it


def start_finisher(
    flags: Mapping[str, str | None], key: Key | None, *, demo: bool, environ: Mapping[str, str]
) -> int:
    """Start `imagedeck resume` apart from this terminal; return its process id.

    The key goes through a pipe, never through the environment or the arguments. It takes up
    what nobody alive follows, so this process must have given its jobs up. Raises OSError.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "resume", KEY_ON_STDIN, *_options(flags, demo=demo)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=without_key(environ),
        start_new_session=True,  # a hang-up of this terminal is none of its business
    )
    if process.stdin:
        with process.stdin as pipe:
            pipe.write(key.reveal().encode() if key else b"")
    # It lives on; that nobody waits for it is meant.
    process.returncode = 0
    return process.pid


def _options(flags: Mapping[str, str | None], *, demo: bool) -> Sequence[str]:
    given = [
        word
        for name, value in flags.items()
        if value is not None
        for word in (f"--{name.replace('_', '-')}", value)
    ]
    return [*given, "--demo"] if demo else given
