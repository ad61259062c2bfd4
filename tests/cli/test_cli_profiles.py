"""Jobs keep to the profile and the gateway they were made for."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.core.request import Request
from tui.deck import Deck
from tui.services.places import Places, current_folder
from tui.services.settings import load_settings

Run = Callable[..., Any]


@pytest.fixture
def two(two_profiles: Any, home: Path) -> Any:
    two_profiles.write(home)
    return two_profiles


def leave_queued(profile: str, prompt: str) -> str:
    """Write a job down that is never sent, as a process that is killed at once does."""
    places = Places.standard()
    settings = load_settings({"profile": profile}, {}, current_folder(), places)
    deck = Deck(settings, places, None, publish=lambda _: None, tell=lambda _: None)
    [job] = deck.new_jobs(Request(model="gpt-image-2", values={"prompt": prompt}))

    async def write() -> None:
        await deck.journal.add([job])
        await deck.journal.close()

    asyncio.run(write())
    return job.short_id


def test_no_command_of_one_profile_touches_the_jobs_of_another(deck: Run, two: Any) -> None:
    a, b = two.gateways["a"], two.gateways["b"]
    a.play("poll:status=thinking")
    assert deck("--profile", "a", "generate", "gpt", "a lighthouse", "--no-wait").code == 0
    queued = leave_queued("a", "an unsent cat")
    assert deck("--profile", "b", "generate", "gpt", "a dog", "--no-wait").code == 0
    pending = a.ledger().accepted[0].task_id

    ran = deck("--profile", "b", "resume")
    assert ran.code == 0, ran.err
    way = f"2 jobs belong to profile a at {two.wires['a'].url}: `imagedeck --profile a resume`"
    assert way in ran.err
    assert len(ran.lines) == 1
    assert Path(ran.lines[0]).parent.name == "b"
    for _ in range(2):  # nothing of b's is left, and nothing of a's is touched
        ran = deck("--profile", "b", "resume")
        assert (ran.code, ran.lines, way in ran.err) == (0, [], True)
    waited = deck("--profile", "b", "wait", queued)
    assert waited.code == 3
    assert "It waits for profile a" in waited.err
    assert "`imagedeck --profile a resume` goes on with it" in waited.err
    assert "resume --profile b" not in waited.err
    listed = deck("--profile", "b", "jobs", "--search", "profile:a is:live").out
    assert listed.count(", profile a") == 2
    shown = deck("--profile", "b", "show", queued)
    assert f"profile    a at {two.wires['a'].url}" in shown.out
    (record,) = deck("--profile", "b", "--json", "show", queued).objects
    assert (record["profile"], record["gateway"]) == ("a", two.wires["a"].url)

    for secret in (two.keys["a"], "lighthouse", "unsent", pending):
        assert secret.encode() not in two.wires["b"].sent
    assert [one.prompt for one in b.ledger().accepted] == ["a dog"]

    a.play()
    ran = deck("--profile", "a", "resume")
    assert ran.code == 0, ran.err
    assert sorted(one.prompt for one in a.ledger().accepted) == ["a lighthouse", "an unsent cat"]
    assert [Path(line).parent.name for line in ran.lines] == ["a", "a"]
    assert two.keys["b"].encode() not in two.wires["a"].sent


def test_another_address_is_another_gateway(deck: Run, two: Any) -> None:
    two.gateways["a"].play("poll:status=thinking")
    flags = ("--profile", "a", "--base-url", two.wires["a"].url)
    assert deck(*flags, "generate", "gpt", "a lighthouse", "--no-wait").code == 0
    ran = deck("--profile", "a", "--base-url", two.wires["b"].url, "resume")
    assert ran.code == 0
    assert "`imagedeck --profile a resume` goes on" in ran.err
    assert two.wires["b"].sent == b""


def test_a_retry_goes_to_the_profile_of_today_and_says_so(deck: Run, two: Any) -> None:
    two.gateways["a"].play("poll:failed")
    ran = deck("--profile", "a", "--json", "generate", "gpt", "a lighthouse")
    assert ran.code == 1
    ran = deck("--profile", "b", "retry", ran.objects[-1]["job"])
    assert ran.code == 0, ran.err
    urls = [two.wires[name].url for name in ("a", "b")]
    moved = f"was made with profile a at {urls[0]}; the new one with profile b at {urls[1]}."
    assert moved in ran.err
    assert [one.prompt for one in two.gateways["b"].ledger().accepted] == ["a lighthouse"]


def test_what_was_queued_for_a_wrong_address_is_made_at_the_right_one(deck: Run, two: Any) -> None:
    wrong = ("--profile", "b", "--base-url", "http://127.0.0.1:1")
    ran = deck(*wrong, "generate", "gpt", "a lighthouse")
    assert ran.code == 4
    assert "resume --profile b --base-url http://127.0.0.1:1` goes on." in ran.err
    ran = deck("--profile", "b", "resume")
    assert "What of that was never sent, `imagedeck retry JOB` makes here instead." in ran.err
    (waiting,) = deck("jobs", "--json").objects
    ran = deck("--profile", "b", "retry", waiting["job"])
    assert ran.code == 0, ran.err
    states = [one["state"] for one in deck("jobs", "--json").objects]
    assert states == ["saved", "dropped"]
    assert two.gateways["b"].ledger().charges("a lighthouse") == 1


def test_a_job_of_an_older_version_is_taken_as_the_profile_of_today(
    deck: Run, two: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(Deck, "new_jobs", _without_gateway(Deck.new_jobs))
        leave_queued("a", "an old cat")
    ran = deck("--profile", "b", "resume")
    assert ran.code == 0, ran.err
    assert [one.prompt for one in two.gateways["b"].ledger().accepted] == ["an old cat"]


def _without_gateway(new_jobs: Run) -> Run:
    from dataclasses import replace

    return lambda *args: [replace(job, gateway=None) for job in new_jobs(*args)]
