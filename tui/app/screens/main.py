"""The screen one works on: models, form, jobs, preview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.screen import Screen

from tui.app.canvas import Canvas
from tui.app.estimates import Estimates
from tui.app.everywhere import WORK
from tui.app.screens.jump import JumpScreen, go_to
from tui.app.screens.look import preview_of
from tui.app.settled import when_settled
from tui.app.widgets.form import RequestForm
from tui.app.widgets.frame import note
from tui.app.widgets.jobs import JobTable
from tui.app.widgets.jobs.columns import Chosen
from tui.app.widgets.jobs.pane import JobsPane
from tui.app.widgets.keybar import KeyBar
from tui.app.widgets.models import ModelPicker
from tui.app.widgets.preview import Preview
from tui.app.widgets.prompt import PromptEditor
from tui.app.widgets.topline import TopLine
from tui.core.fault import Fault
from tui.core.fields import Prompt
from tui.core.job import Job
from tui.core.language import _
from tui.core.model import Model
from tui.core.request import Request
from tui.core.retelling import retold
from tui.core.text import clean, one_line
from tui.models import MODELS, find_model
from tui.services.draft import KeptDraft

_RECENT = 50  # jobs, among which a wish that is repeated is looked for


class MainScreen(Screen[None]):
    """Routes between its widgets; what needs the engine goes up as a message."""

    AUTO_FOCUS = "#prompt"
    BINDING_GROUP_TITLE = _("Work")
    BINDINGS: ClassVar[list[BindingType]] = WORK
    topline = query_one(TopLine)
    picker = query_one(ModelPicker)
    editor = query_one(PromptEditor)
    form = query_one(RequestForm)
    jobs = query_one(JobsPane)
    table = query_one(JobTable)
    preview = query_one(Preview)

    @dataclass
    class Submit(Message):
        """Send these requests: one, or the same wish in several models' words.

        With a `pattern` each is sent with every prompt that it stands for.
        """

        requests: tuple[Request, ...]
        pattern: str | None = None

    class Resized(Message):
        """It has another size."""

    @dataclass
    class EditWanted(Message):
        """Let the prompt be edited outside."""

        prompt: str

    def __init__(
        self,
        draft: KeptDraft,
        usual: Mapping[str, Mapping[str, object]],
        estimates: Estimates,
        canvas: Canvas,
        chosen: Chosen,
    ) -> None:
        super().__init__()
        self._canvas = canvas
        self._draft = draft
        self._usual = usual
        self._estimates = estimates
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """Lay it out: models at the left, work in the middle, the preview where there is room."""
        model = _model_of(self._draft.model)
        yield TopLine(id="topline")
        with Horizontal(id="body"):
            yield ModelPicker(id="picker")
            with Vertical(id="work"):
                yield PromptEditor(self._draft.prompt, id="prompt")
                yield RequestForm(model, self._draft.values, self._usual, id="form")
                expects, now = self._estimates.expects, self._estimates.now
                yield JobsPane(expects, chosen=self._chosen, now=now, id="jobs-pane")
            yield preview_of(self._estimates, self._canvas, "preview")
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin where one left, with the cursor in the prompt."""
        self.jobs.border_title, self.preview.border_title = _("Jobs"), _("Preview")
        self.editor.set_expanding(expands=self._draft.expands)
        self._take_model(self.form.model)
        self.picker.show(self.form.model)
        self.form.set_prompt(self.editor.text)
        self.editor.move_cursor(self.editor.document.end)
        if self._draft.references:
            values, references = self._draft.values, self._draft.references
            self.form.call_later(self.form.load, self.form.model, values, references)

    def draft(self) -> KeptDraft:
        """Return what is being written."""
        return KeptDraft(
            model=self.form.model.id,
            prompt=self.editor.text,
            values=self.form.values(),
            references=tuple(self.form.references()),
            expands=self.editor.expands,
        )

    def apply(self, jobs: list[Job]) -> None:
        """Take new snapshots."""
        self.table.apply(jobs)

    def add_reference(self, source: str) -> None:
        """Add a reference to the form."""
        # Later, by the form itself: what a widget posts while its screen calls it ends there.
        self.form.call_later(self.form.add_reference, source)

    def load(self, draft: KeptDraft) -> None:
        """Take all of a request into the form; raises UnknownModelError."""
        model = find_model(draft.model)
        self.picker.show(model)
        self.editor.set_expanding(expands=draft.expands)
        self._take_model(model)
        self.editor.take(draft.prompt)
        self.form.call_later(self.form.load, model, draft.values, draft.references)
        self.editor.focus()

    def action_generate(self) -> None:
        """Send the request with everything that was typed before the key."""
        when_settled(self, self._generate)

    def _generate(self) -> None:
        """Send the request, or say what keeps it from being sent."""
        pattern = self.editor.text if self.editor.expands else None
        spread = self.form.spread(self.picker.others)
        if spread.errors:
            self.refuse(spread.errors)
            return
        if spread.lost:
            self._warn(spread.lost)
        self.post_message(self.Submit(spread.requests, pattern))

    def refuse(self, errors: Sequence[Fault]) -> None:
        """Say what keeps it from being sent."""
        lines = [one_line(str(fault), 200) for fault in errors[:5]]
        self.app.notify(
            "\n".join(lines), title=_("Not sent"), severity="warning", timeout=8, markup=False
        )
        if any(fault.field == "prompt" for fault in errors):
            self.editor.focus()

    def action_edit(self) -> None:
        """Edit the prompt outside."""
        self.post_message(self.EditWanted(self.editor.text))

    def action_expand(self) -> None:
        """Take the prompt for many, or for what is written."""
        self.editor.set_expanding(expands=not self.editor.expands)
        self._take_model(self.form.model)

    def action_jump(self) -> None:
        """Ask where to go."""
        self.app.push_screen(JumpScreen(), partial(go_to, self))

    @on(ModelPicker.Chosen)
    def choose_model(self, event: ModelPicker.Chosen) -> None:
        """Show the form of a model."""
        if event.model is not self.form.model:
            lost = self.form.set_model(event.model)
            if lost:
                self._warn(lost)
        self._take_model(event.model)
        self.editor.focus()

    @on(ModelPicker.Spread)
    def _tell_spread(self) -> None:
        """Say who makes the image, and what that costs."""
        self._take_model(self.form.model)
        self.show_estimate()

    @on(PromptEditor.Edited)
    def _check_prompt(self, event: PromptEditor.Edited) -> None:
        """Check the request with the new prompt."""
        self.form.set_prompt(event.text)

    @on(RequestForm.Changed)
    def show_estimate(self) -> None:
        """Say below the form what its request makes, costs and takes."""
        requests = self.form.estimated(self.picker.others)
        room = self.form.size.width - 4  # between the corners
        recent = self.table.loaded(_RECENT)
        said = self._estimates.line(requests, recent, room, self.editor.prompts) if requests else ""
        note(self.form, said)

    @on(JobTable.Highlighted)
    def preview_job(self, event: JobTable.Highlighted) -> None:
        """Show the job under the cursor, or at least what is wrong with it."""
        self._preview(event.job)
        self.show_estimate()  # a new job: the same wish would be a repetition

    @on(events.Resize)
    def fill_preview(self) -> None:
        """Fill a preview that has just got its place."""
        self._preview(self.table.job)
        self.post_message(self.Resized())
        self.call_after_refresh(self.show_estimate)

    def _preview(self, job: Job | None) -> None:
        error = job.error if job and not self.preview.display else None
        if self.preview.display:  # where it stands
            # Later, by the preview itself: its wish for a picture would end at this screen.
            self.preview.call_later(self.preview.show, job)
        note(self.jobs, one_line(retold(error.message), 200) if error else "")

    def _warn(self, text: str) -> None:
        self.app.notify(clean(text, 500), severity="warning", timeout=8, markup=False)

    def _take_model(self, model: Model) -> None:
        self.editor.advise(next(one for one in model.fields if isinstance(one, Prompt)).advice)
        more = len(self.picker.others)
        whom = _("{title} and {more} more", title=model.title, more=more) if more else model.title
        many = _(" · expanded") if self.editor.expands else ""
        self.editor.border_title = Content(_("Prompt for {whom}{many}", whom=whom, many=many))


def _model_of(name: str) -> Model:
    known = (model for model in MODELS if model.id == name)
    return next(known, MODELS[0])
