"""A real tmux, with the lines of docs/ssh.md and without any."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
TMUX = shutil.which("tmux")
WIDE = (160, 45)
OUTSIDE = {  # what tmux asks the terminal outside
    "\x1b[c": "\x1b[?62;c",
    "\x1b[>c": "\x1b[>1;4000;29c",
    "\x1b[>q": "\x1bP>|kitty(0.41.1)\x1b\\",
}
pytestmark = pytest.mark.skipif(TMUX is None, reason="needs tmux")


@pytest.fixture
def tmux(tmp_path: Path, environ: dict[str, str]) -> Iterator[list[str]]:
    """Return how a tmux of our own is called, whose settings are a file of ours."""
    environ["LC_ALL"] = "C.UTF-8"
    environ.pop("TMUX", None)
    # Not below tmp_path, which is too long for a socket's name.
    command = [str(TMUX), "-L", f"imagedeck-{os.getpid()}", "-f", str(tmp_path / "tmux.conf")]
    yield command
    subprocess.run([*command, "kill-server"], capture_output=True, check=False, timeout=20)


def configure(tmp_path: Path, *, as_told: bool) -> None:
    page = (PROJECT / "docs" / "ssh.md").read_text("utf-8")
    found = re.search(r"```tmux\n(.*?)```", page, re.DOTALL)
    assert found
    (tmp_path / "tmux.conf").write_text(found[1] if as_told else "")


@pytest.mark.parametrize(
    ("as_told", "color", "has_pictures"),
    [(True, b"8;2;", True), pytest.param(False, b"8;5;", False, marks=pytest.mark.soak)],
)
def test_it_goes_on_without_its_terminal_and_comes_back(
    tmux: list[str],
    tmp_path: Path,
    open_terminal: Callable[..., Any],
    as_told: bool,
    color: bytes,
    has_pictures: bool,
) -> None:
    configure(tmp_path, as_told=as_told)
    app = f"{sys.executable} -P -m tui --demo"
    start = (*tmux, "new", "-A", "-s", "images", app)
    options = {"command": start, "size": WIDE, "answers": OUTSIDE}
    truecolor = "truecolor" if as_told else None
    first = open_terminal(**options, COLORTERM=truecolor)
    first.see("DEMO", "No jobs yet")
    first.send("a lighthouse\x07")
    first.see("saved", "sha256")
    first.until(lambda: (b"\x1b_Ga=T" if has_pictures else "▀".encode()) in first.raw)
    first.rest()
    assert (b"\x1b_G" in first.raw) is has_pictures
    assert color in first.raw
    first.hang_up()
    second = open_terminal(**options, COLORTERM=truecolor)
    second.see("a lighthouse", "saved", "sha256")
    second.resize(100, 30)
    second.send(" at night")
    second.see("a lighthouse at night")
    second.send("\x11")
    second.until(lambda: second.code is not None)
    second.until(lambda: "[exited]" in second.text)
