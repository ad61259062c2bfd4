"""Jobs that were asked for, from nothing sent to nothing left to wait for."""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from tui.api.desk import Desk
from tui.api.making import drop, new_jobs, plan_of, price_of
from tui.api.plan import Plan
from tui.core.job import Job, JobError, State

if TYPE_CHECKING:
    from tui.api.wanted import Wanted
    from tui.deck import Deck

_LOOK_AGAIN = 1.0  # seconds
_LOOKED_AT = 200  # jobs of others at once

Ask = Callable[["Deck"], "Wanted"]


class Run(AsyncIterator[Job]):
    """Jobs that were asked for: iterated, each once it is over; awaited, the list of all.

    Nothing is sent before that, and nothing twice, however often it is done and wherever it is
    cancelled. A job is over when nothing more is to be waited for: mostly an end such as `saved`,
    but also `queued` where nothing can be sent, with the reason in its `error`.
    """

    def __init__(self, desk: Desk, ask: Ask) -> None:
        self._desk = desk
        self._ask = ask
        self._checking: asyncio.Task[Wanted] | None = None
        self._starting: asyncio.Task[None] | None = None
        self._known: dict[str, Job] = {}
        self._open: dict[str, None] = {}
        self._unsent: set[str] = set()
        self._elsewhere: dict[str, None] = {}
        self._news: dict[str, Job] = {}
        self._early: dict[str, Job] | None = {}
        self._changed = asyncio.Event()
        self._looks_next = 0.0
        self._is_paused = False

    @property
    def jobs(self) -> list[Job]:
        """The jobs as they stand, in the order they were asked for; none before they are sent."""
        return [*self._known.values()]

    async def plan(self) -> Plan:
        """Check it and say what it comes to; nothing is sent. Raises InvalidError."""
        wanted = await self._wanted()
        return await self._desk.apart(partial(plan_of, self._desk.deck, wanted))

    async def sent(self) -> list[Job]:
        """Send it and wait until each task is known by its id, or its job is over."""
        await self._start()
        while self._unsent:
            await self._wait()
        return self.jobs

    async def changes(self) -> AsyncIterator[Job]:
        """Go through all that happens: the newest snapshot of a job for each change of it.

        Changes that follow each other faster than they are taken are told as one.
        """
        await self._start()
        while job := await self._next():
            yield job

    def __aiter__(self) -> "Run":
        return self

    async def __anext__(self) -> Job:
        await self._start()
        while job := await self._next():
            if job.id not in self._open:
                return job
        raise StopAsyncIteration

    def __await__(self) -> Generator[Any, None, list[Job]]:
        return self._all().__await__()

    def note(self, job: Job) -> None:
        """Take a new snapshot; the desk calls it."""
        if self._early is not None:
            self._early[job.id] = job
        elif job.id in self._open:
            self._elsewhere.pop(job.id, None)
            self._take(job)

    async def settle(self) -> None:
        """Bring to its end what is being written down; the desk calls it."""
        if self._starting:
            await asyncio.wait({self._starting})

    async def _all(self) -> list[Job]:
        async for _ in self:
            pass
        return self.jobs

    async def _wanted(self) -> "Wanted":
        deck = self._desk.deck
        if self._checking is None or (self._checking.done() and not _is_well(self._checking)):
            self._checking = asyncio.create_task(self._desk.apart(partial(self._ask, deck)))
        return await asyncio.shield(self._checking)

    async def _start(self) -> None:
        """Send it, once; whoever is cancelled meanwhile leaves it to the others."""
        if self._starting is None or (self._starting.done() and not _is_well(self._starting)):
            self._early = {}
            self._starting = asyncio.create_task(self._send())
        await asyncio.shield(self._starting)

    async def _send(self) -> None:
        wanted, desk = await self._wanted(), self._desk
        deck = desk.deck
        if wanted.orders:
            await desk.apart(partial(desk.ask_budget, price_of(deck, wanted)))
            await desk.apart(deck.check_output)
        for job in wanted.unsent:
            await drop(desk, job)
        jobs = await desk.apart(partial(new_jobs, deck, wanted))
        desk.add(self)
        written = await desk.call(deck.engine.add(jobs)) if jobs else []
        # Of a row that another run of the same batch was faster with, its job comes back.
        others = {job.id for job in written} - {job.id for job in jobs}
        woken = [*others, *wanted.woken]
        taken = {job.id: job for job in await desk.call(deck.engine.resume(woken))} if woken else {}
        fresh = iter(written)
        for one in wanted.things:
            job = one if isinstance(one, Job) else next(fresh)
            is_elsewhere = (job is one or job.id in others) and job.id not in taken
            if is_elsewhere and wanted.leaves_others:
                continue
            self._open[job.id] = None
            if is_elsewhere:
                self._elsewhere[job.id] = None
            self._take(_at_work(taken[job.id]) if job.id in taken else job)
        early, self._early = self._early or {}, None
        for job in early.values():
            known = self._known.get(job.id)
            if known and job.change >= known.change:
                self.note(job)

    def _take(self, job: Job, hold: JobError | None = None) -> None:
        from tui.services.engine.holding import is_settled

        self._known[job.id] = job
        if is_settled(job, hold):
            self._open.pop(job.id, None)
            self._elsewhere.pop(job.id, None)
        if job.task_id is None and job.id in self._open:
            self._unsent.add(job.id)
        else:
            self._unsent.discard(job.id)
        self._news.pop(job.id, None)
        self._news[job.id] = job
        self._changed.set()

    async def _next(self) -> Job | None:
        while not self._news:
            if not self._open:
                return None
            await self._wait()
        return self._news.pop(next(iter(self._news)))

    async def _wait(self) -> None:
        """Wait for news; look now and then whether there can be any."""
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN):
                await self._changed.wait()
        deck, now = self._desk.deck, asyncio.get_running_loop().time()
        if not self._changed.is_set():
            self._look_here(deck)
        elif now < self._looks_next:
            return
        # Also while news keep coming of other jobs: of these none does.
        self._looks_next = now + _LOOK_AGAIN
        self._elsewhere |= dict.fromkeys(deck.engine.taken & self._open.keys())
        if self._elsewhere:
            await self._look_elsewhere(deck)

    def _look_here(self, deck: "Deck") -> None:
        """See what holds all of them back."""
        self._tell_pause(deck.engine.paused)
        hold = deck.engine.hold
        if hold and hold.job and hold.job.error:
            for job in [self._known[one] for one in self._open]:
                if job.state is State.QUEUED:
                    told = job if job.error else replace(job, error=hold.job.error)
                    self._take(told, hold.job.error)

    def _tell_pause(self, paused: AbstractSet[str]) -> None:
        """Say once that what is to be sent waits for a person."""
        unsent = [self._known[one] for one in self._open] if paused else []
        waits = [one for one in unsent if one.state is State.QUEUED]
        is_paused = any("" in paused or one.group in paused for one in waits)
        if is_paused and not self._is_paused:
            self._desk.tell("Submissions are paused, here or elsewhere: waiting for go_on().")
        self._is_paused = is_paused

    async def _look_elsewhere(self, deck: "Deck") -> None:
        """Take up what nobody alive works on any more; see how the rest stands."""
        waiting = list(islice(self._elsewhere, _LOOKED_AT))
        for job_id in waiting:  # those looked at go to the end
            self._elsewhere[job_id] = self._elsewhere.pop(job_id)
        for job in await self._desk.call(deck.engine.resume(waiting)):
            self._elsewhere.pop(job.id, None)
        get = deck.journal.history.get
        for now in await self._desk.apart(lambda: [get(one) for one in waiting]):
            if now and now.id in self._elsewhere and now.change != self._known[now.id].change:
                self._take(now)


def _at_work(job: Job) -> Job:
    """Return a job that was taken up, without what it rested for."""
    return replace(job, error=None) if job.is_resting else job


def _is_well(task: "asyncio.Task[Any]") -> bool:
    return not task.cancelled() and task.exception() is None
