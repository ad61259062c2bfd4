"""What a person writes on jobs: tags, ratings, notes."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from textual.suggester import Suggester

from tui.app.screens.line import LineScreen
from tui.app.screens.main import MainScreen
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.core.job import Job
from tui.core.language import _, marked
from tui.core.tags import common, edited, tags_of

Jobs = Sequence[Job]


class TagSuggester(Suggester):
    """Completes the last word by tags that are in use, the most used first."""

    def __init__(self, tags: Sequence[str]) -> None:
        super().__init__(case_sensitive=True)
        self._tags = tags

    async def get_suggestion(self, value: str) -> str | None:
        """Return the value with its last word completed."""
        head, _, last = value.rpartition(" ")
        found = next((tag for tag in self._tags if last and tag.startswith(last)), None)
        return None if found is None else f"{head} {found}".lstrip()


class Noting:
    """Writes on jobs, whoever works on them."""

    def __init__(self, session: Session, screen: MainScreen, app: TerminalApp) -> None:
        self._session = session
        self._screen = screen
        self._app = app

    async def tag(self, jobs: Jobs) -> None:
        """Ask for the tags that all of the jobs have, and change those."""
        before = common([job.tags for job in jobs])
        known = Counter(tag for job in self._screen.table.loaded() for tag in job.tags)
        suggester = TagSuggester([tag for tag, _number in known.most_common()])
        text = await self._ask(
            _title(marked("Tags"), jobs), " ".join(before), _("cover draft"), suggester
        )
        if text is None:
            return
        after = tags_of(text)
        await self._write(jobs, lambda job: {"tags": edited(job.tags, before, after)})

    async def note(self, jobs: Jobs) -> None:
        """Ask for a note on the jobs."""
        notes = {job.note or "" for job in jobs}
        before = notes.pop() if len(notes) == 1 else ""
        text = await self._ask(_title(marked("Note"), jobs), before, _("what is to be remembered"))
        if text is not None and (text != before or notes):
            await self._write(jobs, lambda _: {"note": text.strip() or None})

    async def rate(self, jobs: Jobs, rating: int) -> None:
        """Rate the jobs, 1 to 5; 0 takes the rating away."""
        await self._write(jobs, lambda _: {"rating": rating or None})

    async def _write(self, jobs: Jobs, facts: Callable[[Job], dict[str, Any]]) -> None:
        deck = await self._session.opened()
        writing = [asyncio.wrap_future(deck.annotate([job.id], **facts(job))) for job in jobs]
        for done in await asyncio.gather(*writing):
            self._screen.apply(done)

    async def _ask(
        self, title: str, value: str, placeholder: str, suggester: Suggester | None = None
    ) -> str | None:
        screen = LineScreen(title, value, placeholder, suggester)
        answer: str | None = await self._app.push_screen_wait(screen)
        return answer


def _title(what: str, jobs: Jobs) -> str:
    if len(jobs) == 1:
        return _(what)
    return _("{what} of {number} jobs, as far as all have them", what=_(what), number=len(jobs))
