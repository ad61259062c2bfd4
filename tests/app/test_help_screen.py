import gc
import weakref
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tui.app.commands import all_bindings, commands
from tui.app.screens.confirm import ConfirmScreen
from tui.app.screens.help import HelpScreen
from tui.app.screens.line import LineScreen
from tui.app.terminal import TerminalApp
from tui.app.widgets.models import ModelPicker
from tui.app.widgets.prompt import PromptEditor

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]
Golden = Callable[[str, str], None]


class Panel(Static, can_focus=True):
    BINDING_GROUP_TITLE = "Panel"
    BINDINGS: ClassVar[list[Binding]] = [
        Binding("c,ctrl+l", "compare", "Compare", id="panel.compare", tooltip="Compare [b]two[/x]"),
        Binding("z", "nameless", "Nobody can remap this"),
    ]

    compared = False

    def action_compare(self) -> None:
        self.compared = True

    def action_nameless(self) -> None:
        pass


async def _open(pilot: Pilot[Any]) -> None:
    pilot.app.push_screen(HelpScreen(pilot.app.screen.active_bindings.values()))
    await pilot.pause()
    await pilot.pause()


async def test_the_active_keys_are_listed_with_what_they_do(
    hosted: Hosted, screen_text: ScreenText, golden: Golden
) -> None:
    async with hosted(ModelPicker(), Panel(), size=(80, 24)) as pilot:
        await _open(pilot)
        golden("help-80x24", screen_text(pilot.app))


async def test_keys_of_one_action_stand_together_and_text_is_no_markup(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(Panel(), size=(80, 24)) as pilot:
        await _open(pilot)
        text = screen_text(pilot.app)
    assert "c ^l               Compare [b]two[/x]" in text
    assert "Nobody" not in text


async def test_a_remapped_key_is_listed_as_it_is(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(Panel(), size=(80, 24)) as pilot:
        pilot.app.set_keymap({"panel.compare": "f7"})
        await _open(pilot)
        assert "f7                 Compare [b]two[/x]" in screen_text(pilot.app)


async def test_the_keys_of_the_rest_of_the_screen_are_listed_and_offered(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(PromptEditor(), Panel(), size=(80, 70)) as pilot:
        pilot.app.set_keymap({"panel.compare": "f7"})
        pilot.app.query_one(PromptEditor).focus()
        await pilot.pause()
        offered = {one.title: one for one in commands(pilot.app.screen)}
        await pilot.app.push_screen(HelpScreen(all_bindings(pilot.app.screen)))
        await pilot.pause()
        await pilot.pause()
        text = screen_text(pilot.app)
        await offered["Panel: Compare"].callback()
        assert pilot.app.query_one(Panel).compared
    assert "f7                 Compare [b]two[/x]" in text
    assert text.index("Panel") < text.index("Undo")
    assert set(offered) == {"Panel: Compare"}  # nothing that only moves a cursor


async def test_editing_keys_are_there_too(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(PromptEditor(), size=(80, 60)) as pilot:
        await _open(pilot)
        text = screen_text(pilot.app)
    assert "Prompt" in text
    assert "^z" in text
    assert "Undo" in text


@pytest.mark.parametrize("key", ["escape", "f1", "question_mark"])
async def test_it_closes(hosted: Hosted, key: str) -> None:
    async with hosted(Panel(), size=(80, 24)) as pilot:
        await _open(pilot)
        await pilot.press(key)
        await pilot.pause()
        assert not isinstance(pilot.app.screen, HelpScreen)


async def test_of_a_closed_screen_nothing_is_kept() -> None:
    async with TerminalApp().run_test(size=(80, 24)) as pilot:
        await _open(pilot)
        painted = weakref.ref(pilot.app.screen._styles_cache)
        await pilot.press("escape")
        await pilot.pause()
        gc.collect()
        assert painted() is None


async def test_a_dialog_lists_its_own_keys(screen_text: ScreenText) -> None:
    async with TerminalApp().run_test(size=(80, 24)) as pilot:
        pilot.app.push_screen(ConfirmScreen("Send?", "It costs.", yes="Send", no="Leave it"))
        await pilot.pause()
        await pilot.press("f1")
        await pilot.pause()
        text = screen_text(pilot.app)
        assert "Question" in text
        assert "y                  Do it" in text
        assert "f1                 The keys here" in text
        await pilot.press("f1")
        await pilot.pause()
        assert isinstance(pilot.app.screen, ConfirmScreen)
        pilot.app.push_screen(LineScreen("Note", "", ""))
        await pilot.pause()
        await pilot.press("question_mark", "f1")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen.query_one(Input).value == "?"
