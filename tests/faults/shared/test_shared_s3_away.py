"""An S3 server that goes away in the middle and comes back."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import Job, State

BUCKET, PATIENCE = "pictures", 120.0  # seconds


def until(holds: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.05)


def waiting(home: Path) -> list[Path]:
    return list((home / ".local/share/imagedeck/spool").glob("*.waiting"))


def images(objects: dict[str, bytes]) -> dict[str, str]:
    return {
        f"s3://{BUCKET}/{key}": hashlib.sha256(data).hexdigest()
        for key, data in objects.items()
        if key.endswith(".png")
    }


@pytest.mark.parametrize(("jobs", "stops"), [(12, 1), pytest.param(60, 3, marks=pytest.mark.soak)])
def test_all_images_are_there_in_the_end_and_none_is_cut_off(
    new_s3_server: Callable[..., Any],
    at_gateway: Callable[..., Any],
    environ: dict[str, str],
    home: Path,
    kept_jobs: Callable[[], list[Job]],
    figure: Callable[[str, str], None],
    jobs: int,
    stops: int,
) -> None:
    server = new_s3_server("seaweedfs")
    server.make_bucket(BUCKET)
    gateway = at_gateway(pace=0.03)
    environ |= {**server.environ, "IMAGEDECK_OUTPUT_DIR": f"s3://{BUCKET}/team", "NO_PROXY": "*"}
    rows = [
        {"prompt": f"boat {number}", "size": "256x256", "quality": "low"} for number in range(jobs)
    ]
    (home / "boats.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    def start(*words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-P", "-m", "tui", *words]
        with (home / "output").open("ab") as output:
            return subprocess.Popen(command, env=environ, cwd=home, stdout=output, stderr=output)

    process = start("batch", "boats.jsonl", "-m", "gpt", "--yes")
    waited = 0
    for stop in range(1, stops + 1):
        share = jobs * stop // (stops + 1)
        until(
            lambda share=share: (
                sum(key.endswith(".png") for key in server.keys(BUCKET)) >= share
                or process.poll() is not None
            ),
            f"{share} images are in the bucket",
        )
        server.stop()
        until(lambda: waiting(home) or process.poll() is not None, "an image waits")
        waited += len(waiting(home))
        server.start()
    code = process.wait(PATIENCE)
    runs = 1
    while code != 0:
        assert code == 6, (home / "output").read_text()
        assert runs < 10, (home / "output").read_text()
        code = start("resume").wait(PATIENCE)
        runs += 1
    done = kept_jobs()
    assert [job.state for job in done] == [State.SAVED] * jobs
    objects = server.objects(BUCKET)
    assert images(objects) == {one.path: one.sha256 for job in done for one in job.files}
    for path, sha256 in images(objects).items():
        sidecar = json.loads(objects[f"{path.removeprefix(f's3://{BUCKET}/')}.json"])
        assert sidecar["sha256"] == sha256
    assert len(objects) == 2 * jobs + 1  # and the mark
    assert not waiting(home)
    assert len(gateway.ledger().accepted) == jobs
    assert len(gateway.ledger().images) == jobs
    assert waited
    figure("S3 away", f"{stops}x, {jobs} jobs: all there, {waited} waited here, {runs} runs")
