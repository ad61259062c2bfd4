"""What each role of docs/shared.md can do with the whole command, and what it can't."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

Run = Callable[..., Any]
PAGE = (Path(__file__).parents[2] / "docs" / "shared.md").read_text("utf-8")


@pytest.fixture
def become(
    database_url: str, worker_id: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Work with the rights that the page gives to a role."""
    del home

    def go(role: str) -> None:
        name = f"{role}_{worker_id}"  # roles belong to the whole server
        with psycopg.connect(database_url, autocommit=True) as db:
            is_there = db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            db.execute(f"DROP OWNED BY {name}" if is_there else f"CREATE ROLE {name} LOGIN")
            said = re.findall(rf"^((?:GRANT|REVOKE) [^;]*) {role};", PAGE, re.MULTILINE)
            assert said
            for one in said:
                db.execute(f"{one} {name}")
        url = database_url.replace("imagedeck@", f"{name}@")
        monkeypatch.setenv("IMAGEDECK_DATABASE_URL", url)

    return go


def test_shared_painters_do_everything_and_erase_nothing(
    deck: Run, at_gateway: Run, become: Callable[[str], None], database_url: str, tmp_path: Path
) -> None:
    at_gateway("submit:drop-after*1")
    become("painter")
    assert deck("generate", "gemini", "lost").code == 5
    (lost,) = deck("jobs", "--json").objects
    assert deck("resolve", lost["job"][-10:], "--resubmit").code == 0
    (tmp_path / "rows.txt").write_text("one\ntwo\n")
    assert deck("batch", str(tmp_path / "rows.txt"), "-m", "gemini").code == 0
    one = deck("jobs", "--search", "two", "--json").objects[0]["job"][-10:]
    for command in (
        ("pause",),
        ("pause", "--off"),
        ("mark", one, "--rate", "5", "--note", "good"),
        ("retry", one, "--again"),
        ("delete", one),
        ("delete", one, "--undo"),
        ("resume",),
        ("jobs",),
        ("stats",),
        ("doctor",),
        ("db", "status"),
        ("export", "--to", str(tmp_path / "out.csv")),
    ):
        assert deck(*command).code == 0, command
    assert "docs/shared.md" in deck("db", "migrate").err
    url = database_url.replace("imagedeck@", f"painter_{database_url.rpartition('_')[2]}@")
    with psycopg.connect(url, autocommit=True) as db:
        for table in ("jobs", "requests", "attempts", "spending", "format"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(f"DELETE FROM imagedeck.{table}")  # noqa: S608 - names of our own


def test_shared_readers_read_and_are_told_why_they_write_nothing(
    deck: Run, at_gateway: Run, become: Callable[[str], None], tmp_path: Path
) -> None:
    gateway = at_gateway()
    become("painter")
    assert deck("generate", "gemini", "a lighthouse").code == 0
    job = deck("jobs", "--json").objects[0]["job"][-10:]
    become("reader")
    assert "a lighthouse" in deck("jobs", "--search", "lighthouse").out
    assert "a lighthouse" in deck("show", job).out
    assert deck("stats", "--json").objects[0]["saved"] == 1
    assert deck("export", "--to", str(tmp_path / "out.jsonl")).code == 0
    assert deck("db", "status").code == 0
    for command in (
        ("generate", "gemini", "a boat"),
        ("mark", job, "--rate", "5"),
        ("delete", job),
        ("retry", job, "--again"),
        ("pause",),
    ):
        ran = deck(*command)
        assert ran.code == 6, command
        assert "permission denied" in ran.err
        assert "the rights that each role needs stand in docs/shared.md" in ran.err
    assert len(gateway.ledger().accepted) == 1


def test_shared_askers_add_jobs_and_send_none(
    deck: Run, at_gateway: Run, become: Callable[[str], None]
) -> None:
    gateway = at_gateway()
    become("asker")
    deck("pause")
    assert deck("generate", "gemini", "a lighthouse", "--timeout", "0.2s").code == 8
    deck("pause", "--off")
    job = deck("jobs", "--json").objects[0]["job"][-10:]
    assert deck("mark", job, "--tag", "sea").code == 0
    ran = deck("resume", "--timeout", "0.5s")
    assert ran.code == 8
    assert "permission denied" in ran.err
    assert not gateway.ledger().accepted
    become("painter")
    assert deck("resume").code == 0
    become("asker")
    assert deck("delete", job).code == 0
    assert len(gateway.ledger().accepted) == 1


def test_shared_askers_leave_jobs_to_the_workers_of_painters(
    deck: Run,
    at_gateway: Run,
    become: Callable[[str], None],
    start_process: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gateway = at_gateway()
    monkeypatch.setenv("IMAGEDECK_RUN", "workers")
    become("painter")
    worker = start_process("worker")
    assert worker.stderr
    while "event=ready" not in (line := worker.stderr.readline()):
        assert line
    become("asker")
    assert deck("generate", "gemini", "a lighthouse").code == 0
    assert deck("generate", "gemini", "a boat", "--no-wait").code == 0
    become("reader")
    assert "1 worker is alive" in deck("db", "status").out
    worker.terminate()
    _out, err = worker.communicate(timeout=30)
    assert worker.returncode == 143
    assert "permission" not in err
    assert "a lighthouse" in [one.prompt for one in gateway.ledger().accepted]
