from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from tui.app.widgets.models import ModelPicker
from tui.models import GEMINI_PRO, GPT_IMAGE, MODELS, SEEDREAM

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]
Golden = Callable[[str, str], None]


async def test_every_model_stands_in_22_by_9_with_its_number_and_what_it_is_best_for(
    hosted: Hosted, screen_text: ScreenText, golden: Golden
) -> None:
    async with hosted(ModelPicker(), size=(22, 9)) as pilot:
        golden("models-22x9", screen_text(pilot.app))


async def test_with_more_room_the_words_stand_there_whole(
    hosted: Hosted, screen_text: ScreenText, golden: Golden
) -> None:
    async with hosted(ModelPicker(), size=(40, 20)) as pilot:
        text = screen_text(pilot.app)
        golden("models-40x20", text)
    for model in MODELS:
        assert model.title in text
        assert all(word in text for word in model.best_for.split())


async def test_keys_move_the_cursor_and_enter_chooses(hosted: Hosted) -> None:
    async with hosted(ModelPicker(), size=(30, 9)) as pilot:
        await pilot.press("j", "down", "k", "j", "enter")
        assert [one.model for one in pilot.app.told(ModelPicker.Chosen)] == [GEMINI_PRO]
        await pilot.press("end", "down", "enter", "home", "up", "enter", "down", "space")
        picker = pilot.app.query_one(ModelPicker)
    chosen = [one.model for one in pilot.app.told(ModelPicker.Chosen)]
    assert chosen == [GEMINI_PRO, GPT_IMAGE, SEEDREAM]
    assert [one.title for one in picker.others] == [MODELS[1].title]


async def test_a_digit_chooses_at_once(hosted: Hosted) -> None:
    async with hosted(ModelPicker(), size=(30, 9)) as pilot:
        for key in "4321":
            await pilot.press(key)
        chosen = [one.model for one in pilot.app.told(ModelPicker.Chosen)]
    assert chosen == list(reversed(MODELS))


async def test_the_mouse_chooses(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(ModelPicker(), size=(30, 9)) as pilot:
        await pilot.click(ModelPicker, offset=(5, 5))
        assert [one.model for one in pilot.app.told(ModelPicker.Chosen)] == [GEMINI_PRO]
        await pilot.click(ModelPicker, offset=(5, 8))  # below the last one
        assert len(pilot.app.told(ModelPicker.Chosen)) == 1
        assert "▌3 Gemini 3 Pro Image" in screen_text(pilot.app)


async def test_a_choice_made_elsewhere_is_shown_without_a_message(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(ModelPicker(), size=(30, 9)) as pilot:
        pilot.app.query_one(ModelPicker).show(GPT_IMAGE)
        await pilot.pause()
        assert "▌4 GPT-Image-2" in screen_text(pilot.app)
        assert not pilot.app.told(ModelPicker.Chosen)


async def test_a_window_too_small_for_anything_is_survived(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(ModelPicker(), size=(12, 4)) as pilot:
        assert "4 GPT-" in screen_text(pilot.app)
        await pilot.resize_terminal(1, 1)
        await pilot.resize_terminal(30, 9)
        assert "4 GPT-Image-2" in screen_text(pilot.app)


async def test_the_cursor_shows_only_with_the_focus(hosted: Hosted) -> None:
    async with hosted(ModelPicker(), size=(30, 9)) as pilot:
        picker = pilot.app.query_one(ModelPicker)
        with_focus = picker.render_line(0)
        pilot.app.set_focus(None)
        await pilot.pause()
        assert picker.render_line(0) != with_focus
