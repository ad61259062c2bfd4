"""Parts of the screen hidden, moved and kept."""

from typing import Any


async def test_parts_are_hidden_and_moved_and_that_is_kept(open_app: Any) -> None:
    async with open_app(demo=True, size=(160, 45)) as person:
        main = person.app.main
        await person.until_ready()
        await person.press("f2")
        await person.until(lambda: not main.picker.display)
        before = main.editor.size.height
        await person.press("alt+down", "alt+down")
        await person.until(lambda: main.editor.size.height == before + 2)
        await person.go_to("#preview")
        width = main.preview.size.width
        await person.press("alt+left")
        await person.until(lambda: main.preview.size.width < width)
        narrower = main.preview.size.width
    async with open_app(demo=True, size=(160, 45)) as person:
        main = person.app.main
        await person.until_ready()
        await person.until(lambda: main.preview.size.width == narrower)
        assert not main.picker.display
        assert main.editor.size.height == before + 2
        for _ in range(60):  # as far as it goes
            await person.press("alt+down")
        await person.settle()
        assert main.table.size.height >= 1
        assert main.form.size.height >= 1


async def test_on_a_narrow_screen_the_preview_takes_the_place_of_the_work(open_app: Any) -> None:
    async with open_app(demo=True, size=(80, 24)) as person:
        main = person.app.main
        await person.until_ready()
        await person.send("a lighthouse")
        await person.until_states("saved")
        assert not main.preview.display
        await person.press("f3")
        await person.until_sees("typically", "2048x2048 → 2048x2048")
        await person.press("f3")
        await person.until_sees("Prompt for")
        await person.press("f3")
        await person.resize(160, 45)
        await person.until_sees("Prompt for", "task_id")
