"""Hearing at once that somebody has changed the shared database."""

import asyncio
import threading
from contextlib import suppress

import psycopg

from tui.services.journal.postgres.connection import PostgresConnection
from tui.services.journal.protocol import JournalError

_AT_MOST_EVERY = 0.05  # seconds: a busy queue must not keep its onlookers busy
_LOOK_AT_END = 1.0  # seconds after which the thread sees that it is no longer wanted
_TRY_AGAIN = 5.0


class PostgresNews:
    """Listens with a session and a thread of its own, from the first question on.

    What is heard says only that there is something new. Whoever needs certainty looks now and
    then all the same: a lost session loses words.
    """

    def __init__(self, url: str, channel: str = "imagedeck") -> None:
        self._url = url
        self._channel = channel
        self._gate = threading.Lock()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self._informed: set[asyncio.AbstractEventLoop] = set()  # each has one who waits
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def wait(self, seconds: float) -> None:
        """Wait until something may be new, so many seconds at most; for one of each loop."""
        await asyncio.sleep(min(_AT_MOST_EVERY, seconds))
        heard = asyncio.Event()
        mine = (asyncio.get_running_loop(), heard)
        with self._gate:
            self._start()
            if mine[0] not in self._informed:
                heard.set()
            self._waiting.append(mine)
        try:
            # Not wait_for, which before Python 3.12 loses a cancellation that meets the news.
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await heard.wait()
        finally:
            with self._gate:
                self._waiting.remove(mine)
                self._informed.add(mine[0])

    def close(self) -> None:
        """Stop listening."""
        self._end.set()
        if self._thread:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None and not self._end.is_set():
            self._thread = threading.Thread(target=self._listen, name="news", daemon=True)
            self._thread.start()

    def _listen(self) -> None:
        while not self._end.is_set():
            with suppress(JournalError, psycopg.Error):
                self._hear()
            self._tell()
            self._end.wait(_TRY_AGAIN)

    def _hear(self) -> None:
        db = PostgresConnection(self._url)
        try:
            db.execute(f"LISTEN {self._channel}")
            while not self._end.is_set():
                if db.notifies(_LOOK_AT_END):
                    self._tell()
        finally:
            db.close()

    def _tell(self) -> None:
        with self._gate:
            self._informed.clear()
            for loop, heard in self._waiting:
                with suppress(RuntimeError):  # a loop that is closed
                    loop.call_soon_threadsafe(heard.set)
