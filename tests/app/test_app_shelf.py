"""Earlier prompts, presets and snippets, through the screen."""

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


async def test_a_snippet_goes_to_the_cursor_and_a_selection_becomes_one(
    open_app: Any, at_home: Path
) -> None:
    settings = at_home / ".config/imagedeck/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        '[snippets]\nwatercolor = "loose watercolor"\nposter = "{prompt}, as a poster"\n'
    )
    async with open_app(demo=True) as person:
        await person.until_ready()
        editor = person.app.main.editor
        await person.prompt("a lighthouse")
        await person.press("f9")
        await person.until_sees("Snippets", "loose watercolor", "ctrl+s keeps the prompt under")
        await person.paste("LOOSE")
        await person.press("enter")
        await person.until(lambda: editor.text == "a lighthouse, loose watercolor")
        await person.press("ctrl+z", "f9")
        await person.paste("post")
        await person.press("enter")
        await person.until(lambda: editor.text == "a lighthouse, as a poster")
        await person.press(*["shift+left"] * len("as a poster"), "f9")
        await person.until_sees("ctrl+s keeps what is selected under this name")
        await person.press("ctrl+s")
        await person.until_sees("it needs a name: type one above")
        await person.paste("poster")
        await person.press("ctrl+s")
        await person.until_sees("poster is set in", "choose another name")
        await person.press("f9")
        await person.paste("mine")
        await person.press("ctrl+s")
        await person.until_sees("Saved as snippet mine: as a poster")
        await person.press("f7", "delete", "f9")
        await person.paste("mine")
        await person.press("enter")
        await person.until(lambda: editor.text == "as a poster")
    assert 'mine = "as a poster"' in settings.with_name("snippets.toml").read_text()
