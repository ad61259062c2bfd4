"""What a key costs on a slow line: all bytes that a terminal is written, counted."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., Any]
SIZES = [(80, 24), (200, 50)]
IN_ONE_GO = {"\x1b[?2026$p": "\x1b[?2026;2$y"}  # frames are written between two marks
KITTY = {
    "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\": "\x1b_Gi=31;OK\x1b\\",
    "\x1b[>0q": "\x1bP>|kitty(0.41.1)\x1b\\",
}
ANSWERS = {
    "kitty": {**IN_ONE_GO, **KITTY, "\x1b[16t": "\x1b[6;16;8t", "\x1b[c": "\x1b[?62;c"},
    "sixel": {**IN_ONE_GO, "\x1b[16t": "\x1b[6;16;8t", "\x1b[c": "\x1b[?62;4;22c"},
    "plain": {**IN_ONE_GO, "\x1b[c": "\x1b[?62;22c"},
}
PICTURE = {
    "kitty": rb"(?s)\x1b_Ga=T.*?m=0;",
    "sixel": rb'\x1bP0;1;0q"1;1;',
    "plain": b"\xe2\x96\x80",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, make_gallery: Open) -> Path:
    """A home with two images in it."""
    place: Path = make_gallery(tmp_path_factory.mktemp("bytes"), 2)
    return place


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", ["kitty", "plain"])
def test_a_letter_costs_the_line_it_is_typed_into(
    open_terminal: Open, kind: str, size: tuple[int, int]
) -> None:
    terminal = open_terminal("--demo", size=size, answers=ANSWERS[kind], COLORTERM="truecolor")
    terminal.see("DEMO", "a lighthouse", "saved")
    terminal.rest(1.0)
    for key in ("a", " ", "b", "\x1b[D", "\x7f"):
        assert len(terminal.written(key)) <= 300
    terminal.see("╮", "b")
    wide = terminal.written("猫👩\u200d🚀", "猫".encode())
    assert len(wide) <= 900  # one frame a letter, where the machine is slow


@pytest.mark.parametrize("kind", ["kitty", "sixel", "plain"])
def test_what_looks_the_same_is_not_written_again(open_terminal: Open, kind: str) -> None:
    terminal = open_terminal("--demo", size=(160, 45), answers=ANSWERS[kind])
    terminal.see("a lighthouse", "sha256")
    terminal.until(lambda: re.search(PICTURE[kind], terminal.raw))
    terminal.rest(1.0)
    frame = terminal.written("\x1b[O\x1b[I")  # the window loses the focus, and has it again
    assert len(frame) <= 5_000
    assert not re.search(PICTURE[kind], frame)
    mouse = "".join(f"\x1b[<35;{x};20M" for x in range(60, 80))  # over the table
    assert len(terminal.written(mouse)) <= 500
    terminal.written("\x10", b"Columns")
    terminal.rest(1.5)
    assert terminal.read(1.5) == b""  # the palette is quiet, too
    terminal.written("\x1b")
    terminal.see("sha256")
    before = terminal.text
    terminal.emulator.alternate.reset()  # somebody else has written on it
    assert len(terminal.written("\x1bl", PICTURE[kind])) > 3_000
    assert terminal.text == before
