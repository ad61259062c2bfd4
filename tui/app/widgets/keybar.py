"""The line at the bottom: the keys that work where one is."""

from collections.abc import Iterator
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.binding import ActiveBinding
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

_AT_THE_END = ("app.help", "app.palette")  # whatever else there is room for
_GAP = 2


class KeyBar(Widget):
    """Names as many keys as there is room for, none of them cut; a click presses one."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--what"}

    def __init__(self) -> None:
        super().__init__()
        self.set_reactive(KeyBar.auto_links, False)  # else each mouse move repaints
        self._shown: list[tuple[str, str, str]] = []
        self._spans: list[tuple[range, str]] = []  # cells, the key that a click there presses

    def on_mount(self) -> None:
        """Follow what has the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._renew)

    def render(self) -> Content:
        """Draw what fits: the keys of this place from the left, help at the right."""
        first, last = self._items()
        self._shown = [*first, *last]
        room = self.size.width - sum(_cells(one) for one in last)
        placed, x = [], 0
        for one in first:
            if x + _cells(one) > room:
                break
            placed.append((x, one))
            x += _cells(one)
        x = max(x, room)
        for one in last:
            placed.append((x, one))
            x += _cells(one)
        self._spans = [(range(at, at + _cells(one)), one[2]) for at, one in placed]
        return self._drawn(placed)

    @on(events.Click)
    def press(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        for cells, key in self._spans:
            if event.x in cells:
                self.app.simulate_key(key)

    def _drawn(self, placed: list[tuple[int, tuple[str, str, str]]]) -> Content:
        key_style = self.get_visual_style("key-bar--key")
        style = self.get_visual_style("key-bar--what")
        parts, x = [], 0
        for at, (name, what, _key) in placed:
            parts.append(Content(" " * (at - x + 1)))
            parts += [Content.styled(name, key_style), Content.styled(f" {what}", style)]
            x = at + 1 + cell_len(name) + 1 + cell_len(what)
        return Content("").join(parts)

    def _items(self) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
        """Return name, meaning and key of those that belong here, then of the constant ones."""
        active = [one for one in self.screen.active_bindings.values() if one.enabled]
        first = [one for one in active if one.binding.show and one.binding.id not in _AT_THE_END]
        last = [one for one in active if one.binding.id in _AT_THE_END]
        return list(self._named(first)), list(self._named(last))

    def _named(self, active: list[ActiveBinding]) -> Iterator[tuple[str, str, str]]:
        once = {one.binding.action: one.binding for one in reversed(active)}
        for binding in dict.fromkeys(once[one.binding.action] for one in active):
            yield self.app.get_key_display(binding), binding.description, binding.key

    def _renew(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            first, last = self._items()
            if [*first, *last] != self._shown:
                self.refresh()


def _cells(one: tuple[str, str, str]) -> int:
    return cell_len(one[0]) + cell_len(one[1]) + 1 + _GAP
