"""Everything that can be done, as the command palette lists it."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input, Select, TextArea


def commands(
    app: App[Any], screen: Screen[Any], keys: Mapping[str, str]
) -> Iterator[SystemCommand]:
    """Yield every verb of a screen, wherever the cursor is; what moves in a text is none.

    `keys` are the user's own, by action.
    """
    seen: set[str] = set()
    for node in (*screen.query("*"), screen, app):
        if isinstance(node, (Input, Select, TextArea)) or not node.display:
            continue
        for binding in node.BINDINGS:
            if isinstance(binding, Binding) and binding.id and binding.id not in seen:
                seen.add(binding.id)
                own = keys.get(binding.id, binding.key)
                yield _command(app, node, binding, own)
    yield SystemCommand("Theme", "Change the colours", app.action_change_theme)


def _command(app: App[Any], node: DOMNode, binding: Binding, keys: str) -> SystemCommand:
    area = node.BINDING_GROUP_TITLE or type(node).__name__
    shown = [app.get_key_display(Binding(key, "")) for key in keys.split(",")]
    title = binding.tooltip or binding.description
    return SystemCommand(
        title, f"{area} · {' or '.join(shown)}", partial(app.run_action, binding.action, node)
    )
