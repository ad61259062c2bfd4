"""Keys of one's own, and the page that lists what they are for."""

import os
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette

from tui.app.keymap import SIGNS, all_actions, own_keys

PAGE = Path(__file__).parents[2] / "docs" / "keys.md"


def shown(key: str) -> str:
    """Return a key as it may be written in the settings: by the sign on it, if it has one."""
    return SIGNS.get(key, key).strip() or key


def table() -> str:
    rows = ["| action | keys | what it does |", "|---|---|---|"]
    for name, one in sorted(all_actions().items()):
        keys = " ".join(f"`{shown(key)}`" for key in one.key.split(","))
        rows.append(f"| `{name}` | {keys} | {one.tooltip or one.description} |")
    return "\n".join(rows) + "\n"


def test_the_page_lists_every_action() -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- actions -->\n")
    _, _, after = rest.partition("<!-- /actions -->")
    page = f"{before}<!-- actions -->\n{table()}<!-- /actions -->{after}"
    if os.environ.get("GOLDEN") == "write":
        PAGE.write_text(page, encoding="utf-8")
    assert page == PAGE.read_text(encoding="utf-8"), "write it anew with GOLDEN=write"


def test_every_action_says_what_it_does() -> None:
    assert not [name for name, one in all_actions().items() if not (one.tooltip and one.key)]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"jobs.remyx": "m"}, "there is no action 'jobs.remyx'; did you mean 'jobs.remix'?"),
        ({"work.generate": "g"}, "'work.generate' works while one types, so it can't have the key"),
        ({"jobs.remix": "R"}, "R is both 'jobs.remix' and 'jobs.retry'; give one of them another"),
        ({"jobs.remix": "m,ctrl+foo"}, "'jobs.remix': there is no key 'ctrl+foo'; write it as"),
        ({"jobs.remix": "cmd+m"}, "there is no key 'cmd+m'"),
        ({"jobs.remix": "f1"}, "f1 is both 'jobs.remix' and 'app.help'"),
        ({"jobs.remix": "m", "jobs.retry": "m"}, "m is both 'jobs.remix' and 'jobs.retry'"),
    ],
)
def test_what_cannot_be_or_collides_is_told(wanted: dict[str, str], told: str) -> None:
    _, sentences = own_keys(wanted)
    assert len(sentences) == 1
    assert told in sentences[0]


def test_keys_that_change_places_do_not_collide() -> None:
    used, told = own_keys({"jobs.remix": "R", "jobs.retry": "r", "models.up": "j,up"})
    assert used["jobs.remix"] == "R"
    assert told == ["keys: j is both 'models.up' and 'models.down'; give one of them another key"]


def test_a_key_may_be_named_by_its_sign() -> None:
    wanted = {"jobs.filter": "/", "jobs.mark": "+,space", "work.jump": "?"}
    used, told = own_keys(wanted)
    assert used == {"jobs.filter": "slash", "jobs.mark": "plus,space"}
    assert told == [
        "keys: 'work.jump' works while one types, so it can't have the key 'question_mark'"
    ]


async def test_own_keys_and_theme_hold_and_a_chosen_theme_is_kept(
    open_app: Any, at_home: Path
) -> None:
    settings = at_home / ".config/imagedeck/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('theme = "nordic"\n[keys]\n"work.generate" = "ctrl+s"\n')
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.until_sees("there is no theme 'nordic'", "did you mean 'nord'?")
        await person.prompt("a lighthouse")
        await person.press("ctrl+g")
        await person.settle()
        assert not person.jobs
        await person.press("ctrl+s")
        await person.until(lambda: person.jobs)
        await person.press("ctrl+p")
        await person.until(lambda: isinstance(person.app.screen, CommandPalette))
        await person.paste("generate")
        await person.until_sees("Generate", "Send the request (^s)")
    settings.unlink()
    async with open_app(demo=True) as person:
        await person.until_ready()
        person.app.theme = "high-contrast"
        await person.settle()
    async with open_app(demo=True) as person:
        await person.settle()
        assert person.app.theme == "high-contrast"


async def test_the_palette_does_what_a_part_does_that_has_no_focus(open_app: Any) -> None:
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.press("ctrl+p")
        await person.until(lambda: isinstance(person.app.screen, CommandPalette))
        await person.paste("Seedream")
        await person.until_sees("Work with Seedream 5.0 lite (1)")
        await person.press("enter")
        await person.until(lambda: person.app.main.form.model.id == "seedream-5.0-lite")
