"""What the wait for jobs makes of the news of them."""

import os
import signal
from concurrent.futures import CancelledError
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tui.cli.following import Following, News, Stop, Wish
from tui.cli.session import see_through
from tui.core.job import Job, State, new_job_id
from tui.core.request import Request
from tui.deck import Deck
from tui.services.engine.engine import EngineOverError
from tui.services.journal.protocol import DiskError, JournalError

_ENGINE = SimpleNamespace(is_running=True, hold=None, paused=(), crowd="", taken=frozenset())
_PLACES = SimpleNamespace(demo=False)
_DECK = cast("Deck", SimpleNamespace(engine=_ENGINE, typical=None, places=_PLACES))


class Silent:
    """Shows nobody anything."""

    def __init__(self) -> None:
        self.shown = 0

    def show(self, _job: Job) -> None:
        self.shown += 1

    def tell(self, _text: str) -> None:
        pass

    def tick(self, _typical: Any) -> float | None:
        return None


class Flood:
    """Brings hundreds of rows at once, and with the second hundreds a signal comes."""

    def __init__(self, news: "SimpleQueue[News]") -> None:
        self.news = news
        self.steps = 0
        self.is_settled = False

    def step(self, _deck: Deck, following: Following) -> bool:
        self.steps += 1
        jobs = [queued(number) for number in range(300)]
        following.add(jobs)
        for job in jobs:
            self.news.put(job)
        if self.steps == 2:
            self.news.put(Stop(signal.SIGINT))
        return self.steps < 50

    def settle(self, _following: Following) -> None:
        self.is_settled = True


def queued(number: int) -> Job:
    return Job(
        id=new_job_id(1_800_000_000_000 + number, os.urandom(10)),
        request=Request(model="gpt-image-2", values={"prompt": "a lighthouse"}),
        state=State.QUEUED,
        created=1_800_000_000.0,
        updated=1_800_000_000.0,
        folder="/pictures",
        template="{id}-{index}",
    )


def test_a_signal_does_not_wait_behind_the_news_of_all_rows() -> None:
    news: SimpleQueue[News] = SimpleQueue()
    reporter, feed = Silent(), Flood(news)
    following = Following(Wish(until_submitted=True, is_left=True), reporter)
    following.feed(feed)
    following.run(_DECK, news)
    assert (feed.steps, feed.is_settled) == (2, True)
    assert following.is_fed
    assert following.exit_code == 130
    assert reporter.shown == 600


class Closed(Flood):
    """Finds everything closed."""

    def __init__(self, news: "SimpleQueue[News]", problem: Exception) -> None:
        super().__init__(news)
        self.problem = problem

    def step(self, _deck: Deck, _following: Following) -> bool:
        raise self.problem


@pytest.mark.parametrize("kind", [JournalError, EngineOverError, CancelledError, DiskError])
def test_what_a_signal_has_closed_is_no_fault(kind: type[Exception]) -> None:
    news: SimpleQueue[News] = SimpleQueue()
    following = Following(Wish(until_submitted=True, is_left=True), Silent())
    following.feed(Closed(news, kind("closed")))
    with pytest.raises(kind):
        see_through(_DECK, following, news)
    news.put(Stop(signal.SIGTERM))
    if kind is DiskError:  # that is one, whoever interrupts
        with pytest.raises(kind):
            see_through(_DECK, following, news)
    else:
        see_through(_DECK, following, news)
    assert following.is_fed
    assert following.exit_code == 143
