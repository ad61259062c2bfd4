"""A scrolling card of labelled texts, wrapped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.app.cells import fit, wrap
from tui.app.looks import Tone
from tui.app.widgets.preview.facts import Fact
from tui.core.language import _

_LABEL = 8  # cells
_LEAST_WIDTH = 20  # for a column of labels


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    text: str
    tone: Tone


class Card(ScrollView, can_focus=False):
    """Shows facts and repaints only the lines that are no longer the same."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"card--{tone}" for tone in Tone}

    def __init__(self) -> None:
        super().__init__()
        self.set_reactive(Card.auto_links, False)  # else each mouse move repaints
        self._facts: Sequence[Fact] = ()
        self._lines: list[_Line] = []
        self._styles: dict[str, Style] = {}

    def show(self, facts: Sequence[Fact]) -> None:
        """Show these facts."""
        self._facts = facts
        before, self._lines = self._lines, list(self._wrapped())
        if len(before) != len(self._lines):
            self.virtual_size = Size(0, len(self._lines))
        for at, (old, new) in enumerate(zip_longest(before, self._lines)):
            if old != new:
                self.refresh_line(at)

    def notify_style_update(self) -> None:
        """Forget the styles: the theme has changed."""
        self._styles.clear()
        super().notify_style_update()

    @on(events.Resize)
    def _rewrap(self) -> None:
        self.show(self._facts)

    def render_line(self, y: int) -> Strip:
        """Return one line of the card."""
        width, at = self.scrollable_size.width, y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, self._style(Tone.PLAIN))
        line = self._lines[at]
        label = _label_width(width)
        return Strip(
            [
                Segment(fit(line.label, label), self._style(Tone.MUTED)),
                Segment(fit(line.text, width - label), self._style(line.tone)),
            ],
            width,
        )

    def _wrapped(self) -> Iterator[_Line]:
        width = self.scrollable_size.width
        room = width - _label_width(width)
        for fact in self._facts:
            for at, text in enumerate(wrap(fact.text, room)):
                yield _Line("" if at else _(fact.label), text, fact.tone)

    def _style(self, tone: Tone) -> Style:
        if tone not in self._styles:
            self._styles[tone] = self.get_component_rich_style(f"card--{tone}")
        return self._styles[tone]


def _label_width(width: int) -> int:
    return _LABEL if width >= _LEAST_WIDTH else 0
