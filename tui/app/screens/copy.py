"""The screen that asks what of a job is to be copied."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.app.cells import fit
from tui.app.screens.dialog import Dialog
from tui.core.language import _, marked
from tui.services.shell_lines import Form

_KEYS = {
    Form.FILE: ("f", marked("path"), marked("The path of each image")),
    Form.PROMPT: ("p", marked("prompt"), marked("The prompt")),
    Form.TASK: ("t", marked("task id"), marked("The gateway's id of the task")),
    Form.CURL: ("c", "curl", marked("The request as a curl command, without the key")),
    Form.COMMAND: ("i", "imagedeck", marked("The request as an imagedeck command")),
    Form.SCP: ("s", "scp", marked("The line that fetches the images from this machine")),
}
_ROOM = 52


class CopyScreen(Dialog[Form | None]):
    """Returns what was chosen of the `texts` there are."""

    BINDING_GROUP_TITLE = _("Copy")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"copy('{form}')", _(name), id=f"copy.{form}", tooltip=_(about))
            for form, (key, name, about) in _KEYS.items()
        ),
        Binding("escape,y,q", "leave", _("Leave"), id="copy.leave", tooltip=_("Copy nothing")),
    ]

    def __init__(self, texts: Mapping[Form, str]) -> None:
        super().__init__()
        self._texts = texts

    def compose(self) -> ComposeResult:
        """List each with its key and its beginning."""
        with Vertical(id="copy-box"):
            yield Static(Content(_("Send to the terminal's clipboard")), id="copy-title")
            yield OptionList(*(self._option(form) for form in self._texts), compact=True)
            yield Static(Content(_("esc copies nothing")), id="copy-foot")

    def action_copy(self, form: str) -> None:
        """Take this one, if there is one."""
        if form in self._texts:
            self.dismiss(Form(form))

    def action_leave(self) -> None:
        """Copy nothing."""
        self.dismiss(None)

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Take what was clicked, or stood under the cursor."""
        event.stop()
        self.dismiss(Form(str(event.option.id)))

    def _option(self, form: Form) -> Option:
        key, name, _about = _KEYS[form]
        begin = fit(self._texts[form], _ROOM).rstrip()
        line = Content.assemble((key, "bold"), f"  {fit(_(name), 10)}", begin)
        return Option(line, id=form.value)
