"""Starting the app and leaving it, whatever ends it."""

import logging
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from tui.app.app import Imagedeck
from tui.app.canvas import Canvas
from tui.app.departure import RESET, Departure
from tui.app.driver import driver_for
from tui.app.first_frame import FRAME
from tui.app.ladder import ask_tmux, cell_size, choose
from tui.app.listening import DEADLINE, Listening
from tui.app.outlet import Outlet
from tui.core.language import _
from tui.core.picture import AUTO
from tui.services.hardening import remote_screen
from tui.services.settings import SettingsError

_log = logging.getLogger(__name__)
# Seconds. A key passes through Python a dozen times before it is painted, and each time may have to
# wait so long for the engine's thread; with Python's own 5 ms that can be seen.
_TURN = 0.0001
_WAITING = _(
    "Waiting for the answer to a submission (at most 30 seconds; ctrl+c leaves it unknown, and "
    "perhaps billed) …"
)


def open_app(flags: Mapping[str, str | None], *, demo: bool) -> int:
    """Run the app until it is left; return the exit code.

    Raises what the settings raise.
    """
    if not demo and (refusal := remote_screen(os.environ)):
        raise SettingsError(refusal)
    FRAME.show()
    sys.setswitchinterval(_TURN)
    listening = Listening(FRAME.keys())
    app = Imagedeck(flags, demo=demo, canvas=partial(_canvas, listening, os.environ.copy()))
    outlet = Outlet(sys.stdout, app.session.courtesy)

    def close() -> None:
        if departure.signal == signal.SIGHUP:
            app.session.leave_behind()
        else:
            app.session.close()

    departure = Departure(
        leave=lambda: app.post_message(app.Leave(departure.exit_code)),
        close=close,
        hurry=app.session.hurry,
        restore=partial(_restore, outlet),
    )
    departure.install()
    if FRAME.signal is not None:
        return 128 + FRAME.signal
    app.driver_class = driver_for(
        outlet, app.canvas, listening, lambda: departure.begin(signal.SIGHUP)
    )
    try:
        app.run()
    finally:
        departure.note_left()
        if app.session.is_sending:
            _say(_WAITING)
        close()
        _let_go()
    return departure.exit_code or app.return_code or 0


def _canvas(listening: Listening, environ: Mapping[str, str], wanted: str) -> Canvas:
    """Choose how pictures are drawn by what was asked at the first frame, and answered since."""
    measure = partial(cell_size, sys.stdout.fileno())
    answers = listening.until((FRAME.asked or time.monotonic()) + DEADLINE)
    tmux = ask_tmux(environ) if wanted == AUTO else None
    choice = choose(wanted, answers, environ, sys.stdout.encoding, measure(), tmux)
    _log.info("pictures: %s: %s", choice.graphics, choice.why)
    return Canvas(choice, measure)


def _restore(outlet: Outlet) -> None:
    outlet.seize(RESET)
    FRAME.leave()


def _say(text: str) -> None:
    with suppress(OSError):  # the terminal may be gone, and there is still something to close
        print(text, file=sys.stderr, flush=True)


def _let_go() -> None:
    """Forget what can't be written any more: Python would make its own exit code of that."""
    for file in (sys.stdout, sys.stderr):
        try:
            file.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())
