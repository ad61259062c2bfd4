"""The log of a worker: a line on stderr for each event."""

import json
import sys
import threading
import time
from contextlib import suppress
from queue import Full, Queue
from typing import Any, TextIO

from tui.cli.output import json_line
from tui.cli.times import rfc3339
from tui.core.job import Job, JobError, State
from tui.core.text import clean, one_line
from tui.services.log import redact

_LONGEST = 300
_MOST_WAITING = 20_000  # lines
_LAST_PATIENCE = 2.0  # seconds


class WorkerLog:
    """Writes events as `key=value`, or as JSON; with `is_json` job states go to stdout, too.

    A thread writes: a reader that has stopped reading holds up no job, and misses what is too much.
    """

    def __init__(self, *, as_json: bool, is_json: bool) -> None:
        self._as_json = as_json
        self._is_json = is_json
        self._told: dict[str, tuple[State, JobError | None]] = {}
        self._lines: Queue[tuple[TextIO, str] | None] = Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, if somebody reads it."""
        with suppress(Full):
            self._lines.put(None, timeout=_LAST_PATIENCE)
            self._thread.join(_LAST_PATIENCE)

    def note(self, job: Job) -> None:
        """Take a new snapshot of a job."""
        if self._told.get(job.id) == (job.state, job.error):
            return
        self._told[job.id] = (job.state, job.error)
        if not job.is_live:
            del self._told[job.id]
        facts = {"job": job.id, "model": job.request.model, "state": job.state.value}
        more = {"group": job.group, "task": job.task_id, "error": job.error and job.error.message}
        self.write("job", **facts, **{name: value for name, value in more.items() if value})
        if self._is_json:
            event = {**job.as_event(), "time": rfc3339(time.time())}
            self._put(sys.stdout, json_line(event))

    def tell(self, text: str) -> None:
        """Write a sentence."""
        self.write("said", text=text)

    def write(self, event: str, **facts: Any) -> None:
        """Write an event with what belongs to it."""
        record = {"time": rfc3339(time.time()), "event": event, **facts}
        if self._as_json:
            line = json.dumps({name: _shown(value) for name, value in record.items()})
        else:
            line = " ".join(f"{name}={_value(value)}" for name, value in record.items())
        self._put(sys.stderr, line)

    def _put(self, stream: TextIO, line: str) -> None:
        with suppress(Full):
            self._lines.put_nowait((stream, line))

    def _run(self) -> None:
        while found := self._lines.get():
            stream, line = found
            with suppress(OSError, ValueError):  # nobody reads it, and that stops no job
                print(line, file=stream, flush=True)


def _value(value: object) -> str:
    text = one_line(clean(redact(str(value))), _LONGEST)
    return text if text and not set(text) & set(' "=') else json.dumps(text, ensure_ascii=False)


def _shown(value: object) -> object:
    return redact(value) if isinstance(value, str) else value
