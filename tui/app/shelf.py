"""What the form can be filled with: earlier prompts, presets."""

import asyncio
from collections.abc import Callable
from typing import Any

from textual.app import App

from tui.app.recall import earlier_prompts
from tui.app.screens.main import MainScreen
from tui.app.screens.presets import Load, PresetsScreen, Save
from tui.app.screens.prompts import PromptsScreen
from tui.app.session import Session
from tui.models import find_model
from tui.services.draft import KeptDraft
from tui.services.settings import Preset, SettingsError
from tui.services.settings.presets import save_preset


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
        return await asyncio.to_thread(earlier_prompts, deck, words)

    async def presets(self) -> None:
        """Take a preset into the form, or keep the form as one."""
        try:
            settings = await asyncio.to_thread(self._session.read_settings)
            match await self._app.push_screen_wait(PresetsScreen(settings.presets)):
                case Load(name):
                    self._load(settings.presets[name])
                case Save(name):
                    await self._save(name, settings.sources.get(f"presets.{name}", ""))
        except SettingsError as error:
            self._say(str(error), "error")

    def _load(self, preset: Preset) -> None:
        prompt = preset.values.get("prompt", self._main.editor.text)
        values = {name: value for name, value in preset.values.items() if name != "prompt"}
        draft = KeptDraft(
            model=preset.model, prompt=str(prompt), values=values, references=preset.references
        )
        self._main.load(draft)

    async def _save(self, name: str, source: str) -> None:
        draft = self._main.draft()
        checked = find_model(draft.model).validate({**draft.values, "prompt": "any"})
        if checked.request is None:
            faults = "; ".join(str(fault) for fault in checked.errors)
            self._say(f"The preset was not saved: {faults}", "warning")
            return
        values = {key: one for key, one in checked.request.values.items() if key != "prompt"}
        preset = Preset(model=draft.model, values=values)
        file = self._session.places.presets_file
        if source and not source.startswith(str(file)):
            self._say(f"{name} is set in {source}: choose another name.", "warning")
            return
        await asyncio.to_thread(save_preset, file, name, preset)
        left = "; reference images are no part of it" if draft.references else ""
        self._say(f"Saved as preset {name}{left}.", "information")
