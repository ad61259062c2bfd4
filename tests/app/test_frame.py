from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from textual.widgets import Static

from tui.app.widgets.frame import note

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]


async def test_the_edge_says_what_it_was_told_last_and_takes_it_as_text(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    frame = Static("inside", markup=False)
    frame.styles.border = ("round", "white")
    frame.styles.border_subtitle_align = "left"
    async with hosted(frame, size=(20, 3)) as pilot:
        for text in ("[/x] two", "", "one", "one"):
            note(frame, text)
            await pilot.pause()
            edge = screen_text(pilot.app).splitlines()[-1]
            assert edge == (f"╰─ {text} ─".ljust(19, "─") if text else "╰" + "─" * 18) + "╯"
            assert "inside" in screen_text(pilot.app)
