"""A text area for foreign text, in a window of any size."""

from rich.text import Text
from textual.strip import Strip
from textual.widgets import TextArea

from tui.core.text import disarm


class SafeTextArea(TextArea, inherit_bindings=False):
    """Shows no control of its text to the terminal, and nothing where there is no room."""

    def get_line(self, line_index: int) -> Text:
        """Return a line with its controls made harmless; the text itself keeps them."""
        return Text(disarm(self.document.get_line(line_index)), end="", no_wrap=True)

    def render_line(self, y: int) -> Strip:
        """Draw a line. Textual would wrap the placeholder of an empty text to no width at all."""
        return super().render_line(y) if self.content_size.width else Strip([])
