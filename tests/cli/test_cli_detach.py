"""What is under way is finished by a process without a terminal."""

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
KEY = "a-key-for-tests-only"


@pytest.fixture
def held(at_gateway: Run) -> Any:
    """A gateway whose tasks stay in progress until it is told otherwise."""
    return at_gateway("poll:status=thinking")


@pytest.fixture
def finisher() -> Iterator[Callable[[str], Path]]:
    """Find a finisher's entry in /proc; end it after the test whatever happened."""
    if not Path("/proc/self").is_dir():
        pytest.skip("no /proc to look at processes in")
    found: list[int] = []

    def find(pid: str) -> Path:
        found.append(int(pid))
        return Path("/proc") / pid

    yield find
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_detached_process_finishes_and_shows_nobody_the_key(
    deck: Run, held: Any, finisher: Callable[[str], Path]
) -> None:
    assert deck("generate", "gpt", "a lighthouse", "--no-wait").code == 0
    ran = deck("resume", "--detach")
    assert ran.code == 0
    (pid,) = re.findall(r"Process (\d+) ", ran.err)
    process = finisher(pid)
    assert KEY not in (process / "cmdline").read_text()
    assert KEY not in (process / "environ").read_text()
    held.play()
    (job,) = deck("jobs", "--json").objects
    assert deck("wait", job["job"]).code == 0
    (saved,) = deck("jobs", "--json").objects
    assert Path(saved["files"][0]["path"]).is_file()
    assert held.ledger().charges("a lighthouse") == 1


def test_a_hang_up_leaves_the_rest_to_one_if_the_settings_say_so(
    deck: Run, held: Any, start_process: Run, home: Path
) -> None:
    config = home / ".config" / "imagedeck" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("detach_on_hangup = true\n")
    process = start_process("generate", "gpt", "a lighthouse")
    assert process.stderr
    for line in process.stderr:
        if "pending" in line:
            break
    process.send_signal(signal.SIGHUP)
    assert process.wait(20) == 129
    held.play()
    (job,) = deck("jobs", "--json").objects
    assert deck("wait", job["job"]).code == 0
    assert held.ledger().charges("a lighthouse") == 1


def test_who_finishes_spends_no_more_than_the_run_that_hung_up_had_left(
    deck: Run, at_gateway: Run, start_process: Run, home: Path
) -> None:
    gateway = at_gateway("submit:slow=2")
    config = home / ".config" / "imagedeck" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("detach_on_hangup = true\n")
    # There is money for two of three at $0.053; one at a time, so that the second has to wait.
    flags = ("--count", "3", "--budget", "0.12", "--in-flight", "1", "--yes")
    process = start_process("generate", "gpt", "a lighthouse", *flags)
    assert process.stderr
    for line in process.stderr:
        if "submitting" in line:
            break
    process.send_signal(signal.SIGHUP)
    assert process.wait(20) == 129
    gateway.play()
    looked = threading.Event()
    charges = 0
    while charges < 3 and not any(job["error"] for job in deck("jobs", "--json").objects):
        looked.wait(0.05)
        charges = gateway.ledger().charges("a lighthouse")
    assert charges == 2  # and the third one says why it waits
    sent = [job["job"] for job in deck("jobs", "--json").objects if not job["error"]]
    assert deck("wait", *sent).code == 0  # else its process would look for them for ever


def test_with_nothing_unfinished_nobody_is_started(deck: Run, at_gateway: Run) -> None:
    at_gateway()
    ran = deck("resume", "--detach")
    assert (ran.code, ran.err) == (0, "Nothing is unfinished.\n")
