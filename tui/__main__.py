"""The entry: the app without a command, the command line with one."""

import os
import sys


def main() -> None:
    """Start what the command line asks for."""
    if len(sys.argv) > 1 or "_IMAGEDECK_COMPLETE" in os.environ:
        from tui.cli.root import main as command_line

        command_line()
    from tui.cli.commands import COMMANDS

    print(f"imagedeck needs a command: {', '.join(COMMANDS)}.", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
