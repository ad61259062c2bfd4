"""Several people in one shared database: whose jobs are whose, and whose key pays."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

Run = Callable[..., Any]
KEYS = {"alice": "sk-the-key-of-alice-alone", "bob": "sk-the-key-of-bob-alone"}


@pytest.fixture
def become(
    database_url: str, home: Path, at_gateway: Run, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Be somebody on a host of one's own, with a key of one's own; returns the gateway."""
    gateway = at_gateway()
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)

    def go(name: str, key: str = "") -> Any:
        place = home.parent / name
        (place / "work").mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv("HOME", str(place))
        monkeypatch.setenv("IMAGEDECK_USER", name)
        monkeypatch.setenv("IMAGEDECK_API_KEY", key or KEYS[name])
        monkeypatch.chdir(place / "work")
        return gateway

    return go


def unsent(deck: Run, prompt: str) -> str:
    """Leave a job that was never sent, and nothing paused; return its id."""
    deck("pause")
    assert deck("generate", "gemini", prompt, "--timeout", "0.2s").code == 8
    deck("pause", "--off")
    (job,) = deck("jobs", "--search", prompt, "--json").objects
    assert job["state"] == "queued"
    return str(job["job"])[-10:]


def test_what_others_added_is_done_with_only_when_they_are_meant(
    deck: Run, become: Callable[..., Any]
) -> None:
    become("alice")
    assert deck("generate", "gemini", "done").code == 0
    (saved,) = deck("jobs", "--json").objects
    become("bob")
    ran = deck("delete", saved["job"][-10:])
    assert (ran.code, deck("jobs", "--json").objects) == (2, [saved])
    assert "was added by alice; --others does it all the same" in ran.err
    assert deck("mark", saved["job"][-10:], "--rate", "4").code == 0  # it can be taken back
    assert deck("delete", saved["job"][-10:], "--others").code == 0
    assert deck("jobs").out == ""
    become("alice").play("submit:drop-after*1")
    assert deck("generate", "gemini", "lost").code == 5
    (lost,) = deck("jobs", "--state", "unknown", "--json").objects
    become("bob")
    ran = deck("resolve", lost["job"][-10:], "--abandon")
    assert ran.code == 2
    assert "added by alice" in ran.err
    assert deck("resolve", lost["job"][-10:], "--abandon", "--others").code == 0


def test_what_others_never_sent_is_theirs_to_send(deck: Run, become: Callable[..., Any]) -> None:
    gateway = become("alice", KEYS["bob"])  # a key that both have
    job = unsent(deck, "a lighthouse of hers")
    become("bob")
    assert "Nothing is unfinished" in deck("resume").err
    ran = deck("wait", job, "--timeout", "0.2s")
    assert "whoever works for alice sends it" in ran.err
    assert "next       whoever works for alice sends it" in deck("show", job).out
    assert deck("retry", job).code == 2
    assert not gateway.ledger().accepted
    become("alice", KEYS["bob"])
    assert deck("resume").code == 0
    assert len(gateway.ledger().accepted) == 1


def test_a_key_pays_for_what_its_owner_added_and_for_nothing_else(
    deck: Run, become: Callable[..., Any]
) -> None:
    gateway = become("alice")
    job = unsent(deck, "a lighthouse of hers")
    # The key is another one now, and nobody has the old one any more.
    become("alice", "sk-the-new-key-of-alice")
    ran = deck("resume")
    assert ran.code == 3
    assert "1 job waits for another key; with that key `imagedeck resume` goes on." in ran.err
    assert "`imagedeck retry JOB` makes here instead" in ran.err
    said = deck("show", job).out
    assert "It waits unsent for the key it was added with" in said
    assert not gateway.ledger().accepted
    ran = deck("retry", job)
    assert ran.code == 0
    assert "waited for another key; the new one is paid with yours" in ran.err
    assert deck("jobs", "--state", "dropped", "--json").objects[0]["job"].endswith(job)
    assert len(gateway.ledger().accepted) == 1


def test_a_task_is_asked_for_with_the_key_it_was_paid_with_by_whoever_has_it(
    deck: Run, become: Callable[..., Any]
) -> None:
    gateway = become("alice")
    gateway.play("poll:500")
    assert deck("generate", "gemini", "a lighthouse", "--no-wait").code == 0
    gateway.play()
    (job,) = deck("jobs", "--json").objects
    become("bob")
    ran = deck("resume")
    assert ran.code == 0
    assert "1 job waits for another key" in ran.err
    assert deck("jobs", "--json").objects[0]["state"] == "pending"
    assert "It waits for the key it was submitted with" in deck("show", job["job"][-10:]).out
    become("carol", KEYS["alice"])
    assert deck("resume").code == 0
    (done,) = deck("jobs", "--json").objects
    assert (done["state"], done["error"]) == ("saved", None)


def test_no_key_is_ever_in_the_database(
    deck: Run, become: Callable[..., Any], database_url: str
) -> None:
    for name in KEYS:
        become(name)
        assert deck("generate", "gemini", f"a lighthouse of {name}").code == 0
        unsent(deck, f"a boat of {name}")
    with psycopg.connect(database_url) as db:
        tables = db.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema NOT IN ('information_schema', 'pg_catalog')"
        ).fetchall()
        assert ("imagedeck", "jobs") in tables
        for schema, table in tables:
            whole = sql.SQL("SELECT one::text FROM {} AS one")
            dump = db.execute(whole.format(sql.Identifier(schema, table))).fetchall()
            text = "\n".join(row for (row,) in dump)
            for key in KEYS.values():
                for form in (key, key.encode().hex(), key.removeprefix("sk-")):
                    assert form not in text, table
