"""Jobs followed until nothing more is to be waited for."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Protocol

from tui.cli import exits
from tui.cli.live import TypicalOf
from tui.cli.waiting import Waiting
from tui.core.job import Job, JobError, State
from tui.deck import Deck
from tui.services.engine.holding import is_settled

_LOOK_AGAIN = 1.0  # seconds
_LOOKED_AT = 200  # jobs of others at once; of ten thousand a part each time


@dataclass(frozen=True, slots=True)
class Stop:
    """A signal came."""

    signal: int


News = Job | str | Stop


@dataclass(frozen=True, slots=True)
class Wish:
    """How long to wait: `timeout` in seconds; `until_submitted`: until the tasks are known.

    `is_left`: workers send the jobs, so that what is written down is as good as submitted.
    """

    timeout: float | None = None
    until_submitted: bool = False
    is_left: bool = False


class Feed(Protocol):
    """Brings jobs in a bit at a time, so that never all of many are held at once."""

    def step(self, deck: Deck, following: "Following") -> bool:
        """Bring some more if there is room for them; False when there will be no more."""

    def settle(self, following: "Following") -> None:
        """Wait until what was brought in is written down."""


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
        self._elsewhere: dict[str, None] = {}
        self._unsent: set[str] = set()
        self._ended: dict[str, int] = {}
        self._feed: Feed | None = None
        self._hold: JobError | None = None
        self._stop: Stop | None = None
        self._waiting = Waiting(reporter.tell)

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
        return self._feed is None and all(map(self._is_enough, self._jobs.values()))

    @property
    def is_fed(self) -> bool:
        """Whether more jobs were still to come when the wait ended."""
        return self._feed is not None

    @property
    def number_open(self) -> int:
        """How many jobs something is still awaited of."""
        return len(self._open)

    @property
    def number_unsent(self) -> int:
        """How many jobs wait to be sent."""
        return len(self._unsent)

    @property
    def exit_code(self) -> int:
        """What all of it comes to."""
        unfinished = 128 + self._stop.signal if self._stop else exits.UNFINISHED
        if self._stop and not self._jobs and not self._ended:
            return unfinished
        codes = {
            exits.OK
            if self._is_enough(job)
            else exits.code_of(job, hold=self._hold, unfinished=unfinished)
            for job in self._jobs.values()
        }
        return exits.worst([*codes, *self._ended.values(), unfinished if self._feed else exits.OK])

    def add(self, jobs: Iterable[Job], *, elsewhere: bool = False) -> None:
        """Follow these; `elsewhere`: another process works on them, or nobody does any more."""
        for job in jobs:
            self._jobs[job.id] = job
            self._open[job.id] = None
            self._ended.pop(job.id, None)
            if job.state is State.QUEUED:
                self._unsent.add(job.id)
            if elsewhere:
                self._elsewhere[job.id] = None
                self._note(job)

    def forget(self, job: Job) -> None:
        """Follow a job no more, which was not written down after all."""
        for known in (self._jobs, self._open):
            known.pop(job.id, None)
        self._unsent.discard(job.id)

    def feed(self, feed: Feed) -> None:
        """Take more jobs from there as those here come on."""
        self._feed = feed

    def run(self, deck: Deck, news: "SimpleQueue[News]") -> None:
        """Wait until every job is settled, the time is up, or a signal comes."""
        try:
            self._follow(deck, news)
        finally:
            if self._feed:
                self._feed.settle(self)

    def drain(self, news: "SimpleQueue[News]") -> None:
        """Take in all that was said up to now."""
        for _one in range(news.qsize()):
            self._take_in(news, 0)

    def _follow(self, deck: Deck, news: "SimpleQueue[News]") -> None:
        started = time.monotonic()
        look_next = started
        while deck.engine.is_running and self._stop is None and not self._is_settled():
            now = time.monotonic()
            left = self._wish.timeout - (now - started) if self._wish.timeout else _LOOK_AGAIN
            if left <= 0:
                return
            if self._feed and self._hold is None and not self._feed.step(deck, self):
                self._feed = None
            wait = self._reporter.tick(deck.typical)
            self._take_in(news, min(left, _LOOK_AGAIN, wait or _LOOK_AGAIN))
            # All of it, each time: a feed brings hundreds at once, and a signal would wait behind.
            self.drain(news)
            hold = deck.engine.hold
            self._hold = hold.job.error if hold and hold.job else None
            self._tell_why(deck)
            self._elsewhere |= dict.fromkeys(deck.engine.taken & self._open.keys())
            if self._elsewhere and time.monotonic() >= look_next:
                self._look_elsewhere(deck)
                look_next = time.monotonic() + _LOOK_AGAIN

    def _tell_why(self, deck: Deck) -> None:
        """Say what all that is to be sent waits for, and that it does no more."""
        is_idle = len(self._unsent) == len(self._open)
        paused, crowd = deck.engine.paused, deck.engine.crowd if is_idle else ""
        # While all goes on they are not gone through: of 20,000 that takes 1 ms, at each news.
        ids = self._unsent if paused or crowd else ()
        unsent = [self._jobs[one] for one in ids if one in self._jobs]
        self._waiting.look(unsent, paused, " --demo" if deck.places.demo else "", crowd)

    def _take_in(self, news: "SimpleQueue[News]", wait: float) -> None:
        try:
            one: News = news.get(timeout=wait) if wait else news.get_nowait()
        except Empty:
            return
        match one:
            case Job() if one.id in self._jobs or one.id in self._ended:
                self._elsewhere.pop(one.id, None)
                self._note(one)
            case str():
                self._reporter.tell(one)
            case Stop():
                self._stop = self._stop or one

    def _note(self, job: Job) -> None:
        if job.state.is_end:
            # Of what has ended only the outcome is kept: there may be a hundred thousand.
            self._jobs.pop(job.id, None)
            self._ended[job.id] = exits.code_of(job)
            self._elsewhere.pop(job.id, None)
        else:
            self._jobs[job.id] = job
            self._ended.pop(job.id, None)
        if not job.is_live or self._is_enough(job):
            self._open.pop(job.id, None)
        if job.state is not State.QUEUED:
            self._unsent.discard(job.id)
        self._reporter.show(job)

    def _is_settled(self) -> bool:
        # Of ten thousand jobs only those are looked at that may still change.
        is_complete = self._feed is None or self._hold is not None
        return is_complete and all(self._is_done(self._jobs[job_id]) for job_id in self._open)

    def _is_done(self, job: Job) -> bool:
        return is_settled(job, self._hold) or self._is_enough(job)

    def _is_enough(self, job: Job) -> bool:
        is_sure = job.task_id is not None or self._wish.is_left
        return self._wish.until_submitted and job.is_live and is_sure

    def _look_elsewhere(self, deck: Deck) -> None:
        """Take up what nobody alive works on any more; see how the rest stands."""
        waiting = list(islice(self._elsewhere, _LOOKED_AT))
        for job_id in waiting:  # those looked at go to the end
            self._elsewhere[job_id] = self._elsewhere.pop(job_id)
        for job in deck.follow(waiting):
            self._elsewhere.pop(job.id, None)
        for job_id in waiting:
            now = deck.journal.history.get(job_id)
            if now and job_id in self._elsewhere and now.change != self._jobs[job_id].change:
                self._note(now)
