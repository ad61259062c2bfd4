"""How a batch is shown: its progress as a whole, and what needs a person."""

import os
import sys
import time

from tui.cli.context import Cli
from tui.cli.live import Screen, TypicalOf
from tui.cli.output import is_terminal, json_line, note
from tui.cli.reporters import PlainReporter, path_line
from tui.cli.times import now_rfc3339
from tui.core.job import Job, Saved
from tui.core.progress import Progress

_REPAINT, _LINE = 0.25, 10.0  # seconds between two looks, on a terminal and elsewhere


class BatchReporter(PlainReporter):
    """Paths, or JSON objects, on stdout; on stderr how far it is, and what went wrong.

    Of a job that has ended it keeps next to nothing.
    """

    def __init__(self, cli: Cli, total: int) -> None:
        super().__init__(cli)
        self._progress = Progress(total)
        self._json = cli.json
        self._events: dict[str, int] = {}
        live = is_terminal(sys.stderr) and os.environ.get("TERM", "dumb") != "dumb"
        self._screen = Screen() if live else None
        self._next = time.monotonic() + (0.0 if live else _LINE)

    def show(self, job: Job) -> None:
        """Take a new snapshot."""
        self._progress.note(job)
        if self._json:
            self._show_event(job)
        super().show(job)
        if job.state.is_end:
            self._shown.pop(job.id, None)
            self._paths -= {(job.id, one.index) for one in job.files}

    def saved(self, job: Job, one: Saved) -> None:  # noqa: ARG002 - the job is not named here
        """Name a new image."""
        if not self._json:
            self._clear()
            self.out(path_line(one.path))

    def changed(self, job: Job) -> None:
        """Name what went wrong; everything else is in the progress."""
        if job.error:
            self._clear()
            super().changed(job)

    def tell(self, text: str) -> None:
        """Pass a sentence on."""
        self._clear()
        note(text)

    def tick(self, typical: TypicalOf) -> float | None:  # noqa: ARG002 - a batch has many kinds
        """Show the progress when it is time; return the seconds until the next time."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + (_REPAINT if self._screen else _LINE)
            line = self._progress.line(now)
            if self._screen:
                self._screen.paint([line])
            else:
                note(line)
        return self._next - now

    def stop(self) -> None:
        """Leave the last word on the progress."""
        if self._next < float("inf"):
            self._clear()
            note(self._progress.line(time.monotonic()))
            self._next = float("inf")

    def _clear(self) -> None:
        if self._screen:
            self._screen.clear()

    def _show_event(self, job: Job) -> None:
        event = json_line(job.as_event())
        known = hash(event)
        if self._events.get(job.id) != known:
            self._events[job.id] = known
            self._clear()
            self.out(f'{event[:-1]}, "time": "{now_rfc3339()}"}}')
