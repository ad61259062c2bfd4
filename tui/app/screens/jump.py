"""The screen that jumps to another part of the main one by a single key."""

from itertools import islice
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui.app.screens.dialog import Dialog
from tui.core.language import _, marked

TARGETS = {
    "p": ("prompt", marked("Prompt")),
    "m": ("picker", marked("Models")),
    "f": ("form", marked("Parameters")),
    "j": ("jobs", marked("Jobs")),
    "v": ("preview", marked("Preview")),
}


class JumpScreen(Dialog[str | None]):
    """Returns the id of the widget to go to, or None."""

    BINDING_GROUP_TITLE = _("Jump")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                key,
                f"jump('{target}')",
                _(name),
                id=f"jump.{target}",
                tooltip=_("Go to: {name}", name=_(name)),
            )
            for key, (target, name) in TARGETS.items()
        ),
        Binding("escape,ctrl+o", "jump('')", _("Stay"), id="jump.stay", tooltip=_("Stay here")),
    ]

    def compose(self) -> ComposeResult:
        """List the keys."""
        lines = [
            Content.assemble((key, "bold"), f"  {_(name)}")
            for key, (_target, name) in TARGETS.items()
        ]
        with Vertical(id="jump-box"):
            yield Static(Content("\n").join(lines))
            yield Static(_("esc stays here"), id="jump-foot", markup=False)

    def action_jump(self, target: str) -> None:
        """Go there."""
        self.dismiss(target or None)


def go_to(screen: Screen[Any], target: str | None) -> None:
    """Give the focus to a part of a screen, or to the first in it that takes it.

    A part that is hidden, or that another one has taken the place of, is shown first.
    """
    if target is None:
        return
    part = screen.query_one(f"#{target}")
    if all(one.display for one in part.ancestors_with_self):
        _focus(part)
        return
    if screen.has_class("-table-only"):
        screen.remove_class("-table-only")
        screen.call_after_refresh(go_to, screen, target)
        return
    hidden = "picker" if target == "picker" else "preview"
    screen.call_later(screen.run_action, f"app.arrange('{hidden}')")
    screen.call_after_refresh(screen.call_after_refresh, _focus, part)


def go_near(widget: Widget) -> None:
    """Give the focus to what stands nearest to a widget that can't have it, below the screen."""
    around = [one for one in widget.ancestors_with_self if not isinstance(one, App | Screen)]
    if not any(isinstance(one, Widget) and one.focusable for one in around):
        parts = (one for one in around if isinstance(one, Widget) and _takers(one))
        for part in islice(parts, 1):
            _focus(part)


def _focus(part: Widget) -> None:
    where = part if part.focusable else next(iter(_takers(part)), None)
    if where is not None:
        where.focus()


def _takers(part: Widget) -> list[Widget]:
    return [one for one in part.query("*") if one.focusable and one.display]
