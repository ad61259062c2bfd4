import asyncio
import heapq
import time
from collections.abc import AsyncIterator, Callable
from itertools import count, groupby
from pathlib import Path
from typing import Any, cast

import pytest

from tui.core.home import Home
from tui.core.job import Job, Result, Saved, State, new_job_id
from tui.core.limits import NO_LIMITS, Limits
from tui.core.request import Request
from tui.services.decode import BadImageError
from tui.services.engine.lanes import Widths
from tui.services.engine.runner import Runner
from tui.services.engine.work import Work
from tui.services.gallery import QuarantinedError
from tui.services.gateway.body import Body
from tui.services.gateway.client import Gateway, OnSent
from tui.services.gateway.outcome import (
    Accepted,
    Denied,
    Look,
    Missing,
    NotSent,
    Progress,
    Submission,
    Trouble,
)
from tui.services.journal import SqliteJournal


class JumpingClock:
    """Time that jumps to whatever is waited for next, so that nobody waits."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0
        self.jumps = True
        self.skew = 0.0  # what somebody has set the wall clock ahead by
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._cancelled: set[int] = set()

    def now(self) -> float:
        return self.time + self.skew

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self.call_later(seconds, woken.set)
        await woken.wait()

    def call_later(self, seconds: float, act: Callable[[], None]) -> "_Timer":
        number = next(self._order)
        heapq.heappush(self._timers, (self.time + seconds, number, act))
        asyncio.get_running_loop().call_soon(self._jump)
        return _Timer(self._cancelled, number)

    def _jump(self) -> None:
        time.sleep(0)  # what jumps without a pause would starve the journal's thread
        if not self._timers or not self.jumps:
            return None
        due, number, act = heapq.heappop(self._timers)
        if number in self._cancelled:
            return self._jump()
        self.time = max(self.time, due)
        return act()


class _Timer:
    def __init__(self, cancelled: set[int], number: int) -> None:
        self._cancelled = cancelled
        self._number = number

    def cancel(self) -> None:
        self._cancelled.add(self._number)


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


class ScriptedGateway:
    """Answers as it was told; the last answer is given again and again."""

    def __init__(self) -> None:
        self.submissions: list[Submission] = [Accepted("t1")]
        self.looks: list[Look | Callable[[str], Look]] = [Progress("pending")]
        self.sent: list[bytes] = []
        self.asked: list[tuple[str, str]] = []
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()
        self.opened.set()

    async def submit(self, _path: str, body: Body, on_sent: OnSent) -> Submission:
        outcome = self.submissions.pop(0) if len(self.submissions) > 1 else self.submissions[0]
        if isinstance(outcome, NotSent):
            return outcome
        if not await on_sent():
            return NotSent("withdrawn")
        self.sent.append(b"".join([piece async for piece in body]))
        self.reached.set()
        await self.opened.wait()
        return outcome

    async def look(self, path: str, task_id: str) -> Look:
        self.asked.append((path, task_id))
        look = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return look if isinstance(look, Progress | Missing | Denied | Trouble) else look(path)


class ScriptedGallery:
    """Saves as it was told: by URL a list of errors to raise first, then a file."""

    def __init__(self) -> None:
        self.errors: dict[str, list[Exception | None]] = {}
        self.saved: list[tuple[int, str]] = []

    async def save(self, job: Job, index: int, result: Result, *, last_try: bool) -> Saved:
        url = result.url or ""
        planted = self.errors.get(url, [None])
        if error := planted.pop(0) if len(planted) > 1 else planted[0]:
            if isinstance(error, BadImageError) and last_try:
                raise QuarantinedError(Path("quarantine/x"), str(error))
            raise error
        self.saved.append((index, url))
        path = f"{job.folder}/{index}.png"
        return Saved(
            path=path, index=index, width=1, height=1, format="PNG", bytes=1, sha256="0" * 64
        )


class Stage:
    """A runner between a scripted gateway, a scripted gallery and a real journal."""

    def __init__(
        self, folder: Path, clock: JumpingClock, limits: Limits = NO_LIMITS, *, host: str = ""
    ) -> None:
        self.clock = clock
        self.gateway = ScriptedGateway()
        self.gallery = ScriptedGallery()
        self.journal = SqliteJournal.open(folder / "imagedeck.db", clock)
        self.told: list[str] = []
        self.answers: dict[str, bytes] = {}
        self.seen: list[Job] = []
        self.folder = folder
        self.stops_at_rest = False
        self._changed = asyncio.Condition()
        self._numbers = count()
        self.work = Work(
            journal=self.journal,
            gateway=cast("Gateway", self.gateway),
            gallery=self.gallery,
            home=Home("default", "https://gateway.example"),
            fingerprint="f1",
            path_of=lambda sha256: folder / sha256,
            clock=clock,
            pace=1.0,
            random=lambda: 0.0,
            tell=self.told.append,
            keep_answer=self._keep,
            limits=limits,
            host=host,
        )
        self.runner = Runner(self.work, self._publish, Widths())
        self._task = asyncio.create_task(self.runner.run())

    def job(self, model: str = "gemini-3-pro-image", **facts: Any) -> Job:
        values = {"prompt": "a cat", **facts.pop("values", {})}
        request = Request(model=model, values=values, references=facts.pop("references", ()))
        now = self.clock.now()
        given = {
            "id": new_job_id(int(now * 1000), next(self._numbers).to_bytes(10, "big")),
            "request": request,
            "state": State.QUEUED,
            "created": now,
            "updated": now,
            "folder": str(self.folder),
            "template": "{id}-{index}",
        }
        return Job(**{**given, **facts})

    async def add(self, *jobs: Job) -> list[Job]:
        return await self.runner.add(jobs)

    async def until(self, job: Job, holds: Callable[[Job], bool]) -> Job:
        """Wait for a snapshot of the job for which something holds."""

        def found() -> Job | None:
            return next(
                (one for one in reversed(self.seen) if one.id == job.id and holds(one)), None
            )

        async with self._changed:
            await self._changed.wait_for(lambda: found() is not None)
        match = found()
        assert match
        return match

    async def end(self, job: Job) -> Job:
        return await self.until(job, lambda one: one.state.is_end)

    async def rest(self, job: Job) -> Job:
        return await self.until(job, lambda one: one.is_resting)

    async def told_full(self) -> None:
        """Wait until it is known that there is no place."""
        while not self.runner.admission.full:
            await self.journal.changes(0)  # a turn of the journal's thread

    def states(self, job: Job) -> list[State]:
        states = [one.state for one in self.seen if one.id == job.id]
        return [state for state, _ in groupby(states)]

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.runner.finish()
        await self.journal.close()

    def _keep(self, job_id: str, answer: bytes) -> str | None:
        if answer:
            self.answers[job_id] = answer
        return "kept" if answer else None

    def _publish(self, job: Job) -> None:
        self.seen.append(job)
        if job.is_resting and self.stops_at_rest:
            self.clock.jumps = False
        self._wakes = asyncio.get_running_loop().create_task(self._wake())

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@pytest.fixture
def new_stage() -> type[Stage]:
    return Stage


@pytest.fixture
async def stage(tmp_path: Path, clock: JumpingClock) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path / "data", clock)
    yield stage
    await stage.close()
