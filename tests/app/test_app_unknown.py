"""The whole app: a submission whose outcome nobody knows, and the three ways out."""

from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

OpenAt = Callable[..., Any]


@pytest.fixture
def lost(open_at: OpenAt, http_gateway: Callable[..., Any]) -> Callable[..., Any]:
    """Open the app on a job whose submission was accepted, and answered without an id."""

    @asynccontextmanager
    async def start(size: tuple[int, int] = (160, 45)) -> Any:
        gateway = http_gateway(faults=["submit:noid*1"])
        async with open_at(gateway, size=size) as person:
            await person.until_ready()
            await person.choose(4)
            await person.send("a lighthouse")
            await person.until_states("unknown")
            await person.until_sees("unknown")
            await person.go_to("#jobs")
            await person.press("enter")
            await person.until_sees("Was it accepted? Nobody can know")
            yield person, gateway

    return start


async def test_what_is_known_is_shown_and_the_task_attached(
    lost: Callable[..., Any], at_home: Path
) -> None:
    async with lost() as (person, gateway):
        (answer,) = (at_home / ".local/share/imagedeck/answers").iterdir()
        await person.until_sees(
            "a lighthouse", "Sent 2", "estimated price", f"{answer.stat().st_size} B came back"
        )
        assert "may be paid for twice" in person.sees
        assert str(answer) in person.sees.replace(" ", "")
        await person.paste("no id at all")
        await person.press("enter")
        await person.until_sees("That is no task id")
        await person.press("ctrl+u")
        (accepted,) = gateway.ledger().accepted
        await person.paste(accepted.task_id)
        await person.press("enter")
        await person.until_states("saved")
    assert gateway.ledger().charges("a lighthouse") == 1


async def test_it_is_sent_again_only_when_somebody_says_so(lost: Callable[..., Any]) -> None:
    async with lost(size=(80, 24)) as (person, gateway):
        await person.press("escape")
        await person.until_states("unknown")
        await person.press("a")
        await person.until_sees("Nobody can know")
        await person.go_to("#resubmit")
        await person.press("enter")
        await person.until_states("saved", "unknown")
        new, old = person.jobs
        assert (new.follows, old.resolution) == (old.id, "resubmitted")
    assert gateway.ledger().charges("a lighthouse") == 2


async def test_it_can_be_abandoned(lost: Callable[..., Any]) -> None:
    async with lost() as (person, gateway):
        await person.go_to("#abandon")
        await person.press("enter")
        await person.until(lambda: person.jobs[0].resolution == "abandoned")
        await person.press("a")
        await person.until_sees("Only a job whose outcome is unknown")
        await person.press("enter")
        await person.settle()
        assert "Nobody can know" not in person.sees
    assert gateway.ledger().charges("a lighthouse") == 1
