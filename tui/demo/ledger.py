"""What the embedded gateway remembers of everybody who called, for tests to read."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

DATABASE = "gateway.db"


class Kind(StrEnum):
    """What an entry is about."""

    ACCEPTED = "accepted"  # a task was made: this is what would be billed
    REFUSED = "refused"
    IMAGE = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One call: `at` is Unix seconds, `digest` the sha256 of the body.

    Of the headers only the names are kept, of the key only a fingerprint. `fault` is the
    planted fault that met the call, `index` counts a task's images from 1.
    """

    kind: Kind
    at: float
    path: str
    headers: tuple[str, ...] = ()
    key: str | None = None
    task_id: str | None = None
    model: str | None = None
    digest: str | None = None
    prompt: str | None = None
    n: int | None = None
    index: int | None = None
    status: int | None = None
    reason: str | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that was asked of the gateway, oldest first; `polls` counts them per task."""

    entries: tuple[Entry, ...]
    polls: Mapping[str, int]

    @property
    def accepted(self) -> tuple[Entry, ...]:
        """The submissions that became a task: the charges."""
        return self._of(Kind.ACCEPTED)

    @property
    def refused(self) -> tuple[Entry, ...]:
        """The submissions that became none."""
        return self._of(Kind.REFUSED)

    @property
    def images(self) -> tuple[Entry, ...]:
        """The images that were asked for."""
        return self._of(Kind.IMAGE)

    def charges(self, prompt: str) -> int:
        """Return how often this prompt was charged."""
        return sum(entry.prompt == prompt for entry in self.accepted)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        lists = {"accepted": self.accepted, "refused": self.refused, "images": self.images}
        entries = {name: [asdict(entry) for entry in some] for name, some in lists.items()}
        return {**entries, "polls": dict(self.polls)}

    def _of(self, kind: Kind) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.kind is kind)


def read_ledger(folder: Path) -> Ledger:
    """Read the ledger of the gateway that lives in this folder, from any process."""
    # Not `mode=ro`: a journal that a killed gateway left behind could not be rolled back.
    place = f"{(folder / DATABASE).absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(place, uri=True, timeout=30)) as database:
        entries = database.execute("SELECT entry FROM ledger ORDER BY number").fetchall()
        polls = database.execute("SELECT id, polls FROM tasks WHERE polls > 0").fetchall()
    return Ledger(tuple(_entry(text) for (text,) in entries), dict(polls))


def fingerprint(key: str) -> str:
    """Tell keys apart without keeping them."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _entry(text: str) -> Entry:
    facts = json.loads(text)
    return Entry(**{**facts, "kind": Kind(facts["kind"]), "headers": tuple(facts["headers"])})
