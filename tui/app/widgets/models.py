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

from tui.core.language import _
from tui.core.model import Model
from tui.core.widths import wrap
from tui.models import MODELS

_MARK = "▌"
_INDENT = 3
_WIDE = 24  # cells


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the list, and whose it is."""

    model: int
    text: str
    is_title: bool = False


class ModelPicker(Widget, can_focus=True):
    """Every model with its title and what it is best for; posts `Chosen`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "model-picker--title",
        "model-picker--chosen",
        "model-picker--detail",
        "model-picker--cursor",
    }
    BINDING_GROUP_TITLE = BORDER_TITLE = _("Models")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "up,k", "move(-1)", _("Up"), show=False, id="models.up", tooltip=_("The model above")
        ),
        Binding(
            "down,j", "move(1)", _("Down"), show=False, id="models.down", tooltip=_("The next one")
        ),
        Binding(
            "home", "move(-99)", _("First"), show=False, id="models.first", tooltip=_("The first")
        ),
        Binding("end", "move(99)", _("Last"), show=False, id="models.last", tooltip=_("The last")),
        Binding(
            "enter",
            "choose",
            _("Choose"),
            id="models.choose",
            tooltip=_("Work with this model alone"),
        ),
        Binding(
            "space",
            "add",
            _("Add"),
            id="models.add",
            tooltip=_("Let this model make the image too, or no longer"),
        ),
        Binding(
            "a",
            "add_all",
            _("All"),
            id="models.all",
            tooltip=_("Let all models make the image at once"),
        ),
        *(
            Binding(
                str(number),
                f"choose({number})",
                model.title,
                show=False,
                id=f"models.choose_{number}",
                tooltip=_("Work with {title}", title=model.title),
            )
            for number, model in enumerate(MODELS[:9], 1)
        ),
    ]

    cursor = reactive(0)
    chosen = reactive(0)
    also: reactive[frozenset[int]] = reactive(frozenset())

    @dataclass
    class Chosen(Message):
        """A model was chosen."""

        model: Model

    class Spread(Message):
        """Other models than before make the image too."""

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
        self.also = frozenset()

    @property
    def others(self) -> list[Model]:
        """The models that make the image too, beside the one that is chosen."""
        return [self._models[index] for index in sorted(self.also)]

    def action_add(self) -> None:
        """Let the model under the cursor make the image too, or no longer."""
        if self.cursor != self.chosen:
            self.also ^= {self.cursor}
            self.post_message(self.Spread())

    def action_add_all(self) -> None:
        """Let all of them make it, or, when they all do, the chosen one alone."""
        rest = frozenset(range(len(self._models))) - {self.chosen}
        self.also = frozenset() if self.also == rest else rest
        self.post_message(self.Spread())

    def render(self) -> Content:
        """Draw as many lines a model as there is room for."""
        return Content("\n").join(self._drawn(line) for line in self._lines())

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(len(self._models) - 1, self.cursor + by))

    def action_choose(self, number: int = 0) -> None:
        """Choose the model of that number, or the one under the cursor."""
        index = number - 1 if number else self.cursor
        if index < len(self._models):
            self.cursor = self.chosen = index
            self.also = frozenset()
            self.post_message(self.Chosen(self.model))

    @on(events.Click)
    def choose_clicked(self, event: events.Click) -> None:
        """Choose the model under the mouse; with ctrl or shift held, add it or take it away."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y >= len(lines := self._lines()):
            return
        model = lines[offset.y].model
        if event.ctrl or event.shift:
            self.cursor = model
            self.action_add()
        else:
            self.action_choose(model + 1)

    def _lines(self) -> list[_Line]:
        """Return every model's lines: whole with a gap, or whole, or as many as each can have."""
        height, wide = self.content_size.height, self.content_size.width > _WIDE
        blocks = [self._detail(model, _INDENT) for model in self._models]
        needed = sum(1 + len(block) for block in blocks)
        gaps = len(blocks) - 1
        if needed > height:
            room = max(0, height // len(self._models) - 1)
            # In 22 columns "versatile styles, fast" fits in one line when it is not indented.
            indent = _INDENT if room > 1 or wide else 0
            blocks = [self._detail(model, indent, room) for model in self._models]
        elif needed + gaps <= height:
            blocks = [*([*block, ""] for block in blocks[:-1]), blocks[-1]]
        return [line for index, block in enumerate(blocks) for line in self._block(index, block)]

    def _detail(self, model: Model, indent: int, most: int | None = None) -> list[str]:
        if most == 0:
            return []
        width = max(8, self.content_size.width - indent)
        lines = wrap(model.best_for, width, most)
        return [f"{'':{indent}}{line}" for line in lines]

    def _block(self, index: int, detail: list[str]) -> Iterator[_Line]:
        width = self.content_size.width
        title = self._models[index].title
        # Whole words are dropped first: "Gemini 3.1 Flash" says more than "Gemini 3.1 Flash Im".
        title = textwrap.shorten(title, max(1, width - _INDENT), placeholder="") or title
        yield _Line(index, f" {index + 1} {title}", is_title=True)
        for text in detail:
            yield _Line(index, text)

    def _drawn(self, line: _Line) -> Content:
        is_chosen = line.model == self.chosen or line.model in self.also
        text = set_cell_size(line.text, self.content_size.width)
        if is_chosen and text.startswith(" ") and line.text:
            text = f"{_MARK}{text[1:]}"
        if self.has_focus and line.model == self.cursor and line.text:
            part = "cursor"
        elif line.is_title:
            part = "chosen" if is_chosen else "title"
        else:
            part = "detail"
        drawn = Content(text).stylize(self.get_visual_style(f"model-picker--{part}"))
        if is_chosen and part != "cursor":
            drawn = drawn.stylize(self.get_visual_style("model-picker--chosen"), 0, 1)
        return drawn
