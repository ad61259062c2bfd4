import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.core.job import Job, State
from tui.core.request import Request
from tui.services.hooks import Hooks


def job(prompt: str = "a lighthouse", state: State = State.SAVED) -> Job:
    return Job(
        id="a" * 32,
        request=Request(model="gpt-image-2", values={"prompt": prompt}),
        state=state,
        created=1.0,
        updated=1.0,
        folder="/images",
        template="{id}",
        tags=("cover",),
    )


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], str]:
    def write(body: str) -> str:
        file = tmp_path / "hook"
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(0o755)
        return str(file)

    return write


def test_it_gets_each_saved_job_as_json_and_no_key(
    script: Callable[[str], str], tmp_path: Path
) -> None:
    told: list[str] = []
    command = script(f'cat >> {tmp_path}/jobs; echo "key=$IMAGEDECK_API_KEY $1" > {tmp_path}/about')
    environ = {"PATH": "/usr/bin:/bin", "IMAGEDECK_API_KEY": "secret"}
    hooks = Hooks([command, "first"], environ, told.append)
    hooks.note(job(state=State.DOWNLOADING))
    hooks.note(job("灯塔 " * 60_000))  # more than a pipe holds
    hooks.close()
    (line,) = (tmp_path / "jobs").read_text().splitlines()
    record = json.loads(line)
    assert line.isascii()
    assert (record["state"], record["tags"], record["files"]) == ("saved", ["cover"], [])
    assert (tmp_path / "about").read_text() == "key= first\n"
    assert told == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("echo 'disk is full' >&2; exit 3", "ended with code 3: disk is full"),
        ("exit 1", "ended with code 1: no word"),
        (None, "can't be started: No such file or directory. The setting is `on_saved`."),
    ],
)
def test_what_goes_wrong_is_told(
    script: Callable[[str], str], tmp_path: Path, body: str | None, says: str
) -> None:
    told: list[str] = []
    command = script(body) if body else str(tmp_path / "hook")
    hooks = Hooks([command], {"PATH": "/usr/bin:/bin"}, told.append)
    hooks.note(job())
    hooks.close()
    assert len(told) == 1
    assert told[0].endswith(says)


def test_one_that_reads_nothing_holds_nobody_up(
    script: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tui.services.hooks._LAST_PATIENCE", 0.0)
    monkeypatch.setattr("tui.services.hooks._PATIENCE", 0.05)
    told: list[str] = []
    heard = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        heard.set()

    hooks = Hooks(
        [script(f"touch {tmp_path}/begun; exec sleep 60")], {"PATH": "/usr/bin:/bin"}, tell
    )
    for _ in range(20):
        hooks.note(job("x" * 200_000))
    hooks.close()
    assert heard.wait(10)
    assert "it took more than five minutes" in told[0]
    assert len(hooks._threads) <= 4


def test_without_a_command_nothing_is_started() -> None:
    hooks = Hooks([], {})
    hooks.note(job())
    hooks.close()
    assert hooks._threads == []
