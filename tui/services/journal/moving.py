"""The moving of all jobs from this user's file into a shared database."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

from tui.core.language import _, plural
from tui.services.clock import SystemClock
from tui.services.journal.leaving import Counts, Leaving, Page
from tui.services.journal.postgres import care
from tui.services.journal.postgres.arriving import arrive, is_news, missing, pause
from tui.services.journal.postgres.database import PostgresDatabase
from tui.services.journal.postgres.references import PostgresReferences
from tui.services.journal.protocol import JournalError
from tui.services.places import REFERENCES

Tell = Callable[[str], None]
Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it has come: jobs that were moved, were there, are held back; reference images."""

    counts: Counts
    moved: int = 0
    there: int = 0
    held: int = 0
    references: int = 0
    reference_bytes: int = 0
    pauses: tuple[str, ...] = ()


class Moving:
    """A move from a file to the database at `url`, open on both sides; close it with `with`.

    The file is marked before anything is moved, so that nothing in it is worked on any more, by
    whichever version of the program. What is cut short after that goes on when it is done again:
    a job that is there already is left as it is. Raises JournalError, nothing being changed.
    """

    def __init__(self, file: Path, url: str, tell: Tell) -> None:
        self._url = url
        self._folder = file.parent / REFERENCES
        with ExitStack() as undo:
            self._target = PostgresDatabase(url, file.parent, SystemClock(), tell=tell)
            undo.callback(self._target.close)
            self._source = undo.enter_context(Leaving(file, tell))
            self._references = PostgresReferences(url, self._folder)
            undo.callback(self._references.close)
            self._undo = undo.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    @property
    def salts(self) -> tuple[bytes, bytes]:
        """What the fingerprints of keys are salted with, here and there."""
        return self._source.salt, self._target.salt

    @property
    def place(self) -> str:
        """Where the jobs go: HOST:PORT/NAME."""
        return self._target.where

    @property
    def nothing(self) -> Progress:
        """How far it is before anything is moved."""
        return Progress(counts=self._source.counts)

    @property
    def profiles(self) -> list[str]:
        """Whose keys may still be needed, to ask the gateway or to pay."""
        return self._source.profiles()

    def unpaid(self, *, again: bool) -> list[str]:
        """Return the profiles of jobs to be moved and sent that don't say whose key pays."""
        return [] if self._has_left(again=again) else self._source.unpaid()

    def run(self, change: Change, *, again: bool, dry_run: bool) -> Iterator[Progress]:
        """Move a page of jobs at a time, and say how far it is; the last word has everything.

        `change` says what becomes different with a job. `again`: also into another database than
        before, and unfinished jobs which one has lost that had them all.
        """
        source = self._source
        if not again:
            self._check_place()
        is_whole = self._has_left(again=again)
        progress = self.nothing
        if not is_whole:
            progress = replace(progress, pauses=tuple(source.pauses()))
        if not is_whole and not dry_run:
            source.begin(self._target.where, self._target.salt)
            self._write(partial(pause, names=progress.pauses))
        for page in source.pages():
            progress = self._move(page, progress, change, is_whole=is_whole, dry_run=dry_run)
            yield progress
        if not dry_run and not progress.held:
            source.end()
            with suppress(JournalError):  # searches would only be slower for a minute
                care.look_through(self._url)

    def undo(self) -> None:
        """Let the file be worked with again, none of what is unfinished in it being there.

        Raises JournalError where some of it is.
        """
        self._check_place()
        there = 0
        for page in self._source.pages():
            news = [job for job in page.jobs if is_news(job)]
            there += len(news) - len(self._read(partial(missing, jobs=news))) if news else 0
        if there:
            raise JournalError(
                plural(
                    "1 job that is unfinished in {path} is in {place} as well, and goes on there",
                    "{number:,} jobs that are unfinished in {path} are in {place} as well, and go "
                    "on there",
                    there,
                    path=self._source.path,
                    place=self.place,
                )
            )
        self._source.undo()

    def _has_left(self, *, again: bool) -> bool:
        """Whether all has arrived before, and is not to be moved once more."""
        mark = self._source.mark
        return bool(mark and mark.is_whole and not again)

    def _check_place(self) -> None:
        """Refuse another database than the jobs have been moved to before."""
        mark = self._source.mark
        if mark and mark.salt != self._target.salt:
            raise JournalError(
                _(
                    "The jobs of {path} have been moved to {place}. Should that database be gone, "
                    "--again moves them once more",
                    path=self._source.path,
                    place=mark.place,
                )
            )

    def _move(
        self, page: Page, progress: Progress, change: Change, *, is_whole: bool, dry_run: bool
    ) -> Progress:
        new = self._read(partial(missing, jobs=page.jobs))
        # What was there once and isn't any more may have been sent meanwhile.
        wanted = [job for job in new if not (is_whole and is_news(job))]
        part = Page(wanted, page.attempts)
        sizes = self._sizes(part)
        if wanted and not dry_run:
            # First, since from then on others may send them.
            self._references.put(sorted(sizes))
            self._write(partial(arrive, page=part, change=change))
        return replace(
            progress,
            moved=progress.moved + len(wanted),
            there=progress.there + len(page.jobs) - len(new),
            held=progress.held + len(new) - len(wanted),
            references=progress.references + len(sizes),
            reference_bytes=progress.reference_bytes + sum(sizes.values()),
        )

    def _sizes(self, page: Page) -> dict[str, int]:
        """Return the size (bytes) of each reference image that is kept here."""
        paths = {name: self._folder / name for name in page.references()}
        return {name: path.stat().st_size for name, path in paths.items() if path.is_file()}

    def _write(self, do: Callable[[Any], Any]) -> Any:
        return _answer(self._target.run([do], []))

    def _read(self, do: Callable[[Any], Any]) -> Any:
        return _answer(self._target.run([], [do]))


def _answer(answers: list[Any]) -> Any:
    (answer,) = answers
    if isinstance(answer, Exception):
        raise answer
    return answer
