from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar

from textual.binding import Binding
from textual.widgets import Static

from tui.app.widgets.keybar import KeyBar

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]


class Panel(Static, can_focus=True):
    BINDINGS: ClassVar[list[Binding]] = [
        Binding("c,ctrl+l", "note('c')", "Compare", id="panel.compare"),
        Binding("d", "note('d')", "Delete", id="panel.delete"),
        Binding("e", "note('e')", "Hidden", show=False, id="panel.hidden"),
        Binding("f1", "note('help')", "Help", id="app.help"),
    ]

    def action_note(self, key: str) -> None:
        self.update(f"did {key}")


async def test_keys_are_named_whole_or_not_at_all_and_help_always(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(Panel(), KeyBar(), size=(40, 3)) as pilot:
        assert screen_text(pilot.app).splitlines()[-1] == " c Compare  d Delete            f1 Help"
        await pilot.resize_terminal(24, 3)
        await pilot.pause()
        assert screen_text(pilot.app).splitlines()[-1] == " c Compare      f1 Help"
        pilot.app.set_focus(None)
        await pilot.pause()
        assert "Compare" not in screen_text(pilot.app)


async def test_a_click_presses_the_key(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(Panel(), KeyBar(), size=(40, 3)) as pilot:
        for x, did in ((2, "did c"), (14, "did d"), (36, "did help")):
            await pilot.click(KeyBar, offset=(x, 0))
            await pilot.pause()
            assert did in screen_text(pilot.app)
        await pilot.click(KeyBar, offset=(25, 0))  # between them
        await pilot.pause()
        assert "did help" in screen_text(pilot.app)
