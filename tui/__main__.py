"""The entry: the app without a command, the command line with one."""

import os
import sys

from tui.app.first_frame import FRAME, wants_frame


def main() -> None:
    """Start what the command line asks for."""
    os.umask(0o077)  # first of all: whatever is created from here on is this user's alone
    # Looks at nothing but these before the first frame: click alone would take longer than it.
    if wants_frame(sys.argv[1:]) and "_IMAGEDECK_COMPLETE" not in os.environ:
        FRAME.show()
    try:
        from tui.cli.root import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while that was imported
        code = 130
    finally:
        FRAME.leave()
    # Everything has been closed in order; nothing that lingers may hold up the exit.
    sys.exit(code)


if __name__ == "__main__":
    main()
