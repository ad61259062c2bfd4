"""What holds the engine back, or lets it go, from any thread."""

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

    from tui.services.engine.runner import Runner


class Reins:
    """Passes each wish to the runner in its own loop; nobody waits."""

    _loop: "asyncio.AbstractEventLoop"
    _ready: "Future[Runner]"
    _is_over: bool

    def pause(self, group: str | None = None) -> None:
        """Send nothing more, or nothing of a group of jobs, until `go_on`; the rest goes on."""
        self._loop.call_soon_threadsafe(self._ready.result().gate.pause, group)

    def go_on(self, group: str | None = None) -> None:
        """End the pause of everything or of a group, else a hold: submit again at once."""
        self._loop.call_soon_threadsafe(self._ready.result().gate.go_on, group)

    def go_on_if_held(self) -> None:
        """End a hold, so that it is tried again at once; a person's pause stays."""
        self._loop.call_soon_threadsafe(self._ready.result().gate.end_hold)

    def hurry(self) -> None:
        """Let `close` wait for no answer any longer; may be called from a signal's handler."""
        if not self._is_over and self._ready.done():
            with suppress(RuntimeError):  # it has ended just now
                self._loop.call_soon_threadsafe(self._ready.result().hurry)
