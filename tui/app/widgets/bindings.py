"""Textual's editing keys, without those that the app needs for itself."""

from collections.abc import Collection
from dataclasses import replace

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tui.core.language import _

RESERVED = frozenset(
    {"ctrl+e", "ctrl+f", "ctrl+g", "ctrl+n", "ctrl+o", "ctrl+p", "ctrl+q", "ctrl+r", "ctrl+t"}
)


def editing_bindings(
    widget: type[Widget], area: str, reserved: Collection[str] = RESERVED
) -> list[BindingType]:
    """Return the bindings of a text widget under ids of ours, such as `prompt.undo`."""
    kept: list[BindingType] = []
    for binding in widget.BINDINGS:
        if not isinstance(binding, Binding):
            continue
        keys = [key for key in binding.key.split(",") if key not in reserved]
        if keys:
            name = binding.action.replace("(True)", "_select")
            key, about = ",".join(keys), _(binding.description)
            kept.append(replace(binding, key=key, id=f"{area}.{name}", tooltip=about))
    return kept
