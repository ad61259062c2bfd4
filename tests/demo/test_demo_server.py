"""The gateway as a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tui.demo.server import ListenError, listen, url_of

COMMAND = [sys.executable, "-P", "-m", "tui", "gateway"]


@contextmanager
def running(home: Path, *flags: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
    }
    with subprocess.Popen(
        [*COMMAND, "--port", "0", *flags],
        env=environment,
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            assert line, process.stderr and process.stderr.read()
            yield process, line
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_it_says_where_it_listens_then_ends_quietly(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    flags = ("--key", "sk-canary", "--pace", "0", "--fault", "poll:html*1")
    with running(tmp_path, *flags) as (process, line):
        found = re.fullmatch(r"imagedeck gateway on (http://127\.0\.0\.1:\d+) .*\n", line)
        assert found
        assert "sk-canary" not in line
        headers = {"X-API-Key": "sk-canary"}
        path = f"{found[1]}/v2/extend/image/generations"
        with httpx.Client(trust_env=False) as client:
            assert client.post(path, json={"prompt": "x"}).status_code == 401
            accepted = client.post(path, json={"prompt": "x"}, headers=headers)
            task = f"{found[1]}/v2/extend/image/tasks/{accepted.json()['task_id']}"
            assert client.get(task, headers=headers).text.startswith("<!doctype html>")
            assert client.get(task, headers=headers).json()["status"] == "succeeded"
            process.send_signal(number)
            out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (code, "", "")


def test_json(tmp_path: Path) -> None:
    with running(tmp_path, "--json", "--folder", str(tmp_path / "kept")) as (_, line):
        said = json.loads(line)
    assert said["url"].startswith("http://127.0.0.1:")
    assert said["folder"] == str(tmp_path / "kept")


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with listen() as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*COMMAND, "--port", port],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Port {port} on 127.0.0.1 can't be used" in done.stderr
    assert "--port 0" in done.stderr
    assert "Traceback" not in done.stderr


def test_loopback_only() -> None:
    with pytest.raises(ListenError, match="not on loopback"):
        listen("0.0.0.0")


def test_addresses_of_both_kinds() -> None:
    with listen() as four:
        assert url_of(four).startswith("http://127.0.0.1:")
    try:
        six = listen("::1")
    except ListenError:
        pytest.skip("there is no IPv6 here")
    with six:
        assert url_of(six).startswith("http://[::1]:")
