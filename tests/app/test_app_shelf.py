"""Earlier prompts and presets, through the screen."""

from pathlib import Path
from typing import Any


async def test_an_earlier_prompt_is_found_by_its_words_and_taken(open_app: Any) -> None:
    async with open_app(demo=True) as person:
        await person.until_ready()
        for prompt in ("a red lighthouse", "月光下的灯塔", "a boat"):
            await person.send(prompt)
            await person.until(lambda text=prompt: text in [one.prompt for one in person.jobs])
        await person.prompt("something of my own")
        await person.press("ctrl+r")
        await person.until_sees("Earlier prompts", "a red lighthouse", "a boat")
        await person.paste("灯塔")
        await person.until(lambda: "a boat" not in str(person.app.screen.found.options))
        await person.until(lambda: person.app.screen.found.option_count == 1)
        await person.press("enter")
        await person.until(lambda: person.app.main.editor.text == "月光下的灯塔")
        await person.press("ctrl+z")
        await person.until(lambda: person.app.main.editor.text == "something of my own")
        await person.press("f7", "delete", "up")
        await person.until(lambda: person.app.main.editor.text == "a boat")


async def test_the_form_is_kept_as_a_preset_and_taken_back(open_app: Any, at_home: Path) -> None:
    settings = at_home / ".config/imagedeck/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[presets.poster]\nmodel = "gpt"\nquality = "high"\n')
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.choose(2)
        await person.set("aspect_ratio", "16:9")
        await person.prompt("a lighthouse")
        await person.press("f8")
        await person.until_sees("poster", "quality high")
        await person.paste("wide")
        await person.press("ctrl+s")
        await person.until_sees("Saved as preset wide.")
        await person.press("f8")
        await person.until_sees("aspect_ratio 16:9")
        await person.paste("poster")
        await person.press("enter")
        await person.until(lambda: person.app.main.form.values() == {"quality": "high"})
        assert person.app.main.editor.text == "a lighthouse"
        await person.press("f8")
        await person.paste("poster")
        await person.press("ctrl+s")
        await person.until_sees("poster is set in", "choose another name")
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.press("f8")
        await person.paste("wide")
        await person.press("enter")
        await person.until(lambda: person.app.main.form.values() == {"aspect_ratio": "16:9"})
