from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tui.app.widgets.form import RequestForm
from tui.app.widgets.form.completion import complete
from tui.app.widgets.form.references import ReferencesRow
from tui.core.fault import Fault
from tui.core.request import Reference
from tui.models import GPT_IMAGE, SEEDREAM

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]
Golden = Callable[[str, str], None]

SIZE = (76, 14)
LINK = "https://example.org/a.png"


def form_of(pilot: Pilot[Any]) -> RequestForm:
    return pilot.app.query_one(RequestForm)


def given(pilot: Pilot[Any]) -> list[str]:
    return [one.source for one in pilot.app.told(RequestForm.ReferenceGiven)]


async def settle(pilot: Pilot[Any]) -> None:
    await pilot.pause()
    await pilot.pause()


async def give(pilot: Pilot[Any], *sources: str) -> None:
    for source in sources:
        await paste(pilot, source)
        if pilot.app.query_one("#new-reference").value:  # what is clearly one is taken as it is
            await pilot.press("enter")
    await settle(pilot)


async def paste(pilot: Pilot[Any], text: str) -> None:
    pilot.app.query_one("#new-reference").focus()
    pilot.app.post_message(events.Paste(text))
    await settle(pilot)


def found(name: str, **parts: Any) -> Reference:
    parts = {"sha256": "a" * 64, "media_type": "image/png", "width": 64, "height": 64, **parts}
    return Reference(name=name, **parts)


async def test_a_reference_is_asked_about_and_until_then_nothing_is_ready(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SIZE) as pilot:
        form_of(pilot).set_prompt("a cat")
        await give(pilot, "cat.png")
        assert given(pilot) == ["cat.png"]
        assert "1 cat.png · checking…" in screen_text(pilot.app)
        assert "1 of 14" in screen_text(pilot.app)
        assert form_of(pilot).checked.request is None
        form_of(pilot).reference_result("cat.png", found("cat.png", bytes=3 * 1024**2))
        await settle(pilot)
        assert "1 cat.png · 64x64 · 3.0 MB" in screen_text(pilot.app)
        assert [one.name for one in form_of(pilot).checked.request.references] == ["cat.png"]


async def test_every_state_of_a_reference(
    hosted: Hosted, screen_text: ScreenText, golden: Golden
) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SIZE) as pilot:
        await give(pilot, "cat.png", "gone.png", LINK, "wide.png")
        form = form_of(pilot)
        form.reference_result("cat.png", found("cat.png", bytes=50_000))
        form.reference_result(
            "gone.png", None, [Fault("image", "gone.png", "does not exist", "/home/me/gown.png")]
        )
        form.reference_result("wide.png", found("wide.png", width=3400))
        await settle(pilot)
        golden("form-references-76x14", screen_text(pilot.app))


async def test_the_nearest_file_takes_the_place_of_a_missing_one(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SIZE) as pilot:
        await give(pilot, "cta.png", LINK)
        fault = Fault("image", "cta.png", "does not exist", "/tmp/cat or dog.png")
        form_of(pilot).reference_result("cta.png", None, [fault])
        await pilot.press("tab")
        await settle(pilot)
        assert "error: does not exist · ^n: /tmp/cat or dog.png" in screen_text(pilot.app)
        await pilot.press("ctrl+n")
        await settle(pilot)
        assert form_of(pilot).references() == ["/tmp/cat or dog.png", LINK]
        assert given(pilot) == ["cta.png", LINK, "/tmp/cat or dog.png"]


@pytest.mark.parametrize("key", ["delete", "backspace"])
async def test_a_reference_goes_by_key_and_the_next_keeps_the_focus(
    hosted: Hosted, screen_text: ScreenText, key: str
) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SIZE) as pilot:
        await give(pilot, "a.png", "b.png", "c.png")
        await pilot.press("tab", key)
        await settle(pilot)
        assert form_of(pilot).references() == ["b.png", "c.png"]
        assert "1 b.png" in screen_text(pilot.app)
        assert "2 of 14" in screen_text(pilot.app)
        await pilot.press(key, key)
        await settle(pilot)
        assert form_of(pilot).references() == []


async def test_a_reference_goes_by_a_click_on_its_cross(hosted: Hosted) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SIZE) as pilot:
        await give(pilot, "a.png", "b.png")
        await pilot.click(pilot.app.query("ReferenceItem .remove").first())
        await settle(pilot)
        assert form_of(pilot).references() == ["b.png"]


async def test_pasted_paths_and_urls_are_taken_at_once_in_their_order(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SIZE) as pilot:
        await paste(pilot, "'/home/me/a cat.png' /home/me/dog.png\n")
        await paste(pilot, f"file:///home/me/%E7%8C%AB.png\n{LINK}\n")
        assert given(pilot) == [
            *("/home/me/a cat.png", "/home/me/dog.png"),
            *("file:///home/me/%E7%8C%AB.png", LINK),
        ]
        assert "4 of 14" in screen_text(pilot.app)
        await paste(pilot, "not /yet/a.png")  # text stays text, to be looked at and entered
        assert pilot.app.query_one("#new-reference").value == "not /yet/a.png"
        await paste(pilot, LINK)
        assert pilot.app.query_one("#new-reference").value == f"not /yet/a.png{LINK}"
        assert len(given(pilot)) == 4


async def test_references_change_places_and_the_focus_goes_along(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SIZE) as pilot:
        form = form_of(pilot)
        form.set_prompt("image 1 in the style of image 2")
        await give(pilot, "a.png", "b.png", "c.png")
        for name in ("a.png", "b.png", "c.png"):
            form.reference_result(name, found(name))
        await pilot.press("down", "J", "J", "J")
        await settle(pilot)
        assert [one.name for one in form.references()] == ["b.png", "c.png", "a.png"]
        assert "1 b.png" in screen_text(pilot.app)
        assert "3 a.png" in screen_text(pilot.app)
        await pilot.press("shift+up")
        await settle(pilot)
        await pilot.click(pilot.app.query("ReferenceItem .earlier")[1])
        await settle(pilot)
        names = ["a.png", "b.png", "c.png"]
        assert [one.name for one in form.references()] == names
        assert [one.name for one in form.checked.request.references] == names
        await pilot.press("delete", "delete")  # the one clicked first
        await settle(pilot)
        assert [one.name for one in form.references()] == ["c.png"]


async def test_a_reference_that_was_taken_out_can_be_put_back(hosted: Hosted) -> None:
    async with hosted(RequestForm(SEEDREAM), size=SIZE) as pilot:
        form = form_of(pilot)
        await give(pilot, "a.png", "b.png")
        form.reference_result("a.png", found("a.png"))
        await settle(pilot)
        await pilot.press("down", "delete")
        await settle(pilot)
        (gone,) = pilot.app.told(RequestForm.ReferenceRemoved)
        assert form.references() == ["b.png"]
        form.put_reference(gone.index, gone.given)
        await settle(pilot)
        assert [one if isinstance(one, str) else one.name for one in form.references()] == [
            *("a.png", "b.png")
        ]
        await pilot.press("ctrl+z")
        await settle(pilot)
        assert pilot.app.told(ReferencesRow.UndoWanted)


async def test_another_model_says_who_takes_references_and_keeps_them(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    async with hosted(RequestForm(GPT_IMAGE), size=SIZE) as pilot:
        form = form_of(pilot)
        form.set_prompt("a cat")
        await settle(pilot)
        assert "image              taken by Seedream 5.0 lite" in screen_text(pilot.app)
        form.set_model(SEEDREAM)
        await settle(pilot)
        await give(pilot, "a.png", "b.png")
        form.reference_result("a.png", found("a.png"))
        lost = form.set_model(GPT_IMAGE)
        await settle(pilot)
        assert "no references. It comes back" in lost
        assert "image              2 kept for Seedream 5.0 lite" in screen_text(pilot.app)
        assert form.checked.request is not None
        assert len(form.references()) == 2  # for the next start
        form.set_model(SEEDREAM)
        await settle(pilot)
        assert "1 a.png · 64x64" in screen_text(pilot.app)
        assert given(pilot) == ["a.png", "b.png", "b.png"]  # what nobody had looked at yet


async def test_fifteen_are_too_many(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(RequestForm(SEEDREAM), size=(76, 30)) as pilot:
        form = form_of(pilot)
        for number in range(15):
            form.add_reference(f"{number}.png")
            form.reference_result(f"{number}.png", found(f"{number}.png"))
        await settle(pilot)
        assert "takes at most 14 images, 15 were given" in screen_text(pilot.app)
        assert "15 of 14" in screen_text(pilot.app)


async def test_names_that_act_on_a_terminal_are_shown_as_text(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    hostile = "[/x]\x1b]0;owned\x07\u202e.png"
    async with hosted(RequestForm(SEEDREAM), size=SIZE) as pilot:
        await give(pilot, hostile)
        assert "[/x]\\x1b]0;owned\\x07\\u{202e}.png" in screen_text(pilot.app)
        form_of(pilot).reference_result(
            hostile, None, [Fault("image", hostile, "is [/bad]\x1b", "\x1b[2J")]
        )
        await settle(pilot)
        shown = screen_text(pilot.app)
    assert not set(shown) & set("\x1b\x07\u202e")
    assert "error: is [/bad]\\x1b · nearest: \\x1b[2J" in shown


async def test_tab_completes_a_path_and_then_goes_on(hosted: Hosted, tmp_path: Path) -> None:
    (tmp_path / "picture of a cat.png").touch()
    async with hosted(RequestForm(SEEDREAM), size=SIZE) as pilot:
        field = pilot.app.query_one("#new-reference")
        field.focus()
        pilot.app.post_message(events.Paste(f"{tmp_path}/pic"))
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await settle(pilot)
        await pilot.press("tab")
        assert field.value == f"{tmp_path}/picture of a cat.png"
        await pilot.press("tab")
        assert not field.has_focus


def test_a_path_completes_to_the_first_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "猫.png").touch()
    (tmp_path / ".hidden.png").touch()
    (tmp_path / "evil\x1b[2J.png").touch()
    assert complete("ca") == "cats/"
    assert complete("~/ca") == "~/cats/"
    assert complete("cats/") == "cats/猫.png"
    assert complete(f"{tmp_path}/cats/猫") == f"{tmp_path}/cats/猫.png"
    assert complete(".h") == ".hidden.png"


@pytest.mark.parametrize(
    "typed",
    ["ev", "x", "none/x", "https://ca", "data:ca", "~nobody-here/x", "a\0/b", "cats/猫.png"],
)
def test_nothing_is_offered_where_nothing_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil\x1b[2J.png").touch()
    (tmp_path / "cats").mkdir()
    (tmp_path / "cats" / "猫.png").touch()
    assert complete(typed) is None
