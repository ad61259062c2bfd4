"""How a run is shown: as JSON, as plain lines, or live on a terminal."""

import os
import sys
import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from tui.cli.context import Cli
from tui.cli.live import Screen, TypicalOf, lines_of
from tui.cli.output import OutputError, is_terminal, json_line, note, say
from tui.cli.times import rfc3339
from tui.cli.words import advice, described, reason, status
from tui.core.job import Job, JobError, Saved, State
from tui.core.language import _
from tui.core.text import clean

_REPAINT = 0.25  # seconds: at most four times a second


def reporter_for(cli: Cli) -> "PlainReporter":
    """Choose what suits the streams."""
    if cli.json:
        return JsonReporter(cli)
    if is_terminal(sys.stderr) and os.environ.get("TERM", "dumb") != "dumb":
        return LiveReporter(cli)
    return PlainReporter(cli)


class PlainReporter(AbstractContextManager["PlainReporter"]):
    """A line on stderr for each change of state, a path on stdout for each image."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli
        self._shown: dict[str, tuple[State, JobError | None]] = {}
        self._paths: set[tuple[str, int]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    def show(self, job: Job) -> None:
        """Take a new snapshot."""
        for one in job.files:
            if (job.id, one.index) not in self._paths:
                self._paths.add((job.id, one.index))
                self.saved(job, one)
        if self._shown.get(job.id) != (job.state, job.error):
            self._shown[job.id] = (job.state, job.error)
            self.changed(job)

    def saved(self, job: Job, one: Saved) -> None:
        """Name a new image."""
        note(
            _(
                "{short_id} image {index}: {described}",
                short_id=job.short_id,
                index=one.index,
                described=described(one),
            )
        )
        self.out(path_line(one.path))

    def out(self, line: str) -> None:
        """Write to stdout; that it can't be written stops no job."""
        try:
            say(line)
        except OutputError as problem:
            self.tell(str(problem))

    def changed(self, job: Job) -> None:
        """Name a new state, with what went wrong and what to do about it."""
        note(f"{job.short_id} {status(job)}")
        if job.error:
            then = advice(job, self._cli.settings.home, self._cli.suffix)
            note(f"  {reason(job).removesuffix('.')} — {then}" if then else f"  {reason(job)}")

    def tell(self, text: str) -> None:
        """Pass a sentence on."""
        note(text)

    def tick(self, typical: TypicalOf) -> float | None:  # noqa: ARG002 - the live one needs it
        """Need no reminder."""
        return None

    def stop(self) -> None:
        """Leave nothing on the screen that would change."""


class JsonReporter(PlainReporter):
    """An object on stdout for each change; warnings and the like stay on stderr."""

    def __init__(self, cli: Cli) -> None:
        super().__init__(cli)
        self._said: dict[str, dict[str, object]] = {}

    def show(self, job: Job) -> None:
        """Take a new snapshot."""
        event = job.as_event()
        if self._said.get(job.id) != event:
            self._said[job.id] = event
            self.out(json_line({**event, "time": rfc3339(time.time())}))


class LiveReporter(PlainReporter):
    """A few lines on the terminal that change in place, below what stays."""

    def __init__(self, cli: Cli) -> None:
        super().__init__(cli)
        self._screen = Screen()
        self._jobs: dict[str, Job] = {}
        self._next = 0.0

    def show(self, job: Job) -> None:
        """Take a new snapshot."""
        self._jobs[job.id] = job
        super().show(job)

    def saved(self, job: Job, one: Saved) -> None:
        """Name a new image."""
        self._screen.clear()
        if is_terminal(sys.stdout):
            self.out(f"{path_line(one.path)}  {described(one)}")
        else:
            super().saved(job, one)

    def changed(self, job: Job) -> None:
        """Name what needs a person; everything else is in the live lines."""
        if job.error:
            self._screen.clear()
            super().changed(job)

    def tell(self, text: str) -> None:
        """Pass a sentence on."""
        self._screen.clear()
        note(text)

    def tick(self, typical: TypicalOf) -> float | None:
        """Repaint when it is time; return the seconds until the next time."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _REPAINT
            self._screen.paint(lines_of(list(self._jobs.values()), time.time(), typical))
        return self._next - now

    def stop(self) -> None:
        """Clear the live lines."""
        self._screen.clear()


def path_line(path: str) -> str:
    """Return a path as it is, or cleaned for a terminal."""
    # A script needs every byte of it, a terminal none that it would act on.
    return clean(path) if is_terminal(sys.stdout) else path
