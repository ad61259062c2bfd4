"""The time, as an argument that tests can replace."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen unless it is cancelled."""

    def cancel(self) -> None:
        """Let it not happen."""


class Clock(Protocol):
    """Where the engine gets its time from and how it waits."""

    def now(self) -> float:
        """Return Unix seconds, for what is stored and shown."""

    def monotonic(self) -> float:
        """Return seconds that never go back, for what is waited for."""

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""

    def call_later(self, seconds: float, act: Callable[[], None]) -> Timer:
        """Call `act` from the running loop after that many seconds."""


class SystemClock:
    """The real time."""

    def now(self) -> float:
        """Return Unix seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        await asyncio.sleep(seconds)

    def call_later(self, seconds: float, act: Callable[[], None]) -> Timer:
        """Call `act` from the running loop after that many seconds."""
        return asyncio.get_running_loop().call_later(seconds, act)
