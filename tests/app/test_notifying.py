from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tui.app.notifying import Notifier, desktop_command, terminal_notice
from tui.core.job import Job, State
from tui.core.notices import Notices

MakeJob = Callable[..., Job]


def ended(job: Job, seconds: float, state: State = State.SAVED) -> Job:
    return replace(job, state=state, finished=job.created + seconds)


def test_a_long_job_and_the_whole_queue_are_worth_a_notice(make_job: MakeJob) -> None:
    notices = Notices(60)
    jobs = [make_job(at, State.PROCESSING, f"job {at}") for at in range(5)]
    assert notices.see([ended(make_job(9), 500)]) == ""  # over before it was seen
    assert notices.see(jobs) == ""
    assert notices.see([ended(jobs[0], 5)]) == ""
    assert notices.see([ended(jobs[1], 61)]) == "saved: job 1"
    assert notices.see([ended(jobs[1], 61)]) == ""
    assert notices.see([replace(jobs[2], watched=False)]) == ""
    assert notices.see([ended(jobs[3], 5, State.FAILED)]) == ""
    assert notices.see([ended(jobs[4], 5)]) == "All jobs have ended: 3 saved, 1 failed"
    short = make_job(10, State.PENDING)
    notices.see([short])
    assert notices.see([ended(short, 5)]) == ""
    assert notices.see([replace(short, state=State.QUEUED)]) == ""
    assert notices.see([ended(short, 100, State.DROPPED)]) == ""


def test_two_long_ones_at_once_are_one_notice(make_job: MakeJob) -> None:
    notices = Notices(60)
    jobs = [make_job(at, State.PROCESSING) for at in range(3)]
    notices.see(jobs)
    both = [ended(jobs[0], 70), ended(jobs[1], 80, State.UNKNOWN)]
    assert notices.see(both) == "Long jobs have ended: 1 saved, 1 unknown"


@pytest.mark.parametrize(
    ("how", "written"),
    [
        ("off", []),
        ("bell", ["\x07"]),
        ("osc9", ["\x1b]9;saved: a \\x1b]x\x07"]),
        ("desktop", ["\x07"]),
    ],
)
def test_each_way_of_telling(
    make_job: MakeJob, how: str, written: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no notify-send
    sent: list[str] = []
    notifier = Notifier(how, 0, {}, sent.append)
    job = make_job(1, State.PENDING, "a \x1b]x")
    notifier.see([job])
    notifier.see([ended(job, 5)])
    assert sent == written


def test_multiplexers_pass_it_on() -> None:
    assert terminal_notice("x", {"TMUX": "t"}) == "\x1bPtmux;\x1b\x1b]9;x\x07\x1b\\"
    assert terminal_notice("x", {"STY": "t"}) == "\x1bP\x1b]9;x\x07\x1b\\"


def test_the_desktop_gets_words_and_no_flags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("notify-send", "osascript"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert desktop_command("-x\x1b", "linux")[-2:] == ("--", "-x\\x1b")
    assert desktop_command('"; do evil', "darwin")[-1] == '"; do evil'
