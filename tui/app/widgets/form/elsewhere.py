"""The line of a form whose model takes no references: which one does, and what waits for it."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from tui.core.field_words import field_label
from tui.core.language import _
from tui.models import MODELS


class ReferencesElsewhere(Horizontal):
    """Says who takes references, and how many are kept for that model."""

    _said = query_one("#references-elsewhere", Static)

    def __init__(self, label_width: int, kept: int) -> None:
        super().__init__()
        self._label_width = label_width  # cells
        self._kept = kept

    def compose(self) -> ComposeResult:
        """Lay it out as a field is."""
        takers = [model for model in MODELS if model.references]
        name = next((model.references.name for model in takers if model.references), "")
        label = Static(Content(field_label(name)), classes="label")
        label.styles.width = self._label_width
        yield label
        yield Static(self._sentence(), id="references-elsewhere")

    def show(self, kept: int) -> None:
        """Say how many are kept."""
        if kept != self._kept:
            self._kept = kept
            self._said.update(self._sentence())

    def _sentence(self) -> Content:
        names = ", ".join(model.title for model in MODELS if model.references)
        if not self._kept:
            return Content(_("taken by {names}", names=names))
        return Content(_("{kept} kept for {names}", kept=self._kept, names=names))
