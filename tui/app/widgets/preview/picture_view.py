"""The place where a picture is drawn."""

from dataclasses import dataclass
from math import ceil

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.app import kitty
from tui.app.canvas import SKIP, Canvas
from tui.app.widgets.preview.blocks import blocks
from tui.core.picture import MOST_SENT, Drawing, Graphics, Part, Picture, Wish
from tui.core.size import Size


@dataclass(frozen=True, slots=True)
class Detail:
    """How much of an image is sent, at most: pixels a side and bytes, as PNG and as sixels."""

    png_pixels: int  # the terminal enlarges them
    sixel_pixels: int
    png: int
    sixels: int


MOST_PIXELS = 320  # a side, in half blocks
SMALL = Detail(png_pixels=300, sixel_pixels=480, png=MOST_SENT, sixels=96 * 1024)
LARGE = Detail(png_pixels=800, sixel_pixels=1024, png=150 * 1024, sixels=400 * 1024)


class PictureView(Widget):
    """Draws a picture once for each size: as the canvas can, or in half blocks; else it is blank.

    Behind another screen, whose tint would change the cells of a picture, it is blank too.
    """

    ALLOW_SELECT = False

    @dataclass
    class Resized(Message):
        """Another picture is wanted: there is more or less room, or another ground.

        `has_lost` when the one drawn last was given up for it, and would have to come again.
        """

        has_lost: bool = False

    def __init__(self, canvas: Canvas | None = None, detail: Detail = SMALL) -> None:
        super().__init__()
        self.set_reactive(PictureView.auto_links, False)  # else each mouse move repaints
        self._canvas = canvas or Canvas()
        self._detail = detail
        self._number = 0
        self._picture: Picture | Drawing | None = None
        self._strips: list[Strip] | None = None
        self._is_damaged = False
        self._painted: tuple[object, ...] | None = None

    def on_mount(self) -> None:
        """Draw on the canvas from now on."""
        self._number = self._canvas.add(self)

    def on_unmount(self) -> None:
        """Leave nothing on the canvas."""
        self._canvas.remove(self, self._number)

    def show(self, picture: Picture | Drawing | None) -> None:
        """Draw another picture, or none."""
        if picture is not self._picture:
            self._picture = picture
            self._place()

    def wish(self, part: Part | None = None) -> Wish | None:
        """Return what picture of a part there is room for, None where there is none."""
        columns, lines = self.size
        if not columns or not lines:
            return None
        detail, cell = self._detail, self._canvas.cell_pixels
        # Where cells are higher than usual rows are left out again; so many more are asked for.
        rows = round(lines * self._canvas.cell_shape)
        sketch = Size(min(columns, MOST_PIXELS), min(rows, MOST_PIXELS))
        width, height = columns * cell.width, lines * cell.height
        match self._canvas.graphics:
            case Graphics.KITTY as graphics:
                most, limit = detail.png_pixels, detail.png
                box = Size(min(width, most), min(height, most))
            case Graphics.SIXEL as graphics:
                # Sixels are six pixels high, and none may hang over the edge.
                most, limit = detail.sixel_pixels, detail.sixels
                box = Size(min(width, most), max(6, min(height, most) // 6 * 6))
            case _:
                return Wish(box=sketch, part=part)
        ground = self._ground
        return Wish(box=box, graphics=graphics, part=part, sketch=sketch, ground=ground, most=limit)

    def notify_style_update(self) -> None:
        """Draw anew: the theme may have changed what lies behind."""
        self._strips = None
        self.post_message(self.Resized())
        super().notify_style_update()

    @on(events.Resize)
    def _resized(self) -> None:
        has_lost = False
        if isinstance(self._picture, Drawing):  # until the one of the right size comes
            self._picture, has_lost = self._picture.sketch, True
        self._place()
        self.post_message(self.Resized(has_lost))

    def draw_again(self) -> None:
        """Draw anew: the terminal has lost what was drawn, or has cells of another size."""
        self._place()
        self.post_message(self.Resized())

    def after_frame(self) -> None:
        """Write the sixels, if text was written where they stood and nothing is above them."""
        if self._is_behind:
            self._painted = None
        drawing = self._fitting
        if not self._is_damaged or drawing is None or self._is_behind or self._is_covered():
            return
        self._is_damaged, self._painted = False, self._place_of(drawing)
        columns = ceil(drawing.width / self._canvas.cell_pixels.width)
        left = self.region.x + (self.size.width - columns) // 2
        self._canvas.paint(left, self.region.y, drawing)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return some of the lines; never kept by Textual, they depend on what is above."""
        blank = Strip.blank(self.size.width, Style(bgcolor=self.background_colors[1].rich_color))
        lines: list[Strip] = []
        if isinstance(self._picture, Drawing) and self._is_behind:
            self._painted = None
        elif self._fitting and self._canvas.graphics is Graphics.SIXEL and not self._is_covered():
            if self._painted and self._painted == self._place_of(self._fitting):
                blank = Strip([Segment(SKIP * self.size.width)], self.size.width)
            else:
                self._is_damaged = True
        else:
            self._painted = None
            lines = self._strips = self._draw() if self._strips is None else self._strips
        wanted = (lines[y] if y < len(lines) else blank for y in crop.line_range)
        return [one.crop(crop.x, crop.right) for one in wanted]

    def _place_of(self, drawing: Drawing) -> tuple[object, ...]:
        """Return what has to be the same for sixels to be still where they were written."""
        return id(drawing), self.region, self.app.size, self._canvas.cell_pixels

    @property
    def _fitting(self) -> Drawing | None:
        """The drawing, where it is one and there is room for it."""
        if not isinstance(self._picture, Drawing):
            return None
        cell = self._canvas.cell_pixels
        fits = self._picture.width <= self.size.width * cell.width
        fits = fits and self._picture.height <= self.size.height * cell.height
        return self._picture if fits or self._canvas.graphics is Graphics.KITTY else None

    @property
    def _is_behind(self) -> bool:
        return self.app.screen is not self.screen

    @property
    def _ground(self) -> tuple[int, int, int]:
        return self.background_colors[1].rgb

    def _is_covered(self) -> bool:
        """Whether something stands above a part of it, such as a toast."""
        # Textual has no public list of what is in view, from the front to the back.
        for widget, (region, clip) in self.screen._compositor.visible_widgets.items():  # noqa: SLF001
            if widget is self:
                return False
            if region.intersection(clip).overlaps(self.region):
                return True
        return True

    def _place(self) -> None:
        """Take away what was drawn; send what is to be drawn now."""
        self._strips = self._painted = None
        if self._canvas.graphics is Graphics.KITTY and self.is_mounted:
            if isinstance(self._picture, Drawing):
                self._canvas.send(self._number, self._picture, *self._cells(self._picture))
            else:
                self._canvas.delete(self._number)
        self.refresh()

    def _cells(self, drawing: Drawing) -> tuple[int, int]:
        """Return the columns and lines that a picture fills as far as its shape lets it."""
        columns, lines = (min(one, kitty.MOST_CELLS) for one in self.size)
        cell = self._canvas.cell_pixels
        shape = drawing.width / drawing.height * cell.height / cell.width  # in cells
        return (
            max(1, min(columns, round(lines * shape))),
            max(1, min(lines, round(columns / shape))),
        )

    def _draw(self) -> list[Strip]:
        picture = self._picture
        if picture is None:
            return []
        if isinstance(picture, Drawing):
            if self._canvas.graphics is Graphics.KITTY and _has_palette(
                self.app.console.color_system
            ):
                return self._placeholders(picture)
            picture = picture.sketch
        shape = self._canvas.cell_shape
        strips = blocks(picture, self.size.width, self.size.height, self._ground, shape)
        for one in self.app.get_line_filters():
            strips = [strip.apply_filter(one, self.background_colors[1]) for strip in strips]
        return strips

    def _placeholders(self, drawing: Drawing) -> list[Strip]:
        columns, lines = self._cells(drawing)
        left = (self.size.width - columns) // 2
        ground = self.background_colors[1].rich_color
        style = Style(color=Color.from_ansi(self._number & 0xFF), bgcolor=ground)
        before, after = (
            Segment(" " * cells, Style(bgcolor=ground))
            for cells in (left, self.size.width - left - columns)
        )
        rows = (Segment(kitty.cells(self._number, line, columns), style) for line in range(lines))
        return [
            Strip([one for one in (before, row, after) if one.text], self.size.width)
            for row in rows
        ]


def _has_palette(system: str | None) -> bool:
    """Whether 256 colours reach the terminal, among them the number of a picture."""
    return system in {"256", "truecolor"}
