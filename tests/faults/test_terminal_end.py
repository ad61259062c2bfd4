import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import State

Open = Callable[..., Any]
SIGNALS = [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
CANARY = "sk-canary-0123456789abcdef"
MOMENTS = 15

BROKEN_APP = f"""
from tui.app.app import Imagedeck

def action_help(self):
    secret = {CANARY!r}
    raise ZeroDivisionError("no help for [/b] \\x1b[31m")

Imagedeck.action_help = action_help
from tui.__main__ import main
main()
"""

CRASHING = """
import os, sys
from tui.app.app import Imagedeck

real = Imagedeck.on_mount

async def on_mount(self):
    await real(self)
    if "CRASH_AFTER" in os.environ:
        self.set_timer(float(os.environ["CRASH_AFTER"]), lambda: 1 / 0)

Imagedeck.on_mount = on_mount
sys.argv = ["imagedeck", "--demo"]
from tui.__main__ import main
main()
"""


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_leaves_the_terminal_as_it_was(
    open_terminal: Open, number: signal.Signals, code: int
) -> None:
    terminal = open_terminal("--demo")
    terminal.see("DEMO", "No jobs yet")
    assert terminal.emulator.on >= {1000, 1003, 1004, 1006, 1049, 2004}
    assert not terminal.emulator.on & {7, 25}
    assert terminal.emulator.keyboard == 1
    terminal.signal(number)
    assert terminal.end(5) == code
    terminal.assert_restored()
    assert terminal.text.split() == ["imagedeck", "shell:", "ended", "with", str(code)]


@pytest.mark.soak
def test_at_any_moment_the_terminal_is_left_as_it_was(
    open_terminal: Open, figure: Callable[[str, str], None]
) -> None:
    dice = random.Random(0)
    count = 0
    for ending in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, None):
        for _ in range(MOMENTS):
            moment = dice.uniform(0.0, 2.5)
            terminal = open_terminal(
                command=(sys.executable, "-P", "-c", CRASHING),
                CRASH_AFTER=None if ending else str(moment / 2),
            )
            keys = dice.choice(["", "a lighthouse", "a lighthouse\x07", "\x1bOP", "\x0fm"])
            terminal.send(keys)
            if dice.random() < 0.7:  # else nobody reads it
                end = time.monotonic() + moment
                terminal.until(lambda end=end: time.monotonic() > end)  # type: ignore[misc]
            else:
                time.sleep(moment)
            if ending:
                terminal.signal(ending)
            code = terminal.end()
            # Before Python has begun, a signal ends it as it ends everything.
            assert code in ({128 + ending, -ending} if ending else {1}), terminal.text
            terminal.assert_restored()
            count += 1
    figure(
        "HUP, TERM, INT and crash at any moment",
        f"terminal modes the same before and after in {count} of {count}; exit code never 0",
    )


def test_who_interrupts_the_wait_for_an_answer_leaves_it_unknown(
    open_terminal: Open, at_gateway: Open, kept_jobs: Open
) -> None:
    gateway = at_gateway("submit:slow=60")
    terminal = open_terminal()
    terminal.see("No jobs yet")
    terminal.send("a lighthouse\x07")
    terminal.until(lambda: gateway.ledger().accepted)
    terminal.send("\x11")
    terminal.see("ctrl+c leaves it")
    terminal.rest(1.0)  # at once it would be taken for a slip
    terminal.send("\x03")
    assert terminal.end() == 130
    terminal.assert_restored()
    (job,) = kept_jobs()
    assert (job.state, job.task_id) == (State.UNKNOWN, None)


@pytest.mark.parametrize("key", ["\x11", "\x1b[113;5u"], ids=["ctrl+q", "kitty's ctrl+q"])
def test_quitting_asks_nothing_and_says_nothing(open_terminal: Open, key: str) -> None:
    terminal = open_terminal("--demo")
    terminal.see("DEMO", "No jobs yet")
    terminal.send("half a prompt")
    terminal.see("half a prompt")
    terminal.send(key)
    assert terminal.end() == 0
    terminal.assert_restored()
    assert terminal.text.split() == ["imagedeck", "shell:", "ended", "with", "0"]
    again = open_terminal("--demo")
    again.see("half a prompt")


def test_ctrl_c_does_not_end_it(open_terminal: Open) -> None:
    terminal = open_terminal("--demo")
    terminal.see("DEMO", "No jobs yet")
    terminal.send("\x03still here")
    terminal.see("still here")
    terminal.send("\x11")
    assert terminal.end() == 0


def test_an_error_in_the_app_is_reported_on_the_normal_screen(
    open_terminal: Open, environ: dict[str, str], home: Path
) -> None:
    environ["IMAGEDECK_API_KEY"] = CANARY
    environ["IMAGEDECK_BASE_URL"] = "http://127.0.0.1:9"
    terminal = open_terminal(command=(sys.executable, "-P", "-c", BROKEN_APP))
    terminal.see("imagedeck", "No jobs yet")
    terminal.send("\x1bOP")
    assert terminal.end() == 1
    terminal.assert_restored()
    assert "An error in imagedeck itself: ZeroDivisionError: no help for [/b]" in terminal.text
    log = (home / ".local/state/imagedeck/imagedeck.log").read_text()
    assert "ZeroDivisionError" in log
    for place in (terminal.raw.decode(), log):
        assert CANARY not in place


def test_a_wrong_setting_is_told_on_the_normal_screen(open_terminal: Open, home: Path) -> None:
    config = home / ".config/imagedeck/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('polls = "many"\n')
    terminal = open_terminal("--demo")
    assert terminal.end() == 2
    terminal.assert_restored()
    assert "polls" in terminal.text
    assert "Traceback" not in terminal.text


def test_without_a_key_one_may_leave(open_terminal: Open) -> None:
    terminal = open_terminal(IMAGEDECK_BASE_URL="http://127.0.0.1:9")
    terminal.see("key")
    terminal.until(lambda: "Seedream 5.0 lite" not in terminal.text or "demo" in terminal.text)
    terminal.send("\x1b")
    assert terminal.end() == 3
    terminal.assert_restored()
    assert "Left without a key; nothing was sent." in terminal.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=str)
def test_a_submission_in_flight_is_waited_for(
    open_terminal: Open, at_gateway: Open, kept_jobs: Open, number: signal.Signals
) -> None:
    gateway = at_gateway("submit:slow=3")
    terminal = open_terminal()
    terminal.see("No jobs yet")
    terminal.send("a lighthouse\x07")
    terminal.until(lambda: gateway.ledger().accepted)
    terminal.signal(number)
    assert terminal.end() == 128 + number
    terminal.assert_restored()
    assert "Waiting for the answer to a submission" in terminal.text
    (job,) = kept_jobs()
    assert job.task_id == gateway.ledger().accepted[0].task_id
    assert len(gateway.ledger().accepted) == 1
