"""An app with somebody for each wish, whose modules are loaded after the first paint."""

from __future__ import annotations

import asyncio
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from tui.app.terminal import TerminalApp

if TYPE_CHECKING:
    from tui.app.batches import Batches
    from tui.app.desk import Desk
    from tui.app.estimates import Estimates
    from tui.app.expanding import Expanding
    from tui.app.job_desk import JobDesk
    from tui.app.opening import Opening
    from tui.app.screens.main import MainScreen
    from tui.app.session import Session
    from tui.app.shelf import Shelf
    from tui.app.switching import Switching

_LATER = (
    *("batches", "expanding", "job_desk", "shelf", "switching"),
    *("screens.compare", "screens.files", "screens.gallery", "screens.statistics"),
)


class DoingApp(TerminalApp):
    """Has what needs no letter on the screen yet made when it is first asked for."""

    session: Session
    main: MainScreen
    desk: Desk
    estimates: Estimates
    opening: Opening

    @cached_property
    def batches(self) -> Batches:
        """Who opens batch files."""
        from tui.app.batches import Batches

        return Batches(self.session, self.main, self)

    @cached_property
    def expanding(self) -> Expanding:
        """Who makes many prompts of one."""
        from tui.app.expanding import Expanding

        return Expanding(self, self.session, self.main, self.desk, self.estimates)

    @cached_property
    def job_desk(self) -> JobDesk:
        """Who does what is asked for with jobs."""
        from tui.app.job_desk import JobDesk

        return JobDesk(self.session, self.main, self.desk, self)

    @cached_property
    def shelf(self) -> Shelf:
        """Who has presets, snippets and earlier prompts."""
        from tui.app.shelf import Shelf

        return Shelf(self, self.session, self.main, self.say)

    @cached_property
    def switching(self) -> Switching:
        """Who goes over to another profile."""
        from tui.app.switching import Switching

        return Switching(self, self.session, self.opening, self.main, self.say)

    async def load_later(self) -> None:
        """Import all of it in a thread, so that no key has to wait for that."""
        for name in _LATER:
            await asyncio.to_thread(import_module, f"tui.app.{name}")
