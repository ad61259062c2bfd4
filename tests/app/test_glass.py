"""Only what differs is written, and what the terminal may show otherwise is written again."""

import re

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.app.glass import Glass

CONSOLE = Console(force_terminal=True, color_system="truecolor")
RED, BLUE = Style(color="red"), Style(color="blue")


def line(*parts: tuple[str, Style]) -> Strip:
    return Strip([Segment(text, style) for text, style in parts])


def screen(*lines: Strip) -> LayoutUpdate:
    return LayoutUpdate([[one] for one in lines], Region(0, 0, lines[0].cell_length, len(lines)))


def written(glass: Glass, frame: LayoutUpdate | ChopsUpdate) -> str:
    """Return what is written, without its colours."""
    return re.sub(r"\x1b\[[\d;]*m", "", glass.difference(frame, CONSOLE))


def test_a_frame_is_written_once() -> None:
    glass, frame = Glass(), screen(line(("ab", RED), ("cd", BLUE)), line(("efgh", RED)))
    assert written(glass, frame) == "\x1b[1;1Habcd\x1b[2;1Hefgh"
    assert written(glass, frame) == ""
    glass.forget()
    assert written(glass, frame) == "\x1b[1;1Habcd\x1b[2;1Hefgh"


def test_only_what_differs_is_written_be_it_the_text_or_the_colour() -> None:
    glass = Glass()
    written(glass, screen(line(("ab", RED), ("cd", BLUE), ("ef", RED))))
    assert written(glass, screen(line(("ab", RED), ("cd", RED), ("ef", RED)))) == "\x1b[1;3Hcd"
    moved = screen(line(("a", RED), ("bcd", RED), ("ef", RED)))
    assert written(glass, moved) == "\x1b[1;1Habcd"


def test_a_part_of_a_line_leaves_the_rest_known() -> None:
    glass, whole = Glass(), line(("ab", RED), ("cd", BLUE), ("ef", RED))
    written(glass, screen(whole))
    part = ChopsUpdate([{0: line(("ab", RED)), 2: line(("xyef", BLUE))}], [(0, 0, 4)], [[2, 6]])
    assert written(glass, part) == "\x1b[1;3Hxy"
    assert written(glass, screen(whole)) == "\x1b[1;3Hcd"


def test_what_was_drawn_over_is_written_again() -> None:
    glass = Glass()
    frame = screen(line(("ab", RED), ("cd", BLUE)), line(("ef", RED), ("gh", BLUE)))
    written(glass, frame)
    glass.forget_part(2, 1, 2, 5)
    assert written(glass, frame) == "\x1b[2;3Hgh"
    glass.forget_text("c")
    assert written(glass, frame) == "\x1b[1;3Hcd"


@pytest.mark.parametrize("sign", ["e\u0301", "👩\u200d🚀", "⚡", "❤\ufe0f", "नि"])
def test_behind_what_terminals_take_for_wider_or_narrower_all_is_written(sign: str) -> None:
    glass = Glass()
    text = line((f"ab{sign}", RED), ("cd", BLUE), ("ef", RED))
    written(glass, screen(text))
    assert written(glass, screen(text)) == ""
    width = text.cell_length
    plain = line(("x" * (width - 4), RED), ("cd", BLUE), ("ef", RED))
    assert written(glass, screen(plain)).endswith("cdef")
    again = written(glass, screen(text))
    # Where the cursor is behind it is known to the terminal alone.
    assert again == f"\x1b[1;1Hab{sign}\x1b[1;{width - 3}Hcdef"
