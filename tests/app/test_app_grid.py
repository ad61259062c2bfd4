"""Comparisons shown as grids, in the whole app."""

from typing import Any


async def test_cells_fill_and_a_failed_one_is_retried_alone(
    open_at: Any, http_gateway: Any
) -> None:
    gateway = http_gateway(faults=["poll:failed*1"])
    async with open_at(gateway, size=(100, 30)) as person:
        await person.until_ready()
        await person.choose(4)
        await person.go_to("#picker")
        await person.press("home", "space")
        await person.send("a lighthouse")
        await person.until(lambda: sorted(person.states) == ["failed", "saved"])
        await person.go_to("#jobs")
        await person.press("number_sign")
        await person.until_sees("2 of 2, 1 went wrong", "Seedream 5.0 lite", "✗ failed", "✓ saved")
        screen = person.app.screen
        if screen._job.state != "failed":
            await person.press("right")
        failed = screen._job
        assert failed.state == "failed"
        await person.press("R")
        await person.until_sees("2 of 2 ·")
        new = screen._job
        assert (new.follows, new.group, new.row) == (failed.id, failed.group, failed.row)
        await person.until(lambda: "✗ failed" not in person.sees)
        await person.press("enter")
        await person.until_sees("sha256", "follows")
        await person.press("escape", "escape")
    assert len(gateway.ledger().accepted) == 3
