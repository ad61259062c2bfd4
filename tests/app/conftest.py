"""What every test of a widget needs: a host, the screen as text, golden files."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from tui.core.job import Job, Saved, State
from tui.core.request import Request

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


@pytest.fixture
def make_job() -> Callable[..., Job]:
    """Make jobs: `make_job(3, State.SAVED, "a prompt", images=2, submitted=…)`; 3 is its age."""

    def make(
        number: int,
        state: State = State.QUEUED,
        prompt: str = "a lighthouse",
        *,
        model: str = "gpt-image-2",
        values: Mapping[str, Any] | None = None,
        images: int = 0,
        **facts: Any,
    ) -> Job:
        made = 1_800_000_000.0 + number
        files = tuple(
            Saved(
                path=f"/home/ann/Pictures/imagedeck/{number}-{index}.png",
                index=index,
                width=1536,
                height=1024,
                format="PNG",
                bytes=3_213_456,
                sha256=f"{number:032x}{index:032x}",
            )
            for index in range(1, images + 1)
        )
        given = {
            "id": f"{number:032x}",
            "request": Request(model=model, values={"prompt": prompt, **(values or {})}),
            "state": state,
            "created": made,
            "updated": made,
            "folder": "/home/ann/Pictures/imagedeck",
            "template": "{id}-{index}",
            "files": files,
        }
        return Job(**{**given, **facts})

    return make
