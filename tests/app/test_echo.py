"""What is typed before the app draws is shown as it will be, and kept byte for byte."""

import os
from pathlib import Path

import pytest

from tui.app.echo import Echo, Typed


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("a lighthouse", "a lighthouse"),
        ("灯塔ß", "灯塔ß"),
        ("ab\x7fc\x08d", "ad"),
        ("one\rtwo", "one\ntwo"),
        ("\x1b[?62;22ca\x1bP>|kitty(0.40)\x1b\\b\x1b_Gi=31;OK\x1b\\c\x1b[6;20;10td", "abcd"),
        ("\x1b[A\x1bOPx\x1b[1;5Cy\x1bnz\x07\x01\t\u202e", "xyz"),
    ],
)
def test_text_is_told_from_keys_and_answers(data: str, shown: str) -> None:
    whole, pieces = Typed(), Typed()
    whole.take(data.encode())
    for byte in data.encode():
        pieces.take(bytes([byte]))
    assert whole.text == pieces.text == shown


def test_everything_is_kept_until_it_stops_and_nothing_is_read_after(tmp_path: Path) -> None:
    keys, hand = os.pipe()
    screen = os.open(tmp_path / "screen", os.O_RDWR | os.O_CREAT)
    echo = Echo(keys, screen)
    os.write(hand, b"a\x1b[A")
    kept = os.read(echo.kept, 10)
    while len(kept) < 4:
        kept += os.read(echo.kept, 10)
    echo.stop()
    os.write(hand, b"later")
    assert kept == b"a\x1b[A"
    assert os.read(echo.kept, 10) == b""
    assert os.read(keys, 10) == b"later"
    assert b"a" in os.pread(screen, 100, 0)
