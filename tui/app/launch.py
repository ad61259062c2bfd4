"""Starting the app and leaving it, whatever ends it."""

import sys
from collections.abc import Mapping

from tui.app.app import Imagedeck
from tui.app.departure import Departure
from tui.app.first_frame import FRAME


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
    FRAME.hand_over()
    try:
        app.run()
    finally:
        departure.note_left()
        if app.session.is_sending:
            print("Waiting for the answer to a submission (at most 30 seconds) …", file=sys.stderr)
        app.session.close()
    return departure.exit_code or app.return_code or 0
