"""The palette of commands, which writes nothing while nobody types."""

from rich.align import Align
from rich.text import Text
from textual.command import CommandList, CommandPalette
from textual.widgets import Input
from textual.widgets.option_list import Option

from tui.core.language import _


class Palette(CommandPalette):
    """Textual's, with a cursor that does not blink, and words of ours where nothing is found."""

    def on_mount(self) -> None:
        """Keep the cursor still: over a slow line it writes half a kilobyte a second."""
        self.query_one(Input).cursor_blink = False

    def _start_no_matches_countdown(self, search_value: str) -> None:
        self._stop_no_matches_countdown()

        def show() -> None:
            if search_value:
                said = Align.center(Text(_("No matches found"), style="not bold"))
                option = Option(said, disabled=True, id=self._NO_MATCHES)
                self.query_one(CommandList).add_option(option)
            self._list_visible = bool(search_value)

        self._no_matches_timer = self.set_timer(self._NO_MATCHES_COUNTDOWN, show)
