"""The embedded gateway's memory: a small SQLite file that several processes may share."""

import fcntl
import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tui.demo.ledger import DATABASE, Entry
from tui.demo.task import Task

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, model TEXT NOT NULL, given TEXT NOT NULL,
    images INTEGER NOT NULL, born REAL NOT NULL, waits REAL NOT NULL, works REAL NOT NULL,
    polls INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS ledger (number INTEGER PRIMARY KEY, entry TEXT NOT NULL);
"""
_LOCK = "gateway.lock"


class Store:
    """Tasks, polls, ledger. Each call is one short transaction, safe from any thread."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Not the database itself: closing a second descriptor of it would drop SQLite's locks.
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._lock = os.fdopen(lock, "rb")
        with suppress(FileExistsError):
            # Made by ourselves, as SQLite would give it the umask's mode.
            os.close(os.open(folder / DATABASE, os.O_CREAT | os.O_EXCL, 0o600))
        self._database = sqlite3.connect(
            folder / DATABASE, timeout=30, isolation_level=None, check_same_thread=False
        )
        self._turn = threading.Lock()
        # Nothing here was paid for: no fsync. What a killed process wrote is there all the same.
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("PRAGMA journal_mode = TRUNCATE").fetchone()
        with self._writing():
            for statement in _SCHEMA.split(";"):
                self._database.execute(statement)

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._database.close()
            self._lock.close()

    def add(self, task: Task, entry: Entry) -> None:
        """Keep a new task together with its entry in the ledger."""
        given = json.dumps(dict(task.values))
        row = (task.id, task.token, task.model, given, task.references)
        with self._writing():
            self._database.execute(
                "INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
                (*row, task.born, task.waits, task.works),
            )
            self._note(entry)

    def note(self, entry: Entry) -> None:
        """Write an entry into the ledger."""
        with self._writing():
            self._note(entry)

    def polled(self, task_id: str) -> tuple[Task, int] | None:
        """Return a task, counting one more poll, with the count; None when there is none."""
        with self._writing():
            row = self._database.execute(
                "UPDATE tasks SET polls = polls + 1 WHERE id = ? RETURNING *", (task_id,)
            ).fetchone()
        return (_task(row), row[-1]) if row else None

    def by_token(self, token: str) -> Task | None:
        """Return the task whose images have this token in their addresses."""
        with self._turn:
            row = self._database.execute("SELECT * FROM tasks WHERE token = ?", (token,)).fetchone()
        return _task(row) if row else None

    def _note(self, entry: Entry) -> None:
        facts = {name: fact for name, fact in asdict(entry).items() if fact is not None}
        self._database.execute("INSERT INTO ledger (entry) VALUES (?)", (json.dumps(facts),))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._turn:
            # Waiting for this lock is fair; SQLite's own waiting sleeps up to 100 ms at a time.
            with suppress(OSError):
                fcntl.flock(self._lock, fcntl.LOCK_EX)
            try:
                self._database.execute("BEGIN IMMEDIATE")
                with self._database:
                    yield
            finally:
                with suppress(OSError):
                    fcntl.flock(self._lock, fcntl.LOCK_UN)


def _task(row: tuple[Any, ...]) -> Task:
    name, token, model, given, images, born, waits, works, _polls = row
    return Task(
        id=name,
        token=token,
        model=model,
        values=json.loads(given),
        references=images,
        born=born,
        waits=waits,
        works=works,
    )
