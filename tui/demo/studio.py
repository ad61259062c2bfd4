"""Painting off the loop, a few pictures at a time."""

import asyncio

from tui.demo.painting import paint
from tui.demo.picture import Picture

_AT_ONCE = 4  # a picture at 4K takes 100 MB while it is painted


class Studio:
    """Paints in threads."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def paint(self, picture: Picture) -> bytes:
        """Return the image file."""
        async with self._places:
            return await asyncio.to_thread(paint, picture)
