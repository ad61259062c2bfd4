from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Deck = Callable[..., Any]


@pytest.fixture
def settings(home: Path) -> Path:
    file = home / ".config/imagedeck/config.toml"
    file.parent.mkdir(parents=True)
    return file


def test_what_the_budget_does_not_pay_for_is_refused_before_anything_is_sent(
    deck: Deck, at_gateway: Any, settings: Path
) -> None:
    gateway = at_gateway()
    settings.write_text("[budget]\nday = 0.30\nmonth = 5\n")
    ran = deck("generate", "gemini-pro", "a boat", "--count", "3")
    assert (ran.code, ran.out) == (2, "")
    assert "It costs $0.402 by estimate, and the day's budget of $0.30 has $0.30 left" in ran.err
    assert "nothing was sent. --yes sends as much as the budget pays for." in ran.err
    assert not gateway.ledger().entries
    ran = deck("generate", "gemini-pro", "a boat", "--count", "3", "--yes")
    assert ran.code == 8
    assert "the day's budget of $0.30 has $0.032 left" in ran.err
    assert len(gateway.ledger().accepted) == 2
    # The next process knows what this one has spent.
    assert deck("resume").code == 8
    assert len(gateway.ledger().accepted) == 2
    settings.write_text("[budget]\nday = 1\n")
    assert deck("resume").code == 0
    assert len(gateway.ledger().accepted) == 3


def test_a_run_is_capped_by_a_flag_in_every_command_that_sends(deck: Deck, at_gateway: Any) -> None:
    gateway = at_gateway()
    Path("boats.txt").write_text("red boat\nblue boat\n")
    for command in (
        ("generate", "gpt", "a boat", "--quality", "high"),
        ("generate", "gpt", "{a|b}", "--expand", "--quality", "low"),
        ("batch", "boats.txt", "-m", "gpt"),
    ):
        ran = deck(*command, "--budget", "0.001")
        assert ran.code == 2
        assert "the run's budget of $0.001 has $0.001 left" in ran.err
    assert not gateway.ledger().entries
    assert deck("batch", "boats.txt", "-m", "gemini", "--budget", "0.134").code == 0
    # All rows are there: nothing is to be paid for.
    assert deck("batch", "boats.txt", "-m", "gemini", "--budget", "0.001").code == 0
    assert len(gateway.ledger().accepted) == 2


@pytest.mark.parametrize("amount", ["0", "-1", "nan", "a lot", "inf"])
def test_a_budget_is_an_amount(deck: Deck, amount: str) -> None:
    ran = deck("generate", "gpt", "a boat", f"--budget={amount}", "--demo")
    assert ran.code == 2
    assert "is no amount of US dollars: write 5 or 0.50" in ran.err


def test_a_budget_in_the_settings_is_checked(deck: Deck, settings: Path) -> None:
    settings.write_text("[budget]\ndayly = 3\nrun = 0\n")
    ran = deck("generate", "gpt", "a boat", "--dry-run")
    assert f"{settings}:2: budget.dayly: there is no such setting; did you mean day?" in ran.err
    assert f"{settings}:3: budget.run: must be more than 0" in ran.err
    settings.write_text("[budget]\nday = 3.50\n")
    assert "day = 3.5" in deck("config", "show").out


def test_stats_add_up_by_day_model_batch_and_owner(
    deck: Deck, at_gateway: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_gateway("submit:drop-after*1")
    deck("generate", "gpt", "lost answer", "--quality", "low")
    deck("generate", "gpt", "no [fail]", "--quality", "low")
    deck("generate", "gpt", "{a|b} boat", "--expand", "--quality", "low")
    deck("generate", "gemini", "a boat")
    by_model = {one["model"]: one for one in deck("stats", "--by", "model", "--json").objects}
    gpt = by_model["gpt-image-2"]
    assert (gpt["jobs"], gpt["saved"], gpt["failed"], gpt["unknown"]) == (4, 2, 1, 1)
    assert (gpt["spent"], gpt["maybe_billed"], gpt["success"]) == ("0.012", "0.012", 0.5)
    assert by_model["gemini-3.1-flash-image"]["spent"] == "0.067"
    by_batch = deck("stats", "--by", "batch", "--json").objects
    assert sorted((one["batch"] or "", one["jobs"]) for one in by_batch)[:2] == [("", 1), ("", 2)]
    monkeypatch.setenv("IMAGEDECK_USER", "ann")
    by_owner = deck("stats", "--by", "owner", "--json").objects
    assert [(one["owner"], one["jobs"]) for one in by_owner] == [("ann", 1), ("ann", 4)]
    shown = deck("stats", "--since", "7d")
    assert shown.lines[0].split()[:3] == ["DAY", "MODEL", "JOBS"]
    assert shown.lines[-1].split()[0] == "all"
    assert "$0.079" in shown.lines[-1]


def test_stats_of_nothing(deck: Deck) -> None:
    ran = deck("stats")
    assert (ran.code, ran.out) == (0, "")
    assert "There are no jobs yet." in ran.err


def test_show_names_the_price_a_job_was_made_with(
    deck: Deck, at_gateway: Any, settings: Path
) -> None:
    at_gateway()
    settings.write_text('[prices.gpt]\n"1024x1024 low" = 0.5\n')
    assert deck("generate", "gpt", "a boat", "--size", "1024x1024", "--quality", "low").code == 0
    settings.write_text('[prices.gpt]\n"1024x1024 low" = 9\n')
    (job,) = deck("jobs", "--json").objects
    assert "price      $0.50 (an estimate of the time it was made)" in deck("show", job["job"]).out
