from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from tui.app.widgets.form import RequestForm
from tui.core.fault import Fault
from tui.core.request import Reference
from tui.models import GEMINI_FLASH, GEMINI_PRO, GPT_IMAGE, SEEDREAM

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]

SMALL, WIDE = (56, 14), (100, 14)
CAT = Reference(
    name="cat.png", sha256="c" * 64, media_type="image/png", bytes=1_258_291, width=1024, height=768
)


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


async def test_a_model_begins_with_what_the_settings_say(hosted: Hosted) -> None:
    usual = {"gpt-image-2": {"quality": "high", "n": 2}, "seedream-5.0-lite": {"size": "3K"}}
    async with hosted(RequestForm(SEEDREAM, {}, usual), size=WIDE) as pilot:
        form = form_of(pilot)
        assert form.values() == {"size": "3K"}
        form.set_model(GPT_IMAGE)
        await settle(pilot)
        assert form.values() == {"quality": "high", "n": "2"}
        await focus(pilot, "n")
        await pilot.press("ctrl+u")
        form.set_model(SEEDREAM)
        form.set_model(GPT_IMAGE)
        await settle(pilot)
        assert form.values() == {"quality": "high"}
    async with hosted(RequestForm(SEEDREAM, {"size": "2K"}, usual), size=WIDE) as pilot:
        assert form_of(pilot).values() == {"size": "2K"}  # a draft goes before


async def test_values_go_over_to_another_model_by_meaning_and_come_back(hosted: Hosted) -> None:
    async with hosted(RequestForm(GPT_IMAGE), size=WIDE) as pilot:
        form = form_of(pilot)
        await type_into(pilot, "size", "1536x1024")
        await focus(pilot, "quality")
        await pilot.press("right", "right", "right")
        await settle(pilot)
        assert form.values() == {"size": "1536x1024", "quality": "high"}
        lost = form.set_model(GEMINI_FLASH)
        await settle(pilot)
        assert form.values() == {"size": "1K", "aspect_ratio": "3:2"}
        assert "pixels 1.6 MP → 1.0 MP, no quality high" in lost
        form.set_model(GEMINI_PRO)
        await settle(pilot)
        form.set_model(GPT_IMAGE)  # nobody changed anything on the way
        await settle(pilot)
        assert form.values() == {"size": "1536x1024", "quality": "high"}
        assert pilot.app.query_one("#value-size", Input).value == "1536x1024"


async def test_what_was_changed_elsewhere_is_changed_on_the_way_back(hosted: Hosted) -> None:
    async with hosted(RequestForm(GPT_IMAGE, {"size": "auto", "n": "2"}), size=WIDE) as pilot:
        form = form_of(pilot)
        form.set_model(GEMINI_FLASH)
        await settle(pilot)
        assert form.values() == {}
        await focus(pilot, "output_format")
        await pilot.press("right", "right")
        await settle(pilot)
        assert form.set_model(SEEDREAM).startswith("Seedream 5.0 lite: no size auto, no n 2")
        await settle(pilot)
        form.set_model(GPT_IMAGE)
        await settle(pilot)
        assert form.values() == {"size": "auto", "n": "2", "output_format": "jpeg"}


async def test_a_remix_fills_everything_in(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(RequestForm(GPT_IMAGE), size=WIDE) as pilot:
        form_of(pilot).load(SEEDREAM, {"prompt": "x", "size": "2560x1440"}, [CAT, "/tmp/dog.png"])
        await settle(pilot)
        assert form_of(pilot).values() == {"size": "2560x1440"}
        assert form_of(pilot).references() == [CAT, "/tmp/dog.png"]
        assert [one.source for one in pilot.app.told(RequestForm.ReferenceGiven)] == [
            "/tmp/dog.png"
        ]
        text = screen_text(pilot.app)
        assert "1 cat.png · 1024x768 · 1.2 MB" in text
        assert "2 /tmp/dog.png · checking…" in text


async def test_a_value_that_is_no_choice_any_more_is_shown_with_its_fault(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(GEMINI_FLASH, {"size": "8K"}), size=WIDE) as pilot:
        assert "8K" in screen_text(pilot.app)
        assert "error: must be one of 0.5K, 1K, 2K, 4K · ^n: 4K" in screen_text(pilot.app)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert form_of(pilot).values() == {"size": "4K"}


async def test_a_late_result_for_a_model_that_takes_no_references_is_no_fault(
    hosted: Hosted,
) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SMALL) as pilot:
        form = form_of(pilot)
        form.set_prompt("a cat")
        form.add_reference("cat.png")
        form.set_model(GPT_IMAGE)
        form.reference_result("cat.png", None, [Fault("image", "cat.png", "does not exist")])
        await settle(pilot)
        assert last(pilot).checked.request is not None
        assert last(pilot).checked.request.references == ()
        assert last(pilot).checked.faults == ()
        form.set_model(SEEDREAM)
        await settle(pilot)
        assert form.references() == ["cat.png"]
        assert [one.rule for one in last(pilot).checked.errors] == ["does not exist"]
