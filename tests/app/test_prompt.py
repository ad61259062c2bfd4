from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from textual import events
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widget import Widget

from tui.app.widgets.bindings import RESERVED
from tui.app.widgets.form.controls import LineInput
from tui.app.widgets.prompt import PromptEditor
from tui.models import GPT_IMAGE, SEEDREAM

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]
Golden = Callable[[str, str], None]


def _editor(pilot: Pilot[Any]) -> PromptEditor:
    return pilot.app.query_one(PromptEditor)


async def _paste(pilot: Pilot[Any], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


async def test_chinese_text_wraps_and_is_told(
    hosted: Hosted, screen_text: ScreenText, golden: Golden
) -> None:
    prompt = "一只橙色的猫坐在海边的灯塔上，水彩画风格，柔和的晨光，远处有帆船和海鸥。"
    async with hosted(PromptEditor(), size=(40, 7)) as pilot:
        await _paste(pilot, prompt)
        golden("prompt-chinese-40x7", screen_text(pilot.app))
        assert pilot.app.told(PromptEditor.Edited)[-1].text == prompt


async def test_a_pasted_page_stays_as_it_is_and_submits_nothing(hosted: Hosted) -> None:
    page = "first line\n  second, indented\n\nfourth [/x] [b]not bold[/b]"
    async with hosted(PromptEditor(), size=(40, 7)) as pilot:
        await _paste(pilot, page)
        await pilot.press("enter", "ctrl+j", "x")
        assert _editor(pilot).text == page + "\n\nx"
        assert {type(one).__name__ for one in pilot.app.seen} & {"Submitted", "Pressed"} == set()


async def test_line_ends_of_other_terminals_become_line_feeds(hosted: Hosted) -> None:
    async with hosted(PromptEditor(), size=(40, 7)) as pilot:
        await _paste(pilot, "a\rb\r\nc")
        assert _editor(pilot).text == "a\nb\nc"


async def test_undo_and_redo(hosted: Hosted) -> None:
    async with hosted(PromptEditor("cat"), size=(40, 7)) as pilot:
        await pilot.press("end", "s", "ctrl+z")
        assert _editor(pilot).text == "cat"
        await pilot.press("ctrl+y")
        assert _editor(pilot).text == "cats"


async def test_a_text_from_elsewhere_can_be_undone_and_is_gone_on_with(hosted: Hosted) -> None:
    async with hosted(PromptEditor("a cat"), size=(40, 7)) as pilot:
        await pilot.press("end", "s")
        _editor(pilot).take("a lighthouse\nby night")
        await pilot.press("!")
        assert _editor(pilot).text == "a lighthouse\nby night!"
        await pilot.press("ctrl+z", "ctrl+z")
        assert _editor(pilot).text == "a cats"
        _editor(pilot).take("a cats")  # an editor that was left without a change
        await pilot.press("ctrl+z")
        assert _editor(pilot).text == "a cat"


async def test_usual_editing_keys_work(hosted: Hosted) -> None:
    async with hosted(PromptEditor("one two three"), size=(40, 7)) as pilot:
        await pilot.press("end", "ctrl+w")
        assert _editor(pilot).text == "one two "
        await pilot.press("ctrl+a", "ctrl+k")
        assert _editor(pilot).text == ""
        await pilot.press("a", "b", "shift+left", "c")
        assert _editor(pilot).text == "ac"
        await pilot.press("end", "ctrl+u")
        assert _editor(pilot).text == ""


@pytest.mark.parametrize("widget", [PromptEditor, LineInput])
def test_the_apps_own_keys_are_free_and_the_rest_is_named(widget: type[Widget]) -> None:
    bindings = [one for found in widget._merged_bindings.key_to_bindings.values() for one in found]
    assert bindings
    assert not {one.key for one in bindings} & RESERVED
    assert all(isinstance(one, Binding) and one.id and one.tooltip for one in bindings)


async def test_nothing_blinks(hosted: Hosted) -> None:
    async with hosted(PromptEditor(), size=(40, 7)) as pilot:
        assert not _editor(pilot).cursor_blink


async def test_controls_stay_in_the_text_and_off_the_screen(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    hostile = "cat\x1b]0;owned\x07 \x9b31m \u202etac"
    async with hosted(PromptEditor(), size=(60, 7)) as pilot:
        await _paste(pilot, hostile)
        shown = screen_text(pilot.app)
        assert _editor(pilot).text == hostile
    assert not set(shown) & set("\x1b\x07\x9b\u202e")
    assert "cat" in shown
    assert "holds control characters" in shown


async def test_the_length_shows_only_when_it_matters(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(PromptEditor("a cat"), size=(60, 7)) as pilot:
        _editor(pilot).advise(SEEDREAM.field("prompt").advice)
        await pilot.pause()
        assert "advised" not in screen_text(pilot.app)
        _editor(pilot).text = "猫" * 301
        await pilot.pause()
        assert "longer than advised" in screen_text(pilot.app)
        _editor(pilot).advise(GPT_IMAGE.field("prompt").advice)
        await pilot.pause()
        assert "advised" not in screen_text(pilot.app)
        _editor(pilot).text = "cat " * 8001
        await pilot.pause()
        assert "32,004 characters · longer than advised" in screen_text(pilot.app)


async def test_an_empty_prompt_asks(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(PromptEditor(), size=(40, 7)) as pilot:
        assert "What should the image show?" in screen_text(pilot.app)


async def test_up_recalls_earlier_prompts_where_there_is_nothing_to_lose(hosted: Hosted) -> None:
    async with hosted(PromptEditor(), size=(40, 7)) as pilot:
        editor = pilot.app.query_one(PromptEditor)
        editor.focus()
        await pilot.press("up")
        await pilot.pause()
        assert len(pilot.app.told(PromptEditor.EarlierWanted)) == 1
        editor.take_earlier(["the newest\nof them", "older"])
        assert editor.text == "the newest\nof them"
        await pilot.press("up", "up")  # first to its first line
        assert editor.text == "older"
        await pilot.press("up")
        assert editor.text == "older"
        await pilot.press("down", "down")
        assert editor.text == ""
        await pilot.press("up", "!")
        await pilot.press("up", "up")  # it is one's own text now
        assert editor.text == "the newest\nof them!"
