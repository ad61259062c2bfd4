"""An app that speaks to its terminal, and ends without showing secrets."""

import logging
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, ParamSpec

from rich.console import RenderableType
from rich.text import Text
from textual import events, on, work
from textual._styles_cache import StylesCache
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.screen import Screen
from textual.theme import Theme, ThemeProvider

from tui.app.canvas import Canvas
from tui.app.commands import all_bindings, commands
from tui.app.notices import SHOWN, Notices
from tui.app.screens.help import HelpScreen
from tui.app.screens.jump import go_near
from tui.app.screens.palette import Palette
from tui.app.themes import THEMES
from tui.core.language import _
from tui.services.crash import short_report

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

_log = logging.getLogger(__name__)
_P = ParamSpec("_P")


class TerminalApp(App[None]):
    """What every part of the app may do with the screen as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self.canvas = Canvas()
        self.notices = Notices(self._show_notice)

    def register_theme(self, theme: Theme) -> None:
        """Make a theme known; ours stand in the place of Textual's own of the same name."""
        super().register_theme(THEMES.get(theme.name, theme))

    def say(self, text: str, severity: str = "information") -> None:
        """Show a sentence for a while."""
        self.notices.say(text, severity)

    @on(events.Click)
    def go_to_clicked(self, event: events.Click) -> None:
        """Give the focus to what belongs to a label or a frame that was clicked."""
        if event.widget:
            go_near(event.widget)

    def post_display_hook(self) -> None:
        """Draw what belongs on top of the text."""
        self.canvas.after_frame()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        # Textual has no public place between a frame and the terminal.
        super()._display(screen, self.canvas.glass.over(renderable))

    def pop_screen(self) -> AwaitComplete:
        """Close the topmost screen, and let go of all that it painted."""
        closed = super().pop_screen()
        # Textual remembers colours by whose lines they are for, and with those all their text: of
        # each screen of 120 × 40 cells 160 kB, of the last thousand parts of closed screens.
        StylesCache.get_inner_outer.cache_clear()
        return closed

    @on(events.Resize)
    def forget_glass(self) -> None:
        """Write everything anew: terminals differ in what they keep at another size."""
        self.canvas.glass.forget()

    @work(description="")  # else the worker would write all it is given out in words
    async def start(
        self, do: Callable[_P, Coroutine[Any, Any, object]], *given: _P.args, **named: _P.kwargs
    ) -> None:
        """Do something beside everything else; not at all where the app ends before its turn."""
        await do(*given, **named)

    def to_terminal(self, sequence: str) -> None:
        """Write an escape sequence that draws nothing."""
        if self._driver is not None:
            self._driver.write(sequence)
            self._driver.flush()

    def action_help(self) -> None:
        """List the keys that work here."""
        self.push_screen(HelpScreen(all_bindings(self.screen)))

    def get_system_commands(self, screen: Screen[Any]) -> Iterator[SystemCommand]:
        """Offer in the palette what can be done on the screen below it."""
        yield from commands(screen)
        yield SystemCommand(_("Theme"), _("Change the colours"), self.action_change_theme)

    def action_command_palette(self) -> None:
        """Search everything that can be done."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(placeholder=_("Search for commands…"), id="--command-palette"))

    def search_themes(self) -> None:
        """Search the themes."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder=_("Search for themes…")))

    def action_redraw(self) -> None:
        """Draw the screen anew, after something else has written on the terminal."""
        self.canvas.redraw()
        self.screen.refresh()

    def _show_notice(self, text: str, severity: str) -> None:
        level: SeverityLevel = severity if severity in {"warning", "error"} else "information"  # type: ignore[assignment]
        self.notify(text, severity=level, timeout=SHOWN, markup=False)

    def _fatal_error(self) -> None:
        # Textual's own report shows local variables, and with them the key.
        error = self._exception
        if error is not None:
            _log.critical("uncaught error", exc_info=error)
            self._exit_renderables.append(Text(short_report(error, error.__traceback__)))
        self._close_messages_no_wait()
