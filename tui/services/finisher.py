"""A process without a terminal that finishes what is under way."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal

from tui.services.keys import Key, without_key

BUDGET_LEFT, IN_FLIGHT = "--budget-left", "--in-flight"  # hidden: the bounds of who hands over
KEY_ON_STDIN = "--key-on-stdin"  # hidden: a key must never stand where `ps` shows it


def start_finisher(
    flags: Mapping[str, str | None],
    key: Key | None,
    *,
    demo: bool,
    environ: Mapping[str, str],
    left: Decimal | None = None,
    in_flight: int | None = None,
) -> int:
    """Start `imagedeck resume` apart from this terminal; return its process id.

    `left` is what the run that it finishes may still spend, `in_flight` its bound; None: none.

    The key goes through a pipe, never through the environment or the arguments. It takes up
    what nobody alive follows, so this process must have given its jobs up. Raises OSError.
    """
    bounds = {BUDGET_LEFT: left, IN_FLIGHT: in_flight}
    given = {**flags, **{name: str(one) for name, one in bounds.items() if one is not None}}
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "resume", KEY_ON_STDIN, *_options(given, demo=demo)],
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
        for word in (f"--{name.lstrip('-').replace('_', '-')}", value)
    ]
    return [*given, "--demo"] if demo else given
