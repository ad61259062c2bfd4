"""The whole app: what can be done with a job."""

from collections.abc import Callable
from typing import Any

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
        await person.until_sees("▌1 Seedream 5.0 lite", "1920x1920", "1 of 14")
        assert person.app.main.editor.text == "first"
        assert person.app.main.editor.has_focus
        assert person.app.main.form.checked.request == first
        await person.go_to("#jobs")
        await person.press("home", "r")
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
        await person.until_sees("^g Generate")
        assert person.app.main.table.has_focus
