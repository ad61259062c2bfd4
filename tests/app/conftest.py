"""What every test of a widget needs: a host, the screen as text, golden files."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual._context import active_app
from textual._wait import wait_for_idle
from textual.app import App, ComposeResult
from textual.message import Message
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Select
from textual.widgets._toast import Toast

from tui.app.app import Imagedeck
from tui.core.job import Job, Saved, State
from tui.core.request import Request

TOP = Path(__file__).parents[2]
STYLES = sorted((TOP / "styles").glob("*.tcss"))


async def _settled(least: float = 0.0, most: float = 1.0) -> None:
    """Wait until the process is idle, and every widget too; at most that many seconds."""
    await wait_for_idle(least, most)
    app = active_app.get()
    with suppress(TimeoutError):
        async with asyncio.timeout(most):
            while not _is_idle(app):  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.002)


def _is_idle(app: App[Any]) -> bool:
    """Tell whether each widget waits for its next message, and the screen shows what they say."""
    screen = app.screen
    pumps = (one for shown in app.screen_stack for one in shown.walk_children(with_self=True))
    has_news = screen._layout_required or screen._repaint_required or screen._dirty_widgets
    return not has_news and not app._resize_event and all(_waits(one) for one in (app, *pumps))


def _waits(pump: MessagePump) -> bool:
    queue = pump._message_queue
    is_waiting = bool(queue.ready_event._waiters) or not pump._running
    return is_waiting and queue.empty() and not pump._next_callbacks


@pytest.fixture(autouse=True)
def settles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pilots wait for the widgets too: a busy machine takes their time, and they look idle."""
    for module in ("textual.pilot", "textual.app"):
        monkeypatch.setattr(f"{module}.wait_for_idle", _settled)


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


class Person:
    """Somebody in front of the whole app: types, looks, and waits for what is to be seen."""

    def __init__(self, app: Imagedeck, pilot: Pilot[None], text: Callable[[App[Any]], str]) -> None:
        self.app = app
        self._pilot = pilot
        self._text = text

    @property
    def raw(self) -> str:
        """The screen, line by line."""
        return self._text(self.app)

    @property
    def sees(self) -> str:
        """The screen as text, toasts included, each gap folded to one blank."""
        toasts = [str(one.render()) for one in self.app.screen.query(Toast)]
        return " ".join(" ".join([self._text(self.app), *toasts]).replace("│", " ").split())

    @property
    def jobs(self) -> list[Job]:
        """The jobs of the table, newest first, as the table has them."""
        table = self.app.main.table
        return [table._rows[row] for row in range(table.count)]

    @property
    def states(self) -> list[str]:
        return [str(job.state) for job in self.jobs]

    async def press(self, *keys: str) -> None:
        await self._pilot.press(*keys)

    async def paste(self, text: str) -> None:
        self.app.post_message(events.Paste(text))
        await self._pilot.pause()

    async def resize(self, width: int, height: int) -> None:
        await self._pilot.resize_terminal(width, height)
        await self._pilot.pause()

    async def go_to(self, selector: str) -> None:
        """Put the focus somewhere, as tab and the mouse do."""
        self.app.screen.query_one(selector).focus()
        await self._pilot.pause()

    async def write(self, selector: str, text: str) -> None:
        """Replace what stands in a line."""
        await self.go_to(selector)
        await self.press("ctrl+u")
        await self.paste(text)

    async def set(self, field: str, value: str) -> None:
        """Set a field of the form, by the keys of its control."""
        control = self.app.screen.query_one(f"#value-{field}")
        if not isinstance(control, Select):
            await self.write(f"#value-{field}", value)
            return
        await self.go_to(f"#value-{field}")
        while control.value != value:
            await self.press("right")

    async def choose(self, number: int) -> None:
        """Choose the model of that number in the sidebar."""
        await self.go_to("#picker")
        await self.press(str(number))

    async def prompt(self, text: str) -> None:
        """Write another prompt."""
        await self.go_to("#prompt")
        await self.press("f7", "delete")
        await self.paste(text)

    async def send(self, text: str) -> None:
        """Write a prompt, and generate."""
        await self.prompt(text)
        await self.press("ctrl+g")

    async def settle(self) -> None:
        await self._pilot.pause()

    async def until(self, holds: Callable[[], object], what: str = "") -> None:
        """Wait until something holds, looking again as often as anything can have happened."""
        try:
            async with asyncio.timeout(30):
                while not holds():  # noqa: ASYNC110 - much of it happens on disk, in threads
                    await asyncio.sleep(0.01)
        except TimeoutError:
            pytest.fail(f"waited in vain {what}; on the screen:\n{self._text(self.app)}")

    async def until_sees(self, *words: str) -> None:
        await self.until(lambda: all(one in self.sees for one in words), f"for {words}")

    async def until_states(self, *states: str) -> None:
        """Wait for the states of the jobs, newest first."""
        await self.until(lambda: self.states == list(states), f"for {states}, not {self.states}")

    async def until_ready(self) -> None:
        """Wait until the deck is open and everything that comes first is done."""
        looks = self.app.workers
        await self.until(lambda: any(one.group == "others" for one in looks), "for the deck")


@pytest.fixture
def at_home(home: Path) -> Iterator[Path]:
    """Return a home of its own; what logs there ends with the test."""
    root = logging.getLogger()
    before = list(root.handlers)
    yield home
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()


Opened = Callable[..., AbstractAsyncContextManager[Person]]


@pytest.fixture
def open_app(at_home: Path, screen_text: Callable[[App[Any]], str]) -> Opened:
    """Open the whole app: `open_app({"base_url": …}, demo=…, size=…)`; closed in the end."""
    del at_home

    @asynccontextmanager
    async def start(
        flags: Mapping[str, str | None] | None = None,
        *,
        demo: bool = False,
        size: tuple[int, int] = (160, 45),
    ) -> AsyncIterator[Person]:
        app = Imagedeck(flags, demo=demo)
        try:
            async with app.run_test(size=size, notifications=True) as pilot:
                try:
                    yield Person(app, pilot, screen_text)
                finally:
                    # A real exit ends the loop first; run_test would take apart what still works.
                    app.exit(return_code=app.return_code or 0)
                    assert app._task
                    await asyncio.wait({app._task}, timeout=10)
        finally:
            await asyncio.to_thread(app.session.close)

    return start


@pytest.fixture
def open_at(
    open_app: Opened, http_gateway: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Open the app with a key at a gateway over HTTP: `open_at(gateway, size=…)`."""
    del http_gateway
    monkeypatch.setenv("IMAGEDECK_API_KEY", "a-key-for-tests-only")

    def start(gateway: Any, **options: Any) -> AbstractAsyncContextManager[Person]:
        return open_app({"base_url": gateway.url}, **options)

    return start
