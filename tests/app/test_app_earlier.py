"""The whole app with jobs of earlier runs, of other processes, with a kept draft."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.app.session import Session
from tui.core.request import Request
from tui.services.draft import KeptDraft, load_draft
from tui.services.inbox import Inbox
from tui.services.keys import Key

OpenAt = Callable[..., Any]
Gateways = Callable[..., Any]

KEY = "a-key-for-tests-only"


async def test_what_was_under_way_goes_on_by_itself_at_the_next_start(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway(faults=["poll:status=processing"])
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.choose(4)
        await person.send("a lighthouse")
        await person.until_sees("● processing")
        await person.press("ctrl+q")
        await person.until(lambda: person.app.return_code == 0)
    gateway.play()
    async with open_at(gateway, size=(80, 24)) as person:
        await person.until_sees("a lighthouse", "✓ saved")
        assert "never sent" not in person.sees
    assert gateway.ledger().charges("a lighthouse") == 1


async def test_leaving_waits_for_the_answer_to_a_submission(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway(faults=["submit:slow=3", "poll:status=processing"])
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.send("a lighthouse")
        await person.until_sees("↑ submitting")
        assert person.app.session.is_sending
        await person.press("ctrl+q")
    (task,) = gateway.ledger().accepted
    async with open_at(gateway) as person:
        await person.until_ready()
        (job,) = person.jobs
        assert job.task_id == task.task_id
    assert len(gateway.ledger().accepted) == 1


async def test_unsent_jobs_are_asked_about_and_never_sent_unasked(
    open_app: OpenAt, open_at: OpenAt, http_gateway: Gateways, free_port: int
) -> None:
    async with open_app({"base_url": f"http://127.0.0.1:{free_port}"}) as person:
        await person.until_ready()
        await person.send("a lighthouse")
        await person.send("a windmill")
        await person.until_sees("○ queued")
        # After three tries the pause is told, with its end.
        await person.until_sees("again in", "f4: now")
    gateway = http_gateway(port=free_port)
    async with open_at(gateway) as person:
        await person.until_sees("2 jobs were never sent.", "$0.07", "Send now (f4)")
        # What is being typed while it comes up is no answer.
        await person.press("y", "enter", "n", "escape")
        await person.until_ready()
        assert person.states == ["queued", "queued"]
        await person.until_sees("They stay unsent: f4 asks again")
        await person.press("f4")
        await person.until_sees("2 jobs were never sent.")
        await person.press("escape")
        await person.go_to("#jobs")
        await person.press("x")
        await person.until_sees("Dropped before it was sent, for free: a windmill")
        await person.until_states("dropped", "queued")
    assert gateway.ledger().entries == ()
    async with open_at(gateway) as person:
        await person.until_sees("A job was never sent.")
        await person.press("f4")
        await person.until_states("dropped", "saved")
    assert [one.prompt for one in gateway.ledger().accepted] == ["a lighthouse"]


async def test_a_job_of_another_process_is_left_to_it_and_taken_up_when_that_ends(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway(faults=["poll:status=processing"])
    async with open_at(gateway) as person:
        await person.until_ready()
        other = Session({"base_url": gateway.url}, Inbox(lambda: None), demo=False)
        await asyncio.to_thread(other.open, Key(KEY))
        try:
            request = Request(model="gpt-image-2", values={"prompt": "from elsewhere"})
            await asyncio.to_thread(other.submit, [request])
            await person.until_sees("from elsewhere", "● processing")
            await person.go_to("#jobs")
            await person.press("x")
            await person.until_sees("can't be stopped here")
        finally:
            await asyncio.to_thread(other.close)
        gateway.play()
        await person.until_states("saved")
    assert gateway.ledger().charges("from elsewhere") == 1


async def test_the_unsent_request_is_there_again(
    open_at: OpenAt, http_gateway: Gateways, at_home: Path
) -> None:
    gateway = http_gateway()
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.choose(4)
        await person.settle()
        await person.set("size", "1024x640")
        await person.set("quality", "high")
        await person.prompt("a lighthouse\nby night 灯塔")
        await person.press("ctrl+q")
    async with open_at(gateway) as person:
        await person.until_ready()
        assert person.app.main.editor.text == "a lighthouse\nby night 灯塔"
        await person.until_sees("▌4 GPT-Image-2", "1024x640", "high", "by night")
        await person.press("end", *"!", "ctrl+g")
        await person.until_states("saved")
    (sent,) = gateway.ledger().accepted
    assert (sent.model, sent.prompt) == ("gpt-image-2", "a lighthouse\nby night 灯塔!")
    draft = next((at_home / ".local/state/imagedeck").glob("draft*.json"))
    assert draft.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "{", "[]", '{"model": 1, "prompt": null, "values": 3}'])
def test_a_broken_draft_counts_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "draft.json").write_text(text)
    assert load_draft(tmp_path / "draft.json") == KeptDraft()
