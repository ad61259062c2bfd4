"""What can be taken back."""

from collections.abc import Awaitable, Callable


class Undo:
    """The ways back, the newest last; at most a hundred."""

    def __init__(self) -> None:
        self._ways: list[Callable[[], Awaitable[None]]] = []

    def note(self, back: Callable[[], Awaitable[None]]) -> None:
        """Note what takes back something that was done."""
        self._ways = [*self._ways[-99:], back]

    async def undo(self) -> bool:
        """Take back what was done last; False when there is nothing left."""
        if not self._ways:
            return False
        await self._ways.pop()()
        return True
