"""The whole app in trouble: keys, gateways, hostile words, errors of its own."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.app.screens.main import MainScreen
from tui.core.request import Request

Opened = Callable[..., Any]
Gateways = Callable[..., Any]

RIGHT, WRONG = "sk-right-" + "k3y" * 8, "sk-wrong-" + "k3y" * 8
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOSTILE = "[/x] [bold]\x1b[31m\x1b]0;owned\x07 \u202egnp\x9b2J"


async def test_another_key_after_a_refused_one(
    open_app: Opened, http_gateway: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = http_gateway(key=RIGHT)
    monkeypatch.setenv("IMAGEDECK_API_KEY", WRONG)
    async with open_app({"base_url": gateway.url}) as person:
        await person.until_ready()
        await person.send("a lighthouse")
        await person.until_states("failed")
        await person.until_sees("‖ key refused, f4: another key")
        await person.send("a windmill")
        await person.until_states("queued", "failed")
        assert len(gateway.ledger().refused) == 1
        await person.press("f4")
        await person.until_sees("imagedeck needs a key", "401", "Back (esc)")
        await person.paste(RIGHT)
        await person.press("enter")
        await person.until_sees("A job was never sent.")
        await person.press("f4")
        await person.until_states("saved", "failed")
        await person.until(lambda: "‖" not in person.sees)
        await person.go_to("#jobs")
        await person.press("end", "R")
        await person.until_states("saved", "saved", "failed")
        await person.resize(80, 24)  # no preview that would say why
        await person.until_sees("╰─ the gateway answered 401")
        assert RIGHT not in person.sees
    assert [one.prompt for one in gateway.ledger().accepted] == ["a windmill", "a lighthouse"]


async def test_hostile_words_reach_no_terminal(open_app: Opened) -> None:
    shown = []
    async with open_app(demo=True) as person:
        await person.until_ready()
        await person.choose(4)
        await person.set("size", "64x64")

        def looks_safe(*words: str) -> bool:
            text = person.raw
            shown.append(text)
            assert not UNSAFE.search(text.replace("\n", ""))
            return all(word in text for word in words)

        for fault in ("[fail]", "[fault poll:hostile=control*1]"):
            await person.send(f"{fault} {HOSTILE}")
            looks_safe("[/x] [bold]")
        await person.until(lambda: looks_safe("✓ saved", "✗ failed"))
        await person.go_to("#jobs")
        for key in (
            "home",
            "enter",
            "escape",
            "R",
            "escape",
            "end",
            "enter",
            "escape",
            "r",
            "y",
            "f1",
        ):
            await person.press(key)
            looks_safe()
        await person.until(lambda: looks_safe("Keys"))
    assert any("\\x1b" in text for text in shown)


async def test_hundreds_of_jobs_at_once(open_app: Opened, at_home: Path) -> None:
    async with open_app(demo=True, size=(160, 45)) as person:
        await person.until_ready()
        for number in range(300):
            values = {"prompt": f"picture {number}", "size": "64x64"}
            request = Request(model="gpt-image-2", values=values)
            person.app.main.post_message(MainScreen.Submit((request,)))
        await person.until(lambda: len(person.jobs) == 300, "for all")
        await person.prompt("still here")
        await person.until_sees("still here")
        await person.go_to("#jobs")
        await person.press("end")
        await person.until_sees("picture 0 ")
        await person.until(lambda: set(person.states) == {"saved"}, "for the images")
        told = {job.files[0].path for job in person.jobs}
    assert len(told) == 300
    assert told == {str(one) for one in (at_home / "Pictures/imagedeck/demo").glob("*.png")}


async def test_an_error_of_our_own_ends_it_without_a_secret(
    open_app: Opened,
    monkeypatch: pytest.MonkeyPatch,
    at_home: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("IMAGEDECK_API_KEY", RIGHT)

    def break_down() -> None:
        canary = "in-a-local-variable"
        raise RuntimeError(f"[/x] with {RIGHT} \x1b[2J", len(canary))

    async def see_it_end() -> None:
        async with open_app({"base_url": "http://127.0.0.1:1"}) as person:
            await person.until_ready()
            person.app.main.call_later(break_down)
            await person.until(lambda: person.app.return_code == 1, "for the end")

    with pytest.raises(RuntimeError):
        await see_it_end()
    report = " ".join(capsys.readouterr().err.split())
    assert "An error in imagedeck itself: RuntimeError:" in report
    assert "in break_down" in report
    log = (at_home / ".local/state/imagedeck/imagedeck.log").read_text()
    assert "break_down" in log
    for text in (report, log):
        assert RIGHT not in text
        assert "in-a-local-variable" not in text
        assert "\x1b" not in text
