"""The command that prints a key, such as `pass show gateway`."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

from tui.core.language import _, marked
from tui.core.retelling import retold
from tui.core.text import one_line
from tui.services.keys.key import BadKeyError, Key, KeyCommandError

KEY_VARIABLE = "IMAGEDECK_API_KEY"
TIMEOUT = 20.0  # seconds
_MOST_SHOWN = 200

_NOT_STARTED = marked(
    "key_command: {name} can't be started: {strerror}. Correct it with `imagedeck config edit`."
)
_LATE = marked(
    "key_command: {name} gave no answer within {timeout:g} seconds. "
    "It runs without a terminal: unlock what it asks first, then try again."
)
_ENDED = marked("key_command: {name} ended with code {code}.{said} Try it by hand.")
_NO_KEY = marked("key_command: what {name} printed is no key. {error}{said}")


def without_key(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a child process, which must not inherit the key."""
    return {name: value for name, value in environ.items() if name != KEY_VARIABLE}


def key_from_command(
    command: Sequence[str], environ: Mapping[str, str], timeout: float = TIMEOUT
) -> Key:
    """Run the command, without a shell, for at most `timeout` seconds; its first line is the key.

    Raises KeyCommandError.
    """
    name = one_line(command[0], _MOST_SHOWN)
    try:
        out, err, code = _run(command, environ, timeout)
    except OSError as error:
        raise KeyCommandError(
            _(_NOT_STARTED, name=name, strerror=retold(error.strerror or ""))
        ) from error
    except subprocess.TimeoutExpired as error:
        raise KeyCommandError(_(_LATE, name=name, timeout=timeout)) from error
    said = one_line(err.decode("utf-8", "replace"), _MOST_SHOWN)
    said = _(" It said: {said}", said=said) if said else ""
    if code:
        raise KeyCommandError(_(_ENDED, name=name, code=code, said=said))
    try:
        return Key(out.decode("utf-8", "replace").lstrip().partition("\n")[0])
    except BadKeyError as error:
        raise KeyCommandError(_(_NO_KEY, name=name, error=error, said=said)) from error


def _run(
    command: Sequence[str], environ: Mapping[str, str], timeout: float
) -> tuple[bytes, bytes, int]:
    with subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=without_key(environ),
        start_new_session=True,  # it can't type into our screen, and its children end with it
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
        return out, err, process.returncode
