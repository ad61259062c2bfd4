"""A picture with a line of text below it, for pictures beside each other."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widget import Widget
from textual.widgets import Static

from tui.app.canvas import Canvas
from tui.app.cells import fit
from tui.app.widgets.preview.picture_view import Detail, PictureView
from tui.app.widgets.preview.wanted import ThumbnailWanted
from tui.core.job import Saved
from tui.core.language import _
from tui.core.picture import Drawing, Graphics, Picture, Wish
from tui.core.retelling import retold


class Tile(Widget):
    """Shows one image; asks for its pixels by message, as a preview does."""

    _view = query_one(PictureView)
    _caption = query_one(Static)

    def __init__(self, canvas: Canvas, detail: Detail, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._canvas = canvas
        self._detail = detail
        self._file: Saved | None = None
        self._text = ""
        self._asked: tuple[str, Wish] | None = None

    def compose(self) -> ComposeResult:
        """Put the text below the picture."""
        yield PictureView(self._canvas, self._detail)
        yield Static(markup=False)

    def show(self, file: Saved | None, text: str) -> None:
        """Show an image, or none, with a text that may be foreign."""
        if file != self._file:
            self._file, self._asked = file, None
            self._view.show(None)
        self._text = text
        self._caption.update(Content(fit(text, self.size.width)), layout=False)
        self.call_after_refresh(self._ask)

    def picture(self, wanted: ThumbnailWanted, picture: Picture | Drawing) -> None:
        """Draw a picture, if it is still the one that is wanted, and there is a place for it."""
        if self.is_attached and self._asked == (wanted.sha256, wanted.wish):
            self._view.show(picture)

    def no_picture(self, wanted: ThumbnailWanted, reason: str) -> None:
        """Say why there is no picture."""
        if self.is_attached and self._asked == (wanted.sha256, wanted.wish):
            text = _("not drawn: {reason}", reason=retold(reason))
            self._caption.update(Content(fit(text, self.size.width)), layout=False)

    @on(PictureView.Resized)
    def _resized(self, event: PictureView.Resized) -> None:
        if event.has_lost:
            self._asked = None
        self.show(self._file, self._text)

    def _ask(self) -> None:
        file = self._file
        wish = self._view.wish() if self._canvas.graphics is not Graphics.OFF else None
        if file and wish and self._asked != (file.sha256, wish):
            self._asked = (file.sha256, wish)
            self.post_message(ThumbnailWanted(file.path, file.sha256, wish, self))
