"""What the form can be filled with: earlier prompts, presets, snippets."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App

from tui.app.recall import earlier_prompts
from tui.app.screens.main import MainScreen
from tui.app.screens.named import Load, Save
from tui.app.screens.presets import PresetsScreen
from tui.app.screens.prompts import PromptsScreen
from tui.app.screens.snippets import SnippetsScreen
from tui.app.session import Session
from tui.core.language import _
from tui.core.text import one_line
from tui.models import find_model
from tui.services.draft import KeptDraft
from tui.services.journal.protocol import JournalError
from tui.services.settings import Preset, SettingsError
from tui.services.settings.saved import save_preset, save_snippet


class Shelf:
    """Lets a person choose, and puts what was chosen into the form of the main screen."""

    def __init__(
        self, app: App[Any], session: Session, main: MainScreen, say: Callable[[str, str], None]
    ) -> None:
        self._app = app
        self._session = session
        self._main = main
        self._say = say

    async def prompts(self) -> None:
        """Take an earlier prompt."""
        prompt = await self._app.push_screen_wait(PromptsScreen(self.find_prompts))
        if prompt is not None:
            self._main.editor.take(prompt)

    async def find_prompts(self, words: str = "") -> list[str]:
        """Return the prompts of all jobs that hold these words, newest first."""
        deck = await self._session.opened()
        try:
            return await asyncio.to_thread(earlier_prompts, deck, words)
        except JournalError as error:
            self._say(str(error), "error")
            return []

    async def presets(self) -> None:
        """Take a preset into the form, or keep the form as one."""
        try:
            settings = await asyncio.to_thread(self._session.read_settings)
            match await self._app.push_screen_wait(PresetsScreen(settings.presets)):
                case Load(name):
                    self._load(settings.presets[name])
                case Save(name):
                    await self._save(name, settings.source(f"presets.{name}"))
        except SettingsError as error:
            self._say(str(error), "error")

    async def snippets(self) -> None:
        """Put a snippet into the prompt, or keep what is selected there as one."""
        editor = self._main.editor
        selected = editor.selected_text.strip()
        kept = _("what is selected") if selected else _("the prompt")
        try:
            settings = await asyncio.to_thread(self._session.read_settings)
            match await self._app.push_screen_wait(SnippetsScreen(settings.snippets, kept)):
                case Load(name):
                    editor.insert_snippet(settings.snippets[name])
                case Save(name):
                    source = settings.source(f"snippets.{name}")
                    await self._save_snippet(name, selected or editor.text.strip(), source)
        except SettingsError as error:
            self._say(str(error), "error")

    async def _save_snippet(self, name: str, text: str, source: str) -> None:
        file = self._session.places.saved("snippets")
        if not text:
            self._say(_("There is nothing to keep: the prompt is empty."), "warning")
        elif self._may_save(name, file, source):
            await asyncio.to_thread(save_snippet, file, name, text)
            self._say(
                _("Saved as snippet {name}: {text}", name=name, text=one_line(text, 60)),
                "information",
            )

    def _may_save(self, name: str, file: Path, source: str) -> bool:
        """Say so where a name is set in a file of the user's own, which is not written to."""
        is_free = source == "default" or source.startswith(str(file))
        if not is_free:
            self._say(
                _("{name} is set in {source}: choose another name.", name=name, source=source),
                "warning",
            )
        return is_free

    def _load(self, preset: Preset) -> None:
        prompt = preset.values.get("prompt", self._main.editor.text)
        values = {name: value for name, value in preset.values.items() if name != "prompt"}
        draft = KeptDraft(
            model=preset.model,
            prompt=str(prompt),
            values=values,
            references=preset.references,
            expands=self._main.editor.expands,
        )
        self._main.load(draft)

    async def _save(self, name: str, source: str) -> None:
        draft = self._main.draft()
        checked = find_model(draft.model).validate({**draft.values, "prompt": "any"})
        if checked.request is None:
            faults = "; ".join(str(fault) for fault in checked.errors)
            self._say(_("The preset was not saved: {faults}", faults=faults), "warning")
            return
        values = {key: one for key, one in checked.request.values.items() if key != "prompt"}
        preset = Preset(model=draft.model, values=values)
        file = self._session.places.saved("presets")
        if not self._may_save(name, file, source):
            return
        await asyncio.to_thread(save_preset, file, name, preset)
        left = _("; reference images are no part of it") if draft.references else ""
        self._say(_("Saved as preset {name}{left}.", name=name, left=left), "information")
