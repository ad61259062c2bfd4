"""What may have been billed is never sent again; what was not is sent until it is, once."""

import queue
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tui.core.job import ErrorKind, Job, State
from tui.deck import Deck
from tui.demo.server import LOOPBACK
from tui.models import find_model
from tui.services.gateway import client
from tui.services.keys import Key
from tui.services.places import Places
from tui.services.settings import Settings

_BROKEN = (408, 500, 501, 502, 503, 504, 507, 520, 521, 522, 523, 524, 525, 526, 527, 530)
AMBIGUOUS = (
    *(str(status) for status in _BROKEN),
    *(f"{status},charged" for status in _BROKEN),
    *("204,charged", "200,charged", "202,charged"),
    *("drop-before", "drop-after", "reset", "truncated", "html", "noid", "huge=5", "gzip=9"),
    *("hostile=types", "hostile=id", "hostile=long-id"),
)
# Broken, but the id can be read out of it; or slow.
SALVAGED = (
    *("short", "cut", "truncated=id", "gzip", "slow=0.5"),
    *("hostile=deep", "hostile=nan", "hostile=integer", "hostile=bom"),
    *("hostile=surrogate", "hostile=control"),
)
NOT_ACCEPTED = (
    *("429*1", "425*1", "429,retry-after=0*2", "503,retry-after=0*3", "429,retry-after=-5*1"),
    *("429,retry-after=soon*1", "425,retry-after=0.05*2", "503,retry-after=0.05*1"),
)
PATIENCE = 120.0  # seconds without any news
REFUSED = ("400", "404", "405", "409", "410", "413", "415", "422", "431", "451")


class Seen:
    """A deck, and how its jobs end."""

    def __init__(self, folder: Path, url: str, key: str) -> None:
        self._news: queue.SimpleQueue[Job] = queue.SimpleQueue()
        places = Places(
            config=folder / "config",
            data=folder / "data",
            state=folder / "state",
            images=folder / "images",
        )
        settings = Settings(output_dir=places.images, base_url=url, submissions=32)
        self.deck = Deck(settings, places, Key(key), publish=self._news.put, tell=_ignore)

    def add(self, *prompts: str) -> None:
        jobs = []
        for prompt in prompts:
            checked = find_model("gpt").validate({"prompt": prompt, "size": "64x64"})
            assert checked.request
            jobs += self.deck.new_jobs(checked.request)
        self.deck.engine.add(jobs).result()

    def until(self, holds: Callable[[Job], bool], count: int) -> list[Job]:
        found: dict[str, Job] = {}
        end = time.monotonic() + PATIENCE
        while len(found) < count:
            try:
                job = self._news.get(timeout=0.3)
            except queue.Empty:
                assert time.monotonic() < end, f"{len(found)} of {count}"
                self.deck.engine.go_on()  # as a person does who need not wait for a pause's end
                continue
            end = time.monotonic() + PATIENCE
            if holds(job):
                found[job.id] = job
        return list(found.values())

    def end(self, count: int) -> list[Job]:
        return self.until(lambda job: job.state.is_end, count)


@pytest.fixture
def seen(tmp_path: Path, canary: Any, canary_key: str) -> Iterator[Callable[[str], Seen]]:
    opened: list[Seen] = []

    def start(url: str) -> Seen:
        one = Seen(tmp_path / f"deck-{len(opened)}", url, canary_key)
        one.deck.__enter__()
        opened.append(one)
        return one

    yield start
    for one in opened:
        one.deck.__exit__()
    canary.search(*tmp_path.glob("deck-*"))


def posts(ledger: Any, prompt: str) -> int:
    return sum(one.prompt == prompt for one in (*ledger.accepted, *ledger.refused))


def _ignore(_text: str) -> None:
    """What is told to a person is not looked at here."""


each_scale = pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.soak)])


def planted(faults: tuple[str, ...], times: int) -> list[str]:
    return [f"{number} [fault submit:{fault}]" for number in range(times) for fault in faults]


@each_scale
def test_an_ambiguous_answer_is_unknown_and_never_sent_again(
    seen: Any,
    http_gateway: Any,
    figure: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    times: int,
) -> None:
    # Silence counts as lost after three minutes; here sooner.
    monkeypatch.setattr(client, "SUBMIT_TIMEOUT", httpx.Timeout(20.0))
    gateway = http_gateway()
    faults = AMBIGUOUS if times == 1 else (*AMBIGUOUS, "stall")
    prompts = planted(faults, times)
    crew = seen(gateway.url)
    crew.add("a lighthouse")  # once one is accepted, the others go side by side
    crew.end(1)
    crew.add(*prompts)
    ended = crew.end(len(prompts))
    crew.deck.__exit__()
    again = seen(gateway.url)  # nor does the next start send them
    again.deck.follow()
    again.deck.__exit__()
    ledger = gateway.ledger()
    wrong = [
        f"{job.prompt} is {job.state}"
        for job in ended
        if job.state is not State.UNKNOWN or job.error is None or job.error.kind != "unknown"
    ]
    resent = [prompt for prompt in prompts if posts(ledger, prompt) != 1]
    if times > 1:
        share = 100 * (len(prompts) - len(wrong)) / len(prompts)
        figure(
            "ambiguous answers",
            f"{len(prompts)} ({len(faults)} kinds): {share:.0f} % unknown, "
            f"{len(resent)} sent again",
        )
    assert not wrong
    assert not resent


@each_scale
def test_an_id_in_a_broken_answer_is_kept(seen: Any, http_gateway: Any, times: int) -> None:
    gateway = http_gateway()
    prompts = planted(SALVAGED, times)
    crew = seen(gateway.url)
    crew.add(*prompts)
    ended = crew.end(len(prompts))
    ledger = gateway.ledger()
    assert not [job.prompt for job in ended if job.state not in {State.SAVED, State.UNKNOWN}]
    assert not [prompt for prompt in prompts if posts(ledger, prompt) != 1]
    assert sum(job.state is State.SAVED for job in ended) >= len(prompts) * 0.6


@each_scale
def test_what_was_not_accepted_is_sent_until_it_is_charged_once(
    seen: Any, http_gateway: Any, figure: Callable[[str, str], None], times: int
) -> None:
    port = unused_port()
    crew = seen(f"http://{LOOPBACK}:{port}")
    prompts = [*planted(NOT_ACCEPTED, times), *(f"refused connection {n}" for n in range(times))]
    crew.add(*prompts)
    crew.until(lambda job: job.tries > 0, 1)
    gateway = http_gateway(port=port)
    crew.deck.engine.go_on()
    ended = crew.end(len(prompts))
    ledger = gateway.ledger()
    wrong = [job.prompt for job in ended if job.state is not State.SAVED]
    charged = [prompt for prompt in prompts if ledger.charges(prompt) != 1]
    if times > 1:
        share = 100 * (len(prompts) - len(wrong)) / len(prompts)
        figure(
            "provably unsent or not accepted",
            f"{len(prompts)}: {share:.0f} % sent again and saved, "
            f"{len(charged)} with other than 1 charge",
        )
    assert not wrong
    assert not charged


def test_a_definite_refusal_is_final(seen: Any, http_gateway: Any) -> None:
    gateway = http_gateway()
    prompts = planted(REFUSED, 1)
    crew = seen(gateway.url)
    crew.add(*prompts)
    ended = crew.end(len(prompts))
    assert {job.state for job in ended} == {State.FAILED}
    assert {job.error.kind for job in ended if job.error} == {ErrorKind.REFUSED}
    assert not [prompt for prompt in prompts if posts(gateway.ledger(), prompt) != 1]


def unused_port() -> int:
    with closing(socket.socket()) as one:
        one.bind((LOOPBACK, 0))
        port: int = one.getsockname()[1]
        return port
