"""The part of a form that keeps the references."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.containers import Vertical
from textual.message import Message

from tui.app.widgets.form.draft import Draft, GivenReference
from tui.app.widgets.form.references import ReferencesRow
from tui.core.fault import Fault
from tui.core.model import Model
from tui.core.request import Reference


class ReferenceForm(Vertical):
    """Takes references, has them checked, moves them and takes them out."""

    @dataclass
    class ReferenceGiven(Message):
        """A reference is to be checked; `reference_result` takes the answer."""

        source: str

    @dataclass
    class ReferenceRemoved(Message):
        """A reference was taken out; `put_reference` takes it back."""

        index: int
        given: GivenReference

    def __init__(self, draft: Draft, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._draft = draft

    @property
    def model(self) -> Model:
        """The model the form is for."""
        return self._draft.model

    def references(self) -> list[Reference | str]:
        """Return the references, or what was given for them, whether the model takes any or not."""
        return [one.reference or one.source for one in self._draft.references]

    def add_reference(self, source: str) -> None:
        """Add a reference and ask for its check."""
        self._draft.add(source)
        self.post_message(self.ReferenceGiven(source))
        self._tell()

    def put_reference(self, index: int, given: GivenReference) -> None:
        """Put back a reference that was taken out."""
        self._draft.put(index, given)
        self._check_rest()
        self._tell()

    def reference_result(
        self, source: str, reference: Reference | None, faults: Sequence[Fault] = ()
    ) -> None:
        """Take what was found out about a reference."""
        self._draft.learn(source, reference, faults)
        self._tell()

    @on(ReferencesRow.Given)
    def _give_reference(self, event: ReferencesRow.Given) -> None:
        """Add references."""
        event.stop()
        for source in event.sources:
            self.add_reference(source)

    @on(ReferencesRow.Removed)
    def _remove_reference(self, event: ReferencesRow.Removed) -> None:
        """Remove a reference, or put another in its place."""
        event.stop()
        gone = self._draft.remove(event.index)
        if event.instead:
            self._draft.put(event.index, GivenReference(event.instead))
            self.post_message(self.ReferenceGiven(event.instead))
        else:
            self.post_message(self.ReferenceRemoved(event.index, gone))
        self._tell()

    @on(ReferencesRow.Moved)
    def _move_reference(self, event: ReferencesRow.Moved) -> None:
        """Move a reference."""
        event.stop()
        self._draft.put(event.index + event.by, self._draft.remove(event.index))
        self._tell()

    def _check_rest(self) -> None:
        """Ask once more for what nobody looked at, as the model before took no references."""
        for one in self._draft.references:
            if one.is_checking and self.model.references:
                self.post_message(self.ReferenceGiven(one.source))

    def _tell(self) -> None:
        """Check the draft, show it and tell of it."""
        raise NotImplementedError
