"""The whole command on a shared database, as two hosts see it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

Run = Callable[..., Any]


@pytest.fixture
def move(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Go over to another host, by name: nothing is the same there but the shared database."""

    def go(name: str) -> Path:
        place = home.parent / name
        (place / "work").mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv("HOME", str(place))
        monkeypatch.chdir(place / "work")
        return place

    return go


@pytest.fixture
def shared(database_url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del home
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)


@pytest.mark.usefixtures("shared")
def test_what_one_host_makes_another_finds_marks_and_counts(
    deck: Run, at_gateway: Run, move: Callable[[str], Path]
) -> None:
    at_gateway()
    made = deck("generate", "gemini", "一座灯塔 in a storm", "--json")
    assert made.code == 0
    job = made.objects[-1]["job"]
    move("other")
    assert not list(Path(os.environ["HOME"]).rglob("*.db"))
    assert [one["job"] for one in deck("jobs", "--search", "灯塔 storm", "--json").objects] == [job]
    assert deck("mark", job[-10:], "--rate", "5", "--tag", "sea").code == 0
    move("home")
    (found,) = deck("jobs", "--search", "rating>4 tag:sea", "--json").objects
    assert (found["job"], found["state"]) == (job, "saved")
    assert deck("stats", "--json").objects[0]["saved"] == 1
    assert "PostgreSQL" in deck("db", "status").out
    assert deck("db", "status", "--json").objects[0]["states"] == {"saved": 1}
    # The demo has a database of its own.
    assert deck("--demo", "jobs").out == ""


@pytest.mark.usefixtures("shared")
def test_a_job_with_a_reference_is_sent_by_whichever_host_goes_on(
    deck: Run, at_gateway: Run, move: Callable[[str], Path]
) -> None:
    gateway = at_gateway()
    Image.new("RGB", (512, 512), "navy").save("sea.png")
    deck("pause")
    asked = deck(
        "generate", "seedream", "calmer", "--image", "sea.png", "--timeout", "1s", "--json"
    )
    assert asked.code == 8
    assert not gateway.ledger().accepted
    other = move("other")
    deck("pause", "--off")
    assert deck("resume").code == 0
    assert len(gateway.ledger().accepted) == 1
    assert len(list((other / ".local/share/imagedeck/refs").iterdir())) == 1


@pytest.mark.usefixtures("shared")
def test_a_job_is_made_anew_where_its_reference_never_was(
    deck: Run, at_gateway: Run, move: Callable[[str], Path]
) -> None:
    import psycopg

    gateway = at_gateway("submit:400*1")
    Image.new("RGB", (512, 512), "navy").save("sea.png")
    failed = deck("generate", "seedream", "calmer", "--image", "sea.png", "--json").objects[-1]
    assert failed["state"] == "failed"
    other = move("other")
    assert deck("retry", failed["job"]).code == 0
    assert len(gateway.ledger().accepted) == 1
    (copy,) = (other / ".local/share/imagedeck/refs").iterdir()
    # Where it is nowhere any more, that is said.
    copy.unlink()
    with psycopg.connect(os.environ["IMAGEDECK_DATABASE_URL"], autocommit=True) as db:
        db.execute("DELETE FROM imagedeck.refs")
    ran = deck("retry", failed["job"])
    assert (ran.code, "sea.png is not kept any more" in ran.err) == (2, True)


@pytest.mark.usefixtures("shared")
def test_it_is_told_who_added_what(
    deck: Run, at_gateway: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at_gateway()
    made = {}
    for name in ("alice", "bob"):
        monkeypatch.setenv("IMAGEDECK_USER", name)
        ran = deck("generate", "gemini", f"a lighthouse of {name}", "--json")
        made[name] = ran.objects[-1]["job"]
    (mine,) = deck("jobs", "--search", "owner:me", "--json").objects
    assert mine["job"] == made["bob"]
    (other,) = deck("jobs", "--search", "owner:alice,carol", "--json").objects
    assert other["job"] == made["alice"]
    assert "owner" not in deck("jobs", "--search", "owner:me").out.lower()
    listed = deck("jobs").lines
    assert listed[0].split()[-2:] == ["OWNER", "PROMPT"]
    assert [line.split()[-5] for line in listed[1:]] == ["bob", "alice"]
    assert "owner      alice" in deck("show", made["alice"][-10:]).out
    assert deck("show", made["alice"][-10:], "--json").objects[0]["submitter"] == "alice"
    assert [one["owner"] for one in deck("stats", "--by", "owner", "--json").objects] == [
        "alice",
        "bob",
    ]
    assert deck("export", "--to", str(tmp_path / "all.jsonl")).code == 0
    assert '"submitter": "alice"' in (tmp_path / "all.jsonl").read_text()


@pytest.mark.usefixtures("shared")
def test_the_doctor_asks_the_database(
    deck: Run, at_gateway: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_gateway()
    ran = deck("doctor")
    assert "ok   database        127.0.0.1:" in ran.out
    assert ran.code == 0
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/x")
    ran = deck("doctor")
    assert "FIX  database" in ran.out
    assert "see that the server runs" in ran.out
    assert "secret" not in ran.out
    assert ran.code == 1


def test_without_an_address_it_says_what_to_set(deck: Run, monkeypatch: Any) -> None:
    ran = deck("db", "init")
    assert ran.code == 2
    assert "IMAGEDECK_DATABASE_URL" in ran.err
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", "mysql://here/x")
    ran = deck("jobs")
    assert ran.code == 2
    assert "postgresql://USER@HOST/DATABASE" in ran.err


def test_a_database_that_is_away_is_said_at_once(
    deck: Run, at_gateway: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_gateway()
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", "postgresql://me:secret@127.0.0.1:1/x")
    for command in (("generate", "gpt", "a cat"), ("jobs",), ("worker",), ("db", "status")):
        ran = deck(*command)
        assert ran.code == 6, command
        assert "The shared database 127.0.0.1:1/x can't be used" in ran.err
        assert "secret" not in ran.out + ran.err


def test_a_password_is_never_shown(deck: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("me:secret@db.example/x", "db.example/x?user=me&password=secret"):
        monkeypatch.setenv("IMAGEDECK_DATABASE_URL", f"postgresql://{address}")
        ran = deck("config", "show")
        assert "secret" not in ran.out
        assert "postgresql://" in ran.out
        assert "***" in ran.out
    assert "leave --demo out" in deck("--demo", "db", "status").err
