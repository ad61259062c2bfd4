"""The whole app without a key: what it says, what it takes, where it leaves."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

Opened = Callable[..., Any]

KEY = "sk-" + "k3y" * 12


async def test_a_first_start_explains_takes_a_key_and_keeps_it(
    open_app: Opened, http_gateway: Callable[..., Any], at_home: Path
) -> None:
    gateway = http_gateway(key=KEY)
    async with open_app({"base_url": gateway.url}) as person:
        await person.until_sees("imagedeck needs a key", gateway.url, "demo")
        await person.paste("not a key")
        await person.press("enter")
        await person.until_sees("The key holds a blank")
        person.app.screen.query_one("#key").value = ""
        await person.paste(KEY)
        await person.press("enter")
        await person.until_ready()
        assert KEY not in person.sees
        await person.paste("a lighthouse")
        await person.press("ctrl+g")
        await person.until_states("saved")
    (kept,) = (at_home / ".config/imagedeck/keys").iterdir()
    assert kept.read_text() == f"{KEY}\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert gateway.ledger().charges("a lighthouse") == 1

    async with open_app({"base_url": gateway.url}) as person:
        await person.until_ready()
        assert "needs a key" not in person.sees
        assert person.states == ["saved"]


async def test_the_demo_needs_neither_key_nor_network(open_app: Opened, at_home: Path) -> None:
    async with open_app({"base_url": "http://127.0.0.1:1"}) as person:
        await person.until_sees("imagedeck needs a key")
        await person.press("ctrl+d")
        await person.until_ready()
        await person.until_sees("DEMO", "simulated images, no key, no cost")
        await person.paste("a lighthouse")
        await person.press("ctrl+g")
        await person.until_states("saved")
    assert list((at_home / "Pictures/imagedeck/demo").glob("*lighthouse*.json"))


async def test_leaving_without_a_key_has_an_exit_code_of_its_own(open_app: Opened) -> None:
    async with open_app() as person:
        await person.until_sees("imagedeck needs a key")
        await person.press("escape")
        await person.until(lambda: person.app.return_code == 3, "for the end")
