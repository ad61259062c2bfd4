"""A terminal nobody reads, and one that is gone."""

import array
import fcntl
import os
import select
import signal
import sys
import termios
import time
from collections.abc import Callable
from typing import Any

import pytest

from tui.core.job import State

Open = Callable[..., Any]


def waiting(terminal: Any) -> int:
    """Return how many bytes nobody has read yet."""
    number = array.array("i", [0])
    fcntl.ioctl(terminal.number, termios.FIONREAD, number)
    return number[0]


def is_full(terminal: Any) -> bool:
    """Whether the terminal takes nothing more."""
    tty = os.open(f"/proc/{terminal.pid}/fd/2", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        return not select.select([], [tty], [], 0)[1]
    finally:
        os.close(tty)


def flood(terminal: Any) -> None:
    """Make the app draw until the terminal takes nothing more."""
    same, before, width = 0, -1, 80
    while same < 20:
        width = 200 if width == 80 else 80
        terminal.resize(width, 50)
        time.sleep(0.05)
        now = waiting(terminal)
        same, before = (same + 1 if now == before > 0 else 0), now


def test_a_terminal_nobody_reads_stops_the_picture_not_the_engine(
    open_terminal: Open, at_gateway: Open, kept_jobs: Open
) -> None:
    gateway = at_gateway("poll:status=thinking")
    terminal = open_terminal()
    terminal.see("No jobs yet")
    terminal.send("a lighthouse\x07")
    terminal.see("pending")
    flood(terminal)
    polls = sum(gateway.ledger().polls.values())
    gateway.play()
    end = time.monotonic() + 20
    while [job.state for job in kept_jobs()] != [State.SAVED]:
        assert time.monotonic() < end, "the engine stands still"
        time.sleep(0.05)
    assert sum(gateway.ledger().polls.values()) > polls
    begun = time.monotonic()
    terminal.signal(signal.SIGTERM)
    assert terminal.wait_gone(5) == 143
    assert time.monotonic() - begun < 5
    terminal.end()
    terminal.assert_restored()


def test_it_draws_again_when_it_is_read_again(open_terminal: Open) -> None:
    terminal = open_terminal("--demo")
    terminal.see("No jobs yet")
    flood(terminal)
    terminal.send("still")
    terminal.resize(80, 24)
    terminal.see("No jobs yet", "still")
    terminal.send("\x11")
    assert terminal.end() == 0
    terminal.assert_restored()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_command_whose_output_nobody_reads_goes_on_and_ends_when_told(
    open_terminal: Open, at_gateway: Open, kept_jobs: Open
) -> None:
    gateway = at_gateway("poll:status=thinking")
    command = ("generate", "gpt", "a lighthouse " * 50, "--count", "20", "--json")
    terminal = open_terminal(command=(sys.executable, "-P", "-m", "tui", *command))
    end = time.monotonic() + 60
    while len(gateway.ledger().polls) < 20 or not is_full(terminal):
        assert time.monotonic() < end
        time.sleep(0.05)
    polls = sum(gateway.ledger().polls.values())
    while sum(gateway.ledger().polls.values()) < polls + 20:
        assert time.monotonic() < end, "the engine stands still"
        time.sleep(0.05)
    terminal.signal(signal.SIGTERM)
    assert terminal.wait_gone(10) == 143
    assert {job.state for job in kept_jobs()} == {State.PENDING}


@pytest.mark.parametrize("ignores", [False, True], ids=["SIGHUP", "SIGHUP ignored"])
def test_a_terminal_that_is_gone_ends_it(open_terminal: Open, ignores: bool) -> None:
    terminal = open_terminal("--demo", ignore_sighup=ignores)
    terminal.see("No jobs yet")
    pid = terminal.pid
    terminal.hang_up()
    assert terminal.wait_gone(5) == 129
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_submission_outlives_the_terminal(
    open_terminal: Open, at_gateway: Open, kept_jobs: Open
) -> None:
    gateway = at_gateway("submit:slow=3")
    terminal = open_terminal(ignore_sighup=True)
    terminal.see("No jobs yet")
    terminal.send("a lighthouse\x07")
    terminal.until(lambda: gateway.ledger().accepted)
    terminal.hang_up()
    assert terminal.wait_gone(20) == 129
    (job,) = kept_jobs()
    assert job.task_id == gateway.ledger().accepted[0].task_id
