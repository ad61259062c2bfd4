"""The whole app goes over from one profile to another."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tui.app.batches import Batches
from tui.app.desk import Desk
from tui.app.estimates import Estimates
from tui.app.retrying import Retrying
from tui.app.screens.batch import Choices
from tui.app.sending import BatchRun
from tui.app.session import Session
from tui.core.job import Job, State
from tui.core.request import Request
from tui.models import MODELS
from tui.services.inbox import Inbox
from tui.services.keys import Key

OpenApp = Callable[..., Any]


@pytest.fixture
def two(two_profiles: Any, at_home: Path) -> Any:
    two_profiles.write(at_home)
    return two_profiles


async def test_jobs_and_keys_stay_with_their_profile_when_the_app_goes_over(
    open_app: OpenApp, two: Any
) -> None:
    a, b = two.gateways["a"], two.gateways["b"]
    a.play("poll:status=processing")
    async with open_app({"profile": "a"}, size=(120, 40)) as person:
        await person.until_ready()
        await person.until_sees(f"a at {two.wires['a'].url}")
        await person.choose(4)
        await person.send("a lighthouse")
        await person.until_sees("● processing")
        a.play("submit:slow=1", "poll:status=processing")
        await person.send("a windmill")
        await person.until(lambda: person.app.session.is_sending)
        await person.prompt("a wish for later")

        await person.press("f12")
        await person.until_sees("Profiles", "a · in use", two.wires["b"].url, "key from echo")
        await person.press("down", "enter")
        await person.until(lambda: person.app.session.aim == "b")
        await person.press("ctrl+g")  # while the answer is still waited for
        await person.until_sees(f"b at {two.wires['b'].url}")
        await person.until_sees("2 jobs belong to profile a")
        await person.until(lambda: sum(job.is_resting for job in person.jobs) == 2)
        assert len(a.ledger().accepted) == 2  # what was in flight was waited for
        assert person.app.main.editor.text == "a wish for later"
        assert person.app.main.form.model.id == "gpt-image-2"
        await person.until(lambda: "saved" in person.states)
        (saved,) = [job for job in person.jobs if job.files]
        assert Path(saved.files[0].path).parent.name == "b"

        a.play()
        await person.press("ctrl+p")
        await person.paste("profile: a")
        await person.until_sees("Go over to it")
        await person.press("enter")
        await person.until_states("saved", "saved", "saved")
        await person.until_sees(f"a at {two.wires['a'].url}")
    assert [one.prompt for one in b.ledger().accepted] == ["a wish for later"]
    tasks = [one.task_id for one in a.ledger().accepted]
    for secret in (two.keys["a"], "lighthouse", "windmill", *tasks):
        assert secret.encode() not in two.wires["b"].sent
    assert two.keys["b"].encode() not in two.wires["a"].sent


async def test_what_keeps_from_going_over_is_told_and_the_old_profile_stays(
    open_app: OpenApp, two: Any, at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = at_home / ".config/imagedeck/config.toml"
    right = settings.read_text()
    odd = '[profiles.d]\nbase_url = "http://127.0.0.1/[/x]"\n'
    settings.write_text(right + f'[profiles.c]\nbase_url = "{two.wires["b"].url}"\n{odd}')
    monkeypatch.setenv("IMAGEDECK_API_KEY", two.keys["a"])
    async with open_app({"profile": "a"}, size=(120, 40)) as person:
        await person.until_ready()
        await person.press("ctrl+p")
        await person.paste("profile: d")
        await person.until_sees("Go over to it: http://127.0.0.1/[/x]")
        await person.press("escape")
        # The key of the start's gateway is not another one's: it is asked for.
        person.app.action_profile("c")
        await person.until_sees("imagedeck needs a key", two.wires["b"].url)
        await person.press("escape")
        await person.until_sees("There is no key for profile c, so a stays.")
        settings.write_text(right.replace("http://", "ftp://"))
        person.app.action_profile("b")
        await person.until_sees("Profile b can't be used, so a stays", "must begin with https://")
        settings.write_text(right)
        person.app.action_profile("gone")
        await person.until_sees("Profile gone can't be used, so a stays", "add a table")
        await person.send("a lighthouse")
        await person.until_states("saved")
    assert two.gateways["a"].ledger().charges("a lighthouse") == 1
    assert two.wires["b"].sent == b""


def test_a_deck_that_cannot_be_opened_leaves_the_old_one_working(two: Any) -> None:
    session = Session({"profile": "a"}, Inbox(lambda: None), demo=False)
    session.open(Key(two.keys["a"]))
    try:
        wrong = replace(session.read_settings("b"), base_url="http://[")
        with pytest.raises(ValueError, match="IPv6"):
            session.switch(wrong, Key(two.keys["b"]))
        assert session.settings.profile == "a"
        request = Request(model="gpt-image-2", values={"prompt": "a lighthouse"})
        (job,) = session.submit([request])
        session.close()
        session.open(Key(two.keys["a"]))
        session.deck.follow()
    finally:
        session.close()
    assert two.gateways["a"].ledger().charges("a lighthouse") == 1
    assert (job.profile, two.wires["b"].sent) == ("a", b"")


def test_what_one_run_may_spend_is_not_more_with_a_second_profile(two: Any, at_home: Path) -> None:
    file = at_home / ".config/imagedeck/config.toml"
    file.write_text(f"[budget]\nrun = 0.06\n\n{file.read_text()}")
    request = Request(model="gpt-image-2", values={"prompt": "a lighthouse"})  # $0.053
    inbox = Inbox(lambda: None)
    session = Session({"profile": "a"}, inbox, demo=False)
    session.open(Key(two.keys["a"]))
    try:
        session.submit([request])
        session.switch(session.read_settings("b"), Key(two.keys["b"]))
        session.submit([request])
        held = threading.Event()
        while not session.deck.engine.hold:
            held.wait(0.01)
    finally:
        session.close()
    spent = [len(two.gateways[name].ledger().accepted) for name in ("a", "b")]
    assert sum(spent) == 1


async def test_a_reference_that_is_looked_at_while_the_deck_changes_is_looked_at_once_more() -> (
    None
):
    closed: Future[Any] = Future()
    closed.cancel()
    found: Future[Any] = Future()
    found.set_result((["a reference"], []))
    decks = [SimpleNamespace(take_references=lambda *_, one=one: one) for one in (closed, found)]
    asked, learned = iter([decks[0], *[decks[1]] * 3]), []

    async def opened() -> Any:
        return next(asked)

    form = SimpleNamespace(
        model=SimpleNamespace(references="a field"),
        reference_result=lambda *result: learned.append(result),
    )
    desk = Desk(SimpleNamespace(opened=opened), SimpleNamespace(form=form), lambda *_: None)
    await desk.check_reference("boat.png")
    assert learned == [("boat.png", "a reference", [])]


async def test_what_is_retried_goes_to_the_profile_it_was_asked_for_with(
    two: Any, make_job: Callable[..., Job]
) -> None:
    session = Session({"profile": "a"}, Inbox(lambda: None), demo=False)
    await asyncio.to_thread(session.open, Key(two.keys["a"]))
    session.note_open()
    said: list[str] = []

    def goes_over(_jobs: list[Job]) -> None:
        session.switch(session.read_settings("b"), Key(two.keys["b"]))
        session.aim = "b"

    async def agrees(_question: object) -> bool:
        return True

    app = SimpleNamespace(push_screen_wait=agrees, say=lambda text, _kind: said.append(text))
    desk = Desk(session, SimpleNamespace(apply=goes_over), app.say)
    retrying = Retrying(session, desk, app, Estimates(session))
    try:
        await retrying.retry([make_job(1, State.FAILED, "one"), make_job(2, State.FAILED, "two")])
        unknown = make_job(3, State.FAILED, model="of-another-version")
        await retrying.retry([unknown])
    finally:
        await asyncio.to_thread(session.close)
    assert said[0] == "Nothing was sent: profile b is in use, not a."
    assert "of-another-version" in said[1]
    assert two.wires["b"].sent == b""
    assert two.gateways["a"].ledger().charges("two") == 0


async def test_a_batch_is_not_gone_on_with_at_another_gateway(two: Any, at_home: Path) -> None:
    session = Session({"profile": "a"}, Inbox(lambda: None), demo=False)
    await asyncio.to_thread(session.open, Key(two.keys["a"]))
    session.note_open()
    screen = SimpleNamespace(form=SimpleNamespace(model=MODELS[0]), apply=lambda _: None)
    (at_home / "prompts.txt").write_text("a lighthouse\n")
    run = BatchRun("g", "prompts", 1)

    async def goes_over() -> None:
        settings = session.read_settings("b")
        await asyncio.to_thread(session.switch, settings, Key(two.keys["b"]))

    run.has_room = goes_over
    batches = Batches(session, screen, None)
    try:
        await batches.look(str(at_home / "prompts.txt"), Choices())
        checked = batches._checked
        with pytest.raises(RuntimeError, match="it goes to profile a, and b is in use"):
            await batches._feed(run, checked)
        batches._let_go()
    finally:
        await asyncio.to_thread(session.close)
    assert (two.wires["a"].sent, two.wires["b"].sent) == (b"", b"")
