"""A job that waits says for what."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tui.cli.waiting import Waiting
from tui.core.job import Job, State
from tui.core.request import Request

Run = Callable[..., Any]


def limit(home: Path, text: str) -> None:
    file = home / ".config/imagedeck/config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_jobs_and_show_tell_what_a_queued_job_waits_for(
    deck: Run, home: Path, at_gateway: Run
) -> None:
    gateway = at_gateway(pace=1e6)
    limit(home, "[in_flight]\nall = 1\n")
    sent = deck("generate", "gemini", "a boat", "--no-wait", "--json")
    assert sent.code == 0
    ran = deck("generate", "gemini", "a second boat", "--timeout", "1s", "--json")
    assert ran.code == 8
    assert {one["state"] for one in ran.objects} == {"queued"}
    assert len(gateway.ledger().accepted) == 1
    assert "Queued jobs wait: 1 of 1 jobs are in flight." in deck("jobs").err
    assert "waits      1 of 1 jobs are in flight" in deck("show", ran.objects[-1]["job"]).out
    assert "waits" not in deck("show", sent.objects[-1]["job"]).out
    limit(home, "[limits]\nsubmissions_per_second = 0.5\n")
    assert "0.5 are sent a second" in deck("jobs").err


def test_that_others_have_all_places_is_told_once_it_lasts() -> None:
    told: list[str] = []
    times_of_looks = iter((0.0, 4.0, 6.0, 7.0))
    waiting = Waiting(told.append, lambda: next(times_of_looks))
    request = Request(model="m", values={"prompt": "x"})
    times = {"created": 0.0, "updated": 0.0}
    job = Job(id="a", request=request, state=State.QUEUED, folder="", template="", **times)
    nobody: frozenset[str] = frozenset()
    for number in (3, 3, 4, 3):
        waiting.look([job], nobody, "", f"{number} of 3 jobs are in flight")
    waiting.look([], nobody, "", "")
    assert told == [
        "4 of 3 jobs are in flight, of others: [in_flight] in the settings. Waiting for a place.",
        "Submissions go on.",
    ]
