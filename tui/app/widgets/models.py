"""The list of models to choose from."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import set_cell_size
from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.core.model import Model
from tui.models import MODELS

_MARK = "▌"
_INDENT = 3


class ModelPicker(Widget, can_focus=True):
    """Every model with its title and what it is best for; posts `Chosen`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "model-picker--title",
        "model-picker--detail",
        "model-picker--cursor",
    }
    BINDING_GROUP_TITLE = "Models"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="models.up", tooltip="The model above"),
        Binding("down,j", "move(1)", "Down", show=False, id="models.down", tooltip="The next one"),
        Binding("home", "move(-99)", "First", show=False, id="models.first", tooltip="The first"),
        Binding("end", "move(99)", "Last", show=False, id="models.last", tooltip="The last"),
        Binding(
            "enter,space", "choose", "Choose", id="models.choose", tooltip="Work with this model"
        ),
        *(
            Binding(
                str(number),
                f"choose({number})",
                model.title,
                show=False,
                id=f"models.choose_{number}",
                tooltip=f"Work with {model.title}",
            )
            for number, model in enumerate(MODELS[:9], 1)
        ),
    ]

    cursor = reactive(0)
    chosen = reactive(0)

    @dataclass
    class Chosen(Message):
        """A model was chosen."""

        model: Model

    def __init__(self, models: Sequence[Model] = MODELS, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._models = models

    @property
    def model(self) -> Model:
        """The model that is chosen."""
        return self._models[self.chosen]

    def show(self, model: Model) -> None:
        """Mark a model that was chosen elsewhere, without a message."""
        self.chosen = self.cursor = self._models.index(model)

    def render(self) -> Content:
        """Draw as many lines a model as there is room for."""
        lines = [
            line for index, model in enumerate(self._models) for line in self._block(index, model)
        ]
        return Content("\n").join(lines)

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(len(self._models) - 1, self.cursor + by))

    def action_choose(self, number: int = 0) -> None:
        """Choose the model of that number, or the one under the cursor."""
        index = number - 1 if number else self.cursor
        if index < len(self._models):
            self.cursor = self.chosen = index
            self.post_message(self.Chosen(self.model))

    @on(events.Click)
    def choose_clicked(self, event: events.Click) -> None:
        """Choose the model under the mouse."""
        offset = event.get_content_offset(self)
        if offset is not None:
            self.action_choose(offset.y // self._lines_each + 1)

    @property
    def _lines_each(self) -> int:
        longest = max(len(self._wrapped(model, _INDENT)) for model in self._models)
        room: int = self.content_size.height // len(self._models)
        return max(1, min(room, longest + 2))

    def _wrapped(self, model: Model, indent: int, most: int | None = None) -> list[str]:
        width = max(8, self.content_size.width - indent)
        return textwrap.wrap(model.best_for, width, max_lines=most, placeholder=" …")

    def _block(self, index: int, model: Model) -> Iterator[Content]:
        width, height = self.content_size.width, self._lines_each
        is_here = self.has_focus and index == self.cursor
        mark = _MARK if index == self.chosen else " "
        # Whole words are dropped first: "Gemini 3.1 Flash" says more than "Gemini 3.1 Flash Im".
        title = textwrap.shorten(model.title, max(1, width - 3), placeholder="") or model.title
        # In 22 columns "versatile styles, fast" fits when it is not indented.
        indent = _INDENT if height > 2 or width > 24 else 0
        detail = self._wrapped(model, indent, height - 1) if height > 1 else []
        margin = mark.ljust(indent)[:indent]
        lines = [f"{mark}{index + 1} {title}", *(f"{margin}{line}" for line in detail)]
        for number in range(height):
            part = "cursor" if is_here else "detail" if number else "title"
            style = self.get_visual_style(f"model-picker--{part}")
            text = lines[number] if number < len(lines) else ""
            plain = is_here and number >= len(lines)
            yield Content("" if plain else set_cell_size(text, width)).stylize(style)
