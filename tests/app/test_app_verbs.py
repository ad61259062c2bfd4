"""The whole app: what can be done with a job."""

from collections.abc import Callable
from typing import Any

import pytest

OpenAt = Callable[..., Any]
Gateways = Callable[..., Any]


async def test_a_failed_job_is_retried_as_a_new_linked_one(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway(faults=["poll:failed*1"])
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.choose(4)
        await person.send("a lighthouse")
        await person.until_states("failed")
        await person.go_to("#jobs")
        await person.press("R")
        await person.until_states("saved", "failed")
        new, old = person.jobs
        assert new.follows == old.id
        assert new.request == old.request

        await person.press("end", "R")  # a key that is held down
        await person.until_sees("Make it again?", "It was made again already.")
        await person.press("escape")
        await person.press("home", "R")
        await person.until_sees("Make it again?", "A new job makes others")
        await person.press("escape")
        await person.settle()
        assert gateway.ledger().charges("a lighthouse") == 2
        await person.press("R")
        await person.until_sees("Make it again?")
        await person.press("y")
        await person.until_states("saved", "saved", "failed")
    assert gateway.ledger().charges("a lighthouse") == 3


async def test_remixing_brings_the_whole_request_back(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway()
    url = "https://example.org/a.png"
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.set("size", "1920x1920")
        await person.write("#new-reference", url)
        await person.press("enter")
        await person.until_sees("1 of 14")
        await person.send("first")
        await person.until_states("saved")
        first = person.jobs[0].request
        await person.choose(4)
        await person.settle()
        await person.set("n", "2")
        await person.set("size", "1024x640")
        await person.send("second")
        await person.until_states("saved", "saved")

        await person.go_to("#jobs")
        await person.press("end", "r")
        await person.until_sees("What changes in the form", "- second", "+ first", "- 2")
        await person.until_sees("- gpt-image-2", "+ seedream-5.0-lite")
        await person.press("escape")
        assert person.app.main.editor.text == "second"
        await person.press("r", "enter")
        await person.until_sees("▌1 Seedream 5.0 lite", "1920x1920", "1 of 14")
        assert person.app.main.editor.text == "first"
        assert person.app.main.editor.has_focus
        assert person.app.main.form.checked.request == first
        await person.go_to("#jobs")
        await person.press("U")
        await person.until_sees("The form is as it was.", "▌4 GPT-Image-2", "1024x640")
        await person.go_to("#jobs")
        await person.press("end", "r", "y")
        await person.until_sees("▌1 Seedream 5.0 lite")
        await person.go_to("#jobs")
        await person.press("home", "r", "y")
        await person.until_sees("▌4 GPT-Image-2", "1024x640")
        assert person.app.main.form.checked.request == person.jobs[0].request


async def test_a_running_job_is_no_longer_watched_and_billed_all_the_same(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway(faults=["poll:status=processing"])
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.send("a lighthouse")
        await person.until_sees("● processing")
        await person.go_to("#jobs")
        await person.press("x")
        await person.until_sees("No longer watched; the gateway goes on, and bills it")
        await person.until_sees("◦ not watched")
        await person.press("x", "R", "u")
        await person.until_sees("nothing left to stop", "can't be retried", "no image yet")


async def test_an_unsent_job_is_dropped_for_free(open_app: OpenAt, open_at: OpenAt) -> None:
    del open_at
    async with open_app({"base_url": "http://127.0.0.1:1"}) as person:
        await person.until_ready()
        await person.send("a lighthouse")
        await person.until_sees("○ queued")
        await person.go_to("#jobs")

        async def is_dropped() -> bool:
            return "Dropped before it was sent, for free: a lighthouse" in person.sees

        while not await is_dropped():  # too late for one that is just being tried
            await person.press("x")
        await person.until_states("dropped")


async def test_images_are_looked_at_one_by_one(open_at: OpenAt, http_gateway: Gateways) -> None:
    async with open_at(http_gateway(), size=(80, 24)) as person:
        await person.until_ready()
        await person.choose(4)
        await person.settle()
        await person.set("n", "2")
        await person.set("size", "1024x640")
        await person.send("a lighthouse")
        await person.until_sees("✓ saved")
        await person.go_to("#jobs")
        await person.press("enter")
        one, two = (file.sha256 for file in person.jobs[0].files)
        await person.until_sees("1 of 2", one[:8], "▀")
        await person.press("right_square_bracket")
        await person.until_sees("2 of 2", two[:8], "▀")
        await person.press("right_square_bracket")
        await person.until_sees("1 of 2", one[:8])
        await person.press("left_square_bracket")
        await person.until_sees("2 of 2", two[:8])
        await person.press("escape")
        await person.until_sees("Look", "Filter")
        assert person.app.main.table.has_focus


async def test_copying_sends_to_the_terminal_and_says_no_more(
    open_at: OpenAt, http_gateway: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.2 50000 10.0.0.1 22")
    async with open_at(http_gateway()) as person:
        await person.until_ready()
        await person.send("a lighthouse")
        await person.until_states("saved")
        written: list[str] = []
        monkeypatch.setattr(person.app._driver, "write", written.append)
        await person.go_to("#jobs")
        await person.press("y")
        await person.until_sees("p prompt a lighthouse", "c curl curl http", "s scp scp")
        await person.press("p")
        await person.until_sees("Sent to the terminal: the prompt, 12 characters.")
        assert "\x1b]52;c;YSBsaWdodGhvdXNl\x07" in written
        await person.press("y", "s")
        await person.until_sees("Sent to the terminal: an scp line")
        await person.press("o")
        await person.until_sees("There is no display here. Fetch it (y, s copies this): scp")


async def test_a_job_is_tagged_rated_deleted_and_brought_back(
    open_at: OpenAt, http_gateway: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.app.deleting._EARLY", 60.0)
    async with open_at(http_gateway()) as person:
        await person.until_ready()
        for prompt in ("one", "two"):
            await person.send(prompt)
            await person.until(lambda: set(person.states) == {"saved"}, "for both to be saved")
        await person.until_states("saved", "saved")
        await person.go_to("#jobs")
        await person.press("home", "space", "space", "t")
        await person.until_sees("Tags of 2 jobs, as far as all have them")
        await person.press(*"Cover", "enter", "4", "n")
        await person.until_sees("Note of 2 jobs")
        await person.press(*"for ann", "enter", "escape")
        await person.until(lambda: all(job.note == "for ann" for job in person.jobs), "the note")
        assert [(job.tags, job.rating) for job in person.jobs] == [(("cover",), 4)] * 2
        await person.until_sees("rating 4 of 5", "tags cover", "note for ann")

        await person.press("f5")
        await person.until_sees("Statistics: the last 30 days", "Seedream 5.0 lite 2 2 100%")
        await person.press("escape")
        await person.until_sees("✓ saved")
        await person.press("home", "D")
        await person.until_states("saved")
        await person.until_sees("Deleted: 1 job. U undoes it")
        await person.press("U")
        await person.until_sees("Back again: 1.")
        await person.until_states("saved", "saved")
        await person.press("ctrl+a", "D")
        await person.until_sees("Delete 2 jobs?")
        await person.press("y")
        await person.until_states()
        put: list[str] = []
        monkeypatch.setattr("tui.app.deleting.trash_images", lambda paths: put.extend(paths) or [])
        await person.app.job_desk.deleting.sweep()  # as at the next start
        assert len(put) == 2


async def test_a_paused_queue_is_put_in_order_and_edited(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway()
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.go_to("#jobs")
        await person.press("p")
        await person.until_sees("Submissions pause", "paused, f4: go on")
        for number, prompt in enumerate(("one", "two", "three"), 1):
            await person.send(prompt)
            await person.until_states(*["queued"] * number)
        await person.go_to("#jobs")
        await person.press("home", "K")
        await person.until_sees("Sent next: three")
        await person.press("end", "E")
        await person.until_sees("Out of the queue, into the form", "- three", "+ one")
        await person.press("enter")
        await person.until_states("queued", "queued", "dropped")
        await person.until_sees("Taken out of the queue, for free")
        assert person.app.main.editor.text == "one"
        await person.send("one, edited")
        await person.until_states("queued", "queued", "queued", "dropped")
        assert person.jobs[0].follows == person.jobs[3].id
        await person.press("f4")
        await person.until_states("saved", "saved", "saved", "dropped")
        sent = sorted((job for job in person.jobs if job.task_id), key=lambda job: job.submitted)
        assert sent[0].prompt == "three"
        await person.go_to("#jobs")
        await person.press("home", "E", "K")
        await person.until_sees("only a queued job can be edited", "Only what waits here")


async def test_stopping_several_says_what_is_free_and_what_is_billed(
    open_at: OpenAt, http_gateway: Gateways
) -> None:
    gateway = http_gateway(faults=["poll:status=processing"])
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.send("under way")
        await person.until_states("processing")
        await person.go_to("#jobs")
        await person.press("p")
        for prompt in ("one", "two"):
            await person.send(prompt)
            await person.until_sees(f"○ queued seedream 0/1 {prompt}")
        await person.go_to("#jobs")
        await person.press("ctrl+a", "x")
        await person.until_sees("Stop 3 jobs?", "2 were never sent: they are dropped, for free.")
        await person.until_sees("1 are under way: they are no longer watched, and billed")
        await person.press("n")
        await person.settle()
        assert person.states == ["queued", "queued", "processing"]
        await person.press("x", "y")
        await person.until_states("dropped", "dropped", "processing")
        await person.until(lambda: not person.jobs[2].watched, "for the last one to be left")
