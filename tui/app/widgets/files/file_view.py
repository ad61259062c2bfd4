"""What a file would be as a reference: its picture, its facts, what is wrong with it."""

from collections.abc import Iterator

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widget import Widget

from tui.app.canvas import Canvas
from tui.app.looks import Tone
from tui.app.widgets.preview.card import Card
from tui.app.widgets.preview.facts import Fact
from tui.app.widgets.preview.picture_view import SMALL, PictureView
from tui.app.widgets.preview.wanted import ThumbnailWanted
from tui.core.language import _
from tui.core.picture import Drawing, Graphics, Picture, Wish
from tui.core.references import measured
from tui.services.candidates import Candidate
from tui.services.folders import Entry


class FileView(Widget):
    """Shows one file; asks for its pixels by message, as a preview does."""

    _view = query_one(PictureView)
    _card = query_one(Card)

    def __init__(self, canvas: Canvas, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._canvas = canvas
        self._entry: Entry | None = None
        self._candidate: Candidate | None = None
        self._problem = ""
        self._asked: tuple[str, Wish] | None = None

    def compose(self) -> ComposeResult:
        """Put the picture over what is known."""
        view = PictureView(self._canvas, SMALL)
        view.display = self._canvas.graphics is not Graphics.OFF
        yield view
        yield Card()

    def show(self, entry: Entry | None, candidate: Candidate | None = None) -> None:
        """Show what is known of an entry: nothing but its name, or all."""
        self._entry, self._candidate, self._problem = entry, candidate, ""
        if candidate is None or not candidate.key or not self._asked:
            self._asked = None
            self._view.show(None)
        self._write()
        self.call_after_refresh(self._ask)

    def picture(self, wanted: ThumbnailWanted, picture: Picture | Drawing) -> None:
        """Draw a picture, if it is still the one that is wanted."""
        if self.is_attached and self._asked == (wanted.sha256, wanted.wish):
            self._view.show(picture)

    def no_picture(self, wanted: ThumbnailWanted, reason: str) -> None:
        """Say why there is no picture."""
        if self.is_attached and self._asked == (wanted.sha256, wanted.wish):
            self._problem = reason
            self._write()

    @on(PictureView.Resized)
    def _ask(self) -> None:
        one = self._candidate
        if not one or not one.key or not self._view.display or not self.display:
            return
        wish = self._view.wish()
        if wish and self._asked != (one.key, wish):
            self._asked = (one.key, wish)
            self.post_message(ThumbnailWanted(one.path, one.key, wish, self))

    def _write(self) -> None:
        self._card.show([*self._facts()] if self._entry else [])

    def _facts(self) -> Iterator[Fact]:
        entry, one = self._entry, self._candidate
        if entry is None:
            return
        yield Fact("name", entry.name)
        if entry.problem:
            yield Fact("error", entry.problem, Tone.FAULT)
        if entry.is_folder or entry.problem:
            return
        if one is None:
            yield Fact("", _("looking…"), Tone.MUTED)
            return
        for fault in one.faults:
            is_error = fault.is_error
            label, tone = ("error", Tone.FAULT) if is_error else ("warning", Tone.WARNING)
            yield Fact(label, fault.rule, tone)
        if one.width:
            yield Fact("pixels", f"{one.width}x{one.height}")
        if one.bytes:
            yield Fact("file", f"{one.format} {measured(one.bytes)}".strip())
        if self._problem:
            yield Fact("picture", _("not drawn: {problem}", problem=self._problem), Tone.WARNING)
