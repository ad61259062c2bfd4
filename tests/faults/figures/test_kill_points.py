"""Killed at one system call after the other, on the way from the prompt to the image."""

import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

# What leaves a trace on a disk or a wire; a thread counts each of them for itself.
CALLS = [
    "write",
    "pwrite64",
    "fdatasync",
    "fsync",
    "link",
    "rename",
    "unlink",
    "mkdir",
    "ftruncate",
    "flock",
    "openat",
    "connect",
    "sendto",
    "sendmsg",
    "recvfrom",
]
SWEEPS = {
    "gpt": ("gpt", "--size", "64x64"),
    "gpt, n = 4": ("gpt", "--size", "64x64", "--n", "4"),
    "gemini": ("gemini", "--size", "0.5K"),
    "gemini, 4 jobs": ("gemini", "--size", "0.5K", "--count", "4"),
    "gemini-pro": ("gemini-pro", "--size", "0.5K"),
    "gemini-pro, 4 jobs": ("gemini-pro", "--size", "0.5K", "--count", "4"),
    "seedream": ("seedream", "--size", "1920x1920"),
    "seedream, 4 jobs": ("seedream", "--size", "1920x1920", "--count", "4"),
}

STRACE = shutil.which("strace") or ""

pytestmark = pytest.mark.skipif(
    not STRACE, reason="strace is not installed: no kills at system calls"
)


@dataclass(frozen=True)
class Point:
    """The `number`-th call of that name in any one thread."""

    call: str
    number: int

    @property
    def injection(self) -> str:
        return f"inject={self.call}:signal=KILL:when={self.number}"


def traced(nursery: Any, home: Any, args: tuple[str, ...], log: Path, *options: str) -> int:
    """Run a command under strace; its own children (the decoders) are let go."""
    pid = nursery.start(home, *args, go=False)
    strace = subprocess.Popen(
        [STRACE, "-qq", "-f", "-b", "execve", "-p", str(pid), "-o", str(log), *options],
        stderr=subprocess.PIPE,
        text=True,
    )
    status = Path(f"/proc/{pid}/status")
    deadline = time.monotonic() + 10
    while "TracerPid:\t0" in status.read_text():
        if strace.poll() is not None or time.monotonic() > deadline:
            nursery.go(pid)
            nursery.wait(pid)
            pytest.skip(f"strace can't attach here: {strace.communicate()[1].strip()}")
        time.sleep(0.002)
    nursery.go(pid)
    code: int = nursery.wait(pid)
    strace.communicate()
    return code


def points_of(log: Path) -> list[Point]:
    """Return every point of a run that was traced whole."""
    counts: dict[str, Counter[str]] = {}
    for line in log.read_text(errors="replace").splitlines():
        if found := re.match(r"(\d+) +(\w+)\(", line):
            counts.setdefault(found[1], Counter())[found[2]] += 1
    most: Counter[str] = Counter()
    for of_thread in counts.values():
        most |= of_thread
    return [Point(call, one) for call in CALLS for one in range(1, most[call] + 1)]


class Sweep:
    """One request, killed at many points, each time in a home of its own."""

    def __init__(self, folder: Path, gateway: Any, args: tuple[str, ...], tools: Any) -> None:
        self._folder = folder
        self._gateway = gateway
        self._args = args
        self._new_home, self._examine = tools

    def points(self, nursery: Any) -> list[Point]:
        home = self._new_home(self._folder / "whole", self._gateway.url)
        log = self._folder / "whole.strace"
        options = ("-e", f"trace={','.join(CALLS)}")
        assert traced(nursery, home, self._command("whole"), log, *options) == 0, home.said
        return points_of(log)

    def kill(self, nursery: Any, point: Point) -> Any:
        """Kill there, go on, judge; None when that point was not reached this time."""
        name = f"{point.call}-{point.number}"
        home = self._new_home(self._folder / name, self._gateway.url)
        options = ("-e", f"trace={point.call}", "-e", point.injection)
        log = self._folder / f"{name}.strace"
        code = traced(nursery, home, self._command(name), log, *options)
        resumed = nursery.run(home, "resume")
        again = nursery.run(home, "resume")
        verdict = self._examine(home, self._gateway.ledger(), {name})
        if (resumed == 5) != bool(verdict.states["unknown"]) or resumed not in {0, 5} or again:
            verdict.unfinished.append(f"{name}: resume {resumed}, then {again}: {home.said}")
        if not verdict.faults:
            shutil.rmtree(home.place)
            log.unlink()
        return verdict if code == -9 else None

    def _command(self, prompt: str) -> tuple[str, ...]:
        model, *flags = self._args
        return ("generate", model, prompt, *flags)


@pytest.fixture
def sweep(
    tmp_path: Path, http_gateway: Any, new_home: Any, examine: Any, new_nursery: Callable[[], Any]
) -> Callable[[str, int], Iterator[Any]]:
    """Return the verdicts of a sweep over every `step`-th point, two at a time."""
    nurseries = [new_nursery(), new_nursery()]

    def run(name: str, step: int) -> Iterator[Any]:
        folder = tmp_path / name
        gateway = http_gateway(folder / "gateway")
        one = Sweep(folder, gateway, SWEEPS[name], (new_home, examine))
        points = one.points(nurseries[0])[::step]
        free: SimpleQueue[Any] = SimpleQueue()
        for nursery in nurseries:
            free.put(nursery)

        def at(point: Point) -> Any:
            nursery = free.get()
            try:
                return one.kill(nursery, point)
            finally:
                free.put(nursery)

        with ThreadPoolExecutor(len(nurseries)) as pool:
            yield from filter(None, pool.map(at, points))
        gateway.stop()

    return run


def all_of(verdicts: Iterator[Any], kind: type[Any]) -> tuple[int, Any]:
    total, count = kind(), 0
    for one in verdicts:
        total.add(one)
        count += 1
    return count, total


def test_a_kill_at_some_system_calls(
    sweep: Callable[..., Iterator[Any]], new_verdict: type[Any]
) -> None:
    runs = chain(sweep("gemini", 34), sweep("gpt, n = 4", 34))
    count, total = all_of(runs, new_verdict)
    assert not total.faults
    assert count >= 12


@pytest.mark.soak
@pytest.mark.parametrize("name", SWEEPS)
def test_a_kill_at_every_system_call(
    sweep: Callable[..., Iterator[Any]],
    new_verdict: type[Any],
    figure: Callable[[str, str], None],
    name: str,
) -> None:
    # Four jobs repeat the same calls, in another mixture: one point in four is tried.
    count, total = all_of(sweep(name, 4 if "jobs" in name else 1), new_verdict)
    states = ", ".join(f"{number} {state}" for state, number in total.states.most_common())
    figure(
        f"kill -9 at every system call: {name}",
        f"{count} points: {len(total.lost)} lost ids, {len(total.double)} second submissions, "
        f"{len(total.corrupt)} corrupt databases, {len(total.partial)} partial files ({states})",
    )
    assert not total.faults
    assert count >= 100
