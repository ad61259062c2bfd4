"""What all dialogs have in common: the key that lists their keys."""

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.core.language import _

T = TypeVar("T")


class Dialog(ModalScreen[T]):
    """A screen above another one; f1 works there too, though the app's own keys don't."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Not the question mark, which is typed into the lines of dialogs.
        Binding(
            "f1", "app.help", _("Help"), show=False, id="dialog.help", tooltip=_("The keys here")
        )
    ]
