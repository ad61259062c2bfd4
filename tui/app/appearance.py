"""The app's colours and keys: from the settings, or as they were chosen last."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App
from textual.theme import Theme

from tui.app.keymap import own_keys
from tui.app.themes import use_theme
from tui.core.language import _
from tui.services.choices import choose, load_choices
from tui.services.settings import Settings


class Appearance:
    """Puts theme and keys in force; keeps a theme that is chosen later."""

    def __init__(
        self, app: App[Any], settings: Settings, kept: Path, say: Callable[[str, str], None]
    ) -> None:
        self._app = app
        self._settings = settings
        self._kept = kept
        self._say = say

    def begin(self) -> None:
        """Use what is set and what was chosen; tell what can't be used."""
        settings = self._settings
        keys, told = own_keys(settings.keys)
        self._app.set_keymap(keys)
        told.append(use_theme(self._app, settings.theme or load_choices(self._kept).theme))
        for sentence in filter(None, told):
            self._say(sentence, "warning")
        self._app.theme_changed_signal.subscribe(self._app, self._keep)

    def _keep(self, theme: Theme) -> None:
        if self._settings.theme:
            place = self._settings.source("theme")
            self._say(_("Until you quit: the theme is set in {place}.", place=place), "information")
        else:
            choose(self._kept, theme=theme.name)
