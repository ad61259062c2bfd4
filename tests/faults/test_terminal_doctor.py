"""What `imagedeck doctor` finds wrong with real terminals, and tells to do."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

KITTY = {"\x1b[>0q": "\x1bP>|kitty(0.41.1)\x1b\\", "\x1b[c": "\x1b[?62;c"}
SIXEL = {"\x1b[c": "\x1b[?62;4;22c"}
TMUX = {"TMUX": "/tmp/tmux-0/x,1,0", "TERM": "tmux-256color"}


@pytest.mark.parametrize(
    ("variables", "options", "finding", "told"),
    [
        ({"TERM": "dumb"}, {}, "terminal", "Set TERM to what your terminal is"),
        ({}, {"size": (0, 0), "window": (80, 24)}, "terminal", "stty cols 120 rows 40"),
        ({}, {"size": (79, 40)}, "terminal", "Make it larger"),
        ({"TERM": "xterm"}, {}, "colour", "Set TERM to xterm-256color"),
        ({}, {"answers": SIXEL}, "graphics", "--preview sixel"),
        ({"PYTHONIOENCODING": "latin-1"}, {}, "locale", "export LANG=C.UTF-8"),
        ({**TMUX, "SAYS": "RGB|kitty(0.41.1)|0"}, {}, "tmux", "set -g allow-passthrough on"),
        ({**TMUX, "SAYS": "|XTerm(379)|0", "TERM": "xterm"}, {}, "tmux", "default-terminal"),
        (TMUX, {}, "tmux", "Start it anew"),
    ],
    ids=str,
)
def test_a_finding_says_what_to_do(
    open_terminal: Callable[..., Any],
    home: Path,
    variables: dict[str, str],
    options: dict[str, Any],
    finding: str,
    told: str,
) -> None:
    tmux = home / "bin" / "tmux"
    tmux.parent.mkdir()
    tmux.write_text('#!/bin/sh\n[ -n "$SAYS" ] && echo "$SAYS"\n')
    tmux.chmod(0o700)
    options = {"answers": KITTY, "size": (120, 40), **options}
    command = (sys.executable, "-P", "-m", "tui", "doctor", "--demo")
    path = f"{tmux.parent}:{os.environ['PATH']}"
    terminal = open_terminal(command=command, PATH=path, **options, **variables)
    assert terminal.end() == 1
    shown = " ".join(" ".join(terminal.lines).split())
    assert f"FIX {finding} " in shown
    assert told in shown
    assert "\x1b" not in terminal.text
    terminal.assert_restored()


def test_a_good_terminal_has_no_finding(open_terminal: Callable[..., Any]) -> None:
    command = (sys.executable, "-P", "-m", "tui", "doctor", "--demo")
    answers = {**KITTY, "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\": "\x1b_Gi=31;OK\x1b\\"}
    terminal = open_terminal(
        command=command, size=(120, 40), answers=answers, COLORTERM="truecolor"
    )
    assert terminal.end() == 0
    for told in ("kitty(0.41.1), TERM=xterm-256color, 120x40 cells", "16 million", "as kitty does"):
        assert told in terminal.text
    assert "All is well." in terminal.text
