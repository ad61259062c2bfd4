"""The command line, in this process or in one of its own, in a home of its own."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tui.cli.root import run

PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Stdout read as JSON Lines."""
        assert self.out.isascii()
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the screen be a hundred columns wide, too."""
    monkeypatch.setenv("COLUMNS", "100")
    return home


@pytest.fixture
def deck(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Ran]]:
    """Run `imagedeck …` in this process."""
    del home
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    before = list(logging.getLogger().handlers)

    def call(*args: str) -> Ran:
        code = run(args)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    yield call
    for handler in set(logging.getLogger().handlers) - set(before):
        logging.getLogger().removeHandler(handler)
        handler.close()


@pytest.fixture
def start_process(home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `imagedeck …` as a process of its own."""
    del home
    running: list[subprocess.Popen[str]] = []

    def start(*args: str, **options: Any) -> subprocess.Popen[str]:
        settings = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, **options}
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "tui", *args],
            stderr=subprocess.PIPE,
            text=True,
            **settings,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def run_process(start_process: Callable[..., subprocess.Popen[str]]) -> Callable[..., Ran]:
    """Run `imagedeck …` as a process of its own to its end."""

    def call(*args: str, given: str | None = None, **options: Any) -> Ran:
        if given is not None:
            options["stdin"] = subprocess.PIPE
        process = start_process(*args, **options)
        out, err = process.communicate(given, timeout=60)
        return Ran(process.returncode, out or "", err)

    return call
