import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Deck = Callable[..., Any]


@pytest.fixture
def lost(deck: Deck, at_gateway: Callable[..., Any]) -> tuple[Any, Deck]:
    """A gateway that accepts the first submission and loses its answer, and commands for it."""
    gateway = at_gateway("submit:drop-after*1")
    assert deck("generate", "gpt", "a lighthouse").code == 5
    return gateway, deck


def unknown_job(deck: Deck) -> str:
    (job,) = deck("jobs", "--state", "unknown", "--json").objects
    return str(job["job"])


def test_an_answer_without_an_id_is_kept_and_named(
    deck: Deck, at_gateway: Callable[..., Any], home: Path
) -> None:
    at_gateway("submit:noid*1")
    assert deck("generate", "gpt", "a lighthouse").code == 5
    ran = deck("show", unknown_job(deck))
    (answer,) = (home / ".local/share/imagedeck/answers").iterdir()
    assert f"{answer.stat().st_size} B came back; it may have been accepted" in ran.out
    assert f"The gateway's answer is kept as {answer}." in ran.out


def test_an_abandoned_job_no_longer_counts(lost: tuple[Any, Deck]) -> None:
    gateway, deck = lost
    job = unknown_job(deck)
    assert deck("resolve", job, "--abandon").code == 0
    assert "abandoned" in deck("show", job).out
    assert deck("resolve", job, "--abandon").code == 2
    assert gateway.ledger().charges("a lighthouse") == 1


def test_the_task_found_at_the_gateway_is_attached_and_saved(lost: tuple[Any, Deck]) -> None:
    gateway, deck = lost
    (accepted,) = gateway.ledger().accepted
    ran = deck("resolve", unknown_job(deck), "--attach", accepted.task_id)
    assert ran.code == 0
    assert len(ran.lines) == 1
    assert gateway.ledger().charges("a lighthouse") == 1


def test_sending_again_is_a_new_job_and_said_to_be_a_risk(lost: tuple[Any, Deck]) -> None:
    gateway, deck = lost
    old = unknown_job(deck)
    ran = deck("resolve", old, "--resubmit")
    assert ran.code == 0
    assert "both are paid" in ran.err
    assert gateway.ledger().charges("a lighthouse") == 2
    (saved,) = deck("jobs", "--state", "saved", "--json").objects
    assert saved["job"] != old


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((), "exactly one"),
        (("--abandon", "--resubmit"), "exactly one"),
        (("--attach", "no such/id"), "no task id"),
    ],
)
def test_what_makes_no_sense_is_refused(
    lost: tuple[Any, Deck], flags: tuple[str, ...], words: str
) -> None:
    gateway, deck = lost
    ran = deck("resolve", unknown_job(deck), *flags)
    assert ran.code == 2
    assert words in ran.err
    assert gateway.ledger().charges("a lighthouse") == 1


def test_only_an_unknown_job_is_resolved(lost: tuple[Any, Deck]) -> None:
    _, deck = lost
    assert deck("generate", "gpt", "another").code == 0
    (saved,) = deck("jobs", "--state", "saved", "--json").objects
    ran = deck("resolve", saved["job"], "--abandon")
    assert ran.code == 2
    assert "is saved" in ran.err


def test_a_job_of_a_model_that_is_no_more_is_not_sent_again(
    lost: tuple[Any, Deck], home: Path
) -> None:
    gateway, deck = lost
    job = unknown_job(deck)
    with closing(sqlite3.connect(home / ".local/share/imagedeck/imagedeck.db")) as db, db:
        db.execute("UPDATE jobs SET model = 'of-another-version'")
        db.execute("UPDATE requests SET request = replace(request, 'gpt-image-2', 'of-another')")
    for ways in (("resolve", job, "--resubmit"), ("retry", job)):
        assert deck(*ways).code == 2
    ran = deck("resolve", job, "--resubmit")
    assert "there is no model" in ran.err.casefold()
    assert len(gateway.ledger().accepted) == 1
    assert deck("resolve", job, "--abandon").code == 0
