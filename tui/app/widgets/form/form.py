"""The form of a request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.message import Message

from tui.app.widgets.form.draft import Draft, Spread
from tui.app.widgets.form.elsewhere import ReferencesElsewhere
from tui.app.widgets.form.faults import NEAREST, FaultLines
from tui.app.widgets.form.reference_form import ReferenceForm
from tui.app.widgets.form.references import ReferencesRow
from tui.app.widgets.form.row import FieldRow, FormRow
from tui.core.fault import Fault
from tui.core.field_words import field_label
from tui.core.fields import Field
from tui.core.language import _
from tui.core.model import Checked, Model
from tui.core.references import References
from tui.core.request import Reference, Request


class RequestForm(ReferenceForm):
    """Every field of a model but the prompt, checked as one types."""

    BINDING_GROUP_TITLE = _("Form")
    BORDER_TITLE = _("Parameters")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+n",
            "take_nearest",
            _("Nearest value"),
            show=False,
            id=NEAREST,
            tooltip=_("Put the nearest valid value into this field"),
        )
    ]
    prompt_faults = query_one("#prompt-faults", FaultLines)

    @dataclass
    class Changed(Message):
        """The values that are set now, with what a validation says about them and the prompt."""

        values: dict[str, object]
        checked: Checked

        def can_replace(self, message: Message) -> bool:
            """Take the place of an older state that nobody has read yet."""
            return isinstance(message, RequestForm.Changed)

    def __init__(
        self,
        model: Model,
        values: Mapping[str, object] | None = None,
        usual: Mapping[str, Mapping[str, object]] | None = None,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(Draft(model, values, usual), id=id)
        self._checked = self._draft.check()

    @property
    def checked(self) -> Checked:
        """What the last validation said."""
        return self._checked

    def values(self) -> dict[str, object]:
        """Return the fields that are set, as they were typed."""
        return dict(self._draft.values)

    def estimated(self, others: Sequence[Model] = ()) -> list[Request]:
        """Return what to estimate, also before there is a prompt; nothing while it is wrong."""
        own = self._draft.without_prompt()
        return [own, *self._draft.spread(others, Checked(None, ())).requests] if own else []

    def spread(self, models: Sequence[Model]) -> Spread:
        """Return the request, and the same wish as each of these models takes it."""
        return self._draft.spread(models, self._checked)

    def set_prompt(self, prompt: str) -> None:
        """Take the prompt, which is edited elsewhere."""
        self._draft.prompt = prompt
        self._tell()

    def set_model(self, model: Model) -> str:
        """Become the form of a model that asks for the same; return what is lost with it."""
        lost = self._draft.switch(model)
        self._start()
        self.call_later(self._check_rest)
        return lost

    def load(
        self,
        model: Model,
        values: Mapping[str, object],
        references: Sequence[Reference | str] = (),
    ) -> None:
        """Take over a whole request; references given as texts are checked first."""
        self._draft.switch(model)
        self._draft.load(values, references)
        for one in references:
            if isinstance(one, str):
                self.post_message(self.ReferenceGiven(one))
        self._start()

    def compose(self) -> ComposeResult:
        """Lay the rows out."""
        with VerticalScroll(can_focus=False):
            yield FaultLines(named=True, id="prompt-faults")
            yield from self._rows()
            if self.model.references is None:
                yield ReferencesElsewhere(self._label_width, len(self._draft.references))

    def action_take_nearest(self) -> None:
        """Put the nearest valid value into the field that has the focus."""
        for row in self.query(FormRow):
            if row.has_focus_within:
                row.take_nearest()

    @on(events.Mount)
    def _show_first(self) -> None:
        """Tell what the form begins with."""
        self._tell()

    @on(events.DescendantFocus)
    def _explain(self, event: events.DescendantFocus) -> None:
        """Say in the title what the field with the focus is for."""
        row = next((one for one in event.widget.ancestors if isinstance(one, FormRow)), None)
        if row is not None:
            self.border_title = Content(
                _(
                    "{name}: {help} {allowed}",
                    name=row.name_shown,
                    help=row.field.help,
                    allowed=row.field.allowed,
                )
            )

    @on(events.DescendantBlur)
    def _explain_nothing(self) -> None:
        self.border_title = self.BORDER_TITLE

    @on(FieldRow.Edited)
    def _set_value(self, event: FieldRow.Edited) -> None:
        """Take a value; one of a model that was left meanwhile comes too late."""
        event.stop()
        if event.field in self.model.fields and self._draft.set(event.field.name, event.value):
            self._tell()

    def _start(self) -> None:
        self._checked = self._draft.check()
        self.refresh(recompose=True)
        self.call_after_refresh(self._tell)

    def _rows(self) -> Iterator[FormRow]:
        for field in self._fields:
            faults = self._faults_of(field.name)
            row: FormRow
            if isinstance(field, References):
                row = ReferencesRow(field, tuple(self._draft.references), faults)
            else:
                row = FieldRow(field, self._draft.values.get(field.name, ""), faults)
            row.label_width = self._label_width
            yield row

    @property
    def _fields(self) -> list[Field]:
        return [field for field in self.model.fields if field.name != "prompt"]

    @property
    def _label_width(self) -> int:
        return max((cell_len(field_label(field.name)) for field in self._fields), default=0) + 1

    def _faults_of(self, name: str) -> tuple[Fault, ...]:
        told = self._draft.reference_faults  # each stands at its own line
        faults = [fault for fault in self._checked.faults if fault.field == name]
        return tuple(dict.fromkeys(fault for fault in faults if fault not in told))

    def _tell(self) -> None:
        self._checked = self._draft.check()
        self._show()
        self.post_message(self.Changed(self.values(), self._checked))

    def _show(self) -> None:
        if not self.query("#prompt-faults"):
            return  # still being laid out, and told once more when it is
        # An empty prompt is no fault of somebody who has not begun.
        is_begun = bool(self._draft.prompt.strip())
        about = self._faults_of("prompt") if is_begun else ()
        self.prompt_faults.faults = tuple(replace(fault, value="prompt") for fault in about)
        for row in self.query(FormRow):
            row.faults = self._faults_of(row.field.name)
            if isinstance(row, ReferencesRow):
                row.given = tuple(self._draft.references)
        for line in self.query(ReferencesElsewhere):
            line.show(len(self._draft.references))
