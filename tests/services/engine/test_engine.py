import threading
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import cast
from unittest.mock import MagicMock

import pytest

from tui.core.job import Job, State
from tui.core.request import Request
from tui.services.engine.engine import Engine
from tui.services.engine.lanes import Widths
from tui.services.engine.work import Work


def test_what_opening_the_services_raised_is_raised_by_start() -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Work]:
        raise FileNotFoundError("no certificates")
        yield

    engine = Engine(broken, lambda _job: None, Widths())
    with pytest.raises(FileNotFoundError, match="no certificates"):
        engine.start()
    engine.close()


class BackwardClock:
    """A clock so broken that no lane can live with it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return 0.0

    def monotonic(self) -> float:
        self.seconds -= 1.0
        return self.seconds

    def call_later(self, _seconds: float, _act: object) -> None:
        raise ArithmeticError("time runs backwards")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> tuple[Engine, list[BaseException]]:
    """An engine whose runner breaks as soon as it has a job, and what its thread died of."""
    died: list[BaseException] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: died.append(args.exc_value))

    async def add(jobs: list[Job]) -> list[Job]:
        return jobs

    @asynccontextmanager
    async def services() -> AsyncIterator[Work]:
        journal = SimpleNamespace(add=add)
        absent = {"delivery": None, "waiting": None}
        yield cast("Work", MagicMock(clock=BackwardClock(), journal=journal, **absent))

    return Engine(services, lambda _job: None, Widths()), died


def test_an_engine_that_breaks_says_so(
    broken: tuple[Engine, list[BaseException]], job: Job
) -> None:
    engine, died = broken
    engine.start()
    engine.add([job]).result(10)
    engine._thread.join(10)
    assert not engine.is_running
    assert "time runs backwards" in "".join(traceback.format_exception(died[0]))
    engine.close()


def test_who_calls_an_engine_that_has_ended_is_told(
    broken: tuple[Engine, list[BaseException]], job: Job
) -> None:
    engine, _ = broken
    engine.start()
    engine.close()
    with pytest.raises(RuntimeError, match="ended"):
        engine.add([job])
    engine.close()


@pytest.fixture
def job() -> Job:
    request = Request(model="gemini-3-pro-image", values={"prompt": "a cat"})
    return Job(
        id="0" * 32,
        request=request,
        state=State.QUEUED,
        created=0.0,
        updated=0.0,
        folder="",
        template="",
    )
