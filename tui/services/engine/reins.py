"""What holds the engine back, or lets it go, from any thread."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from tui.services.engine.holding import EVERYTHING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from concurrent.futures import Future

    from tui.core.job import Job, State
    from tui.services.engine.runner import Runner

_T = TypeVar("_T")


class Reins:
    """Passes each wish to the runner in its own loop."""

    _loop: "asyncio.AbstractEventLoop"
    _ready: "Future[Runner]"
    _is_over: bool

    def pause(self, group: str = EVERYTHING) -> "Future[None]":
        """Send nothing more, or nothing of a group of jobs, until `go_on`; the rest goes on.

        It holds for all processes, and is remembered.
        """
        return self.call(self._ready.result().pauses.pause(group))

    def go_on(self, group: str = EVERYTHING) -> "Future[None]":
        """End the pause of everything or of a group, else a hold: submit again at once."""
        return self.call(self._ready.result().pauses.go_on(group))

    @property
    def paused(self) -> frozenset[str]:
        """The groups that a person has paused, and `EVERYTHING` where all is."""
        return self._ready.result().gate.paused

    @property
    def taken(self) -> frozenset[str]:
        """The ids of jobs that another process has taken over while they were followed here."""
        return frozenset(self._ready.result().taken)

    @property
    def lack(self) -> str:
        """Say that no worker is there who may send what is left to them; empty where one is."""
        return self._ready.result().prospect.lack

    @property
    def crowd(self) -> str:
        """Say that as many jobs are in flight as may be, while others wait here; else nothing."""
        return self._ready.result().prospect.crowd

    @property
    def waits(self) -> str:
        """Say what limit holds back what waits here, or for workers; empty where none does."""
        return self._ready.result().prospect.waits

    @property
    def standing(self) -> "tuple[Mapping[State, int], Mapping[str, int]]":
        """How many jobs are followed by state, and how many wait for each kind of step."""
        runner = self._ready.result()
        waiting = {name: len(lane) for name, lane in runner.lanes.items()}
        return runner.followed.states(), waiting

    def watch(self, jobs: "Sequence[Job]") -> None:
        """Keep an eye on jobs of an earlier run, where workers are to do them."""
        with suppress(RuntimeError):  # it has ended just now
            self._loop.call_soon_threadsafe(self._ready.result().watch, jobs)

    def serve(self, serve: "Callable[[Runner], Coroutine[Any, Any, _T]]") -> "Future[_T]":
        """Bring jobs to the runner, in its own loop."""
        return self.call(serve(self._ready.result()))

    def changes(self, since: int) -> "Future[tuple[list[Job], int]]":
        """Return what any process changed since, and heed what was paused there."""
        return self.call(self._ready.result().changes(since))

    def call(self, work: "Coroutine[Any, Any, _T]") -> "Future[_T]":
        """Run something on the engine's loop."""
        raise NotImplementedError

    def go_on_if_held(self) -> None:
        """End a hold, so that it is tried again at once; a person's pause stays."""
        self._loop.call_soon_threadsafe(self._ready.result().gate.end_hold)

    def hurry(self) -> None:
        """Let `close` wait for no answer any longer; may be called from a signal's handler."""
        if not self._is_over and self._ready.done():
            with suppress(RuntimeError):  # it has ended just now
                self._loop.call_soon_threadsafe(self._ready.result().hurry)
