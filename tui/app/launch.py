"""Starting the app and leaving it, whatever ends it."""

import signal
import sys
from collections.abc import Mapping
from contextlib import suppress

from tui.app.app import Imagedeck
from tui.app.departure import Departure
from tui.app.driver import driver_for


def open_app(flags: Mapping[str, str | None], *, demo: bool) -> int:
    """Run the app until it is left; return the exit code.

    Raises what the settings raise.
    """
    app = Imagedeck(flags, demo=demo)
    departure = Departure(
        leave=lambda: app.post_message(app.Leave(departure.exit_code)),
        close=app.session.close,
    )
    departure.install()
    app.driver_class = driver_for(lambda: departure.begin(signal.SIGHUP))
    try:
        app.run()
    finally:
        departure.note_left()
        if app.session.is_sending:
            _say("Waiting for the answer to a submission (at most 30 seconds) …")
        app.session.close()
    return departure.exit_code or app.return_code or 0


def _say(text: str) -> None:
    with suppress(OSError):  # the terminal may be gone, and there is still something to close
        print(text, file=sys.stderr, flush=True)
