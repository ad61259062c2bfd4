"""Jobs followed until nothing more is to be waited for."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Protocol

from tui.cli import exits
from tui.cli.live import TypicalOf
from tui.core.job import Job, JobError, State
from tui.deck import Deck

_LOOK_AGAIN = 1.0  # seconds


@dataclass(frozen=True, slots=True)
class Stop:
    """A signal came."""

    signal: int


News = Job | str | Stop


@dataclass(frozen=True, slots=True)
class Wish:
    """How long to wait: `timeout` in seconds; `until_submitted`: until the tasks are known."""

    timeout: float | None = None
    until_submitted: bool = False


class Reporter(Protocol):
    """Shows a person, or a script, what happens."""

    def show(self, job: Job) -> None:
        """Take a new snapshot."""

    def tell(self, text: str) -> None:
        """Pass a sentence on."""

    def tick(self, typical: TypicalOf) -> float | None:
        """Let time be seen to pass; return the seconds until it wants to be called again."""


class Following:
    """The jobs of one run: what is known of them, and what they come to."""

    def __init__(self, wish: Wish, reporter: Reporter) -> None:
        self._wish = wish
        self._reporter = reporter
        self._jobs: dict[str, Job] = {}
        self._open: dict[str, None] = {}
        self._elsewhere: set[str] = set()
        self._hold: JobError | None = None
        self._stop: Stop | None = None

    @property
    def unfinished(self) -> list[Job]:
        """The jobs that have not ended."""
        return [job for job in self._jobs.values() if job.is_live]

    @property
    def stopped_by(self) -> int | None:
        """The signal that ended the wait, if one did."""
        return self._stop.signal if self._stop else None

    @property
    def hold(self) -> JobError | None:
        """Why nothing more is being sent, if that is so."""
        return self._hold

    @property
    def is_enough(self) -> bool:
        """Whether every job has come as far as was wished for."""
        return all(self._is_enough(job) or job.state.is_end for job in self._jobs.values())

    @property
    def exit_code(self) -> int:
        """What all of it comes to."""
        unfinished = 128 + self._stop.signal if self._stop else exits.UNFINISHED
        if self._stop and not self._jobs:
            return unfinished
        return exits.worst(
            exits.OK
            if self._is_enough(job)
            else exits.code_of(job, hold=self._hold, unfinished=unfinished)
            for job in self._jobs.values()
        )

    def add(self, jobs: Iterable[Job], *, elsewhere: bool = False) -> None:
        """Follow these; `elsewhere`: another process works on them, or nobody does any more."""
        for job in jobs:
            self._jobs[job.id] = job
            self._open[job.id] = None
            if elsewhere:
                self._elsewhere.add(job.id)
                self._note(job)

    def run(self, deck: Deck, news: "SimpleQueue[News]") -> None:
        """Wait until every job is settled, the time is up, or a signal comes."""
        started = time.monotonic()
        look_next = started
        while deck.engine.is_running and self._stop is None and not self._is_settled():
            now = time.monotonic()
            left = self._wish.timeout - (now - started) if self._wish.timeout else _LOOK_AGAIN
            if left <= 0:
                return
            wait = self._reporter.tick(deck.typical)
            self._take_in(news, min(left, _LOOK_AGAIN, wait or _LOOK_AGAIN))
            hold = deck.engine.hold
            self._hold = hold.job.error if hold else None
            if self._elsewhere and time.monotonic() >= look_next:
                self._look_elsewhere(deck)
                look_next = time.monotonic() + _LOOK_AGAIN

    def drain(self, news: "SimpleQueue[News]") -> None:
        """Take in what was still said while everything was closed."""
        while not news.empty():
            self._take_in(news, 0)

    def _take_in(self, news: "SimpleQueue[News]", wait: float) -> None:
        try:
            one: News = news.get(timeout=wait) if wait else news.get_nowait()
        except Empty:
            return
        match one:
            case Job() if one.id in self._jobs:
                self._elsewhere.discard(one.id)
                self._note(one)
            case str():
                self._reporter.tell(one)
            case Stop():
                self._stop = self._stop or one

    def _note(self, job: Job) -> None:
        self._jobs[job.id] = job
        if not job.is_live or self._is_enough(job):
            self._open.pop(job.id, None)
        self._reporter.show(job)

    def _is_settled(self) -> bool:
        # Of ten thousand jobs only those are looked at that may still change.
        return all(self._is_done(self._jobs[job_id]) for job_id in self._open)

    def _is_done(self, job: Job) -> bool:
        is_held = job.state is State.QUEUED and self._hold is not None
        return not job.is_live or job.is_resting or is_held or self._is_enough(job)

    def _is_enough(self, job: Job) -> bool:
        return self._wish.until_submitted and job.is_live and job.task_id is not None

    def _look_elsewhere(self, deck: Deck) -> None:
        """Take up what nobody alive works on any more; see how the rest stands."""
        waiting: Sequence[str] = [
            job_id for job_id in self._elsewhere if not self._jobs[job_id].state.is_end
        ]
        for job in deck.follow(waiting):
            self._elsewhere.discard(job.id)
        for job_id in waiting:
            now = deck.journal.history.get(job_id)
            if now and job_id in self._elsewhere and now.change != self._jobs[job_id].change:
                self._note(now)
