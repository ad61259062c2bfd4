from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static

from tui.app.screens.key import DemoChosen, KeyGiven, KeyScreen
from tui.services.keys.key import Key

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]
Golden = Callable[[str, str], None]

ORIGIN = "https://tokenhub.piegateway.me"
KEY = "sk-" + "k3y" * 12


async def _open(pilot: Pilot[Any], fault: str = "") -> list[Any]:
    results = []
    pilot.app.push_screen(KeyScreen(ORIGIN, fault), results.append)
    await pilot.pause()
    await pilot.pause()
    return results


async def test_it_explains_what_is_needed_and_where_it_goes(
    hosted: Hosted, screen_text: ScreenText, golden: Golden
) -> None:
    async with hosted(Static("below"), size=(80, 24)) as pilot:
        await _open(pilot, "The gateway refused the key (401).")
        golden("key-80x24", screen_text(pilot.app))


async def test_a_pasted_key_is_taken_and_never_shown(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(Static("below"), size=(80, 24)) as pilot:
        results = await _open(pilot)
        pilot.app.post_message(events.Paste(f"{KEY}\nand more"))
        await pilot.pause()
        assert KEY not in screen_text(pilot.app)
        assert "•" * len(KEY) in screen_text(pilot.app)
        await pilot.press("ctrl+shift+a", "ctrl+c", "ctrl+x")
        assert pilot.app.clipboard == ""
        await pilot.press("enter")
        assert results == [KeyGiven(Key(KEY))]
        assert KEY not in repr(results)


async def test_the_button_saves_too(hosted: Hosted) -> None:
    async with hosted(Static("below"), size=(80, 24)) as pilot:
        results = await _open(pilot)
        await pilot.press(*"abc")
        await pilot.click("#key-save")
        assert results == [KeyGiven(Key("abc"))]


@pytest.mark.parametrize(
    ("text", "words"), [("", "The key is empty."), ("schlüssel", "letter outside ASCII")]
)
async def test_what_can_be_no_key_is_refused_in_words(
    hosted: Hosted, screen_text: ScreenText, text: str, words: str
) -> None:
    async with hosted(Static("below"), size=(80, 24)) as pilot:
        results = await _open(pilot)
        await pilot.press(*text, "enter")
        await pilot.pause()
        assert words in " ".join(screen_text(pilot.app).replace("│", "").split())
        assert results == []
        await pilot.press("x")
        await pilot.pause()
        assert words not in screen_text(pilot.app)


@pytest.mark.parametrize("keys", [["ctrl+d"], ["tab", "d"], ["tab", "tab", "enter"]])
async def test_the_demo_is_a_key_away(hosted: Hosted, keys: list[str]) -> None:
    async with hosted(Static("below"), size=(80, 24)) as pilot:
        results = await _open(pilot)
        await pilot.press(*keys)
        assert results == [DemoChosen()]


async def test_a_d_in_a_key_is_a_letter(hosted: Hosted) -> None:
    async with hosted(Static("below"), size=(80, 24)) as pilot:
        results = await _open(pilot)
        await pilot.press("d", "d", "enter")
        assert results == [KeyGiven(Key("dd"))]


@pytest.mark.parametrize("way", ["key", "mouse"])
async def test_one_can_leave(hosted: Hosted, way: str) -> None:
    async with hosted(Static("below"), size=(80, 24)) as pilot:
        results = await _open(pilot)
        if way == "key":
            await pilot.press("escape")
        else:
            await pilot.click("#key-leave")
        assert results == [None]


async def test_a_hostile_fault_is_shown_as_text(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(Static("below"), size=(80, 24)) as pilot:
        await _open(pilot, "[/x] said\x1b[2J \u202eno")
        shown = screen_text(pilot.app)
    assert "[/x] said\\x1b[2J \\u{202e}no" in shown
