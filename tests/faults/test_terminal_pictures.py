"""Pictures in terminals that answer as kitty, sixel, plain, mute, late and tmux terminals do."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., Any]
PLAIN = {"\x1b[c": "\x1b[?62;22c"}
SIXEL = {"\x1b[16t": "\x1b[6;16;8t", "\x1b[c": "\x1b[?62;4;22c"}
KITTY = {
    "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\": "\x1b_Gi=31;OK\x1b\\",
    "\x1b[>0q": "\x1bP>|kitty(0.41.1)\x1b\\",
    "\x1b[16t": "\x1b[6;16;8t",
    "\x1b[c": "\x1b[?62;c",
}
OLD_KITTY = {**KITTY, "\x1b[>0q": "\x1bP>|kitty(0.26.5)\x1b\\"}
KONSOLE = {**KITTY, "\x1b[>0q": "\x1bP>|Konsole 25.04.2\x1b\\", "\x1b[c": "\x1b[?62;1;4c"}
SENT = rb"(?s)\x1b_Ga=T.*?m=0;[^\x1b]*\x1b\\"
DELETED = b"\x1b_Ga=d,d=I,i=%d,q=2\x1b\\"
SIXELS = rb'\x1bP0;1;0q"1;1;[^\x1b]*\x1b\\'
CELL = "\U0010eeee"
HALF = "▀".encode()
WIDE = (160, 45)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, make_gallery: Open) -> Path:
    """A home with three images in it."""
    place: Path = make_gallery(tmp_path_factory.mktemp("gallery"), 3)
    return place


def drawn(terminal: Any, mark: bytes | None) -> bytes:
    """Return everything that was written until such a picture stands beside what is known."""
    terminal.see("a lighthouse", "sha256")
    terminal.until(lambda: mark is None or re.search(mark, terminal.raw))
    terminal.rest()
    return terminal.raw


def to_the_table(terminal: Any) -> None:
    terminal.send("\x0f")  # jump
    terminal.see("Jobs")
    terminal.rest()
    terminal.send("j")
    terminal.rest()


def leave(terminal: Any) -> bytes:
    before = len(terminal.raw)
    terminal.send("\x11")
    assert terminal.end() == 0
    terminal.assert_restored()
    return terminal.raw[before:]


@pytest.mark.parametrize(
    ("answers", "mark"),
    [
        (KITTY, SENT),
        (SIXEL, SIXELS),
        (KONSOLE, SIXELS),
        (OLD_KITTY, HALF),
        (PLAIN, HALF),
        ({}, HALF),
    ],
    ids=["kitty", "sixel", "konsole", "old kitty", "plain", "mute"],
)
def test_the_best_that_a_terminal_can(
    open_terminal: Open, answers: dict[str, str], mark: bytes
) -> None:
    terminal = open_terminal("--demo", size=WIDE, answers=answers)
    raw = drawn(terminal, mark)
    assert not [one for one in {SENT, SIXELS} - {mark} if re.search(one, raw)]
    leave(terminal)


def test_kitty_gets_each_picture_once_and_nothing_for_a_repaint(open_terminal: Open) -> None:
    terminal = open_terminal("--demo", size=WIDE, answers=KITTY)
    raw = drawn(terminal, SENT)
    (sent,) = re.findall(SENT, raw)
    number = int(re.search(rb"i=(\d+)", sent)[1])
    assert len(sent) <= 50_000
    assert b"\x1b[38;5;%d" % number in raw  # as a colour of the palette, whatever COLORTERM says
    to_the_table(terminal)
    for key in "jjk":
        switch = terminal.written(key, SENT)
        (sent,) = re.findall(SENT, switch)
        assert len(sent) <= 50_000
        assert DELETED % number in switch
        assert CELL.encode() in switch
    focus = "\x1b[O\x1b[I"  # it goes, and comes back
    assert b"\x1b_G" not in terminal.written(focus)
    assert CELL in terminal.text
    terminal.written("\x1bOP")
    terminal.see("Keys", "esc closes")
    assert CELL not in terminal.text  # help stands above it
    again = terminal.written("\x1b", CELL.encode())
    assert b"\x1b_G" not in again
    assert DELETED % number in leave(terminal)


def test_sixels_are_sent_once_a_switch_and_never_over_what_is_above(open_terminal: Open) -> None:
    terminal = open_terminal("--demo", size=WIDE, answers=SIXEL)
    assert len(re.findall(SIXELS, drawn(terminal, SIXELS))) == 1
    to_the_table(terminal)
    for key in "jk":
        (found,) = re.finditer(SIXELS, terminal.written(key, SIXELS))
        assert len(found[0]) <= 100_000
    focus = "\x1b[O\x1b[I"  # it goes, and comes back
    assert not re.search(SIXELS, terminal.written(focus))
    assert not re.search(SIXELS, terminal.written("\x1bOP"))  # help stands above it
    assert len(re.findall(SIXELS, terminal.written("\x1b", SIXELS))) == 1
    leave(terminal)


@pytest.mark.parametrize(
    ("answers", "mark"), [(KITTY, SENT), (SIXEL, SIXELS)], ids=["kitty", "sixel"]
)
def test_a_window_that_was_smaller_for_a_while_has_its_picture_again(
    open_terminal: Open, answers: dict[str, str], mark: bytes
) -> None:
    terminal = open_terminal("--demo", size=WIDE, answers=answers)
    drawn(terminal, mark)
    terminal.resize(100, 45)
    terminal.until(lambda: "Preview" not in terminal.text)
    terminal.rest()
    before = len(terminal.raw)
    terminal.resize(*WIDE)
    terminal.until(lambda: re.search(mark, terminal.raw[before:]))
    leave(terminal)


@pytest.mark.parametrize("late", [0.3, 2.0])
def test_late_answers_are_understood_or_dropped_but_never_typed(
    open_terminal: Open, late: float
) -> None:
    terminal = open_terminal("--demo", size=WIDE, answers=KITTY, late=late)
    terminal.send("early ")
    terminal.see("DEMO", "sha256")
    terminal.rest(2.5)
    terminal.send("late")
    terminal.see("early late")
    assert (b"\x1b_Ga=T" in terminal.raw) is (late < 0.5)
    leave(terminal)


@pytest.mark.parametrize(
    ("features", "kind", "passthrough", "mark"),
    [
        ("256,RGB,sixel,title", "XTerm(379)", "off", SIXELS),
        ("256,RGB,title", "kitty(0.41.1)", "on", rb"\x1bPtmux;\x1b\x1b_Ga=T"),
        ("RGB,title", "kitty(0.41.1)", "1", rb"\x1bPtmux;\x1b\x1b_Ga=T"),  # tmux 3.3
        ("256,RGB,title", "kitty(0.41.1)", "off", HALF),
        ("256,RGB,title", "XTerm(379)", "all", HALF),
        (None, None, None, HALF),
    ],
)
def test_tmux_is_asked_about_the_terminal_outside(
    open_terminal: Open, home: Path, features: str, kind: str, passthrough: str, mark: bytes
) -> None:
    tmux = home / "bin" / "tmux"
    tmux.parent.mkdir(exist_ok=True)
    said = f"echo '{features}|{kind}|{passthrough}'" if features else "exit 1"
    tmux.write_text(f"#!/bin/sh\n{said}\n")
    tmux.chmod(0o700)
    terminal = open_terminal(
        "--demo",
        size=WIDE,
        answers={**SIXEL, "\x1b[>0q": "\x1bP>|tmux 3.5a\x1b\\"},
        TMUX="/tmp/tmux-0/x,1,0",
        TERM="tmux-256color",
        PATH=f"{tmux.parent}:{os.environ['PATH']}",
    )
    raw = drawn(terminal, mark)
    assert not re.search(rb"(?<!\x1b)\x1b_G", raw)  # which tmux takes for a title
    if mark != SIXELS:
        assert not re.search(SIXELS, raw)
    leave(terminal)


@pytest.mark.parametrize(
    ("variables", "args", "mark"),
    [
        ({"NO_COLOR": "1"}, (), None),
        ({"TERM": "tmux-256color"}, (), HALF),
        ({}, ("--preview=off",), None),
        ({}, ("--preview", "half"), HALF),
        ({"NO_COLOR": "1"}, ("--preview", "kitty"), SENT),
    ],
    ids=str,
)
def test_what_is_asked_for_goes_before_what_is_found(
    open_terminal: Open, variables: dict[str, str], args: tuple[str, ...], mark: bytes | None
) -> None:
    terminal = open_terminal("--demo", *args, size=WIDE, answers=KITTY, **variables)
    raw = drawn(terminal, mark)
    found = [one for one in (SENT, HALF, SIXELS) if re.search(one, raw)]
    assert found == [mark] if mark else not found
    leave(terminal)
