"""The palette of commands, which writes nothing while nobody types."""

from textual.command import CommandPalette
from textual.widgets import Input


class Palette(CommandPalette):
    """Textual's, with a cursor that does not blink."""

    def on_mount(self) -> None:
        """Keep the cursor still: over a slow line it writes half a kilobyte a second."""
        self.query_one(Input).cursor_blink = False
