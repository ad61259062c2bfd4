"""Opening batch files: checked as a whole, then sent as there is room."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.app.screens.batch import BatchScreen, Choices, Found
from tui.app.screens.main import MainScreen
from tui.app.sending import BatchRun
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.core.batch import Fate
from tui.core.budget import excess
from tui.core.job import Job
from tui.core.language import _, marked
from tui.core.model import Model
from tui.core.retelling import retold
from tui.core.text import clean
from tui.core.widths import labelled
from tui.services.batch.file import BatchFile, Reading
from tui.services.batch.placing import (
    GONE_ON_WITH,
    MOST_REQUESTS,
    SENT,
    Placed,
    Target,
    gone_on_with,
    jobs_of,
    placed,
    plan_of,
    target_of,
    told,
)
from tui.services.batch.source import Source, SourceError
from tui.services.files import StorageError
from tui.services.journal.protocol import JournalError
from tui.services.matrix import Wanted
from tui.services.plan import Plan, lines_of
from tui.services.word_lists import WordLists

if TYPE_CHECKING:
    from tui.deck import Deck

_UNPRICED = marked("the price is unknown, and there is a budget to keep: nothing is sent")
_AS_MUCH = marked("{found}: as much is sent as it pays for")
_STOPPED = marked("The batch stops here: {error}. Opened again, it goes on.")
_MOST_FAULTS = 2000  # lines that are listed
_GAP = 1.0  # seconds between two words on the progress


@dataclass(slots=True)
class _Checked:
    """A file that was checked, and where its rows belong."""

    file: BatchFile
    requests: int
    target: Target


class Batches:
    """Lets a person open a batch file, sends it, and tells how far it is."""

    def __init__(self, session: Session, screen: MainScreen, app: TerminalApp) -> None:
        self._session = session
        self._screen = screen
        self._app = app
        self._checked: _Checked | None = None
        self._runs: list[BatchRun] = []
        self._is_due = False
        self._path = ""

    async def open(self) -> None:
        """Ask for a file, check it, and send it if that is wanted."""
        await self._session.opened()
        try:
            wanted: bool | None = await self._app.push_screen_wait(
                BatchScreen(self.look, self._path)
            )
            if wanted and self._checked:
                checked, self._checked = self._checked, None
                self._app.run_worker(self._send(checked))
        finally:
            self._let_go()

    async def look(self, path: str, choices: Choices) -> Found:
        """Check a file as a whole; say what is wrong with it, and what it comes to."""
        self._let_go()
        self._path = path
        deck = await self._session.opened()
        model = self._screen.form.model
        try:
            return await asyncio.to_thread(self._look, deck, path, choices, model)
        except (SourceError, JournalError, StorageError, OSError) as error:
            return Found(problem=clean(retold(str(error)), 300))

    def see(self, jobs: list[Job]) -> None:
        """Take in what has changed, and tell it once a second."""
        concerned = [run for run in self._runs if run.see(jobs)]
        if concerned and not self._is_due:
            self._is_due = True
            self._app.set_timer(_GAP, self._tell)

    def _let_go(self) -> None:
        if self._checked:
            self._checked.file.close()
            self._checked = None

    def _look(self, deck: "Deck", path: str, choices: Choices, model: Model) -> Found:
        file = self._opened(deck, path, choices, model)
        faults = [line for one in file.check() for line in one.lines]
        faults += file.warnings()
        requests = file.requests  # counted anew whenever rows are gone through
        history = deck.journal.history
        source = file.source
        target = target_of(
            history,
            source.name,
            source.title,
            again=choices.again,
            retry_failed=choices.retry_failed,
        )
        self._checked = _Checked(file, requests, target)
        fates: Counter[Fate] = Counter()
        plan = plan_of(file, target, history, self._session.settings, fates)
        problem, sends = _judged(self._checked, plan, fates, choices)
        wrong = _("{rows:,}, {faulty:,} wrong", rows=file.rows, faulty=file.faulty)
        lines = [
            labelled(_("rows"), wrong if file.faulty else f"{file.rows:,}"),
            labelled(_("model"), _("{model} where a row names none", model=model.title)),
        ]
        lines += lines_of(plan)
        lines += [labelled(_("earlier"), said)] if (said := told(fates, target, sent=False)) else []
        lines += self._budget(deck, plan)
        if len(faults) > _MOST_FAULTS:
            faults[_MOST_FAULTS:] = [_("and {count:,} more", count=len(faults) - _MOST_FAULTS)]
        return Found(lines, faults, problem, sends)

    def _opened(self, deck: "Deck", path: str, choices: Choices, model: Model) -> BatchFile:
        place = Path(path).expanduser().absolute()
        if place.exists() and not place.is_file():
            raise SourceError(_("{path} is no file", path=path))
        settings, places = self._session.settings, self._session.places
        return BatchFile(
            Source.open(str(place)),
            Reading(model=model, wanted=Wanted(None, None, {}) if choices.expand else None),
            fields=settings.fields,
            lists=WordLists(places.lists),
            take=lambda sources, field: deck.take_references(sources, field).result(),
        )

    def _budget(self, deck: "Deck", plan: Plan) -> Iterator[str]:
        caps = self._session.settings.budget
        if not caps.are_set or not plan.requests:
            return
        if plan.price.amount is None:
            yield labelled(_("budget"), _(_UNPRICED))
        elif found := excess(caps, deck.journal.history.spent(time.time()), plan.price.amount):
            yield labelled(_("budget"), _(_AS_MUCH, found=retold(str(found))))

    async def _send(self, checked: _Checked) -> None:
        file, target = checked.file, checked.target
        if any(run.group == target.group and not run.is_over for run in self._runs):
            self._app.say(_("This file is under way already."), "warning")
            file.close()
            return
        run = BatchRun(target.group, file.source.title, checked.requests)
        self._runs.append(run)
        try:
            await self._feed(run, file, target)
        except (JournalError, StorageError, OSError, RuntimeError, ValueError) as error:
            self._app.say(_(_STOPPED, error=retold(str(error))), "error")
        finally:
            file.close()
            run.is_fed = True
            self.see([])
            self._tell()

    async def _feed(self, run: BatchRun, file: BatchFile, target: Target) -> None:
        """Bring the rows in, a thousand of them at a time; the others wait in the file."""
        deck = await self._session.opened()
        await asyncio.to_thread(deck.check_output)
        chunks = placed(file, target, deck.journal.history)
        while chunk := await asyncio.to_thread(next, chunks, None):
            await run.has_room()
            async with self._session.writing:
                jobs = await asyncio.to_thread(_bring, self._same(deck), chunk, target)
            self._screen.apply(jobs)
            self.see(jobs)
        if file.has_changed:
            self._app.say(_("The file has changed while it was read: open it again."), "warning")

    def _same(self, before: "Deck") -> "Deck":
        """Return the deck there is now; raises RuntimeError when it has another profile."""
        deck, home = self._session.deck, before.home
        if deck.home != home:
            raise RuntimeError(
                _(
                    "it goes to profile {profile}, and {profile2} is in use",
                    profile=home.profile,
                    profile2=deck.home.profile,
                )
            )
        return deck

    def _tell(self) -> None:
        """Say how far the batches are; a last word on those that are over."""
        self._is_due = False
        for run in [one for one in self._runs if one.is_over]:
            self._runs.remove(run)
            self._app.say(run.line)
        more = _(" · {count} more", count=len(self._runs) - 1) if len(self._runs) > 1 else ""
        self._screen.jobs.tell_progress(f"{self._runs[-1].line}{more}" if self._runs else "")


def _judged(
    checked: _Checked, plan: Plan, fates: Counter[Fate], choices: Choices
) -> tuple[str, str]:
    """Return what stands in the way, and else what would be done."""
    file = checked.file
    if not file.rows:
        return _("The file has no rows."), ""
    if file.faulty == file.rows:
        return _("All rows are wrong; there is nothing to send."), ""
    if checked.requests > MOST_REQUESTS:
        said = _(
            "It asks for {number:,} requests; at most {most:,} go at once.",
            number=checked.requests,
            most=MOST_REQUESTS,
        )
        return said, ""
    if file.faulty and not choices.skip_invalid:
        return _("Nothing is sent while a row is wrong; s leaves those out."), ""
    if plan.requests:
        return "", _("send {requests:,}", requests=plan.requests)
    if going := sum(fates[one] for one in GONE_ON_WITH):
        return "", _("go on with {going:,}", going=going)
    return _("Nothing is missing: r sends failed ones again, a everything."), ""


def _bring(deck: "Deck", chunk: list[Placed], target: Target) -> list[Job]:
    """Write rows down, or take their jobs up; return the jobs of all of them."""
    added = deck.engine.add(jobs_of(chunk, target, deck.new_jobs)).result()
    taken = {job.id: job for job in deck.follow(gone_on_with(chunk))}
    rest = [one.earlier for one in chunk if one.earlier and one.fate not in SENT]
    return [*added, *(taken.get(job.id, job) for job in rest)]
