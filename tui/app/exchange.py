"""Taking jobs out into files, and images of a folder in."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tui.app.screens.line import PathScreen
from tui.app.screens.main import MainScreen
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.core.job import Job
from tui.core.language import _, plural
from tui.core.retelling import retold
from tui.core.text import clean
from tui.services.export.items import Item, items_of
from tui.services.export.writing import ExportError, form_of, write
from tui.services.files import StorageError
from tui.services.journal.protocol import Query

_TO = _("a folder, or a file that ends in .zip, .csv or .jsonl")


class Exchange:
    """Asks where to, or where from; what takes long is done off the app's loop."""

    def __init__(self, session: Session, screen: MainScreen, app: TerminalApp) -> None:
        self._session = session
        self._screen = screen
        self._app = app

    async def export(self, jobs: Sequence[Job]) -> None:
        """Export what is marked, else all that was found, else what is under the cursor."""
        found = self._screen.jobs.found
        if found and not self._screen.table.has_marks:
            search, known = found
            history = (await self._session.opened()).journal.history
            query = Query(search=search, known=known, limit=None)
            jobs = await asyncio.to_thread(history.list, query)
        jobs = [job for job in jobs if job.files]
        images = sum(len(job.files) for job in jobs)
        if not images:
            self._app.say(_("There are no images to export."), "warning")
            return
        title = _("Export {counted} to", counted=_counted(images, jobs))
        text = await self._ask(title, _TO)
        if text:
            await self._write(jobs, _place(text))

    async def fetch(self, jobs: Sequence[Job]) -> None:
        """Copy images and the files beside them into a folder, never over something else."""
        files = [one for job in jobs for one in job.files]
        if not files:
            self._app.say(_("There is no image yet."), "warning")
            return
        title = _("Copy {counted} to", counted=_counted(len(files), jobs))
        text = await self._ask(title, _("a folder"), str(self._session.places.images))
        if not text:
            return
        deck, folder = await self._session.opened(), _place(text)
        copies = await asyncio.wrap_future(deck.on_hand.fetch(files, folder))
        problems = [clean(retold(str(one))) for one in copies if isinstance(one, StorageError)]
        if done := len(copies) - len(problems):
            said = plural("1 image", "{number:,} images", done)
            self._app.say(_("Copied: {counted} to {path}", counted=said, path=folder))
        if problems:
            more = _(" and {count:,} more", count=len(problems) - 1) if len(problems) > 1 else ""
            self._app.say(
                _("Not copied: {problem}{more}", problem=problems[0], more=more), "warning"
            )

    async def take_in(self, _jobs: Sequence[Job]) -> None:
        """Take the images of a folder into the history; they stay where they are."""
        text = await self._ask(_("Take the images of this folder into the history"), _("a folder"))
        if not text:
            return
        deck = await self._session.opened()
        folder = _place(text)
        try:
            new, known, left = await asyncio.wrap_future(deck.import_folder(folder))
        except OSError as error:
            self._app.say(
                _(
                    "{text} can't be read: {strerror}",
                    text=text,
                    strerror=retold(error.strerror or str(error)),
                ),
                "warning",
            )
            return
        self._screen.apply(new)
        there = _("; {count:,} were there already", count=len(known)) if known else ""
        images = sum(len(job.files) for job in new)
        self._app.say(_("Came in: {counted}{there}.", counted=_counted(images, new), there=there))
        if left:
            more = _(" and {count:,} more", count=len(left) - 1) if len(left) > 1 else ""
            self._app.say(
                _(
                    "Left out: {path}: {reason}{more}",
                    path=left[0].path,
                    reason=left[0].reason,
                    more=more,
                ),
                "warning",
            )

    async def _ask(self, title: str, placeholder: str, value: str = "") -> str:
        screen = PathScreen(title, value, placeholder)
        answer: str | None = await self._app.push_screen_wait(screen)
        return (answer or "").strip()

    async def _write(self, jobs: Sequence[Job], path: Path) -> None:
        items, missing = list(items_of(jobs)), list[Item]()
        try:
            deck = await self._session.opened()
            number = await asyncio.to_thread(
                write, items, path, form_of(path), missing.append, deck.on_hand.original
            )
        except (ExportError, StorageError) as error:
            self._app.say(
                _("Nothing was exported: {error}", error=clean(retold(str(error)))), "warning"
            )
            return
        self._app.say(_("Exported: {counted} to {path}", counted=_counted(number, jobs), path=path))
        if missing:
            more = _(" and {count:,} more", count=len(missing) - 1) if len(missing) > 1 else ""
            self._app.say(
                _("Not there any more: {path}{more}", path=missing[0].saved.path, more=more),
                "warning",
            )


def _place(text: str) -> Path:
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:  # nobody of that name has a home
        return Path(text).absolute()


def _counted(images: int, jobs: Sequence[Job]) -> str:
    return _(
        "{images} of {jobs}",
        images=plural("1 image", "{number:,} images", images),
        jobs=plural("1 job", "{number:,} jobs", len(jobs)),
    )
