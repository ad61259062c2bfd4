"""A job's image with everything known about it beside or below."""

import time
from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING, ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.app.canvas import Canvas
from tui.app.looks import Tone, is_running, typical_of
from tui.app.widgets.preview.card import Card
from tui.app.widgets.preview.facts import Fact, facts_of
from tui.app.widgets.preview.lens import Lens
from tui.app.widgets.preview.picture_view import SMALL, Detail, PictureView
from tui.app.widgets.preview.wanted import ThumbnailWanted
from tui.core.job import Job, Saved
from tui.core.language import _
from tui.core.picture import Drawing, Graphics, Picture, Wish
from tui.core.price import Price

if TYPE_CHECKING:
    from textual.timer import Timer

_TICK = 1.0
_NOTHING = (Fact("", _("No job is chosen."), Tone.MUTED),)
_STEP, _ALMOST = 0.25, 1.01  # of what is seen; a scale that is as good as 1
_BESIDE = 56  # cells: from here on there is room for both, if it is wide for its height


def _binding(keys: str, action: str, name: str, about: str, short: str = "") -> Binding:
    description = short or about
    return Binding(keys, action, description, show=bool(short), id=f"preview.{name}", tooltip=about)


class Preview(Widget, can_focus=True):
    """Shows one job at a time; asks for the pixels of its images by message, and waits for none.

    `now` gives Unix seconds, `typical` how many a job is expected to take, `price` what it costs.
    """

    BINDING_GROUP_TITLE = _("Preview")
    BINDINGS: ClassVar[list[BindingType]] = [
        _binding("right_square_bracket", "image(1)", "next", _("The job's next image")),
        _binding("left_square_bracket", "image(-1)", "previous", _("The job's previous image")),
        _binding("k", "scroll(-1)", "up", _("Scroll up")),
        _binding("j", "scroll(1)", "down", _("Scroll down")),
        _binding("right", "go(1, 0)", "right", _("Enlarged: to the right; else the next image")),
        _binding("left", "go(-1, 0)", "left", _("Enlarged: to the left; else the previous image")),
        _binding("up", "go(0, -1)", "above", _("Enlarged: up; else scroll up")),
        _binding("down", "go(0, 1)", "below", _("Enlarged: down; else scroll down")),
        _binding("plus,equals_sign", "zoom(1.5)", "zoom-in", _("Enlarge"), short=_("Enlarge")),
        _binding("minus", "zoom(0.6666666)", "zoom-out", _("Enlarge less"), short=_("Less")),
        _binding("0", "whole", "whole", _("See the whole image")),
        _binding("i", "card", "card", _("Show or hide what is known"), short=_("Card")),
    ]

    _view = getters.query_one(PictureView)
    _card = getters.query_one(Card)

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        typical: Callable[[Job], float | None] = typical_of,
        price: Callable[[Job], Price | None] = lambda _: None,
        canvas: Canvas | None = None,
        detail: Detail = SMALL,
        id: str | None = None,  # noqa: A002 - Textual's word
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._now = now
        self._typical = typical
        self._price = price
        self._canvas = canvas or Canvas()
        self._detail = detail
        self._job: Job | None = None
        self._index = 0
        self._asked: tuple[str, Wish] | None = None
        self._problem: str | None = None
        self._lens = Lens()
        self._limits: tuple[int | None, int | None] = (None, None)
        self._ticker: Timer | None = None

    def compose(self) -> ComposeResult:
        """Put the picture before the card."""
        yield PictureView(self._canvas, self._detail)
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

    def picture(self, wanted: ThumbnailWanted, picture: Picture | Drawing) -> None:
        """Draw a picture, if it is still the one that is wanted."""
        if self._awaits(wanted):
            self._view.show(picture)
            self._problem = None
            self._write()

    def no_picture(self, wanted: ThumbnailWanted, reason: str) -> None:
        """Say why there is no picture, if it is still the one that is wanted."""
        if self._awaits(wanted):
            self._problem = reason
            self._write()

    def _awaits(self, wanted: ThumbnailWanted) -> bool:
        # A smaller picture may come after a larger one, and any after the screen was left.
        is_whole = bool(self.query(PictureView)) and bool(self.query(Card))
        return is_whole and self._asked == (wanted.sha256, wanted.wish)

    def action_go(self, right: int, down: int) -> None:
        """Move over an enlarged image; without one, through the images and the card."""
        if not self._lens.is_whole:
            self._look(self._lens.moved(right * _STEP, down * _STEP))
        elif right:
            self.action_image(right)
        else:
            self.action_scroll(down)

    def action_zoom(self, by: float) -> None:
        """Enlarge the image, or less."""
        scale = self._lens.scale * by
        self._look(self._lens.zoomed(by) if scale > _ALMOST else Lens())

    def action_whole(self) -> None:
        """See the whole image again."""
        self._look(Lens())

    def action_card(self) -> None:
        """Give the picture all the room, or not any longer."""
        self.toggle_class("-alone")
        self._reshape()

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
        shape = self._canvas.cell_shape
        is_alone = self.has_class("-alone")
        beside = width >= _BESIDE and width > 2.5 * height and not is_alone
        self.set_class(beside, "-beside")
        limits: tuple[int | None, int | None] = (None, None)
        if self.file and width and height and not is_alone:
            ratio = self.file.width / self.file.height
            wide, high = ceil(shape * height * ratio), ceil(width / ratio / shape)
            limits = (max(1, wide), None) if beside else (None, max(1, high))
        if limits != self._limits:  # Textual lays out anew for a style that is set to what it was
            self._limits = limits
            self._view.styles.max_width, self._view.styles.max_height = limits
        self._write()

    @on(PictureView.Resized)
    def _resized(self, event: PictureView.Resized) -> None:
        if event.has_lost:
            self._asked = None
        self._ask()

    def _ask(self) -> None:
        """Ask for the pixels that there is room for, unless that was done."""
        file = self.file
        if not file or not self.is_mounted or not self._draws:
            return
        wish = self._view.wish(self._lens.part(file.width, file.height))
        if wish and self._asked != (wanted := (file.sha256, wish)):
            self._asked = wanted
            self.post_message(ThumbnailWanted(file.path, file.sha256, wish, self))

    def _look(self, lens: Lens) -> None:
        if self.file and lens != self._lens:
            self._lens = lens
            self._ask()

    @property
    def _draws(self) -> bool:
        return self._canvas.graphics is not Graphics.OFF

    def _renew(self, before: Saved | None) -> None:
        if not self.is_mounted:
            return
        if before is None or self.file is None or before.sha256 != self.file.sha256:
            self._problem = self._asked = None
            self._lens = Lens()
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
