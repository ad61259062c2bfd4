"""Jobs that are left to workers: handed over, made, dropped, and given back."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tui.cli.context import Cli
from tui.services.journal.postgres.owner import name_of_this

Run = Callable[..., Any]
Start = Callable[..., subprocess.Popen[str]]
PATIENCE = 30.0


@pytest.fixture
def shared(database_url: str, at_gateway: Run, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    monkeypatch.setenv("IMAGEDECK_RUN", "workers")
    return at_gateway()


@pytest.fixture
def database(shared: Any, database_url: str) -> Iterator[psycopg.Connection[Any]]:
    del shared
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("SET search_path = imagedeck")
        yield db


@pytest.fixture
def start_worker(start_process: Start) -> Callable[..., subprocess.Popen[str]]:
    """Start a worker, and wait until it takes jobs."""

    def start(*args: str) -> subprocess.Popen[str]:
        process = start_process("worker", *args)
        assert process.stderr
        while "event=ready" not in (line := process.stderr.readline()):
            assert line, "it has ended"
        return process

    return start


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """End a worker; return its exit code and what it wrote to stderr."""
    process.send_signal(signal.SIGTERM)
    _out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, err


def until(holds: Callable[[], object]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, "in vain"
        time.sleep(0.05)


def test_a_worker_makes_what_is_left_to_it(shared: Any, deck: Run, start_worker: Start) -> None:
    worker = start_worker("--json", "--log", "text")
    made = deck("generate", "gemini", "a lighthouse", "--json")
    assert made.code == 0
    assert [one["state"] for one in made.objects][-1] == "saved"
    assert len(shared.ledger().accepted) == 1
    assert "1 worker is alive" in deck("db", "status").out
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=PATIENCE)
    assert worker.returncode == 143
    assert json.loads(out.splitlines()[-1])["state"] == "saved"
    assert "event=job" in err
    assert "state=saved" in err
    assert err.splitlines()[-1].endswith("event=stopped")


def test_what_goes_wrong_on_a_worker_s_host_is_said_with_its_name(
    shared: Any, deck: Run, start_worker: Start, tmp_path: Path
) -> None:
    place = tmp_path / "pictures"
    deck("--output-dir", str(place), "generate", "gemini", "a hill", "--no-wait")
    place.rmdir()
    place.write_text("On that host it is a file.")
    start_worker()
    (job,) = [one["job"] for one in deck("jobs", "--json").objects]
    assert deck("wait", job).code == 0
    worker = f"On worker {name_of_this()}: "
    assert f"{worker}kept here, because: Can't write to {place}" in deck("show", job).out
    shared.play("submit:401")
    refused = deck("generate", "gemini", "a sea")
    assert refused.code == 3
    assert f"{worker}the gateway answered 401" in refused.err
    assert "see to the key of that worker" in refused.err


def test_what_rests_is_tried_again_before_resume_says_how_it_went(
    shared: Any, deck: Run, start_worker: Start, database: psycopg.Connection[Any]
) -> None:
    deck("pause")
    assert deck("generate", "gemini", "a cliff", "--no-wait").code == 0
    database.execute("DELETE FROM procrastinate_jobs")
    error = json.dumps(["unreachable", "no answer"])
    database.execute("UPDATE jobs SET error = %s, change = change + 1", (error,))
    start_worker()
    deck("pause", "--off")
    resumed = deck("resume")
    assert resumed.code == 0, resumed.err
    assert "no answer" not in resumed.err
    assert resumed.out.endswith(".png\n")
    assert len(shared.ledger().accepted) == 1


@pytest.mark.usefixtures("shared")
def test_without_a_worker_jobs_wait_and_say_so(deck: Run) -> None:
    waited = deck("generate", "gemini", "a sea", "--timeout", "1s")
    assert waited.code == 8
    assert "No worker is alive" in waited.err
    assert "left to the workers" in waited.err
    waits = "wait: for a worker of profile default that has your key; none is alive."
    assert waits in deck("jobs").err
    # Written down, and in a queue: that is as good as submitted.
    left = deck("generate", "gemini", "a sea", "--no-wait", "--count", "3")
    assert left.code == 0
    assert deck("db", "status", "--json").objects[0]["waiting"] == 4


def test_a_file_of_rows_goes_into_the_queue_at_once(
    shared: Any, deck: Run, start_worker: Start, tmp_path: Any
) -> None:
    rows = tmp_path / "rows.txt"
    rows.write_text("\n".join(f"wave {number}" for number in range(40)))
    deck("pause")
    assert deck("batch", str(rows), "-m", "gemini", "--no-wait").code == 0
    assert deck("db", "status", "--json").objects[0]["waiting"] == 40
    start_worker()
    deck("pause", "--off")
    assert deck("batch", str(rows), "-m", "gemini").code == 0
    assert len(shared.ledger().accepted) == 40


def test_what_a_worker_has_not_sent_can_be_dropped(
    shared: Any, deck: Run, start_worker: Start, database: Any
) -> None:
    deck("pause")
    deck("generate", "gemini", "a sea", "--no-wait")
    (job,) = [one["job"] for one in deck("jobs", "--json").objects]
    worker = start_worker()
    owned = "SELECT count(*) FROM jobs WHERE owner IS NOT NULL"
    until(lambda: database.execute(owned).fetchone()[0])
    # As x does in the app.
    _with_engine(lambda engine: engine.drop(job))
    assert deck("show", job, "--json").objects[-1]["state"] == "dropped"
    deck("pause", "--off")
    assert deck("generate", "gemini", "a hill").code == 0
    assert [one.prompt for one in shared.ledger().accepted] == ["a hill"]
    assert end(worker)[0] == 143


def test_a_worker_that_ends_gives_its_jobs_to_others(
    shared: Any, deck: Run, start_worker: Start, database: Any
) -> None:
    shared.play("poll:status=pending")
    deck("generate", "gemini", "a sea", "--no-wait")
    first = start_worker()
    until(lambda: len(shared.ledger().accepted))
    until(lambda: deck("jobs", "--json").objects[0]["task_id"])
    assert end(first)[0] == 143
    assert (
        database.execute("SELECT queue_name, status FROM procrastinate_jobs")
        .fetchall()[0][0]
        .startswith("paid.")
    )
    shared.play()
    start_worker()
    (job,) = [one["job"] for one in deck("jobs", "--json").objects]
    assert deck("wait", job).code == 0
    assert len(shared.ledger().accepted) == 1


def test_the_reconciler_delivers_what_was_forgotten(
    shared: Any, deck: Run, start_worker: Start, database: Any
) -> None:
    deck("generate", "gemini", "a sea", "--no-wait")
    database.execute("DELETE FROM procrastinate_jobs")
    start_worker()
    until(lambda: deck("jobs", "--json").objects[0]["state"] == "saved")
    assert len(shared.ledger().accepted) == 1


def test_a_worker_sends_what_its_key_pays_for_and_leaves_the_rest(
    shared: Any, deck: Run, start_worker: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"alice": "sk-the-key-of-alice-alone", "bob": "sk-the-key-of-bob-alone"}

    def become(name: str) -> None:
        monkeypatch.setenv("IMAGEDECK_USER", name)
        monkeypatch.setenv("IMAGEDECK_API_KEY", keys[name])

    become("alice")
    deck("generate", "gemini", "a sea of hers", "--no-wait")
    become("bob")
    worker = start_worker()
    assert deck("generate", "gemini", "a hill of his").code == 0
    become("alice")
    waited = deck("generate", "gemini", "a hut of hers", "--timeout", "3s")
    assert waited.code == 8
    assert waited.err.count("1 worker is alive, but it lacks the key of these jobs: start") == 1
    (hut,) = deck("jobs", "--search", "hut", "--json").objects
    whom = "for a worker of profile default that has your key; 1 is alive, without that key"
    assert whom in deck("show", hut["job"]).out
    (left,) = deck("jobs", "--search", "owner:alice -hut", "--json").objects
    assert (left["state"], left["error"]) == ("queued", None)
    assert end(worker)[0] == 143
    start_worker()
    waited = deck("wait", left["job"], hut["job"])
    assert waited.code == 0
    assert "alive" not in waited.err
    # Without a key of one's own nobody pays, unless whoever sends it does.
    monkeypatch.delenv("IMAGEDECK_API_KEY")
    assert deck("generate", "gemini", "a boat").code == 3
    config = Path(os.environ["HOME"]) / ".config/imagedeck/config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("any_key = true\n")
    assert deck("generate", "gemini", "a boat").code == 0
    assert len(shared.ledger().accepted) == 4


def test_a_worker_needs_a_shared_database(deck: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGEDECK_API_KEY", "a-key-for-tests-only")
    ran = deck("worker")
    assert ran.code == 2
    assert "IMAGEDECK_DATABASE_URL" in ran.err
    monkeypatch.setenv("IMAGEDECK_RUN", "elsewhere")
    ran = deck("jobs")
    assert ran.code == 2
    assert "IMAGEDECK_RUN: must be one of here, workers" in ran.err


def test_batches_take_turns(deck: Run, database: Any, tmp_path: Any) -> None:
    for name, number in (("long", 400), ("short", 5)):
        rows = tmp_path / f"{name}.txt"
        rows.write_text("\n".join(f"{name} {one}" for one in range(number)))
        deck("batch", str(rows), "-m", "gemini", "--no-wait", "--yes")
        if name == "long":  # a part of it is with a worker already
            database.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE priority > -101")
    queue = database.execute(
        'SELECT "group" FROM procrastinate_jobs JOIN jobs ON jobs.id = queueing_lock '
        "WHERE status = 'todo' ORDER BY priority DESC, procrastinate_jobs.id LIMIT 12"
    )
    groups = [group.partition("-")[0] for (group,) in queue.fetchall()]
    assert groups == ["long", *["long", "short"] * 5, "long"]


def test_what_is_left_alone_is_asked_for_no_more(
    shared: Any, deck: Run, start_worker: Start, database: Any
) -> None:
    shared.play("poll:status=pending")
    start_worker()
    deck("generate", "gemini", "a sea", "--no-wait")
    until(lambda: deck("jobs", "--json").objects[0]["task_id"])
    (job,) = [one["job"] for one in deck("jobs", "--json").objects]
    _with_engine(lambda engine: engine.stop_watching(job))
    until(lambda: not database.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()[0])
    shared.play()
    assert deck("wait", job).code == 0
    assert len(shared.ledger().accepted) == 1


def test_the_one_that_somebody_waits_for_goes_first(
    shared: Any, deck: Run, start_worker: Start, tmp_path: Any
) -> None:
    rows = tmp_path / "rows.txt"
    rows.write_text("\n".join(f"wave {number}" for number in range(60)))
    deck("pause")
    deck("batch", str(rows), "-m", "gemini", "--no-wait", "--yes")
    deck("generate", "gemini", "at once", "--no-wait")
    last = deck("jobs", "--search", '"wave 59"', "--json").objects[0]["job"]
    _with_engine(lambda engine: engine.first(last))
    start_worker()
    deck("pause", "--off")
    assert deck("batch", str(rows), "-m", "gemini", "--yes").code == 0
    sent = [str(one.prompt) for one in shared.ledger().accepted]
    # Eight are sent side by side, so the order is not quite that of the queue.
    assert sent.index("at once") < 40
    assert sent.index("wave 59") < 40
    assert len(sent) == 61


def _with_engine(act: Callable[[Any], Any]) -> None:
    """Do something as the app does."""
    cli = Cli()
    deck = cli.open_deck(lambda _job: None, lambda _text: None)
    try:
        with deck:
            assert act(deck.engine).result(10)
    finally:
        cli.close()


def test_an_image_that_waits_on_a_workers_host_is_brought_in_after_all(
    shared: Any,
    deck: Run,
    database: psycopg.Connection[Any],
    start_worker: Start,
    bucket: str,
    s3_server: Any,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another host has gone on with its job, and the gateway had it no more."""
    import obstore

    del shared
    monkeypatch.setenv("IMAGEDECK_OUTPUT_DIR", f"s3://{bucket}/team")
    worker = start_worker()
    made = deck("generate", "gemini", "a lighthouse", "--json").objects[-1]
    end(worker)
    (file,) = made["files"]
    key = file["path"].removeprefix(f"s3://{bucket}/")
    image = s3_server.objects(bucket)[key]
    obstore.delete(s3_server.bucket(bucket), key)
    [(index,)] = database.execute("SELECT files::jsonb -> 0 -> 'index' FROM jobs").fetchall()
    gone = json.dumps([{"url": "http://127.0.0.1:1/gone.png"}])
    database.execute("UPDATE jobs SET state = 'expired', files = '[]', results = %s", [gone])
    spool = home / ".local/share/imagedeck/spool"
    spool.mkdir(exist_ok=True)
    (spool / f"{made['job']}-{index}.waiting").write_bytes(image)
    worker = start_worker()
    until(lambda: deck("jobs", "--json").objects[0]["state"] == "saved")
    end(worker)
    assert s3_server.objects(bucket)[key] == image
    assert not [*spool.iterdir()]
