"""The entry: the app without a command, the command line with one."""

import gc
import os
import sys

from tui.app.first_frame import FRAME, wants_frame
from tui.services import language

_OFTEN_ENOUGH = 50_000  # new objects, a few megabytes, between two looks for garbage


def main() -> None:
    """Start what the command line asks for."""
    # Imports leave no garbage to speak of, and looking for it took a fifth of their time.
    gc.set_threshold(_OFTEN_ENOUGH)
    os.umask(0o077)  # first of all: whatever is created from here on is this user's alone
    if is_for_people := "--json" not in sys.argv:
        language.speak(language.wanted(os.environ), _encoding())
    # Looks at nothing but these before the first frame: click alone would take longer than it.
    if wants_frame(sys.argv[1:]) and "_IMAGEDECK_COMPLETE" not in os.environ:
        FRAME.show()
    try:
        if is_for_people and not os.environ.get(language.VARIABLE):
            _heed_setting()
        from tui.cli.root import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while that was imported
        code = 130
    finally:
        FRAME.leave()
    # Everything has been closed in order; nothing that lingers may hold up the exit.
    sys.exit(code)


def _heed_setting() -> None:
    """Speak as the settings file says: before what holds texts is imported."""
    from tui.services.places import Places

    if code := language.setting(Places.standard().config_file):
        language.speak(code, _encoding())


def _encoding() -> str | None:
    return sys.stdout.encoding if sys.stdout else None


if __name__ == "__main__":
    main()
