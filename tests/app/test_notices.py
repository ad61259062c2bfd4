from collections.abc import Callable
from dataclasses import replace

from tui.app.notices import SHOWN, Notices
from tui.core.job import ErrorKind, Job, JobError, State


def test_a_sentence_is_said_again_only_when_it_is_gone() -> None:
    said: list[tuple[str, str]] = []
    time = [0.0]
    notices = Notices(lambda text, severity: said.append((text, severity)), lambda: time[0])
    notices.say("Again?", "warning")
    time[0] = SHOWN - 0.1
    notices.say("Again?", "warning")
    notices.say("[/x] \x1b[31m")
    time[0] = SHOWN
    notices.say("Again?", "warning")
    assert said == [
        ("Again?", "warning"),
        ("[/x] \\x1b[31m", "information"),
        ("Again?", "warning"),
    ]


def test_a_full_disk_is_told_once_a_job(make_job: Callable[..., Job]) -> None:
    said: list[tuple[str, str]] = []
    time = [0.0]
    notices = Notices(lambda text, severity: said.append((text, severity)), lambda: time[0])
    full = JobError(ErrorKind.DISK, "Can't write to /pictures: the disk is full; free some space.")
    one, two = (make_job(number, State.DOWNLOADING, error=full) for number in (1, 2))
    notices.say_of([one, two])
    assert said == [(full.message, "error")]
    time[0] = 2 * SHOWN
    notices.say_of([one, two])  # tried again, and told before
    notices.say_of([replace(one, error=None)])
    assert len(said) == 1
    notices.say_of([one])
    assert len(said) == 2
