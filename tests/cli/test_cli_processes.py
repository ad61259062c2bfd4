import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyte
import pytest

from tui.cli.signals import DELIBERATE
from tui.services.journal.history import SqliteHistory
from tui.services.journal.protocol import Query

PROJECT = Path(__file__).parents[2]
HEAVY = {"textual", "httpx", "aiohttp", "PIL", "pydantic", "keyring", "starlette", "uvicorn"}

Start = Callable[..., subprocess.Popen[str]]
Run = Callable[..., Any]


def until(process: subprocess.Popen[str], word: str) -> str:
    """Read stderr until a line has the word in it."""
    assert process.stderr
    seen = ""
    for line in process.stderr:
        seen += line
        if word in line:
            return seen
    raise AssertionError(f"it ended without {word!r}:\n{seen}")


@pytest.mark.parametrize(
    "args", [["--help"], ["generate", "gpt", "--help"], ["models"], ["jobs"], ["resume", "--help"]]
)
@pytest.mark.usefixtures("home")
def test_help_and_listings_load_nothing_heavy(args: list[str]) -> None:
    code = (
        "import sys; from tui.cli.root import run; "
        f"run({args!r}); print('LOADED', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    loaded = done.stderr.partition("LOADED")[2].split()
    assert "click" in loaded
    assert not HEAVY & set(loaded)


def test_one_machine_pays_for_nothing_that_several_need(at_gateway: Run) -> None:
    at_gateway()
    code = (
        "import sys; from tui.cli.root import run; "
        "run(['generate', 'gpt', 'a lighthouse']); "
        "print('LOADED', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert ".png" in done.stdout
    loaded = {name.partition(".")[0] for name in done.stderr.partition("LOADED")[2].split()}
    assert "httpx" in loaded
    assert not {"obstore", "procrastinate", "prometheus_client", "psycopg"} & loaded


def test_without_a_command_or_with_a_wrong_one(run_process: Run) -> None:
    wrong = run_process("genrate")
    assert wrong.code == 2
    assert "Did you mean 'generate'?" in wrong.err
    assert re.fullmatch(r"imagedeck \d+\.\d+\S*\n", run_process("--version").out)


def test_the_prompt_comes_through_a_pipe(run_process: Run) -> None:
    ran = run_process("generate", "gpt", "-", "--dry-run", "--json", given="猫 on a mat\n")
    assert ran.code == 0
    assert ran.objects[0]["prompt"] == "猫 on a mat"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_while_polling_loses_nothing(
    start_process: Start, run_process: Run, at_gateway: Run, number: signal.Signals, code: int
) -> None:
    gateway = at_gateway("poll:status=thinking")
    process = start_process("generate", "gpt", "a lighthouse")
    until(process, "pending")
    process.send_signal(number)
    assert process.wait(20) == code
    assert process.stderr
    assert "nothing is lost" in (said := process.stderr.read())
    assert "`imagedeck resume` goes on" in said
    gateway.play()
    resumed = run_process("resume")
    assert resumed.code == 0
    assert len(resumed.lines) == 1
    assert len(gateway.ledger().accepted) == 1


def test_a_hang_up_after_an_interrupt_loses_no_id(
    start_process: Start, at_gateway: Run, home: Path
) -> None:
    gateway = at_gateway("submit:slow=2", "poll:status=thinking")
    process = start_process("generate", "gpt", "a lighthouse")
    until(process, "submitting")
    while not gateway.ledger().accepted:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said = until(process, "Waiting for the answer")
    process.send_signal(signal.SIGHUP)
    said += until(process, "Still closing")
    assert process.wait(20) == 130
    (job,) = SqliteHistory(home / ".local/share/imagedeck/imagedeck.db").list(Query())
    assert (job.state, bool(job.task_id)) == ("pending", True)
    assert "nothing is lost" in said


def test_who_interrupts_again_leaves_the_submission_unknown(
    start_process: Start, run_process: Run, at_gateway: Run
) -> None:
    gateway = at_gateway("submit:slow=60")
    process = start_process("generate", "gpt", "a lighthouse")
    until(process, "submitting")
    while not gateway.ledger().accepted:
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    until(process, "interrupt again")
    time.sleep(DELIBERATE)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 5
    (job,) = run_process("jobs", "--json").objects
    assert (job["state"], job["error"]["kind"]) == ("unknown", "unknown")
    assert run_process("resume").err == "Nothing is unfinished.\n"
    assert len(gateway.ledger().accepted) == 1


def test_waiting_for_a_job_that_another_process_works_on(
    start_process: Start, run_process: Run, at_gateway: Run
) -> None:
    gateway = at_gateway("poll:status=thinking")
    first = start_process("generate", "gpt", "a lighthouse")
    name = until(first, "pending").split()[-2]
    assert "another imagedeck" in run_process("resume").err
    second = start_process("wait", name)
    until(second, "pending")
    gateway.play()
    assert second.wait(20) == 0
    assert first.wait(20) == 0
    assert first.stdout
    assert second.stdout
    assert first.stdout.read() == second.stdout.read()
    assert len(gateway.ledger().accepted) == 1


def test_a_reader_that_goes_away_costs_no_image(start_process: Start, at_gateway: Run) -> None:
    at_gateway()
    process = start_process("generate", "gpt", "a lighthouse", "--json")
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    said = process.stderr.read()
    assert process.wait(20) == 0
    assert said == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("args", [["models"], ["--help"], ["--version"], ["generate", "gpt", "-h"]])
def test_a_full_disk_behind_stdout_is_told(run_process: Run, args: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = run_process(*args, stdout=full)
    assert ran.code == 1
    assert ran.err == "The output can't be written: No space left on device.\n"


def test_a_terminal_shows_what_runs_and_keeps_only_the_paths(home: Path, at_gateway: Run) -> None:
    gateway = at_gateway("poll:status=thinking")
    ours, theirs = pty.openpty()
    os.set_blocking(ours, False)
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tui",
            "generate",
            "gpt",
            "a \x1b]0;x\x07 lighthouse",
            "--count",
            "2",
        ],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "300", "LINES": "24"},
    )
    os.close(theirs)
    seen, released = "", False
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            seen += os.read(ours, 65536).decode()
        except BlockingIOError:
            time.sleep(0.02)
        except OSError:
            break
        if "pending" in seen and not released:
            released = True
            gateway.play()
    assert process.wait(20) == 0
    os.close(ours)
    assert "pending" in seen
    assert "~50s" in seen
    assert "\x1b]0" not in seen
    screen = pyte.Screen(300, 24)
    pyte.Stream(screen).feed(seen)
    lines = [line.rstrip() for line in screen.display if line.strip()]
    left = [line for line in lines if "an unknown status" not in line]
    assert len(left) == 2
    assert all(line.startswith(f"{home}/Pictures/imagedeck/") for line in left)


def test_a_fifth_model_is_one_file_and_one_line(tmp_path: Path, home: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT / "tui", copy / "tui", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "tui/models/fifth.py").write_text(
        '''"""A fifth model."""

from decimal import Decimal

from tui.core.fields import Choice, Prompt
from tui.core.model import Model
from tui.core.price import Price

FIFTH = Model(
    id="fifth-1",
    aliases=("fifth",),
    title="Fifth",
    best_for="tests",
    submit_path="/v2/extend/image/fifth/generations",
    poll_path="/v2/extend/image/fifth/tasks/{task_id}",
    fields=(Prompt(), Choice(name="mood", help="The mood.", choices=("calm", "wild"))),
    prices={"image": Decimal("0.5")},
    image_price=lambda _values, prices: Price(prices.get("image")),
    typical=lambda _values: 2.0,
)
'''
    )
    index = copy / "tui/models/__init__.py"
    text = index.read_text().replace("GPT_IMAGE)", "GPT_IMAGE, FIFTH)")
    index.write_text(
        text.replace(
            "from tui.models.gpt", "from tui.models.fifth import FIFTH\nfrom tui.models.gpt", 1
        )
    )
    environ = {**os.environ, "PYTHONPATH": str(copy)}

    def run(*args: str) -> str:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tui", *args],
            capture_output=True,
            text=True,
            env=environ,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    listed = [json.loads(line) for line in run("models", "--json").splitlines()]
    assert listed[-1]["id"] == "fifth-1"
    assert "--mood [calm|wild]" in run("generate", "fifth", "--help")
    assert "fifth-1" in run("models", "--markdown")
    (path,) = run("generate", "fifth", "x", "--mood", "WILD", "--demo").splitlines()
    assert Path(path).is_file()
    assert Path(path).is_relative_to(home)
