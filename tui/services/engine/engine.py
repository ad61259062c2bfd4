"""The engine: a runner on a thread and a loop of its own."""

import asyncio
import gc
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from tui.core.job import Job
from tui.core.request import Request
from tui.core.schedule import Typical
from tui.services.courtesy import CourteousSelector, Courtesy
from tui.services.engine.holding import Hold
from tui.services.engine.lanes import Widths
from tui.services.engine.onlooker import runner_of
from tui.services.engine.reins import Reins
from tui.services.engine.resolving import Way
from tui.services.engine.rights import Rights
from tui.services.engine.work import Work

if TYPE_CHECKING:
    from tui.services.engine.runner import Runner

_T = TypeVar("_T")
# New objects between two looks for garbage among them; of such looks, and of those among what two
# of them have found alive. The last goes through all jobs, and Python would do it five times more.
_OFTEN = (700, 10, 50)


class EngineOverError(RuntimeError):
    """The engine has ended, so that nothing more can be asked of it."""


class Engine(Reins):
    """Takes jobs to their end, so that no terminal and no caller can hold them up.

    `open_work` makes the services inside the engine's loop and ends them there. `publish`
    gets every new snapshot on the engine's thread: it must only note it. The methods may be
    called from any thread; a Future they return is done once the journal has written. Its loop
    stands back as `courtesy` says, in whose place there may be another until the start.
    """

    def __init__(
        self,
        open_work: Callable[[], AbstractAsyncContextManager[Work]],
        publish: Callable[[Job], None],
        widths: Widths,
    ) -> None:
        self._open_work = open_work
        self._publish = publish
        self._widths = widths
        self.courtesy = Courtesy()
        self._ready: Future[Runner] = Future()
        self._gate = threading.Lock()
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def start(self, *, is_guest: bool = False) -> None:
        """Start the thread; raises what opening the services raised.

        `is_guest`: the process is another program's, whose garbage is collected as that wants it.
        """
        if not is_guest:
            _set_libraries_apart()
        self._thread.start()
        self._ready.result()

    @property
    def is_running(self) -> bool:
        """Whether its thread is alive; False without `close` means it broke."""
        return self._thread.is_alive()

    def typical(self, request: Request) -> Typical | None:
        """Return how long such a request takes; None before the first look at one."""
        return self._ready.result().polling.known(request)

    @property
    def is_sending(self) -> bool:
        """Whether a submission is in flight."""
        return self._ready.result().is_sending

    @property
    def spent(self) -> Decimal:
        """What this process has spent up to now, in US dollars."""
        return self._ready.result().spent

    @property
    def hold(self) -> Hold | None:
        """Why submissions pause, while they do."""
        return self._ready.result().gate.hold

    def add(self, jobs: Sequence[Job]) -> "Future[list[Job]]":
        """Write new jobs down, then let them go."""
        return self.call(self._ready.result().add(jobs))

    def resume(self, ids: Iterable[str] | None = None) -> "Future[list[Job]]":
        """Take up the named jobs, or all unfinished ones that no living process has.

        A named job is woken even where it had ended with paid images missing, or was no longer
        watched. Returns the jobs that this process now follows.
        """
        return self.call(self._ready.result().resume(None if ids is None else list(ids)))

    def drop(self, job_id: str, *, others: bool = False) -> "Future[Job | None]":
        """Drop a job before it is sent, for free; None when it is too late for that.

        This and the next two raise NotOwnError for a job of others, unless `others` are meant.
        """
        drop = self._ready.result().drop
        return self.call(self._rights.do(drop, job_id, others=others))

    def stop_watching(self, job_id: str, *, others: bool = False) -> "Future[Job | None]":
        """Leave a task alone; it goes on at the gateway, and is billed."""
        leave = self._ready.result().stop_watching
        return self.call(self._rights.do(leave, job_id, others=others))

    def resolve(self, job_id: str, way: Way, *, others: bool = False) -> "Future[list[Job]]":
        """Resolve an `unknown` job as a person chose; raises ResolveError."""
        resolve = partial(self._ready.result().resolve, way=way)
        return self.call(self._rights.do(resolve, job_id, others=others))

    def first(self, job_id: str) -> "Future[bool]":
        """Let a job that waits to be sent be the next one; False when it does not wait here."""
        return self.call(self._ready.result().first(job_id))

    def close(self) -> None:
        """Wait for submissions in flight; leave everything else to the next start."""
        if not self._thread.is_alive():
            return
        with self._gate:
            if not self._is_over:
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def call(self, work: Coroutine[Any, Any, _T]) -> "Future[_T]":
        """Run something else on the engine's loop; raises EngineOverError once that has ended."""
        with self._gate:
            if not self._is_over:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        raise EngineOverError("the engine has ended")

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=self._new_loop) as runner:
                runner.run(self._main())
        except BaseException as problem:
            # Nobody waits for this thread: whoever called start() gets it, or the excepthook.
            if self._ready.done():
                raise
            self._ready.set_exception(problem)

    def _new_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.SelectorEventLoop(CourteousSelector(self.courtesy))

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        try:
            await self._serve()
        finally:
            with self._gate:
                self._is_over = True
            # What was asked for up to now becomes a task here, so that the loop's end cancels it;
            # without a task whoever asked would wait for ever.
            await asyncio.sleep(0)

    async def _serve(self) -> None:
        async with self._open_work() as work:
            self._rights = Rights(work)
            runner = runner_of(work, self._publish, self._widths)
            if work.delivery:
                await work.delivery.check()
            running = asyncio.create_task(runner.run())
            self._ready.set_result(runner)
            stopping = asyncio.create_task(self._stop.wait())
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            running.cancel()
            await asyncio.wait({running, stopping})
            await runner.finish()
            if not running.cancelled():
                running.result()  # it broke: whoever supervises this thread must hear of it


@cache
def _set_libraries_apart() -> None:
    """Let the garbage collector leave out what is loaded by now, once for the process.

    Answers and closed screens leave cycles behind. Looked for as seldom as at the start, they stop
    everything for 40 to 90 ms; this often it is 0.3 ms, and 11 MB less wait to be found.
    """
    gc.freeze()
    gc.set_threshold(*_OFTEN)
