"""A job's image with everything known about it beside or below."""

import time
from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui.app.canvas import Canvas
from tui.app.looks import Tone, is_running, typical_of
from tui.app.widgets.preview.card import Card
from tui.app.widgets.preview.facts import Fact, facts_of
from tui.app.widgets.preview.picture_view import PictureView
from tui.core.job import Job, Saved
from tui.core.picture import Drawing, Graphics, Picture, Wish
from tui.core.price import Price

if TYPE_CHECKING:
    from textual.timer import Timer

_TICK = 1.0
_NOTHING = (Fact("", "No job is chosen.", Tone.MUTED),)
_BESIDE = 56  # cells: from here on there is room for both, if it is wide for its height


class Preview(Widget, can_focus=True):
    """Shows one job at a time; asks for the pixels of its images by message, and waits for none.

    `now` gives Unix seconds, `typical` how many a job is expected to take, `price` what it costs.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right_square_bracket,right",
            "image(1)",
            "Next image",
            show=False,
            id="preview.next",
            tooltip="The job's next image",
        ),
        Binding(
            "left_square_bracket,left",
            "image(-1)",
            "Previous image",
            show=False,
            id="preview.previous",
            tooltip="The job's previous image",
        ),
        Binding("up,k", "scroll(-1)", "Up", show=False, id="preview.up", tooltip="Scroll up"),
        Binding(
            "down,j", "scroll(1)", "Down", show=False, id="preview.down", tooltip="Scroll down"
        ),
    ]

    _view = getters.query_one(PictureView)
    _card = getters.query_one(Card)

    class ThumbnailWanted(Message):
        """Somebody is to make a picture of an image, as wished, and give it back.

        The answer is `Preview.picture`, or `Preview.no_picture` with the reason.
        """

        def __init__(self, preview: "Preview", path: str, sha256: str, wish: Wish) -> None:
            super().__init__()
            self.preview = preview
            self.path = path
            self.sha256 = sha256
            self.wish = wish

        def can_replace(self, message: Message) -> bool:
            """Only the last one of each preview counts."""
            return isinstance(message, Preview.ThumbnailWanted) and message.preview is self.preview

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        typical: Callable[[Job], float | None] = typical_of,
        price: Callable[[Job], Price | None] = lambda _: None,
        canvas: Canvas | None = None,
        id: str | None = None,  # noqa: A002 - Textual's word
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._now = now
        self._typical = typical
        self._price = price
        self._canvas = canvas or Canvas()
        self._job: Job | None = None
        self._index = 0
        self._asked: tuple[str, Wish] | None = None
        self._wanted: Preview.ThumbnailWanted | None = None
        self._problem: str | None = None
        self._limits: tuple[int | None, int | None] = (None, None)
        self._ticker: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the picture before the card."""
        yield PictureView(self._canvas)
        yield Card()

    def on_mount(self) -> None:
        """Show what was given before there was a screen."""
        self.show(self._job)

    @property
    def file(self) -> Saved | None:
        """The image shown."""
        return self._job.files[self._index] if self._job and self._job.files else None

    def show(self, job: Job | None) -> None:
        """Show a job, or a new snapshot of it: then its image stays the same one."""
        before = self.file
        if job is None or self._job is None or job.id != self._job.id:
            self._index = 0
        self._job = job
        self._renew(before)

    def wants(self, wanted: ThumbnailWanted) -> bool:
        """Whether it is what this one asked for last, and it is still there to draw it.

        A smaller picture may come after a larger one, and any after the screen was left.
        """
        is_whole = bool(self.query(PictureView)) and bool(self.query(Card))
        return wanted is self._wanted and is_whole

    def picture(self, sha256: str, picture: Picture | Drawing) -> None:
        """Draw a picture, if it is still the one that is wanted."""
        if self.file and self.file.sha256 == sha256:
            self._view.show(picture)
            self._problem = None
            self._write()

    def no_picture(self, sha256: str, reason: str) -> None:
        """Say why there is no picture, if it is still the one that is wanted."""
        if self.file and self.file.sha256 == sha256:
            self._problem = reason
            self._write()

    def action_image(self, by: int) -> None:
        """Go to another image of the job, round and round."""
        if self._job and len(self._job.files) > 1:
            before = self.file
            self._index = (self._index + by) % len(self._job.files)
            self._renew(before)

    def action_scroll(self, by: int) -> None:
        """Scroll the card by some lines."""
        self._card.scroll_relative(y=by, animate=False)

    @on(events.Resize)
    def _reshape(self) -> None:
        """Put the card beside or below the picture, and let neither leave room unused."""
        width, height = self.size
        # A cell is twice as high as wide.
        beside = width >= _BESIDE and width > 2.5 * height
        self.set_class(beside, "-beside")
        limits: tuple[int | None, int | None] = (None, None)
        if self.file and width and height:
            ratio = self.file.width / self.file.height
            wide, high = ceil(2 * height * ratio), ceil(width / ratio / 2)
            limits = (max(1, wide), None) if beside else (None, max(1, high))
        if limits != self._limits:  # Textual lays out anew for a style that is set to what it was
            self._limits = limits
            self._view.styles.max_width, self._view.styles.max_height = limits
        self._write()

    @on(PictureView.Resized)
    def _ask(self) -> None:
        """Ask for the pixels that there is room for, unless that was done."""
        wish = self._view.wish() if self.is_mounted and self._draws else None
        if not self.file or wish is None:
            return
        if self._asked != (wanted := (self.file.sha256, wish)):
            self._asked = wanted
            self._wanted = self.ThumbnailWanted(self, self.file.path, self.file.sha256, wish)
            self.post_message(self._wanted)

    @property
    def _draws(self) -> bool:
        return self._canvas.graphics is not Graphics.OFF

    def _renew(self, before: Saved | None) -> None:
        if not self.is_mounted:
            return
        if before is None or self.file is None or before.sha256 != self.file.sha256:
            self._problem = self._asked = None
            self._view.show(None)
        self.set_class(self.file is None or not self._draws, "-bare")
        self._reshape()
        self.call_after_refresh(self._ask)  # by then the picture has the room it gets
        self._pace()

    def _write(self) -> None:
        if self._job is None:
            self._card.show(_NOTHING)
            return
        facts = facts_of(
            self._job,
            self.file,
            now=self._now(),
            typical=self._typical(self._job),
            price=self._price(self._job),
            whole_hash=self.has_class("-beside"),
            problem=self._problem,
        )
        self._card.show(facts)

    def _pace(self) -> None:
        """Count seconds while, and only while, the job runs."""
        runs = self._job is not None and is_running(self._job)
        if runs and self._ticker is None:
            self._ticker = self.set_interval(_TICK, self._write)
        elif not runs and self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
