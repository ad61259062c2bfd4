"""A disk that is full at the very moment a paid task's id is to be written down."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# Fills the disk between the gateway's answer and the commit.
FULL = """
import errno, os, sys
from tui.services.gateway.client import Gateway
real = Gateway.submit
async def submit(self, *arguments):
    outcome = await real(self, *arguments)
    with open(sys.argv[1], "wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                assert error.errno == errno.ENOSPC
    return outcome
Gateway.submit = submit
from tui.cli.root import run
sys.exit(run(sys.argv[2:]))
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "imagedeck-test", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except OSError:
        pytest.skip("there is no mount")
    if done.returncode:
        pytest.skip("a small disk can't be mounted here")
    yield place
    subprocess.run([shutil.which("umount") or "umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("ends_by_itself", [False, True])
def test_its_id_is_kept_and_the_next_start_saves_the_images(
    small_disk: Path,
    environ: dict[str, str],
    at_gateway: Callable[..., Any],
    ends_by_itself: bool,
) -> None:
    gateway = at_gateway()
    environ["XDG_DATA_HOME"] = str(small_disk)
    filler = small_disk / "filler"
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", FULL, str(filler), "generate", "gpt", "a lighthouse"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    )
    assert process.stderr
    seen = ""
    while "can't be written down" not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    (accepted,) = gateway.ledger().accepted
    assert accepted.task_id in seen
    if ends_by_itself:  # there is room again
        filler.unlink()
        assert process.wait(60) == 0
    process.kill()
    out, _ = process.communicate()
    kept = (small_disk / "imagedeck/imagedeck.db.emergency").read_bytes()
    assert (accepted.task_id.encode() in kept) is not ends_by_itself
    filler.unlink(missing_ok=True)
    if not ends_by_itself:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tui", "resume"],
            capture_output=True,
            text=True,
            env=environ,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        assert f"Task {accepted.task_id} of job" in done.stderr
        out = done.stdout
    assert Path(out.strip()).is_file()
    assert len(gateway.ledger().accepted) == 1
