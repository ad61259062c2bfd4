"""Little room: few open files, little memory for many large references. Nothing is lost."""

import io
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import tui

JOBS = 60
LARGE, TIMES = 9_500_000, 200  # bytes of a reference, jobs that send it
MOST_MEMORY = 256  # MB


def start(home: Any, *args: str, **options: Any) -> subprocess.Popen[bytes]:
    with home.output.open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "tui", *args],
            env={**home.environ, "PYTHONPATH": str(Path(tui.__file__).parents[1])},
            cwd=home.place,
            stdout=said,
            stderr=said,
            **options,
        )


@pytest.mark.parametrize(
    ("files", "jobs"), [(48, 3), *(pytest.param(n, JOBS, marks=pytest.mark.soak) for n in (40, 64))]
)
def test_few_open_files_make_it_slower(
    new_home: Any,
    tmp_path: Path,
    http_gateway: Any,
    examine: Callable[..., Any],
    figure: Callable[[str, str], None],
    files: int,
    jobs: int,
) -> None:
    gateway = http_gateway(pace=0.02)
    home = new_home(tmp_path / "home", gateway.url)
    flags = ("gpt", "a lighthouse", "--size", "64x64", "--n", "2", "--count", str(jobs))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    narrow = start(home, "generate", *flags, preexec_fn=limit)
    codes = [narrow.wait(300), start(home, "resume").wait(60)]
    verdict = examine(home, gateway.ledger())
    assert not verdict.faults, home.said
    assert verdict.states == {"saved": jobs}, (codes, home.said)
    if jobs == JOBS:
        figure(f"{files} open files at most", f"{jobs} jobs of 2 images: all saved, 0 paid twice")


@pytest.mark.soak
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere address space is not limited")
@pytest.mark.parametrize("most", [260, 300, 340])
def test_no_memory_for_more_threads(
    new_home: Any,
    tmp_path: Path,
    http_gateway: Any,
    examine: Callable[..., Any],
    figure: Callable[[str, str], None],
    most: int,
) -> None:
    gateway = http_gateway()
    home = new_home(tmp_path / "home", gateway.url)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (most * 1024**2, most * 1024**2))

    flags = ("gpt", "a lighthouse", "--size", "64x64", "--count", "10")
    narrow = start(home, "generate", *flags, preexec_fn=limit)
    with suppress(subprocess.TimeoutExpired):
        narrow.wait(20)
    narrow.terminate()
    narrow.wait(60)
    start(home, "resume").wait(60)
    verdict = examine(home, gateway.ledger())
    assert not verdict.faults, home.said
    figure(
        f"{most} MB of address space",
        f"ended with {narrow.returncode}; then {dict(verdict.states)}, 0 lost, 0 paid twice",
    )


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_many_jobs_with_a_large_reference_take_little_memory(
    new_home: Any,
    tmp_path: Path,
    http_gateway: Any,
    figure: Callable[[str, str], None],
) -> None:
    gateway = http_gateway()
    home = new_home(tmp_path / "home", gateway.url)
    reference = home.place / "large.png"
    reference.write_bytes(noise())
    flags = ("seedream", "a lighthouse", "--image", str(reference), "--size", "1920x1920")
    process = start(home, "generate", *flags, "--count", str(TIMES), "--yes", "--no-wait")
    most = 0
    while process.poll() is None:
        most = max(most, peak(process.pid))
        time.sleep(0.05)
    assert process.returncode == 0, home.said
    ledger = gateway.ledger()
    assert len(ledger.accepted) == TIMES
    figure(
        f"{TIMES} jobs with a reference of {LARGE / 1e6:.1f} MB each, in base64",
        f"{TIMES * LARGE * 4 / 3 / 1e9:.1f} GB sent, memory {most} MB at most",
    )
    assert most < MOST_MEMORY


def noise() -> bytes:
    """Return a PNG of about that many bytes."""
    side = int((LARGE / 3) ** 0.5)
    file = io.BytesIO()
    pixels = random.Random(0).randbytes(side * side * 3)
    Image.frombytes("RGB", (side, side), pixels).save(file, "PNG", compress_level=0)
    return file.getvalue()


def peak(pid: int) -> int:
    """Return the most memory (MB) that a process has had."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if "VmHWM" in line), 0)
