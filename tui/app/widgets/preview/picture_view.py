"""The place where a picture is drawn."""

from textual import events, on
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.app.widgets.preview.blocks import blocks
from tui.core.picture import Picture


class PictureView(Widget):
    """Draws a picture in half blocks, once for each size; blank without one."""

    ALLOW_SELECT = False

    class Resized(Message):
        """There is more or less room than before."""

    def __init__(self) -> None:
        super().__init__()
        self.set_reactive(PictureView.auto_links, False)  # else each mouse move repaints
        self._picture: Picture | None = None
        self._strips: list[Strip] | None = None

    def show(self, picture: Picture | None) -> None:
        """Draw another picture, or none."""
        if picture is not self._picture:
            self._picture = picture
            self._strips = None
            self.refresh()

    def notify_style_update(self) -> None:
        """Draw anew: the theme may have changed what lies behind."""
        self._strips = None
        super().notify_style_update()

    @on(events.Resize)
    def _resized(self) -> None:
        self._strips = None
        self.post_message(self.Resized())

    def render_line(self, y: int) -> Strip:
        """Return one line of the picture."""
        if self._strips is None:
            self._strips = self._draw()
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.rich_style)

    def _draw(self) -> list[Strip]:
        if self._picture is None:
            return []
        surface = self.background_colors[1].rgb
        return blocks(self._picture, self.size.width, self.size.height, surface)
