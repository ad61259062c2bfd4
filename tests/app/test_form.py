from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tui.app.widgets.form import RequestForm
from tui.core.model import Model
from tui.models import GPT_IMAGE, MODELS, SEEDREAM

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]
Golden = Callable[[str, str], None]

SMALL, WIDE = (56, 14), (100, 14)


def form_of(pilot: Pilot[Any]) -> RequestForm:
    return pilot.app.query_one(RequestForm)


def last(pilot: Pilot[Any]) -> RequestForm.Changed:
    return pilot.app.told(RequestForm.Changed)[-1]


async def settle(pilot: Pilot[Any]) -> None:
    await pilot.pause()
    await pilot.pause()


async def focus(pilot: Pilot[Any], name: str) -> None:
    pilot.app.query_one(f"#value-{name}").focus()
    await pilot.pause()


async def type_into(pilot: Pilot[Any], name: str, text: str) -> None:
    await focus(pilot, name)
    await pilot.press(*text)
    await settle(pilot)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["56x14", "100x14"])
async def test_every_field_of_every_model_has_its_row(
    hosted: Hosted, screen_text: ScreenText, golden: Golden, model: Model, size: tuple[int, int]
) -> None:
    async with hosted(RequestForm(model), size=size) as pilot:
        golden(f"form-{model.id}-{size[0]}x{size[1]}", screen_text(pilot.app))


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["56x14", "100x14"])
async def test_faults_stand_below_their_fields(
    hosted: Hosted, screen_text: ScreenText, golden: Golden, size: tuple[int, int]
) -> None:
    values = {"size": "1920x1080", "n": 0, "background": "transparent", "output_compression": 101}
    async with hosted(RequestForm(GPT_IMAGE, values), size=size) as pilot:
        await focus(pilot, "size")
        golden(f"form-faults-{size[0]}x{size[1]}", screen_text(pilot.app))


async def test_what_is_typed_is_checked_at_once(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SMALL) as pilot:
        form_of(pilot).set_prompt("a cat")
        await settle(pilot)
        assert last(pilot).checked.request.values == {"prompt": "a cat"}
        await type_into(pilot, "size", "1024x1024")
        assert "error: must have at least 3,686,400 pixels" in screen_text(pilot.app)
        assert last(pilot).checked.request is None
        await pilot.press("ctrl+u")
        await settle(pilot)
        assert "error" not in screen_text(pilot.app)
        assert last(pilot).checked.request.values == {"prompt": "a cat"}


async def test_the_nearest_value_is_a_key_away_and_the_line_names_the_key(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(GPT_IMAGE), size=WIDE) as pilot:
        await type_into(pilot, "size", "1920x1080")
        assert "warning: each side should be a multiple of 16" in screen_text(pilot.app)
        assert "^n: 1920x1088" in screen_text(pilot.app)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert form_of(pilot).values() == {"size": "1920x1088"}
        assert "warning" not in screen_text(pilot.app)


async def test_a_remapped_key_is_the_one_that_is_named(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(GPT_IMAGE, {"size": "1920x1080"}), size=WIDE) as pilot:
        pilot.app.set_keymap({"form.nearest": "f8"})
        await focus(pilot, "n")
        assert "nearest: 1920x1088" in screen_text(pilot.app)
        await focus(pilot, "size")
        assert "f8: 1920x1088" in screen_text(pilot.app)
        await pilot.press("f8")
        assert form_of(pilot).values() == {"size": "1920x1088"}


async def test_a_click_on_the_fault_takes_the_nearest_value(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(GPT_IMAGE, {"n": 0}), size=WIDE) as pilot:
        line = next(
            n for n, text in enumerate(screen_text(pilot.app).splitlines()) if "at least" in text
        )
        await pilot.click(offset=(6, line))
        await settle(pilot)
        assert form_of(pilot).values() == {"n": "1"}


async def test_of_two_nearest_values_the_next_press_takes_the_other(hosted: Hosted) -> None:
    async with hosted(RequestForm(SEEDREAM, {"size": "1280x720"}), size=WIDE) as pilot:
        await focus(pilot, "size")
        await pilot.press("ctrl+n")
        await settle(pilot)
        first = form_of(pilot).values()["size"]
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert (first, form_of(pilot).values()["size"]) == ("2560x1440", "1920x1920")


async def test_choices_cycle_and_open_as_a_list(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(RequestForm(GPT_IMAGE), size=WIDE) as pilot:
        await focus(pilot, "quality")
        await pilot.press("right", "right")
        await settle(pilot)
        assert form_of(pilot).values() == {"quality": "medium"}
        await pilot.press("left", "left", "left")
        await settle(pilot)
        assert form_of(pilot).values() == {"quality": "high"}
        await pilot.press("delete")
        await settle(pilot)
        assert form_of(pilot).values() == {}
        await pilot.press("enter", "down")
        assert all(word in screen_text(pilot.app) for word in ("low", "medium", "high"))
        await pilot.press("enter")
        await settle(pilot)
        assert form_of(pilot).values() == {"quality": "low"}


async def test_numbers_count_and_sizes_run_through_examples(hosted: Hosted) -> None:
    async with hosted(RequestForm(GPT_IMAGE), size=WIDE) as pilot:
        await focus(pilot, "n")
        await pilot.press("up", "up", "up", "down")
        await focus(pilot, "size")
        await pilot.press("down", "down", "up")
        await focus(pilot, "output_compression")
        await pilot.press("up", "down")
        await settle(pilot)
        assert form_of(pilot).values() == {"n": "2", "size": "1024x1024", "output_compression": "0"}


async def test_a_size_completes_from_the_examples(hosted: Hosted) -> None:
    async with hosted(RequestForm(SEEDREAM), size=WIDE) as pilot:
        await type_into(pilot, "size", "256")
        await pilot.press("right", "enter")
        await settle(pilot)
        assert form_of(pilot).values() == {"size": "2560x1440"}
        assert pilot.app.focused.id == "new-reference"


async def test_a_line_explains_the_field_with_the_focus(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(GPT_IMAGE), size=WIDE) as pilot:
        await focus(pilot, "quality")
        assert "Quality tier; high takes over two minutes." in screen_text(pilot.app)


async def test_a_long_prompt_is_advised_against_an_empty_one_is_not_scolded(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SMALL) as pilot:
        assert "prompt" not in screen_text(pilot.app)
        form_of(pilot).set_prompt("猫" * 301)
        await settle(pilot)
        assert "warning: prompt has 301 Chinese characters" in screen_text(pilot.app)
        assert last(pilot).checked.request is not None


async def test_an_estimate_needs_no_prompt(hosted: Hosted) -> None:
    async with hosted(RequestForm(GPT_IMAGE, {"n": 3}), size=SMALL) as pilot:
        assert form_of(pilot).estimated()[0].count == 3
        assert form_of(pilot).checked.request is None


async def test_hostile_values_reach_no_terminal(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(RequestForm(SEEDREAM), size=WIDE) as pilot:
        await focus(pilot, "size")
        pilot.app.post_message(events.Paste("[/x]\x1b]0;owned\x07\x9b31m\u202e12"))
        await settle(pilot)
        shown = screen_text(pilot.app)
    assert not set(shown) & set("\x1b\x07\x9b\u202e")
    assert "[/x]" in shown
    assert "error: must be WIDTHxHEIGHT" in shown


async def test_it_shrinks_and_grows_with_the_window(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(GPT_IMAGE, {"n": 0}), size=SMALL) as pilot:
        await pilot.resize_terminal(1, 1)
        await pilot.resize_terminal(*WIDE)
        assert "output compression" in screen_text(pilot.app)
