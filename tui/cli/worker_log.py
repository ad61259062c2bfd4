"""The log of a worker: a line on stderr for each event."""

import json
import sys
import time
from typing import Any

from tui.cli.output import OutputError, json_line, say
from tui.cli.times import rfc3339
from tui.core.job import Job, JobError, State
from tui.core.text import clean, one_line

_LONGEST = 300


class WorkerLog:
    """Writes events as `key=value`, or as JSON; with `is_json` job states go to stdout, too."""

    def __init__(self, *, as_json: bool, is_json: bool) -> None:
        self._as_json = as_json
        self._is_json = is_json
        self._told: dict[str, tuple[State, JobError | None]] = {}

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
            self._say(json_line({**job.as_event(), "time": rfc3339(time.time())}))

    def tell(self, text: str) -> None:
        """Write a sentence."""
        self.write("said", text=text)

    def write(self, event: str, **facts: Any) -> None:
        """Write an event with what belongs to it."""
        record = {"time": rfc3339(time.time()), "event": event, **facts}
        if self._as_json:
            line = json.dumps(record)
        else:
            line = " ".join(f"{name}={_value(value)}" for name, value in record.items())
        try:
            print(line, file=sys.stderr, flush=True)
        except OSError:
            return  # nobody reads it, and that stops no job

    def _say(self, line: str) -> None:
        try:
            say(line)
        except OutputError as problem:
            self.write("output", text=str(problem))
            self._is_json = False


def _value(value: object) -> str:
    text = one_line(clean(str(value)), _LONGEST)
    return text if text and not set(text) & set(' "=') else json.dumps(text, ensure_ascii=False)
