"""One line of a worker: the queues of one rank, and the jobs that come from them."""

from collections.abc import Awaitable, Callable, Container, Sequence

from procrastinate import App
from procrastinate.connector import BaseAsyncConnector
from procrastinate.worker import Worker

from tui.services.delivery.claims import Claims
from tui.services.delivery.room import Room
from tui.services.journal.postgres.queues import TASK, WORKER_SECONDS

_LOOK_AGAIN = 5.0  # seconds, if nothing is heard
_MOST_AT_ONCE = 100_000  # tasks: how many there may be, its room says

Advance = Callable[[str], Awaitable[None]]


class Line(Worker):
    """Procrastinate's worker on some queues, with a way of ours to claim rows.

    It hears of new rows by `look`, so that three lines need no three sessions for that.
    """

    def __init__(
        self,
        connector: BaseAsyncConnector,
        queues: Sequence[str],
        room: Room,
        followed: Container[str],
        advance: Advance,
    ) -> None:
        app = App(connector=connector)
        app.job_manager = self.claims = Claims(connector, room, followed)
        self.room = room

        async def handle(job_id: str) -> None:
            try:
                await advance(job_id)
            finally:
                if job_id not in followed:
                    room.note_sent(job_id)

        app.task(name=TASK)(handle)
        super().__init__(
            app,
            queues,
            concurrency=_MOST_AT_ONCE,
            fetch_job_polling_interval=_LOOK_AGAIN,
            shutdown_graceful_timeout=0,
            listen_notify=False,
            delete_jobs="successful",
            stalled_worker_timeout=WORKER_SECONDS,
            install_signal_handlers=False,
        )

    def look(self) -> None:
        """Look for new rows now."""
        self._new_job_event.set()

    def stop(self) -> None:
        """Take no more, and let go of what is followed."""
        self.room.close()
        super().stop()  # type: ignore[no-untyped-call]  # it has types in part
