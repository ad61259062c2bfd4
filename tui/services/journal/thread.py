"""The one thread that writes the journal."""

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol, TypeVar

from tui.services.journal.protocol import JournalError
from tui.services.journal.sql import Connection
from tui.services.journal.transaction import Transaction

T = TypeVar("T")

_MOST_AT_ONCE = 1000


class Keeper(Protocol):
    """A database open for writing, used by one thread alone."""

    @property
    def patience(self) -> float | None:
        """How long (seconds) to wait for work before tidying; None when nothing is to be tidied."""

    def run(
        self,
        writes: Sequence[Callable[[Transaction], Any]],
        reads: Sequence[Callable[[Any], Any]],
    ) -> list[Any]:
        """Do all writes in one transaction, then the reads; return what each returns or raises."""

    @property
    def retries(self) -> int:
        """How often something was tried again, the database being away."""

    def tidy(self) -> None:
        """Do what can be done while nobody waits."""

    def hurry(self) -> None:
        """Wait no longer than needed for a database that is away; called by any thread."""

    def close(self) -> None:
        """Close the database and stop being an owner."""


class _Errand(NamedTuple):
    """What somebody waits for, and the loop that they wait on."""

    do: Callable[[Any], Any]
    writes: bool
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


class JournalThread:
    """Runs what callers of any loop ask for: all writes that wait in one commit, then the reads."""

    def __init__(self, database: Keeper) -> None:
        self._database = database
        self._queue: SimpleQueue[_Errand | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._is_open = True
        self._batch: list[_Errand] = []
        # Hears of each transaction: how many callers' changes were in it, how long it took.
        self.committed: Callable[[int, float], None] = lambda _changes, _seconds: None
        # A daemon: whoever forgets to close must not hang at exit, and no commit is ever half.
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def write(self, do: Callable[[Transaction], T]) -> "asyncio.Future[T]":
        """Have something written; the outcome comes when it is durable."""
        return self._ask(do, writes=True)

    def read(self, do: Callable[[Connection], T]) -> "asyncio.Future[T]":
        """Have something read that is durable."""
        return self._ask(do, writes=False)

    @property
    def retries(self) -> int:
        """How often something was tried again, the database being away."""
        return self._database.retries

    def stop(self) -> None:
        """Finish what was asked, then close the database; waits for it."""
        with self._gate:
            if self._is_open:
                self._is_open = False
                self._queue.put(None)
        self._database.hurry()
        self._thread.join()

    def _ask(self, do: Callable[[Any], T], *, writes: bool) -> "asyncio.Future[T]":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._gate:
            if not self._is_open:
                raise JournalError("the journal has been closed")
            self._queue.put(_Errand(do, writes, future, loop))
        return future

    def _run(self) -> None:
        try:
            while self._gather():
                self._work()
        finally:
            self._end()

    def _gather(self) -> bool:
        """Fill the batch with what waits; False once there is nothing more to come."""
        try:
            errand = self._queue.get(timeout=self._database.patience)
            while errand:
                self._batch.append(errand)
                if len(self._batch) == _MOST_AT_ONCE:
                    return True
                errand = self._queue.get_nowait()
        except Empty:
            return True
        # The end was asked for; it may stand behind a last batch.
        if self._batch:
            self._queue.put(None)
            return True
        return False

    def _work(self) -> None:
        if not self._batch:
            self._database.tidy()
            return
        writes = [errand for errand in self._batch if errand.writes]
        reads = [errand for errand in self._batch if not errand.writes]
        begun = time.perf_counter()
        answers = self._database.run([one.do for one in writes], [one.do for one in reads])
        if writes:
            self.committed(len(writes), time.perf_counter() - begun)
        self._batch = []
        _deliver([*writes, *reads], answers)

    def _end(self) -> None:
        with self._gate:
            self._is_open = False
        # Only after a fault of ours is anybody left; without a word they would wait for ever.
        while not self._queue.empty():
            errand = self._queue.get_nowait()
            self._batch += [errand] if errand else []
        _deliver(self._batch, [JournalError("the journal has stopped") for _ in self._batch])
        self._database.close()


def _deliver(errands: Sequence[_Errand], answers: Sequence[Any]) -> None:
    """Wake every loop once, however many of its callers have an answer."""
    by_loop = defaultdict(list)
    for errand, answer in zip(errands, answers, strict=True):
        by_loop[errand.loop].append((errand.future, answer))
    for loop, pairs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, pairs)
        except RuntimeError:
            continue  # that loop is closed: nobody waits there any more


def _resolve(pairs: Sequence[tuple["asyncio.Future[Any]", Any]]) -> None:
    for future, answer in pairs:
        if future.done():
            continue  # its caller was cancelled; what was asked has happened all the same
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
