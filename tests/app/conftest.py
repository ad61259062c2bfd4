"""What every test of a widget needs: a host, the screen as text, golden files."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

TOP = Path(__file__).parents[2]
STYLES = sorted((TOP / "styles").glob("*.tcss"))
GOLDEN = TOP / "tests" / "golden"


class Host(App[None]):
    """An app around some widgets, with the styles of the real one; keeps what they post."""

    CSS_PATH = STYLES
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets
        self.seen: list[Message] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    def keep(self, message: Message) -> None:
        if not any(message is one for one in self.seen):
            self.seen.append(message)

    def told(self, kind: type[Any]) -> list[Any]:
        return [message for message in self.seen if isinstance(message, kind)]


@pytest.fixture
def hosted() -> Callable[..., AbstractAsyncContextManager[Pilot[None]]]:
    @asynccontextmanager
    async def start(*widgets: Widget, size: tuple[int, int]) -> AsyncIterator[Pilot[None]]:
        host = Host(*widgets)
        async with host.run_test(size=size, message_hook=host.keep) as pilot:
            await pilot.pause()
            yield pilot

    return start


@pytest.fixture
def screen_text() -> Callable[[App[Any]], str]:
    """Return the screen as lines of text, without blanks at their ends."""

    def lines(app: App[Any]) -> str:
        strips = app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips) + "\n"

    return lines


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare with tests/golden/NAME.txt; GOLDEN=write writes it, for a reviewer to read."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / f"{name}.txt"
        if os.environ.get("GOLDEN") == "write":
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8"), f"{file.name} shows another screen"

    return compare
