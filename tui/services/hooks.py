"""The user's own command, run when a job is saved."""

import json
import logging
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from queue import SimpleQueue

from tui.core.job import Job, State
from tui.core.language import english
from tui.core.text import one_line
from tui.services.keys import without_key

_LOG = logging.getLogger(__name__)
_AT_ONCE = 4
_PATIENCE = 300.0  # seconds for one run
_LAST_PATIENCE = 10.0  # seconds for those that still run when the program ends
_MOST_SAID = 200


class Hooks:
    """Gives each saved job as JSON to the command's standard input, beside everything else.

    Nothing waits for it: a few threads run what was noted. `tell` hears of runs that failed.
    The key is not in its environment.
    """

    def __init__(
        self,
        saved: Sequence[str],
        environ: Mapping[str, str],
        tell: Callable[[str], None] = _LOG.warning,
    ) -> None:
        self._saved = tuple(saved)
        self._environ = without_key(environ)
        self._tell = tell
        self._queue: SimpleQueue[Job] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._gate = threading.Condition()
        self._open = 0

    def note(self, job: Job) -> None:
        """Take a new snapshot of a job; returns at once."""
        if not self._saved or job.state is not State.SAVED:
            return
        with self._gate:
            self._open += 1
            wants_thread = len(self._threads) < min(_AT_ONCE, self._open)
        self._queue.put(job)
        if wants_thread:
            thread = threading.Thread(target=self._work, name="hook", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Wait a little for what still runs; what takes longer goes on by itself."""
        with self._gate:
            self._gate.wait_for(lambda: not self._open, timeout=_LAST_PATIENCE)

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            try:
                self._run(job)
            finally:
                with self._gate:
                    self._open -= 1
                    self._gate.notify_all()

    def _run(self, job: Job) -> None:
        moment = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")
        record = {
            **job.as_event(),
            "time": moment.replace("+00:00", "Z"),
            "group": job.group,
            "tags": list(job.tags),
        }
        name = one_line(self._saved[0], 80)
        try:
            with subprocess.Popen(
                self._saved,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=self._environ,
                start_new_session=True,  # a hang-up of this terminal is none of its business
            ) as process:
                said = self._talk(process, json.dumps(record).encode() + b"\n")
        except OSError as error:
            self._tell(
                english(
                    "The hook {name} can't be started: {strerror}. The setting is `on_saved`.",
                    name=name,
                    strerror=error.strerror,
                )
            )
            return
        if process.returncode:
            last = one_line(said.decode("utf-8", "replace"), _MOST_SAID)
            self._tell(
                english(
                    "The hook {name} ended with code {returncode}: {last}",
                    name=name,
                    returncode=process.returncode,
                    last=last or "no word",
                )
            )

    def _talk(self, process: "subprocess.Popen[bytes]", record: bytes) -> bytes:
        try:
            return process.communicate(record, timeout=_PATIENCE)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            with suppress(ValueError):  # its pipes may be closed by then
                process.communicate()
            return b"it took more than five minutes"
