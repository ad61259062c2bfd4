"""The screen that takes a preset into the form, or keeps the form as one."""

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import BindingType

from tui.app.looks import short_name
from tui.app.screens.named import NamedScreen, named_bindings
from tui.core.language import _
from tui.services.settings import Preset


class PresetsScreen(NamedScreen):
    """Shows presets with their models and values."""

    BINDING_GROUP_TITLE = _("Presets")
    BINDINGS: ClassVar[list[BindingType]] = named_bindings(
        "presets", _("Leave the form as it is"), _("Keep the form under this name")
    )
    TITLE = _("Presets")
    NOTHING = _("There is no such preset; ctrl+s makes one of the form.")

    def __init__(self, presets: Mapping[str, Preset]) -> None:
        foot = _("enter takes it into the form · ctrl+s keeps the form under this name · esc")
        super().__init__({name: _about(one) for name, one in presets.items()}, foot)


def _about(preset: Preset) -> str:
    values = [f"{field} {value}" for field, value in preset.values.items()]
    values += [_("{count} references", count=len(preset.references))] if preset.references else []
    return ", ".join([short_name(preset.model), *values])
