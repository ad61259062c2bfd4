"""Everything that can be done on a screen, wherever the focus is: for the help and the palette."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.app import SystemCommand
from textual.binding import ActiveBinding, BindingsMap
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Select, TextArea

from tui.core.language import _

# What moves a cursor is a key, and nothing to search for.
_MOVES = ("move", "page(", "first", "last", "scroll", "go(", "line(", "command_palette")


def all_bindings(screen: Screen[Any]) -> Iterator[ActiveBinding]:
    """Yield the bindings that work where one is, then those of the rest of the screen."""
    seen = set()
    for active in screen.active_bindings.values():
        seen.add(active.binding.id)
        yield active
    here = {active.node for active in screen.active_bindings.values()}
    for node in screen.walk_children():
        if node in here or not node.display:
            continue
        new = [one for _key, one in _bindings_of(node) if one.id and one.id not in seen]
        seen |= {one.id for one in new}
        for binding in new:
            yield ActiveBinding(node, binding, enabled=True, tooltip=binding.tooltip)


def commands(screen: Screen[Any]) -> Iterator[SystemCommand]:
    """Yield what the palette offers: the names of the bindings, those of a part behind its own."""
    done = set()
    for node, binding, enabled, about in all_bindings(screen):
        is_editing = isinstance(node, Input | TextArea | Select)
        if is_editing or not enabled or not about or binding.id in done:
            continue
        if not binding.id or binding.action.startswith(_MOVES):
            continue
        done.add(binding.id)
        run = partial(screen.app.run_action, binding.action, node)
        key = screen.app.get_key_display(binding)
        title = binding.description
        if isinstance(node, Widget) and not isinstance(node, Screen):
            title = _(
                "{place}: {title}",
                place=node.BINDING_GROUP_TITLE or type(node).__name__,
                title=title,
            )
        yield SystemCommand(title, f"{about} ({key})", run)


def _bindings_of(node: DOMNode) -> BindingsMap:
    # Textual tells of the chain above the focus only; these two are where it looks itself.
    bindings = node._bindings.copy()  # noqa: SLF001
    bindings.apply_keymap(node.app._keymap)  # noqa: SLF001
    return bindings
