"""`imagedeck worker --metrics PORT`: numbers about its work, over HTTP on this host."""

import signal
import socket
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


def numbers(port: int) -> dict[str, float]:
    """Fetch what Prometheus would; return each series with its value."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


@pytest.fixture
def shared(database_url: str, at_gateway: Run, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    monkeypatch.setenv("IMAGEDECK_RUN", "workers")
    return at_gateway()


def test_what_a_worker_does_can_be_fetched(
    shared: Any, deck: Run, start_process: Run, free_port: int
) -> None:
    shared.play("submit:400*1")
    process = start_process("worker", "--metrics", str(free_port))
    assert process.stderr
    while "event=ready" not in (line := process.stderr.readline()):
        assert line, "it has ended"
    before = numbers(free_port)
    assert before['imagedeck_submissions_total{outcome="accepted"}'] == 0
    assert before["imagedeck_database_up"] == 1
    assert deck("generate", "gpt", "refused", "--yes").code == 1
    made = deck("generate", "gpt", "a lighthouse", "--json")
    (file,) = made.objects[-1]["files"]
    deck("pause")
    assert deck("generate", "gpt", "waits", "--timeout", "1s").code == 8
    found = numbers(free_port)
    assert found['imagedeck_submissions_total{outcome="accepted"}'] == 1
    assert found['imagedeck_submissions_total{outcome="refused"}'] == 1
    assert found['imagedeck_jobs_ended_total{state="saved"}'] == 1
    assert found['imagedeck_jobs_ended_total{state="failed"}'] == 1
    assert found["imagedeck_images_saved_total"] == 1
    assert found["imagedeck_image_bytes_total"] == file["bytes"]
    assert found['imagedeck_polls_total{outcome="answered"}'] >= 1
    assert found["imagedeck_poll_lag_seconds_count"] >= 1
    assert found["imagedeck_commit_seconds_count"] >= 5
    assert found['imagedeck_database_jobs{state="queued"}'] == 1
    assert found["imagedeck_spent_dollars"] == pytest.approx(0.053, abs=0.03)
    assert found["imagedeck_database_retries_total"] == 0
    assert found['imagedeck_waiting{step="look"}'] == 0
    assert found["process_resident_memory_bytes"] > 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 143


@pytest.mark.usefixtures("shared")
def test_a_port_that_is_taken_is_said_before_anything_is_done(deck: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = deck("worker", "--metrics", str(port))
    assert ran.code == 2
    assert f"--metrics: port {port} can't be used: Address already in use" in ran.err
    assert "event=started" not in ran.err
