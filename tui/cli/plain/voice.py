"""What is said between the lines that a person types."""

import threading
from queue import SimpleQueue
from typing import Self

from tui.cli.output import OutputError, say
from tui.cli.words import advice, described, reason, status
from tui.core.home import Home
from tui.core.job import Job, State
from tui.core.language import _
from tui.core.text import clean, one_line


class Voice:
    """Says sentences and how jobs end, one line each, in words alone.

    News come from the engine's thread, which must never wait for a terminal: they are said by a
    thread of their own. Only ends are told, since a screen reader reads out every line.
    """

    def __init__(self, home: Home, suffix: str) -> None:
        self._home = home
        self._suffix = suffix
        self._news: SimpleQueue[Job | str | threading.Event | None] = SimpleQueue()
        self._told: dict[str, State] = {}
        self._thread = threading.Thread(target=self._speak, name="plain-voice", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._news.put(None)
        self._thread.join(2)  # at most: nobody may read the terminal any more

    def hear(self, one: Job | str) -> None:
        """Take news, from any thread."""
        self._news.put(one)

    def say(self, text: str) -> None:
        """Say something now, on lines of its own."""
        for line in clean(text, lines=True).splitlines():
            say(line)

    def finish(self) -> None:
        """Wait until everything that was heard has been said."""
        said = threading.Event()
        self._news.put(said)
        said.wait(2)

    def _speak(self) -> None:
        while (one := self._news.get()) is not None:
            try:
                self._tell(one)
            except OutputError:  # the terminal is gone; its end is told by what is read
                continue

    def _tell(self, one: Job | str | threading.Event) -> None:
        if isinstance(one, threading.Event):
            one.set()
            return
        if isinstance(one, str):
            self.say(one)
            return
        is_over = one.state.is_end or one.is_resting or not one.watched
        if not is_over:
            self._told.pop(one.id, None)
        elif self._told.get(one.id) is not one.state:
            self._told[one.id] = one.state
            for line in ended(one, self._home, self._suffix):
                self.say(line)


def ended(job: Job, home: Home, suffix: str) -> list[str]:
    """Say how a job stands, what is wrong, and where its images are."""
    why = _(": {reason}", reason=reason(job)) if job.error else ""
    lines = [
        _(
            "Job {id} {status}{why}. Prompt: {prompt}",
            id=job.short_id,
            status=status(job),
            why=why,
            prompt=one_line(job.prompt, 60),
        )
    ]
    lines += [
        _(
            "Image {index}: {path}, {described}",
            index=one.index,
            path=one.path,
            described=described(one),
        )
        for one in job.files
    ]
    if then := advice(job, home, suffix):
        lines.append(_("Next: {then}.", then=then))
    return lines
