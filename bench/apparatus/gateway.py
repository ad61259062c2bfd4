"""The embedded gateway in a process of its own, and a home to reach it from."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Self

from apparatus.terminal import imagedeck

from tui.core.job import Job, State
from tui.demo.ledger import read_ledger
from tui.services.journal.history import SqliteHistory
from tui.services.journal.protocol import Query


class Gateway:
    """Serves on loopback from `with` on; tasks take `pace` times a model's typical time."""

    def __init__(self, folder: Path, pace: float) -> None:
        self._folder = folder
        place = ["--port", "0", "--pace", str(pace), "--folder", str(folder)]
        self._process = subprocess.Popen(
            imagedeck("--json", "gateway", *place),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # who is cut off at the end is no news
            text=True,
            env=environ(folder.parent, ""),
        )
        if self._process.stdout is None:
            sys.exit("the gateway has no output")
        self.url: str = json.loads(self._process.stdout.readline())["url"]

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate()

    def charges(self) -> int:
        """Return how many submissions it has accepted."""
        return len(read_ledger(self._folder).accepted)


def environ(home: Path, url: str) -> dict[str, str]:
    """Return an environment in which nothing of the real user is found."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    reach = {"IMAGEDECK_BASE_URL": url, "IMAGEDECK_API_KEY": "sk-bench"} if url else {}
    null = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    return {"LANG": "C.UTF-8", **kept, **null, "HOME": str(home), **reach}


def database(home: Path) -> Path:
    """Return where the jobs of a home are."""
    return home / ".local/share/imagedeck/imagedeck.db"


def jobs_of(home: Path) -> list[Job]:
    """Return all jobs of a home."""
    history = SqliteHistory(database(home))
    try:
        return history.list(Query(limit=None))
    finally:
        history.close()


def assert_nothing_lost(home: Path, count: int, charges: int) -> None:
    """Check that so many jobs are saved, each paid once and with a file of its own."""
    jobs = jobs_of(home)
    states = Counter(job.state for job in jobs)
    assert states == {State.SAVED: count}, states
    assert charges == count, charges
    files = {file.path for job in jobs for file in job.files}
    assert len(files) == count
    assert all(Path(one).exists() for one in files)
